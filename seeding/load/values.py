"""A batch as the values of each stored column: the key, what the seeder declares, and the defaults of the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field

from ..database.catalogue import ColumnType, Table
from ..declare.defaults import Constant
from ..declare.kinds import cells, kind_of
from ..declare.kinds.base import Kind, Unsuitable
from ..declare.kinds.cells import Cells
from ..declare.kinds.text import Text
from ..declare.registry import Seeders
from ..declare.seeder import Seeder, unfit_column
from ..declare.target import Target
from ..errors import SeedError
from ..generate.columns import Batch, Categorical, Column
from ..protect.guard import Guard


@dataclass(frozen=True)
class StoredColumn:
    """One stored column of a batch: of a kind, or one value for all rows."""

    field: Field[Any, Any]
    kind: Kind | None
    column: Column | None
    value: Any
    count: int
    is_fixed: bool = True  # False: a default that may be another one when it is computed again

    def python(self) -> list[Any]:
        """Return the values that the ORM takes and gives."""
        if self.kind is not None and self.column is not None:
            return self.kind.python(self.column)
        return [self.value] * self.count

    def parameters(self, column_type: ColumnType, connection: BaseDatabaseWrapper) -> list[Any]:
        """Return the values as the driver takes them, stored like those that the ORM sends."""
        if self.kind is not None and self.column is not None:
            return self.kind.parameters(self.column, column_type, connection)
        return [self.field.get_db_prep_save(self.value, connection)] * self.count

    def cells(self, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool) -> Cells:
        """Return the values as COPY sends them; with `canonical`, as the server does. Raises Unsuitable, ValueError."""
        if self.kind is not None and self.column is not None:
            return self.kind.cells(self.column, column_type, connection, canonical=canonical)
        value = self.field.get_db_prep_save(self.value, connection)
        if value is None:  # whatever the type: the driver may know no binary form of it
            return cells.of_bytes([None] * self.count)
        return cells.of_adapted([value], column_type, connection).taken(np.zeros(self.count, np.intp))


def stored_columns(seeder: Seeder, batch: Batch, target: Target) -> list[StoredColumn]:
    """Return the columns of the batch that are stored, in the model's order."""
    keys = target.keys[seeder.table].of(np.arange(batch.start, batch.stop))
    found = {seeder.key: StoredColumn(seeder.key, kind_of(seeder.key), keys, None, batch.count)}
    for c in seeder.columns:
        try:
            stored = c.kind.stored(batch.columns[c.name], target)
        except ValueError as exc:
            raise unfit_column(seeder, c.name, exc) from exc
        found[c.field] = StoredColumn(c.field, c.kind, stored, None, batch.count)
    for constant in seeder.constants:
        found[constant.field] = _constant(constant, target, batch.count)
    return [found[f] for f in stored_fields(seeder)]


def stored_fields(seeder: Seeder) -> list[Field[Any, Any]]:
    """Return the fields whose columns are written, in the model's order."""
    written = {seeder.key, *(c.field for c in seeder.columns), *(constant.field for constant in seeder.constants)}
    return [f for f in seeder.model._meta.local_concrete_fields if f in written]


def check_tables(seeders: Seeders, guard: Guard) -> None:
    """Raise SeedError where a table is missing, or a column of it doesn't hold its values exactly."""
    for seeder in seeders:
        if seeder.table not in guard.names:
            raise SeedError(f"The table {seeder.table} is missing: run `manage.py migrate` first.")
        if guard.connection.vendor == "postgresql":
            check_types(seeder, guard.change_of(seeder).table)


def check_types(seeder: Seeder, table: Table) -> None:
    """Raise SeedError for a column that is missing, or whose type in the database doesn't hold its values exactly."""
    for f in stored_fields(seeder):
        column_type = _type_of(f, table)
        kind = kind_of(f)
        if kind is not None:
            try:
                kind.check_type(column_type)
            except Unsuitable as exc:
                advice = "run `manage.py migrate`, or change the column's type"
                raise SeedError(f"The column {f.column} of {table.label} {exc}: {advice}.") from exc


def types_of(seeder: Seeder, table: Table) -> dict[Field[Any, Any], ColumnType]:
    """Return the database's types of the written columns. Raises SeedError for one that is missing."""
    return {f: _type_of(f, table) for f in stored_fields(seeder)}


def _type_of(f: Field[Any, Any], table: Table) -> ColumnType:
    found = table.columns.get(f.column or f.name)
    if found is None:
        raise SeedError(f"The column {f.column} of {table.label} is missing: run `manage.py migrate` first.")
    return found


def _constant(constant: Constant, target: Target, count: int) -> StoredColumn:
    kind, value = kind_of(constant.field), constant.value
    if constant.is_anchor and kind is not None:
        return StoredColumn(constant.field, kind, kind.stored(kind.column(0, count), target), None, count)
    is_null = value is None and not isinstance(kind, Text)  # the name of no file is empty text
    if kind is not None and not is_null and not constant.field.is_relation:
        try:
            column = kind.column(Categorical(np.zeros(count, np.intp), (value,)), count)
            return StoredColumn(constant.field, kind, kind.stored(column, target), None, count, constant.is_fixed)
        except (TypeError, ValueError):  # a default that isn't of its field's kind: as the ORM takes it
            pass
    return StoredColumn(constant.field, None, None, value, count, constant.is_fixed)


def names(fields: Iterable[Field[Any, Any]], table: Table) -> str:
    """Return the fields' columns, quoted, as a list of SQL."""
    return ", ".join(table.names[f.column or f.name] for f in fields)
