"""Keys of generic relations: row numbers of several tables, whose keys are stored in a column of any kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model

from ...database.catalogue import ColumnType
from ...generate.columns import Column, filled, masked, nulls_of
from ...generate.generic import GenericRows
from ..target import Target
from .base import Kind
from .cells import Cells
from .text import Text


class GenericKey(Kind):
    """The rows' numbers and models, as `GenericRows.column` has them."""

    fields = ()
    title = "rows of a generic relation"
    types = ()

    def __init__(self, field: Field[Any, Any], inner: Kind, models: Sequence[type[Model]]) -> None:
        super().__init__(field)
        self._inner, self.models = inner, tuple(models)

    def given(self, value: Any, count: int) -> Column:
        if not isinstance(value, GenericRows) or value.models != self.models:
            raise TypeError("it must be rows.generic() of the same models in every call")
        return value.column

    def stored(self, column: Column, target: Target) -> Column:
        numbers, codes = np.divmod(filled(column), len(self.models))  # type: ignore[arg-type]
        firsts = np.array([target.first_keys[model._meta.db_table] for model in self.models], np.int64)
        keys = numbers + firsts[codes]
        found: Column = masked(keys.astype("U20") if isinstance(self._inner, Text) else keys, nulls_of(column))
        self._inner.check(found)
        return found

    def python(self, column: Column) -> list[Any]:
        return self._inner.python(column)

    def read(self, values: Sequence[Any]) -> Column:
        return self._inner.read(values)

    def check_type(self, column_type: ColumnType) -> None:
        self._inner.check_type(column_type)

    def cells(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool = False
    ) -> Cells:
        return self._inner.cells(column, column_type, connection, canonical=canonical)
