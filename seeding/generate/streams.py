"""Deterministic random bits by row number.

Everything is integer arithmetic on the raw output of Philox, a counter-based generator whose stream NumPy keeps
stable, so that a value depends on the version's name, the table, the stream's name and the row number alone.
Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]
Numbers = NDArray[np.int64]

HALF = np.uint64(32)  # a fraction of 1 is an integer in units of 2**-32


class Dataset:
    """The content of one version at given row counts: `{"users": 1000, …}`, by table."""

    def __init__(self, version: str, row_counts: Mapping[str, int]) -> None:
        self.version = version
        self.row_counts = row_counts
        self._whole: dict[tuple[str, str], Bits] = {}

    def bits(self, table: str, stream: str, start: int, stop: int) -> Bits:
        """Return the 64 random bits of each row from `start` to `stop` (exclusive), in the named stream."""
        key = blake2b("\0".join((self.version, table, stream)).encode(), digest_size=16).digest()
        generator = np.random.Philox(key=int.from_bytes(key, "little"))
        skip = start % 4  # the generator makes four numbers a step
        return generator.advance(start // 4).random_raw(stop - start + skip)[skip:]

    def whole(self, table: str, stream: str) -> Bits:
        """Return the bits of all rows of `table` (8 bytes a row), kept for the next call."""
        if (table, stream) not in self._whole:
            self._whole[table, stream] = self.bits(table, stream, 0, self.row_counts[table])
        return self._whole[table, stream]
