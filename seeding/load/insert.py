"""The `insert` loader: columns straight to parameters of one prepared INSERT, and a bulk load's recipe around it.

For SQLite. A large load drops the tables' indexes first and recreates them after; foreign keys are checked once at the
end, as the seed's transaction looks at none before. In a caller's transaction, which looks at them row by row, the
indexes stay. All of it happens in one transaction, while other processes read what was there before.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from typing import Any

from ..database import indexes
from ..database.catalogue import Table
from ..database.connections import pragma
from ..database.names import undoubled
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..generate.columns import Batch
from ..protect.deletion import empty
from ..protect.guard import Guard
from ..protect.obstacles import Obstacles
from ..report.progress import Progress
from .loader import Loader
from .values import names, stored_columns, stored_fields, types_of

REBUILD_ROWS = 5_000  # from here on, creating indexes at the end beats keeping them up to date


class Insert(Loader):
    """`executemany` without model instances."""

    _dropped: Sequence[indexes.Index] = ()
    _rebuild = False

    def locks(self, rows: int) -> dict[str, list[Table]]:
        """Return nothing more than any load's; and find out whether this one is large."""
        self._rebuild = rows >= REBUILD_ROWS and not pragma(self.connection, "foreign_keys")
        return super().locks(rows)

    def clear(self, guard: Guard, obstacles: Obstacles, *, losses_too: bool) -> None:
        """Delete the rows to delete: where all are, at once, without a look at each."""
        if not self._rebuild:
            super().clear(guard, obstacles, losses_too=losses_too)
            return
        changes = [guard.change_of(seeder) for seeder in self.seeders]
        emptied = [change.table for change in changes if not change.kept]
        self.delete(guard, [change.table for change in changes if change.kept], losses_too=losses_too)
        self._dropped = indexes.of_tables(self.connection, [change.table for change in changes])
        self.report(Progress("step", f"Dropping {len(self._dropped)} indexes"))
        indexes.drop(self.connection, self._dropped)
        empty(self.connection, emptied)

    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> list[tuple[Any, ...]]:
        """Make each row's parameters."""
        types = types_of(seeder, self.table_of(seeder))
        columns = stored_columns(seeder, batch, target)
        return list(zip(*(c.parameters(types[c.field], self.connection) for c in columns), strict=True))

    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Insert the rows."""
        table, fields = self.table_of(seeder), stored_fields(seeder)
        statement = f"INSERT INTO {table.sql} ({names(fields, table)}) VALUES ({', '.join('?' * len(fields))})"
        done = 0
        # The driver's own cursor, whose statement stays prepared: Django's would look for parameters in its names.
        with self.connection.wrap_database_errors, closing(self.connection.connection.cursor()) as cursor:
            for done, rows in prepared:
                cursor.executemany(undoubled(statement), rows)
                yield done
        self.refuse_lost_rows(seeder, target, done)

    def finish(self) -> None:
        """Recreate the indexes, with the same names and definitions, and check the foreign keys."""
        total = len(self._dropped)
        if total:
            self.report(Progress("step", f"Recreating {total} indexes"))
        for n, index in enumerate(indexes.recreate(self.connection, self._dropped), 1):
            what = f"Recreating indexes {n} of {total}: {index.name}"
            self.report(Progress("recreating", what, table=index.table.label, done=n, total=total))
        super().finish()
