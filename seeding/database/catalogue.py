"""Tables as the database has them: where they are, their columns and types, what fires when their rows change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from .cluster import distributed_tables
from .names import quoted, run


@dataclass(frozen=True)
class ColumnType:
    """A column's type: its name in pg_type, that name as a cast has it, and its modifier (-1: none)."""

    name: str
    cast: str
    modifier: int = -1
    oid: int = 0
    element: tuple[str, int] | None = None  # an array's: the name and the number of its elements' type


@dataclass(frozen=True)
class Table:
    """A table of the database."""

    label: str = field(compare=False)  # for people: the model's name for it, or the catalogue's
    sql: str  # quoted and qualified
    oid: int = 0  # only PostgreSQL has it
    relkind: str = field(default="r", compare=False)
    key: tuple[str, ...] = field(default=(), compare=False)  # the columns of its primary key
    columns: Mapping[str, ColumnType] = field(default_factory=dict, compare=False)
    names: Mapping[str, str] = field(default_factory=dict, compare=False)  # the columns', quoted
    schema: str = field(default="", compare=False)  # quoted; only PostgreSQL has it
    is_distributed: bool = field(default=False, compare=False)  # its rows are in shards, on the nodes of a cluster

    @property
    def tells_writers(self) -> bool:
        """Return True if each row tells the transaction that wrote it: those of SQLite don't, nor those of shards."""
        return bool(self.oid) and not self.is_distributed

    @property
    def own_rows(self) -> str:
        """The table in a FROM clause, without rows of tables that inherit from it; partitions are its own."""
        return f"ONLY {self.sql}" if self.oid and self.relkind == "r" else self.sql


class Catalogue:
    """The tables of one database, looked up once."""

    def __init__(self, using: str) -> None:
        self.connection: BaseDatabaseWrapper = connections[using]
        self._by_name: dict[str, Table | None] = {}
        self._by_oid: dict[int, Table] = {}

    def of_models(self, names: Iterable[str]) -> dict[str, Table]:
        """Return the tables that models name, by those names; without those that aren't there."""
        wanted = list(dict.fromkeys(names))
        missing = [name for name in wanted if name not in self._by_name]
        if missing:
            found = self._postgresql(missing) if self._is_postgresql else self._sqlite(missing)
            self._by_name |= dict.fromkeys(missing) | found
            self._by_oid |= {table.oid: table for table in found.values()}
        return {name: table for name in wanted if (table := self._by_name[name]) is not None}

    def of_oids(self, oids: Iterable[int]) -> dict[int, Table]:
        """Return PostgreSQL's tables with these numbers; those of models have the label that models give them."""
        wanted = list(dict.fromkeys(oids))
        missing = [oid for oid in wanted if oid not in self._by_oid]
        if missing:
            source = "unnest(%s::oid[]) WITH ORDINALITY AS t(oid, n)"
            self._by_oid |= {table.oid: table for _, table in self._read(source, "c.oid = t.oid", missing)}
        return {oid: self._by_oid[oid] for oid in wanted if oid in self._by_oid}

    @cached_property
    def _distributed(self) -> frozenset[int]:
        return distributed_tables(self.connection)

    @property
    def _is_postgresql(self) -> bool:
        return self.connection.vendor == "postgresql"

    def _postgresql(self, names: Sequence[str]) -> dict[str, Table]:
        asked = [self.connection.ops.quote_name(name) for name in names]
        found = self._read("unnest(%s::text[]) WITH ORDINALITY AS t(name, n)", "c.oid = to_regclass(t.name)", asked)
        return {names[n - 1]: replace(table, label=names[n - 1].replace('"', "")) for n, table in found}

    def _read(self, source: str, condition: str, parameter: Any) -> list[tuple[int, Table]]:
        """Return PostgreSQL's tables that meet the condition, each with the number `t.n` of its row in the source."""
        with self.connection.cursor() as cursor:
            run(
                cursor,
                "SELECT t.n, c.oid, nspname::text, relname::text, relkind::text, pg_table_is_visible(c.oid),"
                " coalesce((SELECT array_agg(a.attname::text ORDER BY k.n) FROM pg_index AS i,"
                " unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, n), pg_attribute AS a"
                " WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.num), '{}'),"
                " (SELECT json_agg(json_build_array(attname, t.typname, atttypid::regtype::text, atttypmod, atttypid,"
                " e.typname, e.oid) ORDER BY attnum) FROM pg_attribute JOIN pg_type AS t ON t.oid = atttypid"
                " LEFT JOIN pg_type AS e ON t.typcategory = 'A' AND e.oid = t.typelem"
                " WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped)"
                f" FROM {source} JOIN pg_class AS c ON {condition} JOIN pg_namespace AS s ON s.oid = c.relnamespace",
                [parameter],
            )
            found = []
            for n, oid, schema, name, relkind, is_visible, key, columns in cursor.fetchall():
                sql = quoted(self.connection, schema, name)
                label = name if is_visible else f"{schema}.{name}"
                types = {c[0]: _column_type(*c[1:]) for c in columns or ()}
                names = {column: quoted(self.connection, column) for column in types}
                space, is_distributed = quoted(self.connection, schema), oid in self._distributed
                table = Table(label, sql, oid, relkind, tuple(key), types, names, space, is_distributed)
                found.append((n, table))
        return found

    def _sqlite(self, names: Sequence[str]) -> dict[str, Table]:
        found = {}
        with self.connection.cursor() as cursor:
            for name in names:
                run(cursor, "SELECT name FROM sqlite_master WHERE type = 'table' AND name = %s COLLATE NOCASE", [name])
                row = cursor.fetchone()
                if row is None:
                    continue
                run(cursor, "SELECT name, type, pk FROM pragma_table_info(%s) ORDER BY pk", [row[0]])
                rows = cursor.fetchall()
                types = {column: ColumnType(declared, declared) for column, declared, _ in rows}
                key = tuple(column for column, _, pk in rows if pk)
                sql = quoted(self.connection, row[0])
                in_sql = {column: quoted(self.connection, column) for column in types}
                found[name] = Table(row[0], sql, key=key, columns=types, names=in_sql)
        return found


