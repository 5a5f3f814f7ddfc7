"""The settings as a process reads them."""

from tests.support.project import Project


def test_settings__for_production_pass_the_deployment_check(project: Project) -> None:
    done = project.run(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        ALLOWED_HOSTS="shop.example.com",
        CSRF_TRUSTED_ORIGINS="https://shop.example.com",
        HTTPS="on",
        SEED_ENABLED=None,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout
