"""Loaders: the one place where columns become rows of a database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count, islice, repeat, starmap
from typing import Any

from django.db import connections
from django.db.models import DEFERRED, Field, Model

from ..database import locks as lock
from ..declare.seeders import SeededField, Seeder
from ..generate.columns import Categorical, Column
from ..protect.guard import Guard
from ..report.progress import Report


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one table, as columns by field name."""

    start: int
    stop: int
    columns: Mapping[str, Column]

    @property
    def count(self) -> int:
        return self.stop - self.start


@dataclass(frozen=True)
class Target:
    """Where rows go: the database, the tables' first keys, and the moment that times count back from."""

    using: str
    first_keys: Mapping[str, int]  # by table; a row's key is this plus its row number
    anchored_at: datetime


class Loader(ABC):
    """Replaces the tables' rows, in the caller's transaction. The calls come in the order in which they stand here."""

    def __init__(self, using: str, seeders: Sequence[Seeder], report: Report) -> None:
        """`seeders` come in load order."""
        self.using = using
        self.seeders = seeders
        self.report = report

    def lock(self, row_counts: Mapping[str, int], deadline: lock.Deadline) -> None:
        """Lock what will be written, so that nothing changes between the guard's look and the end.

        EXCLUSIVE lets others read, but neither lock rows nor point a foreign key at them.
        """
        tables = [connections[self.using].ops.quote_name(seeder.table) for seeder in self.seeders]
        if tables:
            lock.lock_tables(self.using, tables, "EXCLUSIVE", deadline, self.report)

    def clear(self, guard: Guard, *, losses_too: bool) -> None:
        """Delete the rows that go."""
        if losses_too:
            guard.delete_pointing()
        for seeder in reversed(self.seeders):
            guard.delete(seeder, losses_too=losses_too)

    @abstractmethod
    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> Any:
        """Turn a batch into what `write` takes. Runs in a helper thread, so it leaves the database alone."""

    @abstractmethod
    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Write a table's prepared batches, each given with the number of rows up to its end; yield that number."""

    def finish(self) -> None:  # noqa: B027 (not every loader takes something off)
        """Put back what was taken off for the load."""


class BulkCreate(Loader):
    """Django's `bulk_create`: model instances, on any database."""

    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> list[Model]:
        """Make the model instances."""
        fields, columns = python_values(seeder, batch, target)
        known = dict(zip(fields, columns, strict=True))
        values = [known.get(f, repeat(DEFERRED)) for f in seeder.model._meta.concrete_fields]
        return list(starmap(seeder.model, islice(zip(*values, strict=False), batch.count)))

    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Insert the instances."""
        manager = seeder.model._base_manager.using(target.using)
        for done, instances in prepared:
            manager.bulk_create(instances)
            yield done


def python_values(seeder: Seeder, batch: Batch, target: Target) -> tuple[list[Field[Any, Any]], list[Iterable[Any]]]:
    """Return the fields of the model that are stored, in its order, and for each its values in the batch, or more."""
    seeded, defaults = {f.field: f for f in seeder.fields}, seeder.defaults
    fields = [f for f in seeder.model._meta.concrete_fields if not f.generated]
    columns: list[Iterable[Any]] = []
    for f in fields:
        if f in seeded:
            columns.append(_values(seeded[f], batch.columns[f.name], target))
        elif f is seeder.key:
            columns.append(count(target.first_keys[seeder.table] + batch.start))
        else:
            columns.append(repeat(f.to_python(defaults[f]) if f in defaults else f.get_default()))
    return fields, columns


def _values(seeded: SeededField, column: Column, target: Target) -> list[Any]:
    """Return the column as values that the ORM takes."""
    if isinstance(column, Categorical):
        return column.tolist()
    if seeded.parent is not None:
        column = column + target.first_keys[seeded.parent._meta.db_table]
    values: list[Any] = column.tolist()
    if seeded.kind == "decimal":
        unit = Decimal(1).scaleb(-seeded.field.decimal_places)  # type: ignore[attr-defined]
        return [None if value is None else value * unit for value in values]
    if seeded.kind == "datetime":
        return [None if value is None else target.anchored_at - timedelta(microseconds=value) for value in values]
    if seeded.kind == "date":
        day = target.anchored_at.date()
        return [None if value is None else day - timedelta(days=value) for value in values]
    return values
