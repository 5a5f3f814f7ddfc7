"""Sequences: the next generated key is above those that a seed gave."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from .names import quoted, run


def raise_sequence(
    connection: BaseDatabaseWrapper, table: str, column: str, last_key: int, *, is_distributed: bool
) -> None:
    """Make the next generated key of the table one above `last_key`, if it isn't higher already.

    Only PostgreSQL's sequences need it: SQLite's AUTOINCREMENT follows the keys that are inserted. The owner's way is
    undone with the transaction; for other roles there is only setval, which isn't, and for tables of a cluster, too.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT nspname::text, relname::text, pg_has_role(relowner, 'USAGE') FROM pg_class AS c"
            " JOIN pg_namespace AS s ON s.oid = c.relnamespace"
            " WHERE c.oid = pg_get_serial_sequence(%s, %s)::regclass",
            [connection.ops.quote_name(table), column],
        )
        found = cursor.fetchone()
        if found is None:
            return
        schema, name, is_owner = found
        sequence = quoted(connection, schema, name)
        last, is_called = run(cursor, f"SELECT last_value, is_called FROM {sequence}").fetchone()
        upcoming = max(last + int(is_called), last_key + 1)
        if is_owner and not is_distributed:
            run(cursor, f"ALTER SEQUENCE {sequence} RESTART WITH {upcoming}")
        else:
            run(cursor, f"SELECT setval(%s::regclass, {upcoming}, false)", [sequence.replace("%%", "%")])
