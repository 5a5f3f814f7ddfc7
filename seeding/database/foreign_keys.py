"""Every foreign key between tables: those of the catalogue, and those that only a model knows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, router
from django.db.backends.base.base import BaseDatabaseWrapper

from .catalogue import Catalogue, Table
from .names import run

_POSTGRESQL = """
    SELECT con.conrelid, con.confrelid,
           ARRAY(SELECT attname::text FROM unnest(con.conkey) WITH ORDINALITY AS k (num, n)
                 JOIN pg_attribute ON attrelid = con.conrelid AND attnum = k.num ORDER BY n),
           ARRAY(SELECT attname::text FROM unnest(con.confkey) WITH ORDINALITY AS k (num, n)
                 JOIN pg_attribute ON attrelid = con.confrelid AND attnum = k.num ORDER BY n)
    FROM pg_constraint AS con JOIN pg_class AS c ON c.oid = con.conrelid -- where Citus hides the shards of tables
    WHERE con.contype = 'f' AND con.conparentid = 0
    ORDER BY con.conrelid::regclass::text, con.conname"""
_SQLITE = """
    SELECT t.name, f.id, f."table", f."from",
           coalesce(f."to", (SELECT name FROM pragma_table_info(f."table") WHERE pk = f.seq + 1))
    FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' ORDER BY 1, 2, f.seq"""


@dataclass(frozen=True)
class ForeignKey:
    """Columns of one table that refer to columns of another, or of the same."""

    table: Table
    columns: tuple[str, ...]
    referenced: Table
    targets: tuple[str, ...]
    is_enforced: bool = True  # False: only a model knows it


def check_foreign_keys(connection: BaseDatabaseWrapper, tables: Iterable[Table]) -> None:
    """Raise IntegrityError where a row refers to nothing; on PostgreSQL, one that this transaction wrote."""
    if connection.vendor != "sqlite":
        connection.check_constraints()
        return
    with connection.cursor() as cursor:
        for table in tables:
            found = run(cursor, f"PRAGMA foreign_key_check({table.sql})").fetchone()
            if found is not None:
                _, number, referenced, _ = found
                raise IntegrityError(f"row {number} of {table.label} references a row of {referenced} that isn't there")


def foreign_keys(catalogue: Catalogue) -> list[ForeignKey]:
    """Return the foreign keys of the catalogue's database."""
    enforced = _postgresql(catalogue) if catalogue.connection.vendor == "postgresql" else _sqlite(catalogue)
    known = {(key.table, key.columns, key.referenced) for key in enforced}
    return enforced + [key for key in _of_models(catalogue) if (key.table, key.columns, key.referenced) not in known]


def related_tables(using: str) -> list[str]:
    """Return the names of the tables that relations of models are between."""
    return _tables_of(_relations(using))


def _relations(using: str) -> list[models.ForeignKey[Any, Any]]:
    found: list[models.ForeignKey[Any, Any]] = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy and router.allow_migrate_model(using, model):
            found += [f for f in model._meta.local_concrete_fields if isinstance(f, models.ForeignKey)]
    return found


def _tables_of(relations: Iterable[models.ForeignKey[Any, Any]]) -> list[str]:
    return [name for f in relations for name in (f.model._meta.db_table, f.related_model._meta.db_table)]


def _of_models(catalogue: Catalogue) -> Iterable[ForeignKey]:
    """Return the relations of managed models, whose foreign keys the database need not have."""
    relations = _relations(catalogue.connection.alias)
    tables = catalogue.of_models(_tables_of(relations))
    for f in relations:
        target = f.target_field
        here, there = f.model._meta.db_table, target.model._meta.db_table
        if here in tables and there in tables:
            yield ForeignKey(tables[here], (f.column or "",), tables[there], (target.column or "",), is_enforced=False)


def _postgresql(catalogue: Catalogue) -> list[ForeignKey]:
    with catalogue.connection.cursor() as cursor:
        rows = run(cursor, _POSTGRESQL).fetchall()
    tables = catalogue.of_oids(oid for row in rows for oid in row[:2])
    return [
        ForeignKey(tables[child], tuple(columns), tables[parent], tuple(targets))
        for child, parent, columns, targets in rows
    ]


def _sqlite(catalogue: Catalogue) -> list[ForeignKey]:
    with catalogue.connection.cursor() as cursor:
        rows = run(cursor, _SQLITE).fetchall()
    grouped: dict[tuple[str, int, str], list[tuple[str, str]]] = {}
    for child, number, parent, column, target in rows:
        grouped.setdefault((child, number, parent), []).append((column, target))
    tables = catalogue.of_models(name for child, _, parent in grouped for name in (child, parent))
    found = []
    for (child, _, parent), pairs in grouped.items():
        if child in tables and parent in tables:  # SQLite lets a foreign key refer to a table that isn't there
            columns = [_spelled(tables[child], column) for column, _ in pairs]
            targets = [_spelled(tables[parent], target) for _, target in pairs]
            if None not in targets:  # nor need there be such a column
                found.append(ForeignKey(tables[child], tuple(columns), tables[parent], tuple(targets)))  # type: ignore[arg-type]
    return found


def _spelled(table: Table, column: str | None) -> str | None:
    """Return the column's name as its table has it: a foreign key may have it in another case."""
    if column is None or column in table.columns:
        return column
    return next((name for name in table.columns if name.lower() == column.lower()), None)
