"""`manage.py seed_step`: what docker-compose.yml runs between migrate and the backend."""

from tests.support.project import Project

SIZES = {"SEED_USERS": "20", "SEED_ORDERS": "100", "SEED_ANCHOR": "2026-01-05"}


def test_seed_step__seeds_once_per_version(project: Project) -> None:
    done = project.run("seed_step", **SIZES)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1].startswith("Seeded v1: 20 users, 100 orders, 100 payments in ")
    again = project.run("seed_step", **SIZES)
    assert (again.returncode, again.stdout, again.stderr) == (0, "Seed already applied (version v1). Skipping.\n", "")


def test_seed_step__succeeds_where_seeding_is_off(project: Project) -> None:
    done = project.run("seed_step", SEED_ENABLED="off", SEED_VERSION="v7")
    said = "Seeding is not enabled here (SEED_ENABLED): v7 was not applied.\n"
    assert (done.returncode, done.stdout, done.stderr) == (0, said, "")
    assert project.run("seed", SEED_ENABLED="off").returncode == 6
    assert project.history() == []


def test_seed_step__names_the_compose_command_that_goes_on(seeded_project: Project) -> None:
    made = seeded_project.run(
        "shell", "-v0", "-c", "from accounts.models import User; User.objects.create_user('ada@example.com')"
    )
    assert (made.returncode, made.stderr) == (0, "")
    refused = seeded_project.run("seed_step", SEED_VERSION="v2", **SIZES)
    direct = seeded_project.run("seed", "--noinput", SEED_VERSION="v2", **SIZES)
    assert (refused.returncode, direct.returncode) == (6, 6)
    assert refused.stdout == direct.stdout
    assert refused.stderr == direct.stderr + (
        "A backend that was running keeps serving. To apply v2 all the same: "
        "docker compose run --rm seed seed --seed-version v2 --overwrite\n"
    )
    assert [row[0] for row in seeded_project.history()] == ["v1"]


def test_seed_step__fails_as_the_seed_does(project: Project) -> None:
    done = project.run("seed_step", SEED_USERS="many")
    direct = project.run("seed", "--noinput", SEED_USERS="many")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", direct.stderr)
