"""Relations: row numbers of another table, whose keys are stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field

from ...database.catalogue import ColumnType
from ...generate.columns import Column, masked, nulls_of, taken
from ...generate.existing import ExistingRows
from ..target import Target
from .base import Kind
from .cells import Cells


class Reference(Kind):
    """Row numbers of the table that the relation refers to; what is stored is of the kind of that table's key."""

    fields = (models.ForeignKey,)
    title = "row numbers of another table"
    plain = int
    types = ("int2", "int4", "int8", "uuid", "text", "varchar")  # whichever the other table's key is
    example = 'rows.reference("{name}", {parent})'

    def __init__(self, field: Field[Any, Any]) -> None:
        super().__init__(field)
        if not isinstance(field.related_model, str) and self.target is not None:
            self.is_adapted |= self.target.is_adapted

    @property
    def parent(self) -> type[models.Model]:
        """The model whose row numbers these are."""
        parent: type[models.Model] = self.field.related_model  # type: ignore[assignment]
        return parent._meta.concrete_model or parent

    @cached_property
    def target(self) -> Kind | None:
        """The kind of the column that the relation refers to."""
        from . import kind_of

        return kind_of(self.field.target_field)  # type: ignore[attr-defined]

    @property
    def is_known(self) -> bool:
        return isinstance(self.field.related_model, str) or self.target is not None

    def number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            super().number(value)
        return int(value)

    def given(self, value: Any, count: int) -> Column:
        if not isinstance(value, ExistingRows):
            return super().given(value, count)
        model = value.lookup.model._meta.concrete_model
        if model is not self.parent:
            raise TypeError(f"it refers to rows of {model._meta.label}, and this column to {self.parent._meta.label}")
        return value

    def stored(self, column: Column, target: Target) -> Column:
        table = self.parent._meta.db_table
        referred: Any = self.field.target_field  # type: ignore[attr-defined]
        if isinstance(column, ExistingRows):
            return taken(self._target.read(column.of(referred.name)), masked(column.codes, nulls_of(column)))
        if referred.primary_key:
            return target.keys[table].of(column)
        return taken(target.values(table, referred.name), column)

    def python(self, column: Column) -> list[Any]:
        return self._target.python(column)

    def read(self, values: Sequence[Any]) -> Column:
        return self._target.read(values)

    def check_type(self, column_type: ColumnType) -> None:
        self._target.check_type(column_type)

    def cells(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool = False
    ) -> Cells:
        if self.is_adapted:
            return super().cells(column, column_type, connection, canonical=canonical)
        return self._target.cells(column, column_type, connection, canonical=canonical)

    def parameters(self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper) -> list[Any]:
        if self.is_adapted:
            return super().parameters(column, column_type, connection)
        return self._target.parameters(column, column_type, connection)

    @property
    def _target(self) -> Kind:
        if self.target is None:
            raise TypeError(f"{self.field} refers to a column whose kind isn't known")
        return self.target
