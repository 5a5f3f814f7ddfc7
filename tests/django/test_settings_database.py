"""DATABASE_URL: which database it means, and what is refused without a word of it being shown."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import database

USE = "use postgres://user:password@host:5432/name or sqlite:///file"
UNREADABLE = f"DATABASE_URL can't be read (percent-encode what is special in a password): {USE}."
OPTION = (
    "DATABASE_URL has an option that PostgreSQL doesn't know: correct what follows the ?, "
    "or write %3F for one in a password."
)
PERCENT = "DATABASE_URL has a % without two hexadecimal digits in its path: write %25."


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////tmp/x.sqlite3", "/tmp/x.sqlite3"),
        ('sqlite:////tmp/a b\'s "c".db', '/tmp/a b\'s "c".db'),
        ("sqlite:////tmp/a#b+c&d=e;f", "/tmp/a#b+c&d=e;f"),
        ("sqlite:////tmp/100%25%23%3f%2B", "/tmp/100%#?+"),
        ("sqlite:////tmp/%C4%8Capek/Čapek", "/tmp/Čapek/Čapek"),
        ("sqlite:////tmp/%ff", "/tmp/\udcff"),
        ("sqlite:////tmp//x@y:z", "/tmp/x@y:z"),
        ("sqlite:///relative/x.db", str(Path.cwd() / "relative/x.db")),
        ("sqlite:///file:x%3Fmode=memory", str(Path.cwd() / "file:x?mode=memory")),
    ],
)
def test_sqlite_url__is_a_percent_encoded_path(url: str, path: str) -> None:
    config = database.from_url(url)
    assert (config["ENGINE"], config["NAME"]) == ("django.db.backends.sqlite3", Path(path))


@pytest.mark.parametrize("url", ["sqlite://:memory:", "sqlite:///:memory:", "sqlite:///"])
def test_sqlite_url__of_a_database_in_memory(url: str) -> None:
    assert database.from_url(url)["NAME"] == ":memory:"


def test_sqlite_path__never_goes_through_a_url(tmp_path: Path) -> None:
    path = tmp_path / "100% #1? a+b%41.sqlite3"
    assert database.sqlite(path)["NAME"] == path


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////tmp/100%", PERCENT),
        ("sqlite:////tmp/hush%4", PERCENT),
        ("sqlite:////tmp/hush%zz", PERCENT),
        ("sqlite:////tmp/x?foo=1", "DATABASE_URL has a ? in its path, and SQLite takes no options: write %3F."),
        ("sqlite:////tmp/%00", "DATABASE_URL has a NUL in its path: use another file."),
        ("sqlite://hush/x", "DATABASE_URL lacks a slash: write sqlite:///file, or sqlite:////folder/file."),
        ("hush", f"DATABASE_URL doesn't start with a known scheme: {USE}."),
        ("hush://u:hush@host/x", f"DATABASE_URL doesn't start with a known scheme: {USE}."),
        ("sqlite:hush", f"DATABASE_URL doesn't start with a known scheme: {USE}."),
        ("mysql://u:hush@host/x", f"DATABASE_URL has the scheme 'mysql': {USE}."),
        ("postgres://u:hush@host:hush/x", UNREADABLE),
        ("postgres://u:hu/sh@host/x", UNREADABLE),
        ("postgres://u:12/34@host/x", UNREADABLE),
        ("postgres://u:12#34@host/x", UNREADABLE),
        ("postgres://u:12?34@host/x", UNREADABLE),
        ("postgres://u:hush@host/x%00", UNREADABLE),
        ("postgres://u:hush@host/x\n", UNREADABLE),
        ("postgres://u:hush@[host/x", UNREADABLE),
        ("postgres://u:12?hush=4@host/x", OPTION),
        ("postgres://u:hush@host/x?foo=1", OPTION),
    ],
)
def test_database_url__is_refused_in_one_line_that_shows_nothing_of_it(url: str, message: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        database.from_url(url)
    assert str(caught.value) == message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgres://u@%2Ftmp%2Fserver/x", {"USER": "u", "HOST": "/tmp/server", "NAME": "x"}),
        ("postgres://u:p@host:6432/x", {"USER": "u", "PASSWORD": "p", "HOST": "host", "PORT": 6432, "NAME": "x"}),
        ("postgresql://u:a+b%40%23%2F%3F@host/x+y", {"PASSWORD": "a+b@#/?", "NAME": "x+y", "PORT": ""}),
        ("postgres://u@//run/postgresql/x", {"HOST": "/run/postgresql", "NAME": "x", "USER": "u"}),
        ("postgres://u@host/x?conn_max_age=0", {"CONN_MAX_AGE": 0}),
    ],
)
def test_postgres_url__is_what_it_says(url: str, expected: dict[str, Any]) -> None:
    assert expected.items() <= database.from_url(url).items()


def test_postgres_url__has_options_and_defaults() -> None:
    options = database.from_url("postgres://u@host/x?sslmode=require&connect_timeout=3")["OPTIONS"]
    assert options == {
        "sslmode": "require",
        "connect_timeout": 3,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 60_000,
    }
