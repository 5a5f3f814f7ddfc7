"""Foreign keys that the database has and no managed model: a DELETE might cascade along them unseen by Django."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connections
from django.db.models import QuerySet

# Each foreign key: its table as SQL has it and by name (if that is enough to find it), the table that it refers to as
# SQL has it, its columns, and the columns that they refer to.
_POSTGRESQL = """
    SELECT con.conrelid::regclass::text, CASE WHEN pg_table_is_visible(con.conrelid) THEN rel.relname END,
           con.confrelid::regclass::text,
           ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY AS k (num, n)
                 JOIN pg_attribute ON attrelid = con.conrelid AND attnum = k.num ORDER BY n),
           ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY AS k (num, n)
                 JOIN pg_attribute ON attrelid = con.confrelid AND attnum = k.num ORDER BY n)
    FROM pg_constraint AS con
    JOIN pg_class AS rel ON rel.oid = con.conrelid
    WHERE con.contype = 'f' AND con.conparentid = 0
    ORDER BY 1, con.conname"""
_SQLITE = """
    SELECT t.name, f.id, f."table", f."from",
           coalesce(f."to", (SELECT name FROM pragma_table_info(f."table") WHERE pk = f.seq + 1))
    FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' ORDER BY 1, 2, f.seq"""


@dataclass(frozen=True)
class _ForeignKey:
    table: str  # as SQL has it
    name: str | None  # None: it isn't in the search path
    referenced: str  # as SQL has it
    columns: Sequence[str]
    targets: Sequence[str]


@dataclass(frozen=True)
class Reference:
    """Rows that point at rows which go, along a foreign key that no managed model has."""

    table: str  # as SQL has it
    columns: str
    referenced: str
    condition: str
    parameters: Sequence[Any]


def unknown_references(going: Sequence[QuerySet[Any]], using: str) -> list[Reference]:
    """Return the rows that point at any of those, directly or through one another, the farthest first."""
    known = {
        (model._meta.db_table, f.column)
        for model in apps.get_models(include_auto_created=True)
        for f in model._meta.concrete_fields
        if f.is_relation and model._meta.managed
    }
    unknown = [key for key in _foreign_keys(using) if len(key.columns) > 1 or (key.name, key.columns[0]) not in known]
    found: list[Reference] = []
    for rows in going if unknown else ():
        sql, parameters = rows.values("pk").query.get_compiler(using).as_sql()
        meta = rows.model._meta
        table = _as_sql(meta.db_table, using)
        condition = f"{connections[using].ops.quote_name(meta.pk.column or '')} IN ({sql})"
        found += _follow(unknown, table, condition, parameters, (table,), using)
    return found


def _follow(
    keys: Sequence[_ForeignKey],
    table: str,
    condition: str,
    parameters: Sequence[Any],
    path: tuple[str, ...],
    using: str,
) -> Iterator[Reference]:
    quote = connections[using].ops.quote_name
    for key in keys:
        if key.referenced != table or key.table in path:
            continue
        columns, targets = ", ".join(map(quote, key.columns)), ", ".join(map(quote, key.targets))
        pointing = f"({columns}) IN (SELECT {targets} FROM {key.referenced} WHERE {condition})"
        yield from _follow(keys, key.table, pointing, parameters, (*path, key.table), using)
        yield Reference(key.table, ", ".join(key.columns), table.replace('"', ""), pointing, parameters)


def _as_sql(table: str, using: str) -> str:
    """Return the table's name as the foreign keys have it; SQLite's names are the same in any case."""
    connection = connections[using]
    quoted = connection.ops.quote_name(table)
    if connection.vendor != "postgresql":
        return quoted.lower()
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::regclass::text", [quoted])
        return str(cursor.fetchone()[0])


def _foreign_keys(using: str) -> list[_ForeignKey]:
    connection = connections[using]
    if connection.vendor not in ("postgresql", "sqlite"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)
        rows = cursor.fetchall()
    if connection.vendor == "postgresql":
        return [_ForeignKey(*row) for row in rows]
    columns: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    for name, number, referenced, column, target in rows:
        columns.setdefault((name, number, referenced), []).append((column, target))
    found = []
    for (name, _, referenced), pairs in columns.items():
        here, there = zip(*pairs, strict=True)
        found.append(_ForeignKey(_as_sql(name, using), name, _as_sql(referenced, using), here, there))
    return found
