"""Columns: what a seeder returns, and batches of them."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Categorical:
    """A text column with few different values: row i holds `labels[codes[i]]`; None stands for NULL."""

    codes: NDArray[np.intp]
    labels: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def tolist(self) -> list[str | None]:
        return [self.labels[code] for code in self.codes.tolist()]


Column = NDArray[Any] | Categorical  # a masked array's masked entries are NULL
Columns = Mapping[str, Any]  # field name -> Column, or one value for all rows

DTYPES = {"integer": "i8", "decimal": "i8", "datetime": "i8", "date": "i8", "boolean": "?", "float": "f8"}


def is_masked(column: Any) -> TypeGuard[np.ma.MaskedArray[Any, Any]]:
    """Say whether the column has a mask of NULLs, without importing `numpy.ma`, which takes long, to see that not."""
    return "numpy.ma" in sys.modules and isinstance(column, np.ma.MaskedArray)


def as_column(value: Any, kind: str, count: int) -> Column:
    """Bring what a seeder returned for one field into the form that digests and loaders take.

    `kind` is text or a key of DTYPES; decimals are integers in units of the last decimal place, datetimes microseconds
    (dates days) before the anchor, references row numbers. Raises ValueError for the wrong length, TypeError for
    values of another kind.
    """
    if value is None and kind != "text":
        column: Column = np.ma.array(np.zeros(count, DTYPES[kind]), mask=True)
    elif value is None or isinstance(value, str):
        column = Categorical(np.zeros(count, np.intp), (value,))
    elif isinstance(value, Categorical):
        column = Categorical(value.codes, tuple(None if label is None else str(label) for label in value.labels))
    else:
        array = value if is_masked(value) else np.asarray(value)
        array = np.full(count, array) if array.ndim == 0 else array
        column = _cast(array, kind)
    if kind != "text" and isinstance(column, Categorical):
        raise TypeError(f"this field holds {kind} values, not text")
    if len(column) != count:
        raise ValueError(f"{len(column)} values for {count} rows")
    return column


def _cast(array: NDArray[Any], kind: str) -> NDArray[Any]:
    if kind == "text":
        if array.dtype.kind not in "UO":
            raise TypeError(f"this field holds text, not {array.dtype}")
        return array.astype("U", copy=False)
    if (array.dtype == bool) != (kind == "boolean") or not np.can_cast(array.dtype, DTYPES[kind], "same_kind"):
        raise TypeError(f"this field holds {kind} values, not {array.dtype}")
    return array.astype(DTYPES[kind], copy=False)


def monday(moment: datetime) -> datetime:
    """Return Monday 00:00 UTC at or before `moment`: what generated times count back from."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def nulls_of(column: Column) -> NDArray[np.bool_] | None:
    """Return where the column is NULL; None where it nowhere is."""
    if isinstance(column, Categorical):
        if None not in column.labels:
            return None
        return np.array([label is None for label in column.labels])[column.codes]
    return np.ma.getmaskarray(column) if is_masked(column) and column.mask.any() else None


def masked(values: NDArray[Any], nulls: NDArray[np.bool_] | None) -> NDArray[Any]:
    """Return the values with NULL where `nulls` says so."""
    return values if nulls is None else np.ma.array(values, mask=nulls)


def filled(column: NDArray[Any]) -> NDArray[Any]:
    """Return the values without their mask: zeros, or empty text, where the column is NULL."""
    if not is_masked(column):
        return column
    values: NDArray[Any] = column.data.copy()
    values[np.ma.getmaskarray(column)] = np.zeros(1, column.dtype)[0]
    return values
