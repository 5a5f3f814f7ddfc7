"""Names from the catalogue are data: how they become part of a statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper


def quoted(connection: BaseDatabaseWrapper, *parts: str) -> str:
    """Return a name, qualified where there are several parts, as a statement for `run` has it, whatever is in it."""
    if connection.vendor == "postgresql":
        from psycopg.sql import Identifier

        return sql_text(Identifier(*parts).as_string(connection.connection))
    return sql_text(".".join('"' + part.replace('"', '""') + '"' for part in parts))


def sql_text(text: str) -> str:
    """Return SQL that the server wrote, as a statement for `run` has it: its percent signs are no placeholders."""
    return text.replace("%", "%%")


def undoubled(statement: str) -> str:
    """Return a statement made for `run` as the driver's own cursor takes it."""
    return statement.replace("%%", "%")


def run(cursor: CursorWrapper, statement: str, parameters: Sequence[Any] = ()) -> CursorWrapper:
    """Execute a statement made of `quoted` names and `%s` placeholders; return the cursor.

    Always with parameters, even if there are none: so a doubled percent sign is always one.
    """
    cursor.execute(statement, tuple(parameters))
    return cursor
