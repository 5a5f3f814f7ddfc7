"""One column's values as the bytes of PostgreSQL's COPY in binary format, for all rows of a batch at once.

Source: https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format", and the types' receive functions. All
numbers are big-endian.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from numpy.typing import NDArray

from ...database.catalogue import ColumnType
from ...generate.columns import Categorical, Column, filled, nulls_of, without_nulls
from ...generate.texts import as_codes

_NUMBERS = {"int2": ">i2", "int4": ">i4", "int8": ">i8", "bool": "?", "float4": ">f4", "float8": ">f8"}
_NUMBERS |= {"timestamptz": ">i8", "timestamp": ">i8", "date": ">i4", "time": ">i8"}
NUMBERS, TEXTS = tuple(_NUMBERS), ("text", "varchar")

_DIGITS_PER_GROUP = 4  # numeric holds groups of four decimal digits
_NEGATIVE = 0x4000


@dataclass(frozen=True)
class Cells:
    """A fixed width of bytes a row, of which those are sent that `sent` says."""

    data: NDArray[Any]
    lengths: NDArray[np.int32] | None = None  # None: the whole width; -1: NULL
    sent: NDArray[np.bool_] | None = None  # None: the first `lengths` bytes

    def mask(self) -> NDArray[np.bool_] | None:
        """Return which bytes are sent; None for all."""
        if self.lengths is None or self.sent is not None:
            return self.sent
        return np.arange(self.data.dtype.itemsize, dtype=np.int32) < self.lengths[:, None]

    def taken(self, codes: NDArray[Any]) -> Cells:
        """Return the cells of the rows with these numbers."""
        lengths = None if self.lengths is None else self.lengths[codes]
        return Cells(self.data[codes], lengths, None if self.sent is None else self.sent[codes])

    def with_nulls(self, nulls: NDArray[np.bool_] | None) -> Cells:
        """Return the cells with NULL where `nulls` says so."""
        if nulls is None:
            return self
        lengths = np.full(len(nulls), self.data.dtype.itemsize, np.int32) if self.lengths is None else self.lengths
        sent = None if self.sent is None else self.sent & ~nulls[:, None]
        return Cells(self.data, np.where(nulls, np.int32(-1), lengths), sent)


def of_numbers(column: NDArray[Any], type_name: str) -> Cells:
    """Lay out numbers, as the type's receive function takes them. Raises ValueError for one that doesn't fit."""
    number, values = np.dtype(_NUMBERS[type_name]), filled(column)
    if number.kind == "i" and number.itemsize < 8 and len(values):
        limits = np.iinfo(number)
        if values.min() < limits.min or values.max() > limits.max:
            raise ValueError(f"a value doesn't fit into {type_name}")
    return Cells(values.astype(number)).with_nulls(nulls_of(column))


def of_intervals(column: NDArray[np.int64]) -> Cells:
    """Lay out microseconds as intervals: those within a day, whole days, and no months, as timedeltas have them."""
    rows = np.zeros(len(column), [("microseconds", ">i8"), ("days", ">i4"), ("months", ">i4")])
    rows["days"], rows["microseconds"] = np.divmod(filled(column), 86_400_000_000)
    return Cells(rows.view("V16")).with_nulls(nulls_of(column))


def of_texts(column: Column) -> Cells:
    """Lay out text as UTF-8."""
    if isinstance(column, Categorical):
        return of_bytes([None if label is None else str(label).encode() for label in column.labels]).taken(column.codes)
    values = filled(column)
    characters = as_codes(values)
    if characters.max(initial=0) < 0x80:
        encoded = characters.astype(np.uint8).view(f"S{characters.shape[1]}").reshape(-1)
    else:
        encoded = np.char.encode(values, "utf-8")
    return Cells(encoded, np.strings.str_len(encoded).astype(np.int32)).with_nulls(nulls_of(column))


def of_bytes(values: Sequence[bytes | None]) -> Cells:
    """Lay out values that are bytes already; None is NULL."""
    some, nulls = without_nulls(values, b"")
    lengths = np.fromiter(map(len, some), np.int32, len(some))
    return Cells(np.array(some, f"S{max(1, lengths.max(initial=0))}"), lengths).with_nulls(nulls)


def to_bytes(found: Cells) -> list[bytes | None]:
    """Return each cell's bytes; None where it is NULL."""
    width = found.data.dtype.itemsize
    content = np.ascontiguousarray(found.data).view(np.uint8).reshape(-1, width)
    if found.lengths is None:
        blob = content.tobytes()
        return [blob[start : start + width] for start in range(0, len(blob), width)]
    mask = found.mask()
    blob = content[mask].tobytes() if mask is not None else content.tobytes()
    ends = np.maximum(found.lengths, 0).cumsum().tolist()
    starts = [0, *ends][: len(ends)]
    return [
        None if length < 0 else blob[start:end]
        for start, end, length in zip(starts, ends, found.lengths.tolist(), strict=True)
    ]


