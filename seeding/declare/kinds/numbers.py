"""Whole numbers, decimals, floats and booleans."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import numpy as np
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Column, filled
from ...report.wording import shown
from ..target import Target
from . import cells
from .base import Kind, Unsuitable
from .cells import Cells

SQLITE_DIGITS = 15  # SQLite stores decimals as floating point numbers, which are exact up to here


class _Number(Kind):
    """A kind whose stored form is what NumPy holds."""

    is_sent_as_is = True

    def python(self, column: Column) -> list[Any]:
        return column.tolist()

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numbers(column, column_type.name)  # type: ignore[arg-type]


class Integer(_Number):
    """Whole numbers of 64 bits."""

    fields = (models.IntegerField,)
    alike = (models.AutoField, models.BigAutoField, models.SmallAutoField)
    title = "whole numbers"
    example = 'rows.integers("{name}", 0, 9)'
    types = ("int2", "int4", "int8")
    plain = int
    is_distinctive = True

    def number(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            super().number(value)
        return int(value)

    def check(self, column: Column) -> None:
        low, high = BaseDatabaseOperations.integer_field_ranges.get(
            self.field.get_internal_type(), (-(1 << 63), (1 << 63) - 1)
        )
        values = filled(column)  # type: ignore[arg-type]
        if len(values) and (values.min() < low or values.max() > high):
            wrong = values.min() if values.min() < low else values.max()
            raise ValueError(f"it holds {wrong}, and {self.field.get_internal_type()} goes from {low} to {high}")


class Decimals(Kind):
    """Decimals, as integers in units of the last decimal place: cents."""

    fields = (models.DecimalField,)
    title = "decimals (whole numbers are units of the last decimal place)"
    example = 'rows.integers("{name}", 1_00, 99_99)'
    types = ("numeric",)
    plain = int
    is_distinctive = True

    @property
    def places(self) -> int:
        return int(self.field.decimal_places)  # type: ignore[attr-defined]

    @property
    def digits(self) -> int:
        return int(self.field.max_digits)  # type: ignore[attr-defined]

    def number(self, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if not isinstance(value, Decimal):
            super().number(value)
        try:
            units = value.scaleb(self.places)
            if units != units.to_integral_value():
                raise ValueError(f"it holds {value}, and the field has {self.places} decimal places")
            return int(units)
        except InvalidOperation as exc:
            raise ValueError(f"it holds {value}, and the field has {self.digits} digits") from exc

    def check(self, column: Column) -> None:
        units = filled(column)  # type: ignore[arg-type]
        limit = 10 ** min(18, self.digits)
        if len(units) and (units.max() >= limit or units.min() <= -limit):
            wrong = units.max() if units.max() >= limit else units.min()
            raise ValueError(
                f"it holds {Decimal(int(wrong)).scaleb(-self.places)}, and the field has {self.digits} digits"
            )

    def stored(self, column: Column, target: Target) -> Column:
        if self.digits > SQLITE_DIGITS and connections[target.using].vendor == "sqlite":
            self._check_exact(filled(column))  # type: ignore[arg-type]
        return column

    def _check_exact(self, units: NDArray[np.int64]) -> None:
        """Raise ValueError for a value that SQLite would round."""
        digits = np.abs(units)
        while len(digits) and (even := (digits % 10 == 0) & (digits >= 10**SQLITE_DIGITS)).any():
            digits = np.where(even, digits // 10, digits)
        wrong = units[digits >= 10**SQLITE_DIGITS]
        if len(wrong):
            value = Decimal(int(wrong[0])).scaleb(-self.places)
            raise ValueError(f"it holds {value}, and SQLite stores no more than {SQLITE_DIGITS} digits of a decimal")

    def python(self, column: Column) -> list[Any]:
        unit = Decimal(1).scaleb(-self.places)
        return [None if value is None else value * unit for value in column.tolist()]

    def quick_parameters(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper
    ) -> list[Any] | None:
        if self.digits > SQLITE_DIGITS or column_type.name != "decimal":
            return None
        found: list[Any] = (cast("NDArray[Any]", column) / float(10**self.places)).tolist()
        return found

    def check_type(self, column_type: ColumnType) -> None:
        super().check_type(column_type)
        if column_type.modifier >= 0 and not self.is_adapted:  # precision and scale, as numeric's typmod has them
            precision, scale = (column_type.modifier - 4) >> 16 & 0xFFFF, (column_type.modifier - 4) & 0x7FF
            if scale < self.places or precision - scale < self.digits - self.places:
                raise Unsuitable(
                    f"is numeric({precision},{scale}) in the database, and ({self.digits},{self.places}) in the model"
                )

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return cells.of_numerics(column, self.digits, self.places, canonical=canonical)  # type: ignore[arg-type]


class Float(_Number):
    """Floating point numbers of 64 bits."""

    fields = (models.FloatField,)
    title = "floating point numbers"
    example = 'rows.integers("{name}", 0, 999) / 10'
    types = ("float8",)
    dtype = "f8"
    blank = 0.0
    plain = float
    is_distinctive = True

    def number(self, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            super().number(value)
        return float(value)

    def check(self, column: Column) -> None:
        if not np.isfinite(filled(column)).all():  # type: ignore[arg-type]
            raise ValueError("it holds a value that is not a finite number, which not every database stores")


class Boolean(_Number):
    """True or False."""

    fields = (models.BooleanField,)
    title = "booleans"
    example = 'rows.bits("{name}") % 2 == 0'
    types = ("bool",)
    dtype = "?"
    blank = False
    plain = bool

    def number(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise TypeError(f"it holds {shown(value)}, and this column holds {self.title}")
        return value

    def read(self, values: Sequence[Any]) -> Column:
        return self.of_list([None if value is None else bool(value) for value in values])
