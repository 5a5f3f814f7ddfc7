"""PostgreSQL's arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import Any

import numpy as np
from django.contrib.postgres.fields import ArrayField
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, objects
from ...report.wording import shown
from ..target import Target
from . import cells
from .base import Kind, Unsuitable
from .cells import Cells
from .objects import Objects, column_of, declared, plain

Flat = Sequence[Any]  # the elements of many arrays, one after the other


class Array(Objects):
    """Arrays of values of another kind, as tuples: within one another, where the array has several dimensions.

    A seeder gives a list of lists, one a row; one list of plain values for all rows; or a NumPy array with
    one dimension more than the field, where each row has as many elements.
    """

    fields = (ArrayField,)
    title = "arrays"
    example = '[["a", "b"][: n % 3] for n in rows.numbers]'
    types = ()
    is_distinctive = True

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        from . import kind_of

        self._dimensions, base = 1, field.base_field
        while isinstance(base, ArrayField):
            self._dimensions, base = self._dimensions + 1, base.base_field
        self._of = kind_of(base)

    @property
    def is_known(self) -> bool:
        return self._of is not None

    @property
    def element(self) -> Kind:
        """The kind of the elements."""
        assert self._of is not None  # noqa: S101 (see is_known)
        return self._of

    # What a seeder gives.

    def given(self, value: Any, count: int) -> Column:
        if not isinstance(value, np.ndarray) or value.ndim != self._dimensions + 1:
            return super().given(value, count)
        flat = value.reshape(-1)
        level = self._checked(
            self.element.of_list(flat.tolist()) if value.dtype == object else self.element.of_array(flat)
        )
        for size in reversed(value.shape[1:]):
            level = list(zip(*[iter(level)] * size, strict=True))
        return objects(level if value.size else [()] * len(value))

    def is_one_value(self, value: Any) -> bool:
        level: Sequence[Any] = [value]
        for _ in range(self._dimensions):
            level = [part for item in level if isinstance(item, list | tuple) for part in item]
        if any(isinstance(part, list | tuple) for part in level):
            return False
        nulls = sum(item is None for item in value)
        return nulls == 0 or (self._dimensions == 1 and nulls < len(value))

    def number(self, value: Any) -> Any:
        return self.of_list([value]).tolist()[0]

    def of_list(self, values: Sequence[Any]) -> Column:
        rows = self._rectangles(values)
        return objects(self._mapped(rows, lambda flat: self._checked(self.element.of_list(flat))))

    def _checked(self, elements: Column) -> list[Any]:
        self.element.check(elements)
        return plain(self.element, elements)

    def _rectangles(self, values: Sequence[Any]) -> Sequence[Any]:
        """Return arrays and NULLs, once they are known to be such. Raises TypeError or ValueError."""
        if self._dimensions == 1 and set(map(type, values)) <= {list, tuple, type(None)}:
            return values
        return [None if value is None else self._rectangular(value) for value in values]

    def _rectangular(self, value: Any) -> Any:
        """Return an array, once it is known to be one. Raises TypeError or ValueError."""
        shape, level = [], [value.tolist() if isinstance(value, np.ndarray) else value]
        for _ in range(self._dimensions):
            for item in level:
                if not isinstance(item, list | tuple):
                    raise TypeError(f"it holds {shown(item)}, and this column holds {self.title}")
            lengths = {len(item) for item in level}
            if len(lengths) > 1:
                raise ValueError(f"it holds {shown(value)}, whose parts are of different lengths")
            shape.append(lengths.pop() if lengths else 0)
            level = [part for item in level for part in item]
        return level and (value.tolist() if isinstance(value, np.ndarray) else value)

    def check(self, column: Column) -> None:
        most = self.field.size  # type: ignore[attr-defined]
        if most is not None:
            for value in column.labels if isinstance(column, Categorical) else column.tolist():
                if value is not None and len(value) > most:
                    raise ValueError(f"it holds an array of {len(value)} elements, and the field's size is {most}")

    # What is stored.

    def stored(self, column: Column, target: Target) -> Column:
        if type(self.element).stored is Kind.stored:
            return column
        values = _values(column)
        return _like(
            column,
            self._mapped(values, lambda flat: self.element.stored(declared(self.element, flat), target).tolist()),
        )

    def python(self, column: Column) -> list[Any]:
        made = self._mapped(_values(column), lambda flat: self.element.python(column_of(self.element, flat)), list)
        return [made[code] for code in column.codes.tolist()] if isinstance(column, Categorical) else made

    def read(self, values: Sequence[Any]) -> Column:
        rows = self._rectangles(values)
        return objects(self._mapped(rows, lambda flat: self.element.read(flat).tolist()))

    def check_type(self, column_type: ColumnType) -> None:
        if column_type.element is None:
            raise Unsuitable(f"is {column_type.cast} in the database, which doesn't hold {self.title}")
        self.element.check_type(_element_type(column_type))

    def laid_out(
        self, values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        element_type, flat = _element_type(column_type), list(self._flattened(values))
        elements = self.element.cells(column_of(self.element, flat), element_type, connection, canonical=canonical)
        return _laid_out(self._shapes(values), elements, element_type.oid)

    def _shapes(self, arrays: Sequence[Any]) -> NDArray[np.int64]:
        """Return the sizes of each array's dimensions; zeros where it is empty."""
        if self._dimensions == 1:
            return np.fromiter(map(len, arrays), np.int64, len(arrays))[:, None]
        return np.array([self._shape(value) for value in arrays], np.int64).reshape(len(arrays), self._dimensions)

    def _shape(self, value: Any) -> list[int]:
        if not value:
            return [0] * self._dimensions
        shape = []
        for _ in range(self._dimensions):
            shape.append(len(value))
            value = value[0]
        return shape

    # Arrays as their elements, and back.

    def _mapped(
        self, rows: Sequence[Any], function: Callable[[Flat], Sequence[Any]], of: type[Any] = tuple
    ) -> list[Any]:
        """Return the arrays with other elements: what the function makes of all of them at once."""
        return self._grouped(rows, function(list(self._flattened(rows))), of)

    def _flattened(self, rows: Sequence[Any]) -> Iterator[Any]:
        level: Iterable[Any] = (row for row in rows if row is not None)
        for _ in range(self._dimensions):
            level = chain.from_iterable(level)
        return iter(level)

    def _grouped(self, rows: Sequence[Any], flat: Sequence[Any], of: type[Any] = tuple) -> list[Any]:
        elements = iter(flat)
        if self._dimensions == 1:
            return [None if row is None else of(islice(elements, len(row))) for row in rows]
        return [None if row is None else _group(row, elements, self._dimensions, of) for row in rows]


