"""Constraints and indexes of PostgreSQL tables: taken off before a bulk load, and put back from the catalogue.

What `pg_get_constraintdef` and `pg_get_indexdef` don't restore exactly stays on: what has a comment or a security
label, is clustered on or a replica identity (or the key of a published table), lies in a tablespace of its own, is
inherited or partitioned, invalid or disabled, belongs to an extension, is a key with storage parameters, or has
something else depending on it, like a view that groups by the key. So does what the role may not take off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

_KINDS = {"p": 0, "u": 1, "x": 2, "i": 3, "f": 4}  # in the order in which they are put back

_CONSTRAINTS = """
SELECT con.contype::text, con.conname::text, con.conrelid::regclass::text, pg_get_constraintdef(con.oid), con.oid,
       con.conindid, nullif(con.confrelid, 0)::regclass::text,
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
WHERE (con.contype IN ('p', 'u', 'x') AND con.conrelid = ANY(%(tables)s::regclass[]))
   OR (con.contype = 'f'
       AND (con.conrelid = ANY(%(tables)s::regclass[]) OR con.confrelid = ANY(%(tables)s::regclass[])))
"""
_INDEXES = """
SELECT 'i', ind_rel.relname::text, ind.indrelid::regclass::text, pg_get_indexdef(ind.indexrelid), ind.indexrelid,
       ind.indexrelid, NULL,
       rel.relkind = 'r' AND NOT rel.relispartition AND NOT ind_rel.relispartition
       AND pg_has_role(rel.relowner, 'USAGE') AND {index}
FROM pg_index AS ind
JOIN pg_class AS rel ON rel.oid = ind.indrelid
JOIN pg_class AS ind_rel ON ind_rel.oid = ind.indexrelid
WHERE ind.indrelid = ANY(%(tables)s::regclass[])
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
    """A constraint or an index, as the catalogue defines it. Names are quoted and qualified as need be."""

    kind: str  # a key of _KINDS: primary key, unique, exclusion, plain index, foreign key
    name: str
    table: str
    definition: str
    oid: int
    index_oid: int  # its index; of a foreign key, the one that it refers to
    referenced: str | None  # the table that a foreign key points at
    can_be_restored: bool


def definitions(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[Definition]:
    """Return the keys, indexes and foreign keys of the tables, and the foreign keys that point at them.

    They come in the order in which they can be put back; what can't be restored, or what such a one needs, says so.
    """
    names = {"tables": [connection.ops.quote_name(table) for table in tables]}
    found = []
    with connection.cursor() as cursor:
        for query in (_CONSTRAINTS, _INDEXES):
            cursor.execute(query.format(index=_INDEX), names)
            found += [Definition(*row) for row in cursor.fetchall()]
    staying = {d.index_oid for d in found if d.kind == "f" and not d.can_be_restored}
    return sorted(
        (
            Definition(**{**vars(d), "can_be_restored": False}) if d.kind != "f" and d.index_oid in staying else d
            for d in found
        ),
        key=lambda d: (_KINDS[d.kind], d.table, d.name),
    )


def may_rebuild(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> bool:
    """Say whether the role owns all the tables, may truncate them, and none of them is partitioned."""
    names = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(pg_has_role(relowner, 'USAGE') AND has_table_privilege(oid, 'TRUNCATE') AND relkind = 'r')"
            " FROM pg_class WHERE oid = ANY(%s::regclass[])",
            [names],
        )
        return bool(cursor.fetchone()[0])


def as_sql(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> list[str]:
    """Return the tables' names as the catalogue writes them, quoted and qualified as need be."""
    names = [connection.ops.quote_name(table) for table in tables]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name::regclass::text FROM unnest(%s::text[]) AS name", [names])
        return [row[0] for row in cursor.fetchall()]


def column_types(connection: BaseDatabaseWrapper, table: str) -> dict[str, str]:
    """Return the names of the columns' types, as in pg_type."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, typname FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [connection.ops.quote_name(table)],
        )
        return dict(cursor.fetchall())


def take_off(connection: BaseDatabaseWrapper, those: Sequence[Definition]) -> None:
    """Drop them, foreign keys first."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for d in reversed(those):
            if d.kind == "i":
                schema = d.table.rpartition(".")[0]
                cursor.execute(f"DROP INDEX {schema + '.' if schema else ''}{quote(d.name)}")
            else:
                cursor.execute(f"ALTER TABLE {d.table} DROP CONSTRAINT {quote(d.name)}")


def put_back(connection: BaseDatabaseWrapper, those: Sequence[Definition]) -> None:
    """Make them again, with the same names and definitions."""
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for d in those:
            if d.kind == "i":
                cursor.execute(d.definition)
            else:
                cursor.execute(f"ALTER TABLE {d.table} ADD CONSTRAINT {quote(d.name)} {d.definition}")