def _column_type(
    name: str, cast: str, modifier: int, oid: str, element_name: str | None, element_oid: str | None
) -> ColumnType:
    element = None if element_name is None or element_oid is None else (element_name, int(element_oid))
    return ColumnType(name, cast, modifier, int(oid), element)


@dataclass(frozen=True)
class Reactions:
    """What of a PostgreSQL table stands between a statement and its rows."""

    rules: tuple[str, ...]  # of INSERT, UPDATE or DELETE
    on_delete: tuple[str, ...]  # triggers of DELETE or TRUNCATE
    on_insert: tuple[str, ...]  # triggers of INSERT
    has_hidden_rows: bool  # row level security applies to this role
    has_invalid_index: bool  # TRUNCATE would make it valid


def reactions(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> dict[int, Reactions]:
    """Return, by the table's number, what fires or hides when rows are written and deleted."""
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT c.oid, ARRAY(SELECT rulename::text FROM pg_rewrite"
            "  WHERE ev_class = c.oid AND ev_type IN ('2', '3', '4') AND ev_enabled IN ('O', 'A')),"
            " ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal"
            "  AND tgenabled IN ('O', 'A') AND (tgtype & 8 <> 0 OR tgtype & 32 <> 0)),"
            " ARRAY(SELECT tgname::text FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal"
            "  AND tgenabled IN ('O', 'A') AND tgtype & 4 <> 0),"
            " row_security_active(c.oid),"
            " EXISTS (SELECT FROM pg_index WHERE indrelid = c.oid AND NOT indisvalid)"
            " FROM pg_class AS c WHERE c.oid = ANY(%s::oid[])",
            [[table.oid for table in tables]],
        )
        return {
            oid: Reactions(tuple(rules), tuple(deletes), tuple(inserts), *rest)
            for oid, rules, deletes, inserts, *rest in cursor.fetchall()
        }


def triggers_of(connection: BaseDatabaseWrapper, table: Table) -> dict[str, str]:
    """Return the definitions of the table's triggers, by name; on PostgreSQL of its rules, too."""
    if table.oid:
        query = (
            "SELECT tgname::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = %s AND NOT tgisinternal"
            " UNION ALL SELECT rulename::text, pg_get_ruledef(oid) FROM pg_rewrite"
            " WHERE ev_class = %s AND ev_type <> '1' ORDER BY 1"
        )
        parameters: list[Any] = [table.oid, table.oid]
    else:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s ORDER BY name"
        parameters = [table.label]
        query = query.replace("= %s", "= %s COLLATE NOCASE")
    with connection.cursor() as cursor:
        return dict(run(cursor, query, parameters).fetchall())


@dataclass(frozen=True)
class Publication:
    """A publication that sends a table's changes to subscribers, and which it leaves out."""

    name: str
    table: int
    inserts: bool
    deletes: bool


def publications(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> list[Publication]:
    """Return the publications of PostgreSQL tables."""
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT p.pubname::text, c.oid, p.pubinsert, p.pubdelete FROM pg_publication_tables AS t"
            " JOIN pg_publication AS p USING (pubname) JOIN pg_namespace AS s ON s.nspname = t.schemaname"
            " JOIN pg_class AS c ON c.relname = t.tablename AND c.relnamespace = s.oid"
            " WHERE c.oid = ANY(%s::oid[]) ORDER BY 1, 2",
            [[table.oid for table in tables]],
        )
        return [Publication(*row) for row in cursor.fetchall()]