def _group(row: Any, elements: Iterator[Any], dimensions: int, of: type[Any]) -> Any:
    if dimensions == 1:
        return of(islice(elements, len(row)))
    return of(_group(part, elements, dimensions - 1, of) for part in row)


def _values(column: Column) -> list[Any]:
    return list(column.labels) if isinstance(column, Categorical) else column.tolist()


def _like(column: Column, values: list[Any]) -> Column:
    return Categorical(column.codes, tuple(values)) if isinstance(column, Categorical) else objects(values)


def _element_type(array: ColumnType) -> ColumnType:
    assert array.element is not None  # noqa: S101 (see check_type)
    name, oid = array.element
    return ColumnType(name, name, array.modifier, oid)


def _laid_out(shapes: NDArray[np.int64], elements: Cells, oid: int) -> Cells:
    """Lay out arrays: their dimensions, whether NULL is among them, their type, their sizes, and their elements."""
    count, dimensions = shapes.shape
    sizes = np.dtype([("size", ">i4"), ("first", ">i4")])
    layout: list[Any] = [("dimensions", ">i4"), ("has_nulls", ">i4"), ("type", ">u4"), ("sizes", sizes, (dimensions,))]
    elements_in, has_some = shapes.prod(axis=1), shapes[:, 0] > 0
    headers = np.zeros(count, layout)
    headers["dimensions"], headers["type"] = dimensions * has_some, oid
    headers["sizes"]["size"], headers["sizes"]["first"] = shapes, 1
    if elements.lengths is not None:
        headers["has_nulls"] = cells.sums(elements.lengths < 0, elements_in) > 0
    content, sent = cells.with_lengths(elements)
    lengths = cells.sums(sent, elements_in)
    found = cells.behind(headers, content, lengths)
    without_sizes = headers.itemsize - dimensions * sizes.itemsize
    return replace(found, lengths=np.where(has_some, headers.itemsize + lengths, without_sizes).astype(np.int32))
