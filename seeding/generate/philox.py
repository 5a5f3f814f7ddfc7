"""Philox4x64-10 at single counters: the bits of any rows, in any order, without those of the rows between them.

The same numbers as `numpy.random.Philox`, which makes only consecutive ones. The constants are those of Salmon et al.,
"Parallel random numbers: as easy as 1, 2, 3", SC 2011.
"""

from __future__ import annotations

import numpy as np

from .arithmetic import WORD, multiply_high
from .streams import Bits, Numbers

_ROUNDS = 10
_MULTIPLIERS = (np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157))
_KEY_STEPS = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)


def bits_at(key: int, numbers: Numbers) -> Bits:
    """Return the 64 bits at each position `numbers` of the stream with this 128-bit key."""
    positions = numbers.astype(np.uint64)
    zero = np.zeros(len(positions), np.uint64)
    words = [(positions >> np.uint64(2)) + np.uint64(1), zero, zero, zero]  # NumPy counts before it generates
    first, second = key % WORD, key // WORD
    for step in range(_ROUNDS):
        keys = np.uint64((first + step * _KEY_STEPS[0]) % WORD), np.uint64((second + step * _KEY_STEPS[1]) % WORD)
        words = [
            multiply_high(words[2], _MULTIPLIERS[1]) ^ words[1] ^ keys[0],
            words[2] * _MULTIPLIERS[1],
            multiply_high(words[0], _MULTIPLIERS[0]) ^ words[3] ^ keys[1],
            words[0] * _MULTIPLIERS[0],
        ]
    return np.choose((positions & np.uint64(3)).astype(np.intp), words)
