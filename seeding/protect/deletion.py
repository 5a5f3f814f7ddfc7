"""Every statement that deletes rows. Never CASCADE, and what stays although it was to go is an error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from ..database.catalogue import Table, triggers_of
from ..database.names import run
from ..errors import SeedError
from .guard import Guard, TableSurvey
from .selections import Selection, none_of, select_keys


def delete_lost(guard: Guard) -> None:
    """Delete the rows of tables that aren't refilled that refer to rows to delete, the farthest first."""
    for lost in guard.lost:
        survey = guard.surveys.get(lost.table)
        if survey is None or not survey.is_refilled:
            _delete(guard.connection, lost.table, lost.rows)


def delete_orphaned(guard: Guard) -> None:
    """Delete the seed's rows of tables whose seeder is gone."""
    for survey in guard.surveys.values():
        if survey.seeder is None and survey.delete:
            _delete(guard.connection, survey.table, survey.seeded)


def delete_own(guard: Guard, survey: TableSurvey, *, losses_too: bool) -> None:
    """Delete the seed's rows of one table; with `losses_too`, all but the kept ones."""
    rows = none_of(survey.table, survey.kept) if losses_too else survey.seeded
    if survey.delete or losses_too:
        _delete(guard.connection, survey.table, rows)


def truncate(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> None:
    """Empty PostgreSQL tables, all in one statement."""
    names = ", ".join(table.own_rows for table in tables)
    if names:
        with connection.cursor() as cursor:
            run(cursor, f"TRUNCATE {names}")


def empty(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> None:
    """Delete all rows of SQLite tables, which it does without a look at each where no trigger wants to know of it."""
    with connection.cursor() as cursor:
        for table in tables:
            run(cursor, f"DELETE FROM {table.sql}")


def _delete(connection: BaseDatabaseWrapper, table: Table, rows: Selection) -> None:
    source = table.own_rows
    with connection.cursor() as cursor:
        run(cursor, f"DELETE FROM {source} WHERE {rows.sql}", rows.parameters)
    left: Sequence[object] = select_keys(connection, table, rows, 1)
    if left:
        raise SeedError(
            f"Rows of {table.label} were still there after they had been deleted: a trigger or a rule of the table "
            f"({', '.join(triggers_of(connection, table)) or 'none is known'}) prevents it. Nothing was changed; "
            "disable it, or leave the table out of the seeds."
        )
