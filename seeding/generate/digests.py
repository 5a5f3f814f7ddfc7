"""The digest of one table's generated content."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import blake2b

import numpy as np

from .columns import Categorical, Column, is_masked


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
            if isinstance(column, Categorical):
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
