"""Indexes of SQLite tables: dropped before a bulk load, and recreated from the text that sqlite_master keeps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

from .catalogue import Table
from .names import quoted, run, sql_text


@dataclass(frozen=True)
class Index:
    """An index that a statement of its own created; those of UNIQUE and PRIMARY KEY belong to their table."""

    name: str
    table: Table
    definition: str


def of_tables(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> list[Index]:
    """Return the tables' indexes that can be dropped and recreated, in the order of their creation."""
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name = %s COLLATE NOCASE ORDER BY rowid"
    )
    with connection.cursor() as cursor:
        return [Index(row[0], table, row[1]) for table in tables for row in run(cursor, query, [table.label])]


def drop(connection: BaseDatabaseWrapper, those: Iterable[Index]) -> None:
    """Drop them."""
    with connection.cursor() as cursor:
        for index in those:
            run(cursor, f"DROP INDEX {quoted(connection, index.name)}")


def recreate(connection: BaseDatabaseWrapper, those: Iterable[Index]) -> Iterator[Index]:
    """Create them again, with the same names and definitions; yield each before its turn."""
    with connection.cursor() as cursor:
        for index in those:
            yield index
            run(cursor, sql_text(index.definition))
