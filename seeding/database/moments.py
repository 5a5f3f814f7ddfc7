"""Whether anything at all was written to a PostgreSQL server since a moment, so that a look needn't be taken again."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper


def quiet_moment(connection: BaseDatabaseWrapper) -> str | None:
    """Return the present moment: the number above those of all transactions that have written and ended.

    None where that tells nothing: on SQLite; while a transaction is under way that wrote before another one that has
    ended; and in one of the caller's that may write, as what it does later is no transaction of its own.
    """
    if connection.vendor != "postgresql":
        return None
    query = "SELECT pg_snapshot_xmax(s)::text, pg_snapshot_xmin(s)::text FROM pg_current_snapshot() AS s"
    if connection.in_atomic_block or not connection.get_autocommit():
        query += " WHERE current_setting('transaction_read_only')::bool"
    with connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row is not None and row[0] == row[1] else None


def is_untouched_since(connection: BaseDatabaseWrapper, moment: str | None) -> bool:
    """Return True if no other transaction has written anything since: no row, and nothing of the catalogue.

    Whoever writes has a number, and the next one is above those of all that have ended: of those, too, that were under
    way at the moment, as none of them was below it. What is under way now can't be seen yet.
    """
    if moment is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
        return bool(cursor.fetchone()[0] == moment)
