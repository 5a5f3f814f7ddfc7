"""64-bit integer arithmetic that NumPy lacks: products of 128 bits, fractions of a range, and a mixing function.

No floating point anywhere, so that every machine makes the same values.
"""

from __future__ import annotations

from operator import index
from typing import Any

import numpy as np

from .streams import HALF, Bits, Numbers

LOW_HALF = np.uint64(0xFFFFFFFF)
WORD = 1 << 64
INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1


def multiply_high(left: Bits, right: Bits | np.uint64) -> Bits:
    """Return the upper 64 bits of the 128-bit products of two unsigned numbers.

    Source: Knuth, "The Art of Computer Programming", volume 2, 4.3.1, algorithm M, in digits of 32 bits.
    """
    left_high, left_low = left >> HALF, left & LOW_HALF
    right_high, right_low = right >> HALF, right & LOW_HALF
    middle = left_high * right_low + (left_low * right_low >> HALF)
    other = left_low * right_high + (middle & LOW_HALF)
    high: Bits = left_high * right_high + (middle >> HALF) + (other >> HALF)
    return high


def scaled(bits: Bits, size: int) -> Bits:
    """Return for each 64 random bits a number below `size` (1 to 2**64), each about as often as any other.

    No number's probability differs from 1/size by more than 2**-64.
    """
    return bits if size == WORD else multiply_high(bits, np.uint64(size))


def shifted(offsets: Bits, low: int) -> Numbers:
    """Return `low + offsets`, where the sums are known to lie in int64."""
    return (offsets + np.uint64(low % WORD)).view(np.int64)


def mixed(values: Bits, salt: int) -> Bits:
    """Return a bijective scramble of 64-bit numbers, another one for each `salt`.

    Source: the finalizer of SplitMix64, Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014.
    """
    values = values + np.uint64(salt % WORD)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def checked_range(low: Any, high: Any) -> tuple[int, int]:
    """Return both bounds as Python's integers.

    Raises TypeError for a bound that isn't a whole number, ValueError where `low` is above `high` or a bound lies
    outside 64-bit integers.
    """
    first, last = index(low), index(high)
    if first > last:
        raise ValueError(f"the lower bound {first} is above the upper bound {last}")
    if first < INT64_MIN or last > INT64_MAX:
        raise ValueError(f"the bounds {first} and {last} must both lie within 64-bit integers")
    return first, last
