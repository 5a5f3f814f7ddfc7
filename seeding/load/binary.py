"""Columns laid out as the rows of PostgreSQL's COPY in binary format, by NumPy. Knows no database.

Source: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format", and the types' receive functions. All
numbers are big-endian; times count from 2000-01-01.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..generate.columns import Categorical, Column, is_masked

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"

DAY_US = 86_400_000_000
EPOCH_DAY = date(2000, 1, 1)

_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_DIGITS_PER_GROUP = 4  # numeric holds groups of four decimal digits
_NEGATIVE = 0x4000

# The receive functions' formats, by the types' names in pg_type.
_NUMBERS = {
    "int2": ">i2",
    "int4": ">i4",
    "int8": ">i8",
    "bool": "?",
    "float4": ">f4",
    "float8": ">f8",
    "timestamptz": ">i8",
    "timestamp": ">i8",
    "date": ">i4",
}
_TEXTS = ("text", "varchar", "bpchar")


@dataclass(frozen=True)
class Encoding:
    """How the values of one column are sent."""

    type_name: str  # in pg_type
    max_digits: int = 0  # of a numeric
    decimal_places: int = 0

    @property
    def is_supported(self) -> bool:
        return self.type_name in (*_NUMBERS, *_TEXTS, "numeric")


@dataclass(frozen=True)
class _Cells:
    """One column's values as bytes: a fixed width a row, of which those are sent that `sent` says."""

    data: NDArray[Any]
    lengths: NDArray[np.int32] | None = None  # None: the whole width; -1: NULL
    sent: NDArray[np.bool_] | None = None  # None: the first `lengths` bytes

    def mask(self) -> NDArray[np.bool_] | None:
        if self.lengths is None or self.sent is not None:
            return self.sent
        return np.arange(self.data.dtype.itemsize, dtype=np.int32) < self.lengths[:, None]


def microseconds(moment: datetime) -> int:
    """Return PostgreSQL's number for a moment: microseconds since 2000."""
    since = moment - _EPOCH
    return since.days * DAY_US + since.seconds * 1_000_000 + since.microseconds


def encode(columns: Sequence[tuple[Encoding, Column]], count: int, *, canonical: bool = False) -> bytes:
    """Return `count` rows, without the header and the trailer of the whole.

    With `canonical`, they are the very bytes that the server sends for these values; without, they are quicker to make.
    """
    cells = [_cells(encoding, column, canonical) for encoding, column in columns]
    layout = [("fields", ">i2")]
    for i, cell in enumerate(cells):
        layout += [(f"length{i}", ">i4"), (f"value{i}", cell.data.dtype)]  # type: ignore[list-item]
    rows = np.empty(count, np.dtype(layout))
    rows["fields"] = len(cells)
    sent: NDArray[np.bool_] | None = None
    end = 2
    for i, cell in enumerate(cells):
        width = cell.data.dtype.itemsize
        rows[f"length{i}"] = width if cell.lengths is None else cell.lengths
        rows[f"value{i}"] = cell.data
        end += 4 + width
        mask = cell.mask()
        if mask is not None:
            if sent is None:
                sent = np.ones((count, rows.itemsize), bool)
            sent[:, end - width : end] = mask
    if sent is None:
        return rows.tobytes()
    return rows.view(np.uint8).reshape(count, rows.itemsize)[sent].tobytes()


def _cells(encoding: Encoding, column: Column, canonical: bool) -> _Cells:
    if isinstance(column, Categorical):
        texts = np.array([(label or "").encode() for label in column.labels])
        lengths = np.array([-1 if label is None else len(label.encode()) for label in column.labels], np.int32)
        return _Cells(texts[column.codes], lengths[column.codes])
    nulls = None
    if is_masked(column):
        nulls = np.ma.getmaskarray(column)
        column = column.filled(0 if column.dtype.kind != "U" else "")
    if encoding.type_name in _TEXTS:
        cells = _texts(column)
    elif encoding.type_name == "numeric":
        cells = _numerics(encoding, column, canonical)
    else:
        cells = _Cells(_numbers(encoding, column))
    if nulls is None:
        return cells
    lengths = np.full(len(nulls), cells.data.dtype.itemsize, np.int32) if cells.lengths is None else cells.lengths
    sent = None if cells.sent is None else cells.sent & ~nulls[:, None]
    return _Cells(cells.data, np.where(nulls, np.int32(-1), lengths), sent)


def _texts(column: NDArray[Any]) -> _Cells:
    try:
        encoded = column.astype("S")  # ASCII, in one go
    except UnicodeEncodeError:
        encoded = np.char.encode(column, "utf-8")
    return _Cells(encoded, np.strings.str_len(encoded).astype(np.int32))


def _numbers(encoding: Encoding, column: NDArray[Any]) -> NDArray[Any]:
    number = np.dtype(_NUMBERS[encoding.type_name])
    if number.kind == "i" and number.itemsize < 8 and len(column):
        limits = np.iinfo(number)
        if column.min() < limits.min or column.max() > limits.max:
            raise ValueError(f"a value doesn't fit into {encoding.type_name}")
    return column.astype(number)


def _numerics(encoding: Encoding, units: NDArray[np.int64], canonical: bool) -> _Cells:
    """Lay out integers, in units of the last decimal place, as numerics.

    A numeric is a list of groups, digits in base 10,000; its weight is the power of the first. The server strips the
    zero groups at both ends of what it gets, and sends none.
    """
    fraction_groups = -(-encoding.decimal_places // _DIGITS_PER_GROUP)
    whole_groups = max(1, -(-(encoding.max_digits - encoding.decimal_places) // _DIGITS_PER_GROUP))
    groups = whole_groups + fraction_groups
    cells = np.empty((len(units), 4 + groups), ">i2")
    cells[:, 0], cells[:, 1] = groups, whole_groups - 1
    cells[:, 2] = np.where(units < 0, _NEGATIVE, 0)
    cells[:, 3] = encoding.decimal_places
    whole, fraction = np.divmod(np.abs(units), 10**encoding.decimal_places)
    fraction = fraction * 10 ** (fraction_groups * _DIGITS_PER_GROUP - encoding.decimal_places)
    for group in range(fraction_groups):
        fraction, cells[:, 3 + groups - group] = np.divmod(fraction, 10_000)
    for group in range(whole_groups):
        whole, cells[:, 3 + whole_groups - group] = np.divmod(whole, 10_000)
    if len(units) and np.abs(units).max() >= 10 ** min(18, encoding.max_digits):
        raise ValueError(f"a value doesn't fit into numeric({encoding.max_digits},{encoding.decimal_places})")
    data = cells.view(f"V{2 * (4 + groups)}")[:, 0]
    if not canonical:
        return _Cells(data)
    present = cells[:, 4:] != 0
    sent = np.logical_or.accumulate(present, axis=1)
    sent &= np.logical_or.accumulate(present[:, ::-1], axis=1)[:, ::-1]
    counts = sent.sum(axis=1)
    cells[:, 0] = counts
    cells[:, 1] = np.where(counts > 0, whole_groups - 1 - present.argmax(axis=1), 0)
    header = np.ones((len(units), 8), bool)
    return _Cells(data, (8 + 2 * counts).astype(np.int32), np.hstack([header, np.repeat(sent, 2, axis=1)]))
