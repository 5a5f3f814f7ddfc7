"""PostgreSQL's ranges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DateRangeField,
    DateTimeRangeField,
    DecimalRangeField,
    IntegerRangeField,
)
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.psycopg_any import Range as PythonRange

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, objects
from ...report.wording import shown
from ..target import Target
from . import cells
from .base import Kind
from .cells import Cells
from .numbers import Integer
from .objects import Objects, column_of, plain
from .times import Day

_SUBTYPES = {
    "int4range": ColumnType("int4", "integer", oid=23),
    "int8range": ColumnType("int8", "bigint", oid=20),
    "numrange": ColumnType("numeric", "numeric", oid=1700),
    "daterange": ColumnType("date", "date", oid=1082),
    "tstzrange": ColumnType("timestamptz", "timestamp with time zone", oid=1184),
}
_EMPTY: tuple[Any, ...] = ()
_SOMETIME = Target("", {}, datetime(2000, 1, 1, tzinfo=UTC))  # bounds count back from one moment, whichever it is


class Exact(Objects):
    """Decimals of any number of digits, as a range of them has."""

    title = "decimals"
    example = "1"
    types = ("numeric",)

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        self.is_adapted = False  # a bound is sent as it is, whatever a field of its own would make of it

    def number(self, value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            super().number(value)
        found = Decimal(value)
        if not found.is_finite():
            raise ValueError(f"it holds {found}, which isn't finite")
        return found

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_adapted(column.tolist(), column_type, connection)


class Range(Objects):
    """Ranges, as tuples of both bounds and how they are included; the empty one is an empty tuple.

    A seeder gives psycopg's `Range` objects or pairs, in a list; one of them for all rows; or a pair of columns. A
    bound that is None is infinite. Bounds that are moments or dates may be numbers, which count back from the anchor.
    """

    fields = (IntegerRangeField, BigIntegerRangeField, DecimalRangeField, DateRangeField, DateTimeRangeField)
    title = "ranges"
    example = '[(n, n + 7) for n in rows.integers("{name}", 0, 99).tolist()]'
    types = tuple(_SUBTYPES)
    is_distinctive = True

    def __init__(self, field: Any) -> None:
        super().__init__(field)
        from . import kind_of

        is_exact = isinstance(field, DecimalRangeField)
        found = Exact(field.base_field) if is_exact else kind_of(field.base_field)
        assert found is not None  # noqa: S101
        self.bound: Kind = found
        self._default: str = getattr(field, "default_bounds", "[)")

    # What a seeder gives.

    def given(self, value: Any, count: int) -> Column:
        if isinstance(value, tuple) and len(value) == 2 and any(isinstance(v, np.ndarray | Categorical) for v in value):
            bounds = []
            for given in value:
                column = self.bound.given(given, count)
                if len(column) != count:
                    raise ValueError(f"it has a bound of {len(column):,} values instead of {count:,}")
                self.bound.check(column)
                bounds.append(plain(self.bound, column))
            return objects(self._checked([(*pair, self._default) for pair in zip(*bounds, strict=True)]))
        return super().given(value, count)

    def is_one_value(self, value: Any) -> bool:
        is_pair = isinstance(value, tuple) and len(value) == 2
        return is_pair and not any(isinstance(v, list | tuple | PythonRange) for v in value) and value != (None, None)

    def number(self, value: Any) -> Any:
        return self.of_list([value]).tolist()[0]

    def of_list(self, values: Sequence[Any]) -> Column:
        rows = [None if value is None else self._bounds(value) for value in values]
        column = self.bound.of_list([row[i] for row in rows if row for i in (0, 1)])
        self.bound.check(column)
        return objects(self._checked(_regrouped(rows, plain(self.bound, column))))

    def _bounds(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, PythonRange):
            return _EMPTY if value.isempty else (value.lower, value.upper, value.bounds)
        if isinstance(value, list | tuple) and len(value) == 2:
            return (*value, self._default)
        raise TypeError(f"it holds {shown(value)}, and this column holds {self.title}")

    def _checked(self, rows: list[Any]) -> list[Any]:
        """Return the ranges. Raises ValueError for one that ends before it begins, or whose bound doesn't fit."""
        canonical = self._canonical(rows, _SOMETIME)
        for row, found in zip(rows, canonical, strict=True):
            if found and None not in found[:2] and found[0] > found[1]:
                raise ValueError(f"it holds the range {shown(row[:2])}, which ends before it begins")
        if isinstance(self.bound, Integer):
            self.bound.check(column_of(self.bound, [bound for row in canonical if row for bound in row[:2]]))
        return rows

    # What is stored.

    def stored(self, column: Column, target: Target) -> Column:
        if isinstance(column, Categorical):
            return Categorical(column.codes, tuple(self._canonical(column.labels, target)))
        return objects(self._canonical(column.tolist(), target))

    def _canonical(self, rows: Sequence[Any], target: Target) -> list[Any]:
        """Return ranges as PostgreSQL stores them: those of whole numbers and dates include the lower bound only."""
        bounds = self.bound.of_list([row[i] for row in rows if row for i in (0, 1)])
        found = _regrouped(rows, self.bound.stored(bounds, target).tolist())
        is_discrete = isinstance(self.bound, Integer | Day)
        return [_canonical(*row, is_discrete=is_discrete) if row else row for row in found]

    def python(self, column: Column) -> list[Any]:
        rows = list(column.labels) if isinstance(column, Categorical) else column.tolist()
        bounds = self.bound.python(column_of(self.bound, [row[i] for row in rows if row for i in (0, 1)]))
        made = [None if row is None else self._range(row) for row in _regrouped(rows, bounds)]
        return [made[code] for code in column.codes.tolist()] if isinstance(column, Categorical) else made

    def _range(self, row: tuple[Any, ...]) -> Any:
        of: Any = self.field.range_type  # type: ignore[attr-defined]
        return of(*row) if row else of(empty=True)

    def read(self, values: Sequence[Any]) -> Column:
        rows = [None if value is None else self._bounds(value) for value in values]
        return objects(_regrouped(rows, self.bound.read([row[i] for row in rows if row for i in (0, 1)]).tolist()))

    def laid_out(
        self, values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        finite = [bound for row in values for bound in row[:2] if bound is not None]
        bounds = self.bound.cells(
            column_of(self.bound, finite), _SUBTYPES[column_type.name], connection, canonical=canonical
        )
        content, lengths = cells.with_lengths(bounds)
        flags = np.fromiter(map(_flags, values), np.uint8, len(values))
        return cells.behind(flags, content, cells.sums(lengths, _FINITE_BOUNDS[flags]))


def _regrouped(rows: Sequence[Any], bounds: Sequence[Any]) -> list[Any]:
    """Return the ranges with other bounds."""
    these = iter(bounds)
    return [(next(these), next(these), row[2]) if row else row for row in rows]


def _canonical(lower: Any, upper: Any, bounds: str, *, is_discrete: bool) -> tuple[Any, ...]:
    if lower is not None and lower == upper and bounds != "[]":
        return _EMPTY
    begins, ends = bounds[0], bounds[1]
    if is_discrete:
        lower = lower + 1 if begins == "(" and lower is not None else lower
        upper = upper + 1 if ends == "]" and upper is not None else upper
        begins, ends = "[", ")"
    begins, ends = "(" if lower is None else begins, ")" if upper is None else ends
    if lower is not None and lower == upper and begins + ends != "[]":
        return _EMPTY
    return lower, upper, begins + ends


def _flags(row: tuple[Any, ...]) -> int:
    """Return what the receive function of ranges is told of a range: that it is empty, or what is so of its bounds."""
    if not row:
        return _IS_EMPTY
    lower, upper, bounds = row
    return _INCLUDED[bounds] | (lower is None) << _LOWER_IS_INFINITE | (upper is None) << _UPPER_IS_INFINITE


_IS_EMPTY = 0x01
_INCLUDED = {"()": 0, "[)": 0x02, "(]": 0x04, "[]": 0x06}
_LOWER_IS_INFINITE, _UPPER_IS_INFINITE = 3, 4  # as bits
_ALL_FLAGS = np.arange(1 << 5)
_FINITE_BOUNDS = np.where(
    _ALL_FLAGS == _IS_EMPTY, 0, 2 - (_ALL_FLAGS >> _LOWER_IS_INFINITE & 1) - (_ALL_FLAGS >> _UPPER_IS_INFINITE & 1)
)
