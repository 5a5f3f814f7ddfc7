"""Universally unique identifiers (RFC 9562)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..streams import Bits
from .base import RowsBase


class IdentifierValues(RowsBase):
    """UUIDs."""

    def uuid(self, stream: str = "uuid") -> NDArray[Any]:
        """Return a random UUID (version 4) a row, as 16 bytes."""
        return version_4(self.bits(stream), self.bits(f"{stream}/low"))


def version_4(high: Bits, low: Bits) -> NDArray[Any]:
    """Return random bits as UUIDs of version 4: 122 of the 128 bits are random."""
    halves = np.empty((len(high), 2), ">u8")
    halves[:, 0] = high & np.uint64(0xFFFF_FFFF_FFFF_0FFF) | np.uint64(0x4000)
    halves[:, 1] = low & np.uint64(0x3FFF_FFFF_FFFF_FFFF) | np.uint64(1 << 63)
    return halves.view("V16")[:, 0]
