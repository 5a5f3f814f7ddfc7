"""Which database this is, in words; and what its errors mean to a person."""

from __future__ import annotations

import time
from pathlib import Path

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from ..errors import SeedError
from ..report.progress import Progress, Report

# PostgreSQL's error codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE = "55P03"
UNDEFINED_TABLE = "42P01"
DEADLOCK_DETECTED = "40P01"

POLL_S = 0.2


def describe(using: str = "default") -> str:
    """Return the database's kind, name and host; never a password."""
    config = connections.settings[using]
    name = config["NAME"]
    if connections[using].vendor == "sqlite":
        here = str(name).removeprefix(f"{Path.cwd()}/")
        return f"SQLite database {here}"
    host = str(config["HOST"] or "localhost")
    where = host if host.startswith("/") else f"{host}:{config['PORT'] or 5432}"
    return f"{connections[using].display_name} database {name} at {where}"


def in_one_line(exc: BaseException) -> str:
    """Return the error's message without line breaks, and with nothing that a terminal would obey."""
    return printable(str(exc)) or type(exc).__name__


def printable(text: str) -> str:
    """Return the text in one line, its control characters spelled out: databases quote what is in their rows."""
    line = " ".join(text.split())
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def sqlstate(exc: BaseException) -> str:
    """Return the error code that PostgreSQL gave; messages may be in any language. Elsewhere an empty string."""
    return str(getattr(exc.__cause__, "sqlstate", None) or "")


def explained(exc: DatabaseError | InterfaceError, using: str) -> SeedError:
    """Return the error that says what happened to the database `using`, and what to do next."""
    message, database = in_one_line(exc).rstrip(".?"), describe(using)
    if sqlstate(exc) == UNDEFINED_TABLE or message.startswith("no such table"):
        return SeedError(f"A table is missing in {database}: run `manage.py migrate` first ({message}).")
    if connections[using].connection is None and isinstance(exc, OperationalError):
        return SeedError(f"Can't reach {database}: {message}. Start it, or correct DATABASE_URL.")
    return SeedError(f"{database} reports: {message}.")


def wait_until_up(using: str, timeout_s: float, report: Report) -> None:
    """Wait for a database that is still starting, for `timeout_s` seconds at most. Raises SeedError."""
    connection = connections[using]
    deadline = time.monotonic() + timeout_s
    told = False
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as exc:
            if time.monotonic() >= deadline:
                raise explained(exc, using) from exc
            if not told:
                report(Progress("waiting", f"Waiting for {describe(using)}: {in_one_line(exc)}."))
                told = True
        time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))
