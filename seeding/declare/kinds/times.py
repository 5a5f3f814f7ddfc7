"""Moments, dates, times of day and durations.

Moments and dates that are declared as numbers count back from the anchor; as Python's values they are fixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

import numpy as np
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Cast
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Column, filled, masked, nulls_of, without_nulls
from ...generate.texts import moments_as_text
from ..target import Target
from . import cells
from .base import Kind, Unsuitable
from .cells import Cells

DAY_US = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = EPOCH.date()

_POSTGRESQL_US = 946_684_800_000_000  # PostgreSQL counts from 2000-01-01
_POSTGRESQL_DAYS = _POSTGRESQL_US // DAY_US


def microseconds(moment: datetime) -> int:
    """Return the microseconds since 1970."""
    since = moment - EPOCH
    return since.days * DAY_US + since.seconds * 1_000_000 + since.microseconds


def _whole_numbers(values: Sequence[int]) -> NDArray[Any]:
    try:
        return np.array(values, "i8")
    except OverflowError as exc:
        raise ValueError("a value doesn't fit into 64 bits") from exc


class _Time(Kind):
    """A kind that is declared as a number before the anchor, or as a fixed value: an array of datetime64."""

    fixed: str  # the dtype of fixed values
    limits: tuple[int, int]  # in stored form
    is_distinctive = True

    def of_list(self, values: Sequence[Any]) -> Column:
        some, nulls = without_nulls(values, 0)
        if set(map(type, some)) <= {int}:
            return masked(_whole_numbers(some), nulls)
        fixed = super().of_list(values)
        return masked(filled(fixed).view(self.fixed), nulls_of(fixed))  # type: ignore[arg-type]

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype.kind != "M":
            return super().of_array(array)
        values, masked_ones = filled(array), nulls_of(array)
        fixed, nulls = values.astype(self.fixed), np.isnat(values)
        if (fixed.astype(values.dtype)[~nulls] != values[~nulls]).any():
            raise ValueError(f"it holds {array.dtype} values that {self.fixed} can't hold exactly")
        nulls = nulls if masked_ones is None else nulls | masked_ones
        numbers = fixed.view("i8")[~nulls]
        if len(numbers) and not self.limits[0] <= numbers.min() <= numbers.max() <= self.limits[1]:
            raise ValueError("it holds a year that isn't from 1 to 9999")
        return masked(fixed, nulls if nulls.any() else None)

    def read(self, values: Sequence[Any]) -> Column:
        return super().of_list(values)

    def stored(self, column: Column, target: Target) -> Column:
        values = filled(column)  # type: ignore[arg-type]
        if values.dtype.kind == "M":
            return masked(values.view("i8"), nulls_of(column))
        low, high = (self.anchor(target) - limit for limit in self.limits)
        if len(values) and (values.min() < high or values.max() > low):
            wrong = values.min() if values.min() < high else values.max()
            raise ValueError(f"it holds {wrong}, which counted back from the anchor isn't in the years 1 to 9999")
        return masked(self.anchor(target) - values, nulls_of(column))

    def anchor(self, target: Target) -> int:
        """Return the anchor in stored form."""
        raise NotImplementedError

    def number(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            raise TypeError(f"it mixes whole numbers, which count back from the anchor, with {self.title}")
        return int(super().number(value))


class Moment(_Time):
    """Moments: microseconds before the anchor, or datetimes."""

    fields = (models.DateTimeField,)
    title = "moments (whole numbers are microseconds before the anchor)"
    example = 'rows.integers("{name}", 0, 10**12)'
    types = ("timestamptz", "timestamp")
    fixed = "M8[us]"
    limits = microseconds(datetime(1, 1, 1, tzinfo=UTC)), microseconds(datetime.max.replace(tzinfo=UTC))

    def number(self, value: Any) -> int:
        if not isinstance(value, datetime):
            return super().number(value)
        if value.tzinfo is None:
            raise ValueError(f"it holds {value}, which has no time zone: give one, like datetime.UTC")
        return microseconds(value)

    def read(self, values: Sequence[Any]) -> Column:
        """Return stored moments; those of a column without time zone, and texts, are UTC's."""
        if any(isinstance(value, str) for value in values):
            return _of_texts(values)
        if any(isinstance(value, int) for value in values):
            return self.of_list(values)
        return super().read(
            [value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value for value in values]
        )

    def asked(self, value: Any, column_type: ColumnType, connection: BaseDatabaseWrapper) -> Any:
        if self.is_adapted:
            return value
        if connection.vendor == "sqlite" and connection.timezone is UTC:
            return Cast(value, models.TextField())  # as which it is stored
        return _Microseconds(value) if column_type.name in self.types else value

    def anchor(self, target: Target) -> int:
        return microseconds(target.anchored_at)

    def check_type(self, column_type: ColumnType) -> None:
        super().check_type(column_type)
        if 0 <= column_type.modifier < 6 and not self.is_adapted:
            raise Unsuitable(
                f"is {column_type.name}({column_type.modifier}) in the database, which rounds microseconds"
            )

    def python(self, column: Column) -> list[Any]:
        return [None if us is None else EPOCH + timedelta(microseconds=us) for us in column.tolist()]

    def quick_parameters(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper
    ) -> list[Any] | None:
        if connection.timezone is not UTC:
            return None
        texts = moments_as_text(filled(column))  # type: ignore[arg-type]
        nulls = nulls_of(column)
        if nulls is not None:
            return [None if null else text for null, text in zip(nulls, texts.tolist(), strict=True)]
        found: list[Any] = texts.tolist()
        return found

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numbers(cast("NDArray[Any]", column) - _POSTGRESQL_US, column_type.name)


