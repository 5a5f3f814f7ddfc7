"""Foreign keys to seeded tables that the database has and no model: a DELETE might cascade there unseen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.apps import apps
from django.db import connections

from .seeders import Seeder

# The database's foreign keys of one column: table as SQL has it, its name, column, table and column that it refers to.
_FOREIGN_KEYS = {
    "postgresql": """
        SELECT con.conrelid::regclass::text, rel.relname, att.attname, ref.relname, target.attname
        FROM pg_constraint AS con
        JOIN pg_class AS rel ON rel.oid = con.conrelid
        JOIN pg_class AS ref ON ref.oid = con.confrelid
        JOIN pg_attribute AS att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        JOIN pg_attribute AS target ON target.attrelid = con.confrelid AND target.attnum = con.confkey[1]
        WHERE con.contype = 'f' AND con.conparentid = 0 AND cardinality(con.conkey) = 1
          AND pg_table_is_visible(con.confrelid)
        ORDER BY 1, 3""",
    "sqlite": """
        SELECT t.name, t.name, f."from", f."table", coalesce(f."to", 'id')
        FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' ORDER BY 1, 3""",
}


@dataclass(frozen=True)
class Reference:
    """A foreign key to a seeded table that no model knows."""

    table: str  # as SQL has it
    column: str
    seeder: Seeder
    target: str  # the column that it refers to


def unknown_references(seeders: Sequence[Seeder], using: str) -> list[Reference]:
    """Return the foreign keys that refer to one of the seeded tables, and that no model declares."""
    connection = connections[using]
    if connection.vendor not in _FOREIGN_KEYS:
        return []
    known = {
        (model._meta.db_table, f.column)
        for model in apps.get_models(include_auto_created=True)
        for f in model._meta.concrete_fields
        if f.is_relation
    }
    with connection.cursor() as cursor:
        cursor.execute(_FOREIGN_KEYS[connection.vendor])
        rows = cursor.fetchall()
    return [
        Reference(shown if connection.vendor == "postgresql" else connection.ops.quote_name(shown), column, s, target)
        for shown, table, column, referenced, target in rows
        for s in seeders
        if referenced == s.table and (table, column) not in known
    ]
