"""Loaders: the one place where columns become rows of a database."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count, islice, repeat, starmap
from typing import Any, Protocol

from .columns import Column, Labels
from .registry import SeededField, Seeder


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one table, as columns by field name."""

    start: int
    stop: int
    columns: Mapping[str, Column]


@dataclass(frozen=True)
class Target:
    """Where rows go: the database, the tables' first keys, and the moment that times count back from."""

    using: str
    first_keys: Mapping[str, int]  # by table; a row's key is this plus its row number
    anchored_at: datetime


class Loader(Protocol):
    """Writes one table's batches, in the caller's transaction."""

    def load(self, seeder: Seeder, batches: Iterable[Batch], target: Target) -> Iterator[int]:
        """Write the batches; yield the number of rows written so far after each."""


class BulkCreate:
    """Django's `bulk_create`: model instances, on any database."""

    def load(self, seeder: Seeder, batches: Iterable[Batch], target: Target) -> Iterator[int]:
        """Write the batches; yield the number of rows written so far after each."""
        model = seeder.model
        manager = model._base_manager.using(target.using)
        seeded = {f.field: f for f in seeder.fields}
        for batch in batches:
            first_key = target.first_keys[seeder.table] + batch.start
            columns: list[Iterable[Any]] = [
                _values(seeded[f], batch.columns[f.name], target)
                if f in seeded
                else count(first_key)
                if f.primary_key
                else repeat(f.get_default())
                for f in model._meta.concrete_fields
                if not f.generated
            ]
            with _no_garbage_collection():
                manager.bulk_create(starmap(model, islice(zip(*columns, strict=False), batch.stop - batch.start)))
            yield batch.stop


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Run the block without the search for reference cycles: new model instances have none, and there are many."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


LOADERS: dict[str, type[Loader]] = {"bulk_create": BulkCreate}


def _values(seeded: SeededField, column: Column, target: Target) -> list[Any]:
    """Return the column as values that the ORM takes."""
    if isinstance(column, Labels):
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