class _Microseconds(models.Func):
    """PostgreSQL's moments as microseconds since 1970; infinite ones, and those of far years, are before all years."""

    template = (
        "CASE WHEN abs(extract(epoch FROM %(expressions)s)) < 9000000000000"
        " THEN (extract(epoch FROM %(expressions)s) * 1000000)::bigint"
        " WHEN %(expressions)s IS NOT NULL THEN -9223372036854775808 END"
    )
    output_field = models.BigIntegerField()


class Day(_Time):
    """Dates: days before the anchor, or dates."""

    fields = (models.DateField,)
    title = "dates (whole numbers are days before the anchor)"
    example = 'rows.integers("{name}", 0, 3650)'
    types = ("date",)
    fixed = "M8[D]"
    limits = (date.min - EPOCH_DAY).days, (date.max - EPOCH_DAY).days

    def number(self, value: Any) -> int:
        if not isinstance(value, date) or isinstance(value, datetime):
            return super().number(value)
        return (value - EPOCH_DAY).days

    def anchor(self, target: Target) -> int:
        return (target.anchored_at.date() - EPOCH_DAY).days

    def python(self, column: Column) -> list[Any]:
        return [None if days is None else EPOCH_DAY + timedelta(days=days) for days in column.tolist()]

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numbers(cast("NDArray[Any]", column) - _POSTGRESQL_DAYS, column_type.name)


class Clock(Kind):
    """Times of day, as microseconds since midnight."""

    fields = (models.TimeField,)
    title = "times of day (whole numbers are microseconds since midnight)"
    example = 'rows.time_of_day("{name}")'
    types = ("time",)
    plain = int
    is_distinctive = True

    def number(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if not isinstance(value, time):
            super().number(value)
        if value.tzinfo is not None:
            raise ValueError(f"it holds {value}, and a time of day has no time zone")
        return int(((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond)

    def of_array(self, array: NDArray[Any]) -> Column:
        return super().of_array(_of_timedeltas(array))

    def check(self, column: Column) -> None:
        values = filled(column)  # type: ignore[arg-type]
        if len(values) and not 0 <= values.min() <= values.max() < DAY_US:
            wrong = values.min() if values.min() < 0 else values.max()
            raise ValueError(f"it holds {wrong} microseconds since midnight, and a day goes from 0 to {DAY_US - 1}")

    def python(self, column: Column) -> list[Any]:
        return [None if us is None else (EPOCH + timedelta(microseconds=us)).time() for us in column.tolist()]

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numbers(column, column_type.name)  # type: ignore[arg-type]


class Duration(Kind):
    """Durations, as microseconds."""

    fields = (models.DurationField,)
    title = "durations (whole numbers are microseconds)"
    example = 'rows.integers("{name}", 0, 10**10)'
    types = ("interval",)
    plain = int
    is_distinctive = True

    def number(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if not isinstance(value, timedelta):
            super().number(value)
        return int(value.days * DAY_US + value.seconds * 1_000_000 + value.microseconds)

    def of_array(self, array: NDArray[Any]) -> Column:
        return super().of_array(_of_timedeltas(array))

    def python(self, column: Column) -> list[Any]:
        return [None if us is None else timedelta(microseconds=us) for us in column.tolist()]

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_intervals(column)  # type: ignore[arg-type]


def _of_texts(values: Sequence[str | None]) -> Column:
    """Return moments of UTC as SQLite has them; what Django hasn't written is before all years."""
    # Those of a whole second have 19 characters, those of a microsecond 26.
    texts = np.array([value if value and len(value) in (19, 26) else "" for value in values])
    try:
        found = texts.astype("M8[us]")
    except ValueError:
        found = np.array([_moment(text) for text in texts.tolist()], "M8[us]")
    nulls = np.array([value is None for value in values], bool)
    return masked(found.view("i8"), nulls if nulls.any() else None)


def _moment(text: str) -> np.datetime64:
    try:
        return np.datetime64(text, "us")
    except ValueError:
        return np.datetime64("NaT", "us")


def _of_timedeltas(array: NDArray[Any]) -> NDArray[Any]:
    """Return an array of timedelta64 as microseconds, NULL where it isn't a time; any other as it is."""
    if array.dtype.kind != "m":
        return array
    nulls, unknown = nulls_of(array), np.isnat(filled(array))
    numbers = filled(array).astype("m8[us]").view("i8")
    return masked(numbers, unknown if nulls is None and unknown.any() else nulls)
