"""Permutations of [0, size) that take O(1) a number and no memory: unique values by construction.

A number of k bits is scrambled by rounds of steps each of which can be undone: multiplying by an odd constant and
adding one modulo 2**k, and xoring the number with its own upper half. So the rounds are a bijection on [0, 2**k), where
2**k is the least power of two that isn't below `size`. A result that isn't below `size` is scrambled again until it is:
going on from a number below `size` along its cycle always comes back to one ("cycle walking"; Black and Rogaway,
"Ciphers with arbitrary finite domains", CT-RSA 2002). As 2**k < 2 * size, a number needs less than two scrambles on the
average.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np

from .arithmetic import WORD
from .streams import Bits

_ROUNDS = 4


class Permutation:
    """A bijection of [0, size) onto itself, which `key` picks. It depends on nothing else, so it never grows."""

    def __init__(self, size: int, key: int) -> None:
        if not 1 <= size <= WORD:
            raise ValueError(f"a permutation of {size} numbers: it takes from 1 to 2**64")
        self.size = size
        bits = max(1, (size - 1).bit_length())
        self._mask = np.uint64((1 << bits) - 1)
        self._shift = np.uint64((bits + 1) // 2)
        self._rounds = [_constants(key, step) for step in range(_ROUNDS)]

    def __call__(self, numbers: Bits) -> Bits:
        """Return where each of `numbers`, all below `size`, goes."""
        places = self._scrambled(numbers)
        if self.size == int(self._mask) + 1:
            return places
        last = np.uint64(self.size - 1)
        outside = np.flatnonzero(places > last)
        while len(outside):
            again = self._scrambled(places[outside])
            places[outside] = again
            outside = outside[again > last]
        return places

    def _scrambled(self, numbers: Bits) -> Bits:
        for multiplier, addend in self._rounds:
            numbers = (numbers * multiplier + addend) & self._mask
            numbers ^= numbers >> self._shift
        return numbers


def _constants(key: int, step: int) -> tuple[np.uint64, np.uint64]:
    """Return an odd multiplier and an addend. A shift by half the bits needs multipliers with mixed upper bits."""
    digest = blake2b(key.to_bytes(16, "little"), digest_size=16, salt=bytes([step]), person=b"permutation").digest()
    multiplier, addend = int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")
    return np.uint64(multiplier | 1), np.uint64(addend)
