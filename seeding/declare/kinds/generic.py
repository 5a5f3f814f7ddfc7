"""Keys of rows of several models, of a generic relation or of a relation to what those models inherit from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Field, Model, OneToOneField
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, filled, masked, nulls_of
from ...generate.generic import GenericRows
from ..target import Target
from .base import Kind
from .cells import Cells
from .identifiers import Identifier
from .numbers import Integer
from .references import Reference
from .text import Text


class GenericKey(Kind):
    """The rows' numbers and models, as `GenericRows.column` has them."""

    title = "rows of a generic relation"
    types = ()

    def __init__(self, field: Field[Any, Any], inner: Kind, models: Sequence[type[Model]]) -> None:
        super().__init__(field)
        self._inner, self.models = inner, tuple(models)
        self.is_adapted = inner.is_adapted

    def given(self, value: Any, count: int) -> Column:
        if isinstance(value, Categorical) and value.labels == (None,):  # left out, where rows of another model have it
            return masked(np.zeros(count, np.int64), np.ones(count, bool))
        if not isinstance(value, GenericRows) or value.models != self.models:
            raise TypeError("it must be rows.generic() of the same models in every call")
        for model in self.models:
            if not fits(self._inner, model):
                raise TypeError(f"keys of {model._meta.label} don't fit into a {type(self.field).__name__}")
        return value.column

    def stored(self, column: Column, target: Target) -> Column:
        numbers, codes = np.divmod(filled(column), len(self.models))  # type: ignore[arg-type]
        parts = [self._keys(model, numbers[codes == code], target) for code, model in enumerate(self.models)]
        joined = np.concatenate(parts)
        keys = np.empty_like(joined)
        keys[np.argsort(codes, kind="stable")] = joined
        found: Column = masked(keys, nulls_of(column))
        self._inner.check(found)
        return found

    def _keys(self, model: type[Model], numbers: NDArray[Any], target: Target) -> NDArray[Any]:
        """Return the keys of a model's rows as the column's kind has them: in a column of texts, their text."""
        keys: Any = target.keys[model._meta.db_table].of(numbers)
        if isinstance(self._inner, Text):
            return np.array([str(key) for key in _key_kind(model).python(keys)], np.str_)
        return np.asarray(keys)

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

    def parameters(self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper) -> list[Any]:
        return self._inner.parameters(column, column_type, connection)


def fits(column: Kind, model: type[Model]) -> bool:
    """Return True if a column of this kind can hold the keys of the model."""
    if isinstance(column, Reference):
        return _has_key_of(column.parent, model) and bool(column.field.target_field.primary_key)  # type: ignore[attr-defined]
    kind = _key_kind(model)
    return isinstance(column, Text) or (isinstance(kind, Integer | Identifier) and type(column) is type(kind))


def _has_key_of(parent: type[Model], model: type[Model]) -> bool:
    """Return True if a row's key is that of a row of `parent`: it inherits from it, or has a one-to-one key."""
    concrete: Any = model._meta.concrete_model
    key = concrete._meta.pk
    return concrete is parent or (isinstance(key, OneToOneField) and _has_key_of(parent, key.remote_field.model))


def _key_kind(model: type[Model]) -> Kind:
    """Return the kind of a model's keys, those of another model's where it has the same."""
    from . import kind_of

    kind = kind_of(model._meta.pk)
    while isinstance(kind, Reference):
        kind = kind.target
    if kind is None:
        raise TypeError(f"{model._meta.label} has a key whose kind isn't known")
    return kind
