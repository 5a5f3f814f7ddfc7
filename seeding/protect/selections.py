"""Which rows of a table: conditions and sets of keys, as SQL that both databases understand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper

from ..database.catalogue import Table
from ..database.foreign_keys import ForeignKey
from ..database.names import run
from ..declare.keys import Keys, RangeOfKeys

Key = tuple[Any, ...]  # a row's primary key, as the database stores it; without one, the row's place


@dataclass(frozen=True)
class Selection:
    """A condition on the rows of one table, for `names.run`."""

    sql: str
    parameters: tuple[Any, ...] = ()

    def __and__(self, other: Selection) -> Selection:
        return Selection(f"({self.sql}) AND ({other.sql})", self.parameters + other.parameters)

    def __or__(self, other: Selection) -> Selection:
        return Selection(f"({self.sql}) OR ({other.sql})", self.parameters + other.parameters)

    def negated(self) -> Selection:
        """Return the condition for the other rows; those for which it is unknown among them."""
        return Selection(f"({self.sql}) IS NOT TRUE", self.parameters)


EVERY, NO = Selection("1 = 1"), Selection("1 = 0")


def any_of(table: Table, keys: Iterable[Key]) -> Selection:
    """Return the rows of the table with these keys."""
    return _among(table, _key(table), [_cast(table, column) for column in table.key] or ["tid"], keys)


def of_seed(table: Table, keys: Keys, start: int = 0, stop: int | None = None) -> Selection:
    """Return the rows with the keys that a seed gave: to the rows `start` to `stop` (exclusive), by default to all."""
    stop = keys.count if stop is None else stop
    if isinstance(keys, RangeOfKeys) and stop > start:
        return Selection(keys.condition(table.names[table.key[0]], start, stop))
    return any_of(table, [(keys.key(number),) for number in range(start, stop)])


def not_of_seed(table: Table, keys: Keys) -> Selection:
    """Return the other rows."""
    if isinstance(keys, RangeOfKeys) and keys.count:
        return Selection(keys.outside(table.names[table.key[0]]))
    return none_of(table, [(keys.key(number),) for number in range(keys.count)])


def none_of(table: Table, keys: Iterable[Key]) -> Selection:
    """Return all rows of the table but those with these keys."""
    found = any_of(table, keys)
    return EVERY if found == NO else Selection(f"NOT ({found.sql})", found.parameters)


def referring_to(key: ForeignKey, rows: Selection) -> Selection:
    """Return the rows of the foreign key's table that refer to any of `rows` of the table it refers to."""
    columns = ", ".join(key.table.names[column] for column in key.columns)
    targets = ", ".join(key.referenced.names[column] for column in key.targets)
    if rows == EVERY and key.is_enforced:
        return Selection(" AND ".join(f"{key.table.names[column]} IS NOT NULL" for column in key.columns))
    inner = f"SELECT {targets} FROM {key.referenced.own_rows} WHERE {rows.sql}"
    return Selection(f"({columns}) IN ({inner})", rows.parameters)


def referring_to_all_but(key: ForeignKey, keys: Iterable[Key]) -> Selection:
    """Return the rows that refer to any row of the foreign key's table but those with these keys."""
    if not key.is_enforced or key.targets != key.referenced.key:
        return referring_to(key, none_of(key.referenced, keys))
    columns = [key.table.names[column] for column in key.columns]
    types = [_cast(key.table, column) for column in key.columns]
    found = _among(key.table, columns, types, keys)
    some = referring_to(key, EVERY)
    return some if found == NO else some & Selection(f"NOT ({found.sql})", found.parameters)


def referred_to_by(key: ForeignKey, rows: Selection) -> Selection:
    """Return the rows that any of `rows` of the foreign key's table refers to."""
    columns = ", ".join(key.table.names[column] for column in key.columns)
    targets = ", ".join(key.referenced.names[column] for column in key.targets)
    inner = f"SELECT {columns} FROM {key.table.own_rows} WHERE {rows.sql}"
    return Selection(f"({targets}) IN ({inner})", rows.parameters)


def select_keys(connection: BaseDatabaseWrapper, table: Table, rows: Selection, most: int | None = None) -> list[Key]:
    """Return the keys of the selected rows, in their order; at most that many."""
    columns = ", ".join(_key(table) if table.key or not table.oid else ["ctid::text"])
    limit = f" LIMIT {most}" if most is not None else ""
    query = f"SELECT {columns} FROM {table.own_rows} WHERE {rows.sql} ORDER BY {', '.join(_key(table))}{limit}"
    with connection.cursor() as cursor:
        return [tuple(row) for row in run(cursor, query, rows.parameters).fetchall()]


def count(connection: BaseDatabaseWrapper, table: Table, rows: Selection) -> int:
    """Return the number of the selected rows."""
    with connection.cursor() as cursor:
        query = f"SELECT count(*) FROM {table.own_rows} WHERE {rows.sql}"
        return int(run(cursor, query, rows.parameters).fetchone()[0])


def fingerprint_of(connection: BaseDatabaseWrapper, table: Table, rows: Selection) -> tuple[int, str]:
    """Return the number of the selected rows, and a digest of their content: other rows have another."""
    digest, number = blake2b(digest_size=16), 0
    order = ", ".join(_key(table))
    stored = "{}::text" if table.oid else "CAST({} AS BLOB)"  # the driver can't read all values, as infinite dates
    columns = ", ".join(map(stored.format, table.names.values()))
    query = f"SELECT {columns} FROM {table.own_rows} WHERE {rows.sql} ORDER BY {order}"
    with connection.cursor() as cursor:
        run(cursor, query, rows.parameters)
        while some := cursor.fetchmany(2_000):
            number += len(some)
            digest.update(repr(some).encode("utf-8", "surrogateescape"))
    return number, digest.hexdigest()


def _key(table: Table) -> list[str]:
    """Return the columns that tell a row from others, quoted."""
    return [table.names[column] for column in table.key] or (["ctid"] if table.oid else ["rowid"])


def _cast(table: Table, column: str) -> str:
    return table.columns[column].cast


def _among(table: Table, columns: Sequence[str], types: Sequence[str], keys: Iterable[Key]) -> Selection:
    """Return the rows whose columns hold one of the keys."""
    wanted = list(keys)
    if not wanted:
        return NO
    left = f"({', '.join(columns)})"
    if not table.oid:
        parts = ", ".join(f"json_extract(value, '$[{i}]')" for i in range(len(columns)))
        return Selection(f"{left} IN (SELECT {parts} FROM json_each(%s))", (json.dumps(wanted, default=_as_sqlite),))
    arrays = ", ".join(f"%s::{cast}[]" for cast in types)
    values = tuple([key[i] for key in wanted] for i in range(len(columns)))
    return Selection(f"{left} IN (SELECT * FROM unnest({arrays}))", values)


def _as_sqlite(value: Any) -> str:
    """Return what SQLite stores for a value that JSON doesn't know."""
    return value.hex if isinstance(value, UUID) else str(value)
