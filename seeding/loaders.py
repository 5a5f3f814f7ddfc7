"""Loaders: the one place where columns become rows of a database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
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
        model, key = seeder.model, seeder.model._meta.pk
        names = [key.attname, *(seeded.field.attname for seeded in seeder.fields)]
        manager = model._base_manager.using(target.using)
        for batch in batches:
            first_key = target.first_keys[seeder.table] + batch.start
            keys = range(first_key, first_key + batch.stop - batch.start)
            columns = [_values(seeded, batch.columns[seeded.name], target) for seeded in seeder.fields]
            manager.bulk_create(
                [model(**dict(zip(names, row, strict=True))) for row in zip(keys, *columns, strict=True)]
            )
            yield batch.stop


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
