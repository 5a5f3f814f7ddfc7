"""Which database this is, in words; and what its errors mean to a person."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from .errors import SeedError


def describe(using: str = "default") -> str:
    """Return the database's kind, name and host; never a password."""
    config = connections.settings[using]
    name = config["NAME"]
    if connections[using].vendor == "sqlite":
        return f"SQLite database {name}"
    where = f"{config['HOST'] or 'localhost'}:{config['PORT'] or 5432}"
    return f"{connections[using].display_name} database {name} at {where}"


def in_one_line(exc: BaseException) -> str:
    """Return the error's message without line breaks."""
    return " ".join(str(exc).split()) or type(exc).__name__


def explained(exc: DatabaseError | InterfaceError, using: str) -> SeedError:
    """Return the error that says what happened to the database `using`, and what to do next."""
    message, database = in_one_line(exc), describe(using)
    lowered = message.lower()
    if "no such table" in lowered or ("relation" in lowered and "does not exist" in lowered):
        return SeedError(f"A table is missing in {database}: run `manage.py migrate` first ({message}).")
    if connections[using].connection is None and isinstance(exc, OperationalError):
        return SeedError(f"Can't reach {database}: {message}. Start it, or correct DATABASE_URL.")
    return SeedError(f"{database} reports: {message}. Nothing was changed.")