def with_lengths(found: Cells) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the bytes of the cells, each behind its length, and how many each then has."""
    width = found.data.dtype.itemsize
    rows = np.empty(len(found.data), [("length", ">i4"), ("value", found.data.dtype)])
    rows["length"], rows["value"] = width if found.lengths is None else found.lengths, found.data
    content = rows.view(np.uint8).reshape(len(rows), 4 + width)
    if found.lengths is None:
        return content.reshape(-1), np.full(len(rows), 4 + width)
    mask = found.mask()
    sent = np.ones(content.shape, bool)
    sent[:, 4:] = True if mask is None else mask
    return content[sent], 4 + np.maximum(found.lengths, 0).astype(np.int64)


def in_utf_8(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the texts as UTF-8, one after the other, and how many bytes each has."""
    joined = "".join(texts)
    lengths = map(len, texts if joined.isascii() else map(str.encode, texts))
    return np.frombuffer(joined.encode(), np.uint8), np.fromiter(lengths, np.int64, len(texts))


def behind(headers: NDArray[Any], content: NDArray[np.uint8], lengths: NDArray[np.int64]) -> Cells:
    """Lay out headers of a fixed width, each with the next `lengths` bytes of the content behind it."""
    most = max(1, int(lengths.max(initial=0)))
    layout: list[Any] = [("header", headers.dtype), ("content", "u1", (most,))]
    rows = np.zeros(len(headers), layout)
    rows["header"] = headers
    rows["content"][np.arange(most) < lengths[:, None]] = content
    return Cells(rows.view(f"V{rows.itemsize}"), (headers.itemsize + lengths).astype(np.int32))


def sums(values: NDArray[Any], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of `counts` the sum of so many of the values, which come one after the other."""
    ends = np.concatenate([[0], np.cumsum(values)])
    stops = np.cumsum(counts)
    found: NDArray[np.int64] = ends[stops] - ends[stops - counts]
    return found


def of_adapted(values: Sequence[Any], column_type: ColumnType, connection: BaseDatabaseWrapper) -> Cells:
    """Lay out what the ORM would send, by the driver's own dumper for the column's type."""
    from psycopg.adapt import PyFormat, Transformer
    from psycopg.pq import Format

    transformer = Transformer(connection.connection)
    transformer.set_dumper_types([column_type.oid] * len(values), Format.BINARY)
    dumped = transformer.dump_sequence(values, [PyFormat.BINARY] * len(values))
    return of_bytes([None if value is None else bytes(value) for value in dumped])


def of_numerics(column: NDArray[np.int64], max_digits: int, decimal_places: int, *, canonical: bool) -> Cells:
    """Lay out integers, in units of the last decimal place, as numerics.

    A numeric is a list of groups, digits in base 10,000; its weight is the power of the first. The server strips the
    zero groups at both ends of what it gets, and sends none: with `canonical`, the bytes are those that it sends.
    """
    units: NDArray[np.int64] = filled(column)
    fraction_groups = -(-decimal_places // _DIGITS_PER_GROUP)
    whole_groups = max(1, -(-(max_digits - decimal_places) // _DIGITS_PER_GROUP))
    groups = whole_groups + fraction_groups
    cells = np.empty((len(units), 4 + groups), ">i2")
    cells[:, 0], cells[:, 1] = groups, whole_groups - 1
    cells[:, 2] = np.where(units < 0, _NEGATIVE, 0)
    cells[:, 3] = decimal_places
    whole, fraction = np.divmod(np.abs(units), 10**decimal_places)
    fraction = fraction * 10 ** (fraction_groups * _DIGITS_PER_GROUP - decimal_places)
    for group in range(fraction_groups):
        fraction, cells[:, 3 + groups - group] = np.divmod(fraction, 10_000)
    for group in range(whole_groups):
        whole, cells[:, 3 + whole_groups - group] = np.divmod(whole, 10_000)
    data = cells.view(f"V{2 * (4 + groups)}")[:, 0]
    nulls = nulls_of(column)
    if not canonical:
        return Cells(data).with_nulls(nulls)
    present = cells[:, 4:] != 0
    sent = np.logical_or.accumulate(present, axis=1)
    sent &= np.logical_or.accumulate(present[:, ::-1], axis=1)[:, ::-1]
    counts = sent.sum(axis=1)
    cells[:, 0] = counts
    cells[:, 1] = np.where(counts > 0, whole_groups - 1 - present.argmax(axis=1), 0)
    header = np.ones((len(units), 8), bool)
    bytes_sent = np.hstack([header, np.repeat(sent, 2, axis=1)])
    return Cells(data, (8 + 2 * counts).astype(np.int32), bytes_sent).with_nulls(nulls)
