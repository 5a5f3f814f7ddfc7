"""Columns: what a seeder returns, and the digest of their content. Knows no database."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Labels:
    """A text column with few different values: row i holds `labels[codes[i]]`; None stands for NULL."""

    codes: NDArray[np.intp]
    labels: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.codes)

    def tolist(self) -> list[str | None]:
        return [self.labels[code] for code in self.codes.tolist()]


Column = NDArray[Any] | Labels  # a masked array's masked entries are NULL
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
        column = Labels(np.zeros(count, np.intp), (value,))
    elif isinstance(value, Labels):
        column = Labels(value.codes, tuple(None if label is None else str(label) for label in value.labels))
    else:
        array = value if is_masked(value) else np.asarray(value)
        array = np.full(count, array) if array.ndim == 0 else array
        column = _cast(array, kind)
    if kind != "text" and isinstance(column, Labels):
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


class TableDigest:
    """The digest of one table's generated content, fed batch by batch; how rows are batched doesn't change it.

    Each column has two BLAKE2b hashes: of its values in the order of their row numbers, and of the row numbers of its
    NULLs. Numbers are 8 little-endian bytes (booleans 1), text is UTF-8 ended by a NUL byte, labels are their codes
    in 4 bytes. The table's digest is that of the row count and of every column's name, labels and hashes, as JSON.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: (blake2b(digest_size=32), blake2b(digest_size=32)) for name in sorted(names)}
        self._labels: dict[str, tuple[str | None, ...]] = {}
        self._rows = 0

    def update(self, columns: Mapping[str, Column], count: int) -> None:
        """Add the next `count` rows."""
        for name, (values, nulls) in self._columns.items():
            column = columns[name]
            if isinstance(column, Labels):
                self._labels[name] = column.labels
                values.update(np.ascontiguousarray(column.codes, "<i4").data)
                continue
            if is_masked(column):
                nulls.update((np.flatnonzero(column.mask).astype("<i8") + self._rows).data)
                column = column.filled(0)
            if column.dtype.kind == "U":
                values.update("".join(f"{text}\0" for text in column.tolist()).encode())
            else:
                values.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")).data)
        self._rows += count

    def hexdigest(self) -> str:
        """Return the digest of all rows so far, 64 hexadecimal digits."""
        columns = [
            (name, self._labels.get(name), values.hexdigest(), nulls.hexdigest())
            for name, (values, nulls) in self._columns.items()
        ]
        return blake2b(json.dumps([self._rows, columns]).encode(), digest_size=32).hexdigest()


def monday(moment: datetime) -> datetime:
    """Return Monday 00:00 UTC at or before `moment`: what generated times count back from."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
