"""Columns: what a seeder returns, and the digest of their content. Knows no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

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


def as_column(value: Any, kind: str, count: int) -> Column:
    """Bring what a seeder returned for one field into the form that digests and loaders take.

    `kind` is text or a key of DTYPES; decimals are integers in units of the last decimal place, datetimes
    microseconds (dates days) before the anchor, references row numbers. Raises ValueError for the wrong length, TypeError for values
    of another kind.
    """
    if isinstance(value, Labels):
        column: Column = value
        if kind != "text":
            raise TypeError(f"Labels are text, this field holds {kind} values")
    elif value is None or isinstance(value, str):
        return Labels(np.zeros(count, np.intp), (value,)) if kind == "text" else _nulls(value, kind, count)
    else:
        array = np.ma.asanyarray(value) if np.ma.isMaskedArray(value) else np.asarray(value)  # type: ignore[no-untyped-call]
        if array.ndim == 0:
            array = np.full(count, array)
        if kind == "text":
            if array.dtype.kind not in "UO":
                raise TypeError(f"{array.dtype} values, this field holds text")
            array = array.astype("U")
        else:
            if not np.can_cast(array.dtype, DTYPES[kind], "same_kind") or (array.dtype == bool) != (kind == "boolean"):
                raise TypeError(f"{array.dtype} values, this field holds {kind} values")
            array = array.astype(DTYPES[kind], copy=False)
        column = array
    if len(column) != count:
        raise ValueError(f"{len(column)} values for {count} rows")
    return column


def _nulls(value: str | None, kind: str, count: int) -> Column:
    if value is not None:
        raise TypeError(f"text, this field holds {kind} values")
    return np.ma.masked_all(count, DTYPES[kind])  # type: ignore[no-any-return,no-untyped-call]


class TableDigest:
    """The digest of one table's generated content, fed batch by batch; how rows are batched doesn't change it.

    Each column has a BLAKE2b hash of its own, of its values in the order of their row numbers: numbers as 8
    little-endian bytes (booleans as 1), text in UTF-8, each ended by a NUL, which no text column can hold; labels as their
    codes, and the list of labels once. NULLs are a mask of bytes. The table's digest is that of all columns' names and hashes.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: (blake2b(digest_size=32), blake2b(digest_size=32)) for name in sorted(names)}
        self._labels: dict[str, tuple[str | None, ...]] = {}
        self._rows = 0

    def update(self, columns: Mapping[str, Column], count: int) -> None:
        """Add the next `count` rows."""
        self._rows += count
        for name, (values, nulls) in self._columns.items():
            column = columns[name]
            if isinstance(column, Labels):
                self._labels[name] = column.labels
                values.update(np.ascontiguousarray(column.codes, "<i2"))
                continue
            if np.ma.isMaskedArray(column):
                mask = np.ma.getmaskarray(column)  # type: ignore[no-untyped-call]
                nulls.update(np.ascontiguousarray(mask))
                column = np.where(mask, np.zeros((), column.dtype), np.ma.getdata(column))  # type: ignore[no-untyped-call]
            if column.dtype.kind == "U":
                values.update("".join(f"{text}\0" for text in column.tolist()).encode())
            else:
                values.update(np.ascontiguousarray(column, column.dtype.newbyteorder("<")))

    def hexdigest(self) -> str:
        """Return the digest of all rows so far, 64 hexadecimal digits."""
        total = blake2b(f"{self._rows}\n".encode(), digest_size=32)
        for name, (values, nulls) in self._columns.items():
            line = (name, self._labels.get(name), values.hexdigest(), nulls.hexdigest())
            total.update(f"{line!r}\n".encode())
        return total.hexdigest()


def monday(moment: datetime) -> datetime:
    """Return Monday 00:00 UTC at or before `moment`: what generated times count back from."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
