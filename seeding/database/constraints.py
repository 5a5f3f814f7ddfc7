"""Constraints and indexes of PostgreSQL tables: dropped before a bulk load, and recreated from the catalogue.

What `pg_get_constraintdef` and `pg_get_indexdef` don't restore exactly is left alone: what has a comment or a security
label, is clustered on or a replica identity (or the key of a published table), lies in a tablespace of its own, is
inherited or partitioned, invalid or disabled, belongs to an extension, is a key with storage parameters, or has
something else depending on it, like a view that groups by the key. So is what the role may not drop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.backends.base.base import BaseDatabaseWrapper

from .catalogue import Catalogue, Table
from .names import quoted, run, sql_text

_KINDS = {"p": 0, "u": 1, "x": 2, "i": 3, "f": 4}  # in the order in which they are recreated

MEMORY_KB = 96 * 1024  # three processes' share, so that two help to sort; with more, they leave the processor's cache

_CONSTRAINTS = """
SELECT con.contype::text, con.conname::text, con.conrelid, pg_get_constraintdef(con.oid),
       con.conindid, con.confrelid,
       rel.relkind = 'r' AND NOT rel.relispartition AND con.conislocal AND con.coninhcount = 0 AND con.conparentid = 0
       AND pg_has_role(rel.relowner, 'USAGE')
       AND (con.contype <> 'f' OR pg_has_role(ref.relowner, 'USAGE'))
       AND NOT EXISTS (SELECT FROM pg_description WHERE classoid = 'pg_constraint'::regclass AND objoid = con.oid)
       AND NOT EXISTS (SELECT FROM pg_seclabel WHERE classoid = 'pg_constraint'::regclass AND objoid = con.oid)
       AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgconstraint = con.oid AND tgenabled <> 'O')
       AND NOT EXISTS (SELECT FROM pg_depend
                       WHERE (classid = 'pg_constraint'::regclass AND objid = con.oid AND deptype IN ('e', 'x'))
                          OR (refclassid = 'pg_constraint'::regclass AND refobjid = con.oid AND deptype = 'n'))
       AND (con.contype = 'f' OR {index})
       AND (con.contype NOT IN ('p', 'u') OR ind_rel.reloptions IS NULL)
       AND (con.contype <> 'p' OR NOT EXISTS (SELECT FROM pg_publication_tables AS pub
                                              JOIN pg_namespace AS space ON space.nspname = pub.schemaname
                                              WHERE pub.tablename = rel.relname AND space.oid = rel.relnamespace))
FROM pg_constraint AS con
JOIN pg_class AS rel ON rel.oid = con.conrelid
LEFT JOIN pg_class AS ref ON ref.oid = con.confrelid
LEFT JOIN pg_index AS ind ON ind.indexrelid = con.conindid AND con.contype <> 'f'
LEFT JOIN pg_class AS ind_rel ON ind_rel.oid = ind.indexrelid
WHERE (con.contype IN ('p', 'u', 'x') AND con.conrelid = ANY(%s::oid[]))
   OR (con.contype = 'f' AND (con.conrelid = ANY(%s::oid[]) OR con.confrelid = ANY(%s::oid[])))
"""
_INDEXES = """
SELECT 'i', ind_rel.relname::text, ind.indrelid, pg_get_indexdef(ind.indexrelid), ind.indexrelid, 0,
       rel.relkind = 'r' AND NOT rel.relispartition AND NOT ind_rel.relispartition
       AND pg_has_role(rel.relowner, 'USAGE') AND {index}
FROM pg_index AS ind
JOIN pg_class AS rel ON rel.oid = ind.indrelid
JOIN pg_class AS ind_rel ON ind_rel.oid = ind.indexrelid
WHERE ind.indrelid = ANY(%s::oid[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = ind.indexrelid AND contype IN ('p', 'u', 'x'))
"""
# Foreign keys depend on the index of the key that they refer to; they are looked at one by one.
_INDEX = """(
       ind.indisvalid AND NOT ind.indisclustered AND NOT ind.indisreplident AND ind_rel.reltablespace = 0
       AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = ind.indexrelid AND attstattarget >= 0)
       AND NOT EXISTS (SELECT FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid = ind.indexrelid)
       AND NOT EXISTS (SELECT FROM pg_seclabel WHERE classoid = 'pg_class'::regclass AND objoid = ind.indexrelid)
       AND NOT EXISTS (SELECT FROM pg_depend
                       WHERE (classid = 'pg_class'::regclass AND objid = ind.indexrelid AND deptype IN ('e', 'x'))
                          OR (refclassid = 'pg_class'::regclass AND refobjid = ind.indexrelid AND deptype <> 'i'
                              AND classid <> 'pg_constraint'::regclass)))
