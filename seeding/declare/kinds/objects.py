"""Columns of Python objects: bytes, and what the kinds of documents, arrays, ranges and maps share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, masked, nulls_of, objects, without_nulls
from . import cells
from .base import Kind
from .cells import Cells


class Objects(Kind):
    """A kind whose column is an array of texts, bytes or tuples, or a categorical of them."""

    dtype = "O"
    blank: ClassVar[Any] = ()

    def categories(self, column: Categorical) -> Column:
        return Categorical(column.codes, tuple(self.of_list(column.labels).tolist()))

    def of_list(self, values: Sequence[Any]) -> Column:
        return objects([None if value is None else self.number(value) for value in values])

    def of_array(self, array: NDArray[Any]) -> Column:
        return self.of_list(array.tolist())

    def python(self, column: Column) -> list[Any]:
        return each(column, self.value)

    def value(self, stored: Any) -> Any:
        """Return a stored value as the ORM takes and gives it."""
        return stored

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        values = column.labels if isinstance(column, Categorical) else column.tolist()
        some, nulls = without_nulls(values, self.blank)
        found = self.laid_out(some, column_type, connection, canonical=canonical).with_nulls(nulls)
        return found.taken(column.codes) if isinstance(column, Categorical) else found

    def laid_out(
        self, values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        """Return stored values, of which none is NULL, as `cells` does."""
        return cells.of_bytes([self.encoded(value) for value in values])

    def encoded(self, stored: Any) -> bytes:
        """Return a stored value as the type's receive function takes it."""
        raise NotImplementedError


def each(column: Column, function: Callable[[Any], Any]) -> list[Any]:
    """Return the function's results for the column's values, None for NULL; it is called once for each category."""
    values = column.labels if isinstance(column, Categorical) else column.tolist()
    found = [None if value is None else function(value) for value in values]
    return [found[code] for code in column.codes.tolist()] if isinstance(column, Categorical) else found


def cells_of(column: Column, encoded: Callable[[Any], bytes]) -> Cells:
    """Return the cells of the column's values, each encoded by the function."""
    values = column.labels if isinstance(column, Categorical) else column.tolist()
    found = cells.of_bytes([None if value is None else encoded(value) for value in values])
    return found.taken(column.codes) if isinstance(column, Categorical) else found


def column_of(kind: Kind, values: Sequence[Any]) -> Column:
    """Return the values of a column in stored form as such a column again."""
    if kind.dtype == "O":
        return objects(values)
    some, nulls = without_nulls(values, kind.blank)
    return masked(np.array(some, kind.dtype), nulls)


def plain(kind: Kind, column: Column) -> list[Any]:
    """Return a column in declared form as plain values, which `declared` takes back."""
    if not isinstance(column, Categorical) and column.dtype.kind == "M":
        return kind.python(masked(column.view("i8"), nulls_of(column)))
    return column.tolist()


def declared(kind: Kind, values: Sequence[Any]) -> Column:
    """Return what `plain` gave as a column in declared form again."""
    return objects(values) if kind.dtype == "O" else kind.of_list(values)


class Binary(Objects):
    """Bytes."""

    fields = (models.BinaryField,)
    title = "bytes"
    example = "[rows.version.encode() + bytes([n % 256]) for n in rows.numbers]"
    types = ("bytea",)
    blank = b""
    is_distinctive = True

    def number(self, value: Any) -> bytes:
        if not isinstance(value, bytes | bytearray | memoryview):
            super().number(value)
        return bytes(value)

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype.kind not in "SV":
            raise TypeError(f"it holds {array.dtype} values, and this column holds {self.title}")
        return super().of_array(array)

    def check(self, column: Column) -> None:
        most = self.field.max_length
        if most is not None:
            longest = max((length or 0 for length in each(column, len)), default=0)
            if longest > most:
                raise ValueError(f"it holds {longest} bytes, and max_length is {most}")

    def encoded(self, stored: Any) -> bytes:
        return bytes(stored)
