"""How a digest is made: of one table's generated content, whatever the batches, the loader or the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Categorical, Column, filled, nulls_of, text_of, texts_of

DEFINITION = 2  # recorded beside the digests: those of different definitions can't be compared


class TableDigest:
    """The digest of one table's generated content, fed batch by batch; how rows are batched doesn't change it.

    Each column has two BLAKE2b hashes: of its values in the order of their row numbers, NULL counting as zero or as
    empty, and of the row numbers of its NULLs. Numbers are 8 little-endian bytes (booleans 1), UUIDs their 16 bytes;
    text, whether it came as an array or as categories, is UTF-8 ended by a NUL byte; bytes follow their length, a
    number; arrays, ranges and maps are text, as JSON. The table's digest is that of the row count and of every column's
    name and hashes, as JSON.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._columns = {name: (blake2b(digest_size=32), blake2b(digest_size=32)) for name in sorted(names)}
        self._rows = 0

    def update(self, columns: Mapping[str, Column], count: int) -> None:
        """Add the next `count` rows."""
        for name, (values, nulls) in self._columns.items():
            column = columns[name]
            where = nulls_of(column)
            if where is not None:
                nulls.update((np.flatnonzero(where).astype("<i8") + self._rows).data)
            values.update(_content(column))
        self._rows += count

    def hexdigest(self) -> str:
        """Return the digest of all rows so far, 64 hexadecimal digits."""
        columns = [(name, values.hexdigest(), nulls.hexdigest()) for name, (values, nulls) in self._columns.items()]
        return blake2b(json.dumps([self._rows, columns]).encode(), digest_size=32).hexdigest()


def _content(column: Column) -> Any:
    """Return the bytes of the column's values."""
    if isinstance(column, Categorical):
        labels = [_ended("" if label is None else label) for label in column.labels]
        return b"".join([labels[code] for code in column.codes.tolist()])
    array: NDArray[Any] = filled(column)
    if array.dtype.kind in "UO":
        return _contents(array.tolist())
    if array.dtype.kind in "mM":
        array = array.view("i8")
    return np.ascontiguousarray(array, array.dtype.newbyteorder("<")).data


def _contents(values: list[Any]) -> bytes:
    types = set(map(type, values))
    if bytes in types:
        return b"".join(map(_ended, values))
    if types == {tuple} and set(map(type, parts := tuple(chain.from_iterable(values)))) <= {int}:
        pattern = "".join([_pattern(len(value)) for value in values])  # the texts of all values, in one go
        return (pattern % parts).encode()
    texts = values if types == {str} else texts_of(values)
    return ("\0".join(texts) + "\0").encode() if values else b""  # each ended, in one go


@cache
def _pattern(count: int) -> str:
    return f"[{', '.join(['%d'] * count)}]\0"


def _ended(value: Any) -> bytes:
    if isinstance(value, bytes):
        return len(value).to_bytes(8, "little") + value
    return text_of(value).encode() + b"\0"
