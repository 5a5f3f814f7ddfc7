"""`manage.py seed --clear`: what seeds created is removed, and nothing else."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from seeding.database.sessions import ADVISORY_KEY
from tests.support.project import IS_POSTGRESQL, Project, without_slow_steps

EMPTY: dict[str, list[object]] = {"users": [], "orders": [], "payments": []}
BY_HAND = "INSERT INTO orders (user_id, total, status, created_at) VALUES ({}, 9.50, 'pending', '2026-01-01')"
ADA = "from accounts.models import User; User.objects.create_user('ada@example.com')"


def counts(project: Project) -> dict[str, int]:
    return {table: len(rows) for table, rows in project.content().items()}


def test_clear__removes_what_the_seed_created(seeded_project: Project) -> None:
    done = seeded_project.run("seed", "--clear")
    assert (done.returncode, done.stderr) == (0, "")
    lines = without_slow_steps(done.stdout).splitlines()
    assert lines[0].startswith("Clearing v1 from ")
    assert {tuple(line.split()[:3]) for line in lines[1:-1]} == {
        ("users", "20", "rows"),
        ("orders", "100", "rows"),
        ("payments", "100", "rows"),
    }
    assert lines[-1].startswith("Cleared v1: 20 users, 100 orders, 100 payments in ")
    assert seeded_project.content() == EMPTY
    assert seeded_project.query("SELECT count(*) FROM seed_key_ranges") == [(0,)]


def test_clear__makes_the_version_pending_again(seeded_project: Project) -> None:
    before = seeded_project.content()
    seeded_project.seed("--clear")
    assert seeded_project.history() == [("v1", None, None, "replaced"), ("v1", 20, 100, "replaced")]
    assert seeded_project.run("seed", "--check").returncode == 3
    status = seeded_project.run("seed", "--status").stdout
    assert "nothing is applied" in status
    assert [line.split()[:2] for line in status.splitlines()[4:]] == [["v1", "cleared"], ["v1", "replaced"]]
    seeded_project.seed("--users", "20", "--orders", "100", SEED_ANCHOR="2026-01-05")
    assert [row[1:] for row in seeded_project.content()["users"]] == [row[1:] for row in before["users"]]
    assert seeded_project.run("seed", "--verify").returncode == 0
    assert [row[3] for row in seeded_project.history()] == ["success", "replaced", "replaced"]


def test_clear__twice_does_nothing_more(seeded_project: Project) -> None:
    seeded_project.seed("--clear")
    history = seeded_project.history()
    for enabled in ("on", "off"):
        done = seeded_project.run("seed", "--clear", SEED_ENABLED=enabled)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("There are no seeded rows in ")
        assert done.stdout.endswith(". Nothing was changed.\n")
    assert seeded_project.history() == history


def test_clear__keeps_rows_of_others_and_what_keep_names(seeded_project: Project) -> None:
    """A person added by hand with an order of their own, and a seeded user who became staff, with all orders."""
    seeded_project.run("shell", "-v0", "-c", ADA)
    seeded_project.query(BY_HAND.format(21))
    seeded_project.query("UPDATE users SET is_staff = true WHERE id = 3")
    staff = seeded_project.query("SELECT id FROM orders WHERE user_id = 3 ORDER BY id")
    assert staff
    assert seeded_project.seed("--clear").startswith("Cleared v1: ")
    assert [row[0] for row in seeded_project.content()["users"]] == [3, 21]
    assert seeded_project.query("SELECT id FROM orders WHERE user_id = 3 ORDER BY id") == staff
    assert seeded_project.query("SELECT total FROM orders WHERE user_id = 21")[0][0] == 9.5
    assert counts(seeded_project)["payments"] == len(staff)


def test_clear__refuses_to_lose_rows(seeded_project: Project) -> None:
    seeded_project.query(BY_HAND.format(7))
    before = seeded_project.content(), seeded_project.history()
    done = seeded_project.run("seed", "--clear", "--noinput")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("Clearing v1 would delete rows of ")
    assert "  orders: 1 row references users rows that would be deleted, by user_id (key 101)\n" in done.stderr
    assert (seeded_project.content(), seeded_project.history()) == before
    seeded_project.seed("--clear", "--overwrite")
    assert seeded_project.content() == EMPTY


def test_clear__asks_before_rows_are_lost(seeded_project: Project) -> None:
    seeded_project.query(BY_HAND.format(7))
    script = (
        "import builtins; from seeding.apply.clear import clear;"
        "asked = [];"
        "result = clear(confirm=lambda losses: asked.extend(map(str, losses)) or True);"
        "print(asked, result)"
    )
    done = seeded_project.run("shell", "-v0", "-c", script)
    assert done.stdout.startswith("['orders: 1 row references users rows that would be deleted, by user_id (key 101)']")
    assert seeded_project.content() == EMPTY


def test_clear__is_refused_where_seeding_is_off(seeded_project: Project) -> None:
    before = seeded_project.content()
    done = seeded_project.run("seed", "--clear", SEED_ENABLED="off")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.startswith("Seeding isn't enabled here: set SEED_ENABLED=on if what seeds created")
    assert seeded_project.content() == before


def test_clear__needs_no_attempt(seeded_project: Project) -> None:
    """What seeds created is known apart from the attempts."""
    seeded_project.query("DELETE FROM seed_metadata")
    assert seeded_project.seed("--clear").startswith("Cleared v1: ")
    assert seeded_project.content() == EMPTY


@pytest.mark.parametrize(
    "options", [["--version", "v2"], ["--users", "5"], ["--force"], ["--check"], ["--loader", "auto"]]
)
def test_clear__goes_with_no_other_work(seeded_project: Project, options: list[str]) -> None:
    before = seeded_project.content()
    done = seeded_project.run("seed", "--clear", *options)
    assert (done.returncode, done.stdout) == (2, "")
    named = "--seed-version" if options[0] == "--version" else options[0]
    assert done.stderr == f"--clear doesn't go with {named}; nothing was done.\n"
    assert seeded_project.content() == before


def test_clear__plan_changes_nothing(seeded_project: Project) -> None:
    seeded_project.query(BY_HAND.format(7))
    before = seeded_project.content(), seeded_project.history()
    done = seeded_project.run("seed", "--plan", "--clear", SEED_ENABLED="off")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.partition(": ")[2] == (
        "v1 is applied.\nClearing would do only this:\n"
        "  users:    delete  20 seeded rows, keep 0\n"
        "  orders:   delete 100 seeded rows, keep 0\n"
        "  payments: delete 100 seeded rows, keep 0\n"
        "It would be refused without --overwrite, as these rows were not created by a seed and would be deleted:\n"
        "  orders: 1 row references users rows that would be deleted, by user_id (key 101)\n"
        "It would be refused: seeding isn't enabled here (SEED_ENABLED).\n"
    )
    plan = json.loads(seeded_project.run("seed", "--plan", "--clear", "--format", "json").stdout)
    assert (plan["clears"], plan["version"], plan["applied"]) == (True, "v1", True)
    assert plan["tables"][0] == {"table": "users", "delete": 20, "keep": 0, "create": 0}
    assert (seeded_project.content(), seeded_project.history()) == before
    seeded_project.seed("--clear", "--overwrite")
    done = seeded_project.run("seed", "--plan", "--clear")
    assert done.stdout.partition(": ")[2] == "nothing is applied.\nThere are no seeded rows to clear.\n"


@contextmanager
def lock_held(project: Project) -> Iterator[None]:
    if not IS_POSTGRESQL:
        import sqlite3

        connection = sqlite3.connect(project.path, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.close()
        return
    with psycopg.connect(**project.parameters) as server:
        server.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_KEY])
        yield


def test_clear__waits_for_the_seed_lock(seeded_project: Project) -> None:
    before = seeded_project.content()
    with lock_held(seeded_project):
        done = seeded_project.run("seed", "--clear", SEED_LOCK_TIMEOUT="1")
    assert done.returncode == 5
    assert "Could not acquire the " in done.stderr
    assert seeded_project.content() == before


def test_clear__a_failure_is_recorded_and_changes_nothing(seeded_project: Project) -> None:
    if IS_POSTGRESQL:
        seeded_project.query(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'kept'; END $$"
        )
        seeded_project.query("CREATE TRIGGER stop BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION stop()")
    else:
        seeded_project.query("CREATE TRIGGER stop BEFORE DELETE ON users BEGIN SELECT RAISE(ABORT, 'kept'); END")
    before = seeded_project.content()
    done = seeded_project.run("seed", "--clear")
    assert done.returncode == 1
    assert "kept" in done.stderr
    assert seeded_project.content() == before
    assert seeded_project.history()[0] == ("v1", None, None, "failed")
    assert seeded_project.run("seed", "--verify").returncode == 0


def test_clear__logs_and_ends_as_a_seed_does(seeded_project: Project) -> None:
    assert seeded_project.run("seed", "--clear", "-v0").stdout == ""
    assert seeded_project.content() == EMPTY
