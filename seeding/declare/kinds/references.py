"""Relations: row numbers of another table, whose keys are stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Column
from ..target import Target
from . import cells
from .base import Kind
from .cells import Cells


class Reference(Kind):
    """Row numbers of the table that the relation refers to."""

    fields = (models.ForeignKey,)
    title = "row numbers of another table"
    types = ("int2", "int4", "int8")
    example = 'rows.reference("{name}", {parent})'
    is_sent_as_is = True

    @property
    def parent(self) -> type[models.Model]:
        """The model whose row numbers these are."""
        parent: type[models.Model] = self.field.related_model  # type: ignore[assignment]
        return parent._meta.concrete_model or parent

    def number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            super().number(value)
        return int(value)

    def stored(self, column: Column, target: Target) -> Column:
        return cast("NDArray[Any]", column) + target.first_keys[self.parent._meta.db_table]

    def python(self, column: Column) -> list[Any]:
        return column.tolist()

    def read(self, values: Sequence[Any]) -> Column:
        return self.of_list(values)

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numbers(cast("NDArray[Any]", column), column_type.name)
