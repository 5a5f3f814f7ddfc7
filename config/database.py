"""Django's settings of a database, from a URL or a path. No message quotes a URL: any part of it may be a password."""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

USE = "use postgres://user:password@host:5432/name or sqlite:///file"
POSTGRESQL = ("postgres", "postgresql", "pgsql", "psql")
# What Django's OPTIONS may hold besides libpq's own.
OPTIONS = {"assume_role", "prepare_threshold", "server_side_binding"}


def from_url(url: str) -> dict[str, Any]:
    """Return the settings of the database at `url`, `postgres://…` or `sqlite:///…`. Raises ImproperlyConfigured."""
    scheme, separator, rest = url.partition("://")
    if scheme == "sqlite" and separator:
        return sqlite(_sqlite_path(rest))
    if scheme in POSTGRESQL and separator:
        return _postgresql(url)
    named = scheme if scheme in environ.Env.DB_SCHEMES and separator else ""  # anything else may be a secret
    problem = f"has the scheme {named!r}" if named else "doesn't start with a known scheme"
    raise ImproperlyConfigured(f"DATABASE_URL {problem}: {USE}.")


def sqlite(path: Path | str) -> dict[str, Any]:
    """Return the settings of the SQLite database in the file `path`, or in memory."""
    return {
        "ENGINE": "django.db.backends.sqlite3",
        # An absolute path is never taken for one of SQLite's own URLs, which start with "file:".
        "NAME": path if path == ":memory:" else Path(path).absolute(),
        "OPTIONS": {
            # Writers queue for the lock at BEGIN instead of failing halfway; readers go on meanwhile.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
        },
    }


def _sqlite_path(rest: str) -> str:
    """Return the path in what follows `sqlite://`: percent-encoded, as in every URL; # and + stand for themselves."""
    if rest == ":memory:":  # as django-environ spells it
        return rest
    if not rest.startswith("/"):
        raise ImproperlyConfigured("DATABASE_URL lacks a slash: write sqlite:///file, or sqlite:////folder/file.")
    encoded = rest[1:]
    if re.search(r"%(?![0-9A-Fa-f]{2})", encoded):
        raise ImproperlyConfigured("DATABASE_URL has a % without two hexadecimal digits in its path: write %25.")
    if "?" in encoded:
        raise ImproperlyConfigured("DATABASE_URL has a ? in its path, and SQLite takes no options: write %3F.")
    path = os.fsdecode(unquote_to_bytes(encoded))
    if "\0" in path:
        raise ImproperlyConfigured("DATABASE_URL has a NUL in its path: use another file.")
    return path or ":memory:"


def _postgresql(url: str) -> dict[str, Any]:
    try:
        if not _is_well_formed(url):
            raise ValueError
        # A plus is a plus; django-environ takes it for a blank.
        config: dict[str, Any] = environ.Env.db_url_config(url.replace("+", "%2B"))
    except ValueError:  # its message may quote the password
        raise ImproperlyConfigured(
            f"DATABASE_URL can't be read (percent-encode what is special in a password): {USE}."
        ) from None
    config["HOST"] = unquote(config["HOST"] or "")  # %2F begins the directory of a socket
    options = config.setdefault("OPTIONS", {})
    if not _known_options().issuperset(options):
        raise ImproperlyConfigured(
            "DATABASE_URL has an option that PostgreSQL doesn't know: correct what follows the ?, "
            "or write %3F for one in a password."
        )
    os.environ.setdefault("PGDATESTYLE", "ISO")  # psycopg reads no times in other styles, which a role may have
    config.setdefault("CONN_MAX_AGE", 60)
    config.setdefault("CONN_HEALTH_CHECKS", True)
    config["DISABLE_SERVER_SIDE_CURSORS"] = True  # a named cursor doesn't survive PgBouncer's transaction mode
    options.setdefault("connect_timeout", 10)
    # A network that drops everything is noticed within a minute, by an idle connection and by a busy one.
    for name, value in (("keepalives_idle", 30), ("keepalives_interval", 10), ("keepalives_count", 3)):
        options.setdefault(name, value)
    options.setdefault("tcp_user_timeout", 60_000)  # milliseconds
    return config


def _is_well_formed(url: str) -> bool:
    """Return False where a special character of a password seems to have ended it. May raise ValueError."""
    parts = urlsplit(url)
    parts.port  # noqa: B018 (raises where the port is not a number)
    options = [option.partition("=") for option in parts.query.split("&") if option]
    return not (
        "#" in url
        or "@" in parts.path
        or any(not separator for _, separator, _ in options)
        or any(ord(character) < 32 for character in unquote(url))
    )


def _known_options() -> set[str]:
    from psycopg.pq import Conninfo

    return {option.keyword.decode() for option in Conninfo.get_defaults()} | OPTIONS
