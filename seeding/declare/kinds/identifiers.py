"""Universally unique identifiers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import numpy as np
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Column, filled, masked, nulls_of
from ...report.wording import shown
from .base import Kind
from .cells import Cells

_BYTES = 16


class Identifier(Kind):
    """UUIDs, as their 16 bytes; declared as numbers, they are small ones: 7 is 00000000-0000-0000-0000-000000000007."""

    fields = (models.UUIDField,)
    title = "UUIDs"
    example = 'rows.uuid("{name}")'
    types = ("uuid",)
    dtype = f"V{_BYTES}"
    blank = bytes(_BYTES)
    is_distinctive = True

    def number(self, value: Any) -> bytes:
        if isinstance(value, bytes) and len(value) == _BYTES:
            return value
        try:
            if isinstance(value, str):
                value = UUID(value)
            elif isinstance(value, int) and not isinstance(value, bool):
                value = UUID(int=value)
        except ValueError as exc:
            raise ValueError(f"it holds {shown(value)}, which is not a valid UUID") from exc
        if not isinstance(value, UUID):
            super().number(value)
        return bytes(value.bytes)

    def of_array(self, array: NDArray[Any]) -> Column:
        if array.dtype == self.dtype:
            return array
        if array.dtype.kind == "U":
            return self.of_list(array.tolist())
        if array.dtype.kind not in "iu":
            raise TypeError(f"it holds {array.dtype} values, and this column holds {self.title}")
        numbers = filled(array)
        if len(numbers) and numbers.min() < 0:
            raise ValueError(f"it holds {numbers.min()}, which is not a valid UUID")
        halves = np.zeros((len(numbers), 2), ">u8")
        halves[:, 1] = numbers
        return masked(halves.view(self.dtype)[:, 0], nulls_of(array))

    def python(self, column: Column) -> list[Any]:
        return [None if value is None else UUID(bytes=value) for value in column.tolist()]

    def quick_parameters(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper
    ) -> list[Any] | None:
        if connection.features.has_native_uuid_field:
            return None
        return [None if value is None else value.hex() for value in column.tolist()]

    def read(self, values: Sequence[Any]) -> Column:
        return self.of_list(values)

    def binary(
        self, column: Column, column_type: ColumnType, connection: BaseDatabaseWrapper, *, canonical: bool
    ) -> Cells:
        return Cells(filled(column)).with_nulls(nulls_of(column))  # type: ignore[arg-type]
