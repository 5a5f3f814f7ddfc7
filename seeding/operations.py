"""Operations for migrations: `Distribute` puts a table on the nodes of a Citus cluster, and does nothing elsewhere."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from .database.cluster import Cluster, cluster_of, configure
from .database.connections import describe
from .database.names import quoted, run, sql_text

_IS_DISTRIBUTED = (
    "SELECT FROM pg_dist_partition WHERE logicalrelid = %s::regclass AND (partmethod = 'h' OR repmodel = 't')"
)
_FOREIGN_KEYS = """
SELECT conrelid::regclass::text, conname::text, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND conparentid = 0 AND (conrelid = %s::regclass OR confrelid = %s::regclass) ORDER BY 1, 2
"""
_SEQUENCES = """
SELECT format('SELECT setval(%%L, greatest(%%s, last_value)) FROM %%s', s, last, s)
FROM (SELECT format('%%I.%%I', schemaname, sequencename) AS s, last_value AS last FROM pg_sequences) AS used
JOIN pg_depend ON classid = 'pg_class'::regclass AND objid = s::regclass AND deptype = 'i'
WHERE last IS NOT NULL AND has_sequence_privilege(s, 'UPDATE') ORDER BY 1
"""


class Distribute(Operation):
    """Put a table on the nodes of a Citus cluster, with all its rows; on any other database, do nothing.

    `Distribute("orders", by="id")` spreads the rows over the workers by that column, and with `beside="orders"` each
    row is where the row of that table with the same value is. `Distribute("users", reference=True)` keeps a copy of the
    table on each node, so that every table may have foreign keys to it. It stands right after the table's `CreateModel`
    and once more in a last migration, for databases that exist: what is distributed already stays as it is.
    """

    reversible = True  # by nothing: the table stays distributed
    reduces_to_sql = False

    def __init__(self, table: str, *, by: str = "", beside: str = "", reference: bool = False) -> None:
        if bool(by) == reference or (beside and not by):
            raise ValueError("Distribute takes a column, by, or reference=True; beside goes with by.")
        self.table, self.by, self.beside, self.reference = table, by, beside, reference

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Distribute the table, unless it is, in the migration's transaction. Raises CommandError."""
        connection = schema_editor.connection
        cluster = cluster_of(connection) if router.allow_migrate(connection.alias, app_label) else None
        if cluster is None:
            return
        self._refuse(cluster, describe(connection.alias), in_transaction=connection.in_atomic_block)
        name = connection.ops.quote_name(self.table)
        with connection.cursor() as cursor:
            if run(cursor, _IS_DISTRIBUTED, [name]).fetchone() is not None:
                return
            configure(connection)
            sequences = [row[0] for row in run(cursor, _SEQUENCES).fetchall()]
            keys = run(cursor, _FOREIGN_KEYS, [name, name]).fetchall()
            # While they are there, a table that is still to be distributed becomes one of another kind, for good.
            for table, key, _ in keys:
                run(cursor, f"ALTER TABLE {sql_text(table)} DROP CONSTRAINT {quoted(connection, key)}")
            self._distribute(cursor, name)
            run(cursor, "SELECT truncate_local_data_after_distributing_table(%s::regclass)", [name])
            run(cursor, "SET LOCAL citus.enable_local_reference_table_foreign_keys = on")
        # When they are recreated, Citus takes the local tables at their ends over, too, and lets the sequences of their
        # keys start again.
        schema_editor.deferred_sql += [
            f"ALTER TABLE {table} ADD CONSTRAINT {connection.ops.quote_name(key)} {definition}"
            for table, key, definition in keys
        ]
        schema_editor.deferred_sql += sequences

    def _distribute(self, cursor: CursorWrapper, name: str) -> None:
        if self.reference:
            run(cursor, "SELECT create_reference_table(%s::regclass)", [name])
            return
        beside = cursor.db.ops.quote_name(self.beside) if self.beside else "default"
        run(
            cursor,
            "SELECT create_distributed_table(%s::regclass, %s, colocate_with => %s)",
            [name, self.by, beside],
        )

    def _refuse(self, cluster: Cluster, database: str, *, in_transaction: bool) -> None:
        if cluster.is_worker:
            raise CommandError(cluster.refusal(database))
        if cluster.coordinator is None:
            raise CommandError(
                f"{database} coordinates a Citus cluster that doesn't know its address, so {self.table} can't be "
                "distributed: run SELECT citus_set_coordinator_host('…') with it first."
            )
        if not in_transaction:
            raise CommandError(f"{self.table} is distributed all or nothing: let the migration be atomic.")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Leave the table as it is."""

    def describe(self) -> str:
        how = "on all nodes of a cluster" if self.reference else f"by {self.by} over the nodes of a cluster"
        return f"Distribute {self.table} {how}"
