"""Whether anything at all was written to a database since a moment, so that a look needn't be taken again."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from .connections import pragma

Moment = tuple[Any, ...]


def quiet_moment(connection: BaseDatabaseWrapper) -> Moment | None:
    """Return the present moment, to be compared by `is_untouched_since`; None where that would tell nothing.

    On PostgreSQL, the number above those of all transactions that have written and ended. It tells nothing while a
    transaction is under way that wrote before another one that has ended.

    On SQLite, what changes whenever another connection commits (https://sqlite.org/pragma.html#pragma_data_version),
    and whenever this one changes a row or the schema.

    In a transaction of the caller's that may write, neither tells: what that does later isn't numbered, and a part of
    it may be rolled back.
    """
    is_within = connection.in_atomic_block or not connection.get_autocommit()
    if connection.vendor != "postgresql":
        return None if is_within else _of_sqlite(connection)
    query = "SELECT pg_snapshot_xmax(s)::text, pg_snapshot_xmin(s)::text FROM pg_current_snapshot() AS s"
    if is_within:
        query += " WHERE current_setting('transaction_read_only')::bool"
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return (row[0],) if row is not None and row[0] == row[1] else None


def is_untouched_since(connection: BaseDatabaseWrapper, moment: Moment | None) -> bool:
    """Return True if nothing has been written since: no row, and nothing of the catalogue.

    On PostgreSQL, whoever writes has a number, and the next one is above those of all that have ended: of those, too,
    that were under way at the moment, as none of them was below it. What is under way now can't be seen yet; nor can it
    on SQLite, where nobody else writes once this transaction does.
    """
    if moment is None:
        return False
    if connection.vendor != "postgresql":
        return _of_sqlite(connection) == moment
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        return bool(cursor.fetchone()[0] == moment[0])


def quiet_moment_of_nodes(connection: BaseDatabaseWrapper) -> Moment | None:
    """Return the present moment of each worker of a cluster, which numbers its transactions itself; None as above."""
    found = _of_nodes(connection)
    if any(above is None or above != below for _, above, below in found):  # None: the node doesn't answer
        return None
    return tuple((node, above) for node, above, _ in found)


def are_nodes_untouched_since(connection: BaseDatabaseWrapper, moment: Moment | None) -> bool:
    """Return True if no other transaction has written anything to any of the workers since."""
    return moment is not None and tuple((node, above) for node, above, _ in _of_nodes(connection)) == moment


def _of_nodes(connection: BaseDatabaseWrapper) -> list[tuple[str, str | None, str | None]]:
    asked = "SELECT pg_snapshot_xmax(s) || ' ' || pg_snapshot_xmin(s) FROM pg_current_snapshot() AS s"
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nodename || ':' || nodeport, CASE WHEN success THEN split_part(result, ' ', 1) END,"
            " CASE WHEN success THEN split_part(result, ' ', 2) END FROM run_command_on_workers(%s) ORDER BY 1",
            [asked],
        )
        return list(cursor.fetchall())


def _of_sqlite(connection: BaseDatabaseWrapper) -> Moment:
    versions = [pragma(connection, name) for name in ("data_version", "schema_version")]
    return connection.connection, connection.connection.total_changes, *versions
