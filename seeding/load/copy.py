"""The `copy` loader: columns straight to PostgreSQL's COPY, and the manual's "Populating a Database" around it.

Source: https://www.postgresql.org/docs/current/populate.html. All of it happens in the seed's one transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any

from ..database import constraints
from ..database.catalogue import Table
from ..database.locks import REBUILD, WRITE
from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import SeedError
from ..generate.columns import Batch
from ..protect.deletion import truncate
from ..protect.guard import Guard
from ..protect.obstacles import Obstacles
from ..report.progress import Progress, Report
from .binary import HEADER, TRAILER, encode
from .loader import Loader, refuse_lost_rows
from .values import names, stored_columns, stored_fields, types_of

REBUILD_ROWS = 5_000  # from here on, creating indexes and checking foreign keys at the end beats doing it row by row
REBUILD_ROWS_ON_NODES = 50_000  # of a cluster, where each index is one for each shard


class Copy(Loader):
    """COPY in binary format; a large load drops keys, indexes and foreign keys first, and recreates them after."""

    def __init__(self, seeders: Seeders, guard: Guard, report: Report) -> None:
        super().__init__(seeders, guard, report)
        self._rebuild = False
        self._found: list[constraints.Definition] = []
        self._dropped: list[constraints.Definition] = []
        self._truncated: set[Table] = set()
        self._types = {}
        for seeder in self.seeders:
            self._types[seeder.table] = types_of(seeder, self.table_of(seeder))

    def locks(self, rows: int) -> dict[str, list[Table]]:
        """Return the tables; for a large load also those with foreign keys to or from them, so that nobody reads."""
        tables = [self.table_of(seeder) for seeder in self.seeders]
        on_nodes = any(table.is_distributed for table in tables)
        if on_nodes:  # where deleting many rows costs more than it does here
            rows = max(rows, sum(there.last_key - there.first_key + 1 for there in self.guard.ranges.values()))
        if rows < (REBUILD_ROWS_ON_NODES if on_nodes else REBUILD_ROWS):
            return super().locks(rows)
        if not constraints.may_rebuild(self.connection, tables):
            self._note(
                "The role doesn't own all seeded tables, may not truncate them or create indexes, or they are "
                "partitioned: deleting, and loading into the live constraints."
            )
            return super().locks(rows)
        found = self._found = constraints.definitions(self.guard.catalogue, tables)
        left = [d for d in found if d.kind == "f" and not d.can_be_recreated]
        if left and on_nodes:  # they can't check such a key before COMMIT, and until then change no table
            names_of_left = ", ".join(d.name for d in left)
            self._note(f"{names_of_left} can't be recreated: deleting, and loading into the live constraints.")
            return super().locks(rows)
        self._rebuild = True
        rebuilt = list(tables)
        for d in found:
            if d.can_be_recreated:
                rebuilt += [table for table in (d.table, d.referenced) if table is not None and table not in rebuilt]
        return {REBUILD: rebuilt, WRITE: [table for table in self.guard.changes if table not in rebuilt]}

    def clear(self, guard: Guard, obstacles: Obstacles, *, losses_too: bool) -> None:
        """Delete the rows to delete: where all are, by TRUNCATE, which lets COPY write frozen rows."""
        if not self._rebuild:
            super().clear(guard, obstacles, losses_too=losses_too)
            return
        tables = [guard.change_of(seeder).table for seeder in self.seeders]
        self.connection.check_constraints()  # ALTER and TRUNCATE fail while checks of foreign keys are pending
        found = self._found if guard is self.guard else constraints.definitions(guard.catalogue, tables)
        self._dropped = [d for d in found if d.can_be_recreated]
        left = [d for d in found if not d.can_be_recreated]
        if left:
            self._note(f"Left as they are, as the catalogue can't recreate them: {', '.join(d.name for d in left)}.")
        emptied = [
            change.table
            for change in map(guard.change_of, self.seeders)
            if not change.kept and not obstacles.prevents_truncation(change.table)
        ]
        self.report(Progress("step", f"Dropping {len(self._dropped)} constraints and indexes"))
        constraints.drop(self.connection, self._dropped)
        self._truncated = _without_referenced(emptied, [d for d in left if d.kind == "f"])
        self.delete(guard, [table for table in tables if table not in self._truncated], losses_too=losses_too)
        self.connection.check_constraints()
        truncate(self.connection, self._truncated)

    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> bytes:
        """Lay the batch out as COPY's rows."""
        types = self._types[seeder.table]
        columns = stored_columns(seeder, batch, target)
        try:
            found = [c.cells(types[c.field], self.connection, canonical=False) for c in columns]
        except (TypeError, ValueError) as exc:
            raise SeedError(f"A column of {seeder.table} can't be copied: {exc}. Use the loader bulk_create.") from exc
        return encode(found, batch.count)

    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Send the rows."""
        table = self.table_of(seeder)
        columns = names(stored_fields(seeder), table)
        freeze = ", FREEZE" if table in self._truncated else ""
        done = 0
        with self.connection.cursor() as cursor, self.connection.wrap_database_errors:
            statement = f"COPY {table.sql} ({columns}) FROM STDIN (FORMAT binary{freeze})"
            # The driver's own cursor: Django's, where DEBUG is on, takes no parameters, which undouble percent signs.
            with cursor.cursor.copy(statement, ()) as copy:
                copy.write(HEADER)
                for done, rows in prepared:
                    copy.write(rows)
                    yield done
                copy.write(TRAILER)
            refuse_lost_rows(self.connection, table, done, cursor.rowcount)

    def finish(self) -> None:
        """Recreate what was dropped: the same names, the same definitions."""
        super().finish()  # of what was left as it is
        if self._dropped:
            total = len(self._dropped)
            self.report(Progress("step", f"Recreating {total} constraints and indexes"))
            for n, d in enumerate(constraints.recreate(self.connection, self._dropped), 1):
                what = f"Recreating {'foreign keys' if d.kind == 'f' else 'indexes'} {n} of {total}: {d.name}"
                self.report(Progress("recreating", what, table=d.table.label, done=n, total=total))

    def _note(self, message: str) -> None:
        self.report(Progress("note", message))


def _without_referenced(tables: Sequence[Table], left: Sequence[constraints.Definition]) -> set[Table]:
    """Return those of the tables that no remaining foreign key refers to from a table that isn't truncated too."""
    found = set(tables)
    while blocked := {d.referenced for d in left if d.referenced in found and d.table not in found}:
        found -= blocked
    return found
