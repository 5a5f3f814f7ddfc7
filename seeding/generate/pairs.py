"""Pairs of two tables' rows of which none stands twice: by construction, never by trying again."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np

from .arithmetic import mixed, scaled
from .children import Children
from .existing import Lookup
from .permutation import Permutation
from .streams import Bits, Numbers

_MOST = 1 << 62  # pairs that are in use, of tables that have more


class Pairs:
    """Pairs (left, right) of the numbers below two sizes, in no visible order; the pair of a number takes O(1).

    With `different`, no number is paired with itself; with `unordered`, besides, a pair stands once, whichever way
    round. Both are for two sides of the same size.
    """

    def __init__(self, left: int, right: int, key: int, *, different: bool = False, unordered: bool = False) -> None:
        self._different, self._unordered = different or unordered, unordered
        if self._different and left != right:
            raise ValueError(f"different or unordered pairs are of one table, not of {left:,} and {right:,} rows")
        self._left = left
        self._used = min(right, max(1, _MOST // max(1, left)))
        self._right = right
        ordered = left * (max(0, right - 1) if self._different else self._used)
        self.capacity = min(ordered // 2 if unordered else ordered, _MOST)
        self._order = Permutation(max(1, self.capacity), key)
        self._spread = Permutation(max(1, right), key)

    def at(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return the pairs with these numbers, all below `capacity`."""
        places = self._order(numbers.astype(np.uint64))
        if self._unordered:
            return _round_robin(places, self._left)
        others = self._used if not self._different else self._right - 1
        left, right = (half.view(np.int64) for half in np.divmod(places, np.uint64(max(1, others))))
        if self._different:
            right = right + (right >= left)
        elif self._used < self._right:
            right = self._spread(right.view(np.uint64)).view(np.int64)
        return left, right


def _round_robin(places: Bits, size: int) -> tuple[Numbers, Numbers]:
    """Return each pair of numbers below `size`, the smaller one first.

    An odd number of players meet by distance: each meets those that are 1, 2, … (size - 1) / 2 places on. Of an even
    number, the last one meets all others first.
    """
    odd = size - 1 + size % 2
    extra = odd if size % 2 == 0 else 0
    meeting = np.maximum(places.view(np.int64) - extra, 0)
    one, distance = np.divmod(meeting, max(1, (odd - 1) // 2))
    other = (one + distance + 1) % odd
    if extra:
        with_last = places < np.uint64(extra)
        one = np.where(with_last, places.view(np.int64), one)
        other = np.where(with_last, odd, other)
    return np.minimum(one, other), np.maximum(one, other)


@dataclass(frozen=True)
class Some:
    """From `low` to `high` different rows of `model` for each row: what `rows.some(Tag, 1, 3)` stands for."""

    model: Any
    low: int
    high: int
    lookup: Lookup | None = None  # which rows, where not created by a seed


class Choices:
    """For each child its parent, and one of `others` that no other child of that parent has.

    This is what a many-to-many relation with 1 to 3 rows on one side is made of.
    """

    def __init__(self, children: Children, others: int, high: int, key: int) -> None:
        """Raises ValueError where a parent can have more children (`high`) than there are others."""
        if high > others:
            raise ValueError(f"up to {high:,} different ones for each row: there are only {others:,}")
        self._children = children
        self._others = max(1, others)
        self._salt = key % (1 << 64)
        self._order = Permutation(self._others, key)
        self._steps = _steps(self._others)

    def at(self, numbers: Numbers) -> tuple[Numbers, Numbers]:
        """Return the parent and the chosen one of each of these children."""
        parent, position = self._children.parents_of(numbers)
        bits = mixed(parent.view(np.uint64), self._salt)
        first = scaled(bits, self._others).view(np.int64)
        step = self._steps[(bits & np.uint64(len(self._steps) - 1)).view(np.int64)]
        chosen = (first + position * step) % self._others
        return parent, self._order(chosen.view(np.uint64)).view(np.int64)


def _steps(size: int) -> Numbers:
    """Return 64 numbers that have no divisor in common with `size`, so that going on by one of them meets all."""
    steps: list[int] = []
    step = 1
    while len(steps) < 64:
        if gcd(step, size) == 1:
            steps.append(step)
        step += 1 if size < 128 else 1 + min(size, 1 << 30) // 97
    return np.array(steps, np.int64)
