"""Loaders: the one place where columns become rows of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..database.catalogue import Table, triggers_of
from ..database.foreign_keys import check_foreign_keys
from ..database.locks import WRITE
from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import SeedError
from ..generate.columns import Batch
from ..protect.deletion import delete
from ..protect.guard import Guard
from ..protect.obstacles import Obstacles
from ..protect.selections import count, of_seed
from ..report.progress import Progress, Report
from .values import check_tables


class Loader(ABC):
    """Replaces the tables' rows, in the caller's transaction. The calls come in the order in which they stand here."""

    def __init__(self, seeders: Seeders, guard: Guard, report: Report) -> None:
        """`guard` knows the tables; it needn't have looked at the rows."""
        self.seeders, self.guard, self.report = list(seeders), guard, report
        self.connection = connections[guard.using]
        check_tables(seeders, guard)

    def table_of(self, seeder: Seeder) -> Table:
        """Return the table that the seeder's rows go to."""
        return self.guard.change_of(seeder).table

    def locks(self, rows: int) -> dict[str, list[Table]]:
        """Return what must be locked to load that many rows, by mode.

        EXCLUSIVE lets others read, but neither lock rows nor point a foreign key at them.
        """
        return {WRITE: list(self.guard.changes)}

    def clear(self, guard: Guard, obstacles: Obstacles, *, losses_too: bool) -> None:
        """Delete the rows to delete; with `losses_too`, also those not created by a seed."""
        self.delete(guard, [guard.change_of(seeder).table for seeder in self.seeders], losses_too=losses_too)

    def delete(self, guard: Guard, tables: Sequence[Table], *, losses_too: bool) -> None:
        """Delete row by row from these tables, and what no loader empties."""
        self.report(Progress("step", "Deleting rows"))
        delete(guard, tables, losses_too=losses_too)

    @abstractmethod
    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> Any:
        """Turn a batch into what `write` takes. Runs in a helper thread, so it leaves the database alone."""

    @abstractmethod
    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Write a table's prepared batches, each given with the number of rows up to its end; yield that number."""

    def refuse_lost_rows(self, seeder: Seeder, target: Target, sent: int) -> None:
        """Raise SeedError where other rows than the sent ones are in the table."""
        table = self.table_of(seeder)
        written = count(self.connection, table, of_seed(table, target.keys[seeder.table]))
        refuse_lost_rows(self.connection, table, sent, written)

    def finish(self) -> None:
        """Recreate what was dropped for the load, and check what the database would check at COMMIT."""
        self.report(Progress("step", "Checking foreign keys"))
        check_foreign_keys(self.connection, self.guard.tables)


def refuse_lost_rows(connection: BaseDatabaseWrapper, table: Table, sent: int, written: int) -> None:
    """Raise SeedError where the database took other than the sent rows."""
    if written != sent:
        raise SeedError(
            f"{sent:,} rows were sent to {table.label}, and {written:,} are there: a trigger or a rule of the table "
            f"({', '.join(triggers_of(connection, table)) or 'none is known'}) changes what is written. Nothing was "
            "changed; disable it, or leave the table out of the seeds."
        )