"""


@dataclass(frozen=True)
class Definition:
    """A constraint or an index, as the catalogue defines it."""

    kind: str  # a key of _KINDS: primary key, unique, exclusion, plain index, foreign key
    name: str
    table: Table
    definition: str  # SQL that the server wrote
    index_oid: int  # its index; of a foreign key, the one that it refers to
    referenced: Table | None  # the table that a foreign key refers to
    can_be_recreated: bool


def definitions(catalogue: Catalogue, tables: Sequence[Table]) -> list[Definition]:
    """Return the keys, indexes and foreign keys of the tables, and the foreign keys that refer to them.

    They come in the order in which they can be recreated; what can't be, or what such a one needs, says so.
    """
    oids = [table.oid for table in tables]
    rows = []
    with catalogue.connection.cursor() as cursor:
        for query, parameters in ((_CONSTRAINTS, [oids] * 3), (_INDEXES, [oids])):
            rows += run(cursor, query.format(index=_INDEX), parameters).fetchall()
    by_oid = catalogue.of_oids(oid for row in rows for oid in (row[2], row[5]) if oid)
    found = [
        Definition(kind, name, by_oid[table], definition, index, by_oid.get(referenced), can_be_recreated)
        for kind, name, table, definition, index, referenced, can_be_recreated in rows
    ]
    needed = {d.index_oid for d in found if d.kind == "f" and not d.can_be_recreated}
    return sorted(
        (replace(d, can_be_recreated=False) if d.kind != "f" and d.index_oid in needed else d for d in found),
        key=lambda d: (_KINDS[d.kind], d.table.label, d.name),
    )


def may_rebuild(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> bool:
    """Return True if the role owns all the tables, may truncate them and create indexes, and none is partitioned."""
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT bool_and(pg_has_role(relowner, 'USAGE') AND has_table_privilege(oid, 'TRUNCATE') AND relkind = 'r'"
            " AND has_schema_privilege(relnamespace, 'CREATE')) FROM pg_class WHERE oid = ANY(%s::oid[])",
            [[table.oid for table in tables]],
        )
        return bool(cursor.fetchone()[0])


def drop(connection: BaseDatabaseWrapper, those: Sequence[Definition]) -> None:
    """Drop them, foreign keys first."""
    with connection.cursor() as cursor:
        for d in reversed(those):
            name = quoted(connection, d.name)
            if d.kind == "i":
                run(cursor, f"DROP INDEX {d.table.schema}.{name}")
            else:
                run(cursor, f"ALTER TABLE {d.table.sql} DROP CONSTRAINT {name}")


def recreate(connection: BaseDatabaseWrapper, those: Sequence[Definition]) -> Iterator[Definition]:
    """Create them again, with the same names and definitions; yield each before its turn.

    Foreign keys are checked by merging two indexes, or sorted values with one: hash tables of that many rows don't fit
    into a processor's cache, and took two to six times as long.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('maintenance_work_mem'), current_setting('enable_hashjoin')")
        before = cursor.fetchone()
        cursor.execute(
            "SELECT set_config('maintenance_work_mem', greatest(pg_size_bytes(%s) / 1024, %s) || 'kB', true),"
            " set_config('enable_hashjoin', 'off', true)",
            [before[0], MEMORY_KB],
        )
        for d in those:
            yield d
            definition = sql_text(d.definition)
            if d.kind != "i":
                definition = f"ALTER TABLE {d.table.sql} ADD CONSTRAINT {quoted(connection, d.name)} {definition}"
            run(cursor, definition)
        cursor.execute(
            "SELECT set_config('maintenance_work_mem', %s, true), set_config('enable_hashjoin', %s, true)", before
        )
