"""Columns: what a seeder returns, as loaders and digests take it; and batches of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Categorical:
    """A column with few different values: row i holds `labels[codes[i]]`; None stands for NULL."""

    codes: NDArray[np.intp]
    labels: tuple[Any, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def tolist(self) -> list[Any]:
        return [self.labels[code] for code in self.codes.tolist()]


Column = NDArray[Any] | Categorical  # a masked array's masked entries are NULL
Columns = Mapping[str, Any]  # field name -> Column, a list, or one value for all rows


@dataclass(frozen=True)
class Batch:
    """Consecutive rows of one seeder, as columns by field name."""

    start: int
    stop: int
    columns: Mapping[str, Column]

    @property
    def count(self) -> int:
        return self.stop - self.start


def is_masked(column: Any) -> TypeGuard[np.ma.MaskedArray[Any, Any]]:
    """Return True if the column has a mask of NULLs; `numpy.ma`, which takes long, isn't imported to find out."""
    return "numpy.ma" in sys.modules and isinstance(column, np.ma.MaskedArray)


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
    values[np.ma.getmaskarray(column)] = "" if column.dtype == object else np.zeros(1, column.dtype)[0]
    return values


def taken(column: Column, numbers: Column) -> Column:
    """Return the column's values at these places; NULL where those are."""
    nulls, places = nulls_of(numbers), filled(numbers)  # type: ignore[arg-type]
    if not len(column):
        return Categorical(np.zeros(len(places), np.intp), (None,))
    if isinstance(column, Categorical):
        codes = column.codes[places]
        if nulls is not None:
            codes = np.where(nulls, len(column.labels), codes)
        return Categorical(codes, column.labels if nulls is None else (*column.labels, None))
    missing = nulls_of(column)
    if missing is not None:
        nulls = missing[places] if nulls is None else missing[places] | nulls
    return masked(filled(column)[places], nulls)


def concatenated(columns: Sequence[Column]) -> Column:
    """Return the columns of consecutive rows as one."""
    if len(columns) == 1:
        return columns[0]
    arrays = [column for column in columns if not isinstance(column, Categorical)]
    if len(arrays) == len(columns):
        has_nulls = any(map(is_masked, arrays))
        joined: NDArray[Any] = np.ma.concatenate(arrays) if has_nulls else np.concatenate(arrays)  # type: ignore[no-untyped-call]
        return joined
    from .existing import ExistingRows

    existing = [column for column in columns if isinstance(column, ExistingRows)]
    if existing:
        return ExistingRows.joined(existing)
    codes: list[NDArray[np.intp]] = []
    labels: list[Any] = []
    for column in columns:
        own = column.codes if isinstance(column, Categorical) else np.arange(len(column))
        codes.append(own + len(labels))
        labels += column.labels if isinstance(column, Categorical) else column.tolist()
    return Categorical(np.concatenate(codes), tuple(labels))


def objects(values: Sequence[Any]) -> NDArray[Any]:
    """Return a column of Python objects: texts, bytes, or tuples of plain values; None is NULL."""
    some, nulls = without_nulls(values, "")
    return masked(np.fromiter(some, object, len(some)), nulls)


def without_nulls(values: Sequence[Any], blank: Any) -> tuple[Sequence[Any], NDArray[np.bool_] | None]:
    """Return the values with `blank` in place of None, and where that is; None for the latter where it is nowhere."""
    if type(None) not in set(map(type, values)):
        return values, None
    nulls = np.fromiter((value is None for value in values), bool, len(values))
    return [blank if value is None else value for value in values], nulls


def text_of(value: Any) -> str:
    """Return a text that tells an object of a column from any other of its kind; tuples are written as JSON."""
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and set(map(type, value)) == {int}:
        return str(list(value))  # as JSON writes it, in a fifth of the time
    return _ENCODER.encode(value)


def texts_of(values: list[Any]) -> list[str]:
    """Return `text_of` each value, where all tuples are written in one go."""
    tuples = [value for value in values if isinstance(value, tuple)]
    written = []
    if not any(value and isinstance(value[0], tuple) for value in tuples):
        written = _ENCODER.encode(tuples)[1:-1].replace("], [", "]\0[").split("\0")
    if len(written) != len(tuples):  # there are tuples within, or texts that look like it: part them by what none holds
        marked = [part for value in tuples for part in (value, "\0")]
        written = _ENCODER.encode(marked[:-1])[1:-1].split(', "\\u0000", ')
    texts = iter(written)
    return [next(texts) if isinstance(value, tuple) else text_of(value) for value in values]


def _plain(value: Any) -> str:
    if isinstance(value, bytes):
        return value.hex()
    return str(value.isoformat() if isinstance(value, date) else value)


_ENCODER = json.JSONEncoder(default=_plain)
