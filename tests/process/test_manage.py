"""`manage.py`: what ends in one line, and what keeps its traceback."""

from pathlib import Path

import pytest

from tests.support.checkout import manage

REFUSED = "postgres://u:hush@127.0.0.1:1/x"
UNREACHABLE = "Can't reach PostgreSQL database x at 127.0.0.1:1: "


@pytest.mark.parametrize("command", ["migrate", "createsuperuser --noinput --email a@example.com"])
def test_manage__says_in_one_line_that_the_database_is_out_of_reach(command: str) -> None:
    code, out, err = manage(*command.split(), DATABASE_URL=REFUSED)
    assert (code, out, len(err.splitlines())) == (1, "", 1)
    assert err.startswith(UNREACHABLE)
    assert "hush" not in err


def test_manage__shows_that_traceback_where_it_is_asked_for() -> None:
    code, _, err = manage("migrate", "--traceback", DATABASE_URL=REFUSED)
    assert (code, err.startswith("Traceback (most recent call last):")) == (1, True)


def test_manage__says_in_one_line_that_connecting_failed() -> None:
    expected = "PostgreSQL database x at 127.0.0.1:1 reports: bad value for connect_timeout: 'soon'.\n"
    assert manage("migrate", DATABASE_URL=f"{REFUSED}?connect_timeout=soon") == (1, "", expected)


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (
            "from django.db import connection; connection.cursor().execute('SELECT absent')",
            "django.db.utils.OperationalError: no such column: absent",
        ),
        (
            "from django.db import ProgrammingError; raise ProgrammingError('a mistake')",
            "django.db.utils.ProgrammingError: a mistake",
        ),
        (
            "from django.db import InterfaceError; raise InterfaceError('of another database')",
            "django.db.utils.InterfaceError: of another database",
        ),
        ("raise ValueError('a mistake')", "ValueError: a mistake"),
    ],
)
def test_manage__keeps_the_traceback_of_other_errors(tmp_path: Path, code: str, error: str) -> None:
    returned, out, err = manage("shell", "-v0", "-c", code, DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3")
    assert (returned, out) == (1, "")
    assert err.startswith("Traceback (most recent call last):\n")
    assert err.splitlines()[-1] == error


def test_manage__names_the_database_that_is_out_of_reach(tmp_path: Path) -> None:
    (tmp_path / "two_databases.py").write_text(
        "from config.settings import *\n"
        f"DATABASES['other'] = database.from_url('{REFUSED.replace('/x', '/elsewhere')}')\n"
    )
    code, out, err = manage(
        "migrate",
        "--database",
        "other",
        DJANGO_SETTINGS_MODULE="two_databases",
        PYTHONPATH=str(tmp_path),
        DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3",
    )
    assert (code, out) == (1, "")
    assert err.startswith("Can't reach PostgreSQL database elsewhere at 127.0.0.1:1: ")
