"""Every statement that deletes rows. Never CASCADE, and what stays although it was to go is an error."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from ..database.catalogue import Table, triggers_of
from ..database.names import run
from ..errors import SeedError
from .guard import Guard
from .selections import Selection, none_of, select_keys


def delete(guard: Guard, tables: Collection[Table], *, losses_too: bool) -> None:
    """Delete the rows to delete of `tables`, and of all tables that aren't refilled.

    With `losses_too`, of `tables` all but the kept rows go. Raises SeedError where the database keeps some.
    """
    wanted: list[tuple[Table, Selection]] = []
    for lost in guard.lost:
        change = guard.changes.get(lost.table)
        if change is None or not change.is_refilled:
            wanted.append((lost.table, lost.rows))
    for change in guard.in_deletion_order:
        if change.is_refilled and change.table in tables and losses_too:
            wanted.append((change.table, none_of(change.table, change.kept)))
        elif change.delete and (change.table in tables or not change.is_refilled):
            wanted.append((change.table, change.seeded))
    if guard.connection.vendor == "postgresql":
        _delete_together(guard.connection, wanted)
    else:  # SQLite looks at foreign keys when all is done; what refers to rows is told by them, so it comes first
        for table, rows in wanted:
            _delete(guard.connection, table, rows)


def _delete_together(connection: BaseDatabaseWrapper, wanted: Iterable[tuple[Table, Selection]]) -> None:
    """Delete in one statement, so that PostgreSQL looks at foreign keys, which may run in circles, after all of it.

    The rows are counted before: a cluster, which deletes table by table, would count what is left.
    """
    by_table: dict[Table, Selection] = {}
    for table, rows in wanted:
        by_table[table] = by_table[table] | rows if table in by_table else rows
    if not by_table:
        return
    counts, deletions, deleted = [], [], []
    for n, (table, rows) in enumerate(by_table.items()):
        source = f"FROM {table.own_rows} WHERE {rows.sql}"
        deletions.append(f"deleted{n} AS (DELETE {source} RETURNING 1)")
        counts.append(f"(SELECT count(*) {source})")
        deleted.append(f"(SELECT count(*) FROM deleted{n})")
    parameters = [parameter for rows in by_table.values() for parameter in rows.parameters]
    with connection.cursor() as cursor:
        there = run(cursor, f"SELECT {', '.join(counts)}", parameters).fetchone()
        gone = run(cursor, f"WITH {', '.join(deletions)} SELECT {', '.join(deleted)}", parameters).fetchone()
    for table, before, after in zip(by_table, there, gone, strict=True):
        if before != after:
            raise _undeleted(connection, table)


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
    with connection.cursor() as cursor:
        run(cursor, f"DELETE FROM {table.own_rows} WHERE {rows.sql}", rows.parameters)
    if select_keys(connection, table, rows, 1):
        raise _undeleted(connection, table)


def _undeleted(connection: BaseDatabaseWrapper, table: Table) -> SeedError:
    return SeedError(
        f"Rows of {table.label} were still there after they had been deleted: a trigger or a rule of the table "
        f"({', '.join(triggers_of(connection, table)) or 'none is known'}) prevents it. Nothing was changed; "
        "disable it, or leave the table out of the seeds."
    )
