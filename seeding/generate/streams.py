"""Deterministic random bits by row number.

Everything is integer arithmetic on the raw output of Philox, a counter-based generator whose stream NumPy keeps
stable, so that a value depends on the version's name, the table, the stream's name and the row number alone.
Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from .existing import UNREAD, Found, Lookup

Bits = NDArray[np.uint64]
Numbers = NDArray[np.int64]

HALF = np.uint64(32)  # a fraction of 1 is an integer in units of 2**-32
MOST_KEPT = 1 << 24  # rows of a stream that are kept for picked rows: 128 MB; of larger tables, bits are made singly


class Dataset:
    """The content of one version at given row counts: `{"users": 1000, …}`, by table.

    `existing` are the rows of one database not created by a seed, as far as seeders refer to them.
    """

    def __init__(self, version: str, row_counts: Mapping[str, int]) -> None:
        self.version = version
        self.row_counts = row_counts
        self.existing: dict[Lookup, Found] = {}
        self._asked: list[Lookup] | None = None
        self._whole: dict[tuple[str, str], Bits] = {}

    @contextmanager
    def asking(self) -> Iterator[list[Lookup]]:
        """Collect the lookups in the block of rows that weren't read; one that stands for them is the answer."""
        self._asked = []
        try:
            yield self._asked
        finally:
            self._asked = None

    def found(self, lookup: Lookup) -> Found:
        """Return the existing rows that a lookup found. Raises ValueError where they weren't read."""
        if lookup not in self.existing and self._asked is None:
            raise ValueError(f"it asks for existing rows of {lookup}, and didn't for its first row: ask in every call")
        if self._asked is not None:
            self._asked.append(lookup)
        return self.existing.get(lookup, UNREAD)

    def key(self, table: str, stream: str) -> int:
        """Return the stream's key: 128 bits that differ for each version, table and name."""
        text = "\0".join((self.version, table, stream))
        return int.from_bytes(blake2b(text.encode(), digest_size=16).digest(), "little")

    def bits(self, table: str, stream: str, start: int, stop: int) -> Bits:
        """Return the 64 random bits of each row from `start` to `stop` (exclusive), in the named stream."""
        generator = np.random.Philox(key=self.key(table, stream))
        skip = start % 4  # the generator makes four numbers a step
        return generator.advance(start // 4).random_raw(stop - start + skip)[skip:]

    def picked(self, table: str, stream: str, numbers: Numbers) -> Bits:
        """Return the 64 random bits of the rows with these numbers, in any order."""
        if self.row_counts[table] <= MOST_KEPT:
            return self.whole(table, stream)[numbers]
        from .philox import bits_at

        return bits_at(self.key(table, stream), numbers)

    def whole(self, table: str, stream: str) -> Bits:
        """Return the bits of all rows of `table` (8 bytes a row), kept for the next call."""
        if (table, stream) not in self._whole:
            self._whole[table, stream] = self.bits(table, stream, 0, self.row_counts[table])
        return self._whole[table, stream]
