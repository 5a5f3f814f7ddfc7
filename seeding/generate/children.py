"""Children: how many rows of a table belong to each row of another, and which, by arithmetic alone.

Parents come in blocks of 1,024. In every block the numbers of children are the same ones, evenly spread from the lowest
to the highest, in one of sixteen orders. So a block has a known number of children, and where a parent's children
begin, or whose child a row is, takes one look into a table of fixed size, however many rows there are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arithmetic import INT64_MAX, mixed
from .permutation import Permutation
from .streams import Numbers

_BLOCK = 1024  # parents
_ORDERS = 16
_MOST = 1 << 32  # children of one parent


@dataclass(frozen=True)
class Per:
    """From `low` to `high` rows for each row of `model`: what `per(Order, 1, 8)` stands for."""

    model: Any
    low: int
    high: int

    def __repr__(self) -> str:
        return f"per({self.model._meta.label}, {self.low}, {self.high})"

    def children(self, parents: int, table: str) -> Children:
        """Return which rows of `table` belong to which of the `parents` rows of the model."""
        return Children(parents, self.low, self.high, salt=table)


def per(model: Any, low: int, high: int) -> Per:
    """Return the count of a table with `low` to `high` rows for each row of `model`: `register(Line, count=LINES)`.

    In its seeder, `rows.parent(LINES)` gives each row's parent; in the parents' seeder `rows.total_of` and
    `rows.child_count` sum up and count the children. Each number of children is as frequent as any other. Raises
    ValueError unless 0 <= low <= high <= 2**32.
    """
    _check(low, high)
    return Per(model, low, high)


class Children:
    """The children of a table's rows: those of parent 0 come first, then those of parent 1, and so on.

    It depends on the bounds and on `salt` (the children's table) alone: a table with more parents has the same ones
    first.
    """

    def __init__(self, parents: int, low: int, high: int, *, salt: str = "") -> None:
        """Raises ValueError unless 0 <= low <= high, and where there are more children than 64 bits can count."""
        self.parents = parents
        self._blocks = blocks(low, high, salt, ahead=False)
        self.total = self._blocks.before(parents)
        if self.total > INT64_MAX:
            raise ValueError(f"{parents:,} rows with {low} to {high} children each have more than 2**63 children")

    def firsts(self, parents: Numbers) -> Numbers:
        """Return the row number of each parent's first child: of the next parent's, where it has none."""
        return self._blocks.firsts(parents)

    def counts(self, parents: Numbers) -> Numbers:
        """Return how many children each parent has."""
        return self.firsts(parents + 1) - self.firsts(parents)

    def parents_of(self, children: Numbers) -> tuple[Numbers, Numbers]:
        """Return each child's parent, and its position among the parent's children, from 0."""
        return self._blocks.parents_of(children)

    def sums(self, parents: Numbers, values: Callable[[Numbers], Numbers]) -> Numbers:
        """Return for each parent the sum of its children's values, 0 where it has none.

        `values` gives the values of the children with these row numbers; only those of these parents are asked for.
        """
        firsts, counts = self.firsts(parents), self.counts(parents)
        ends = np.cumsum(counts)
        asked = np.arange(ends[-1] if len(ends) else 0) + np.repeat(firsts - (ends - counts), counts)
        running = np.concatenate([np.zeros(1, np.int64), np.cumsum(values(asked))])
        sums: Numbers = running[ends] - running[ends - counts]
        return sums


class Blocks:
    """The pattern that numbers of children follow, without an end."""

    def __init__(self, low: int, high: int, salt: str, *, ahead: bool) -> None:
        self._low = low if low == high else None
        self._salt = int.from_bytes(blake2b(salt.encode(), digest_size=16).digest(), "little")
        counts = _spread(low, high)
        self._sum = int(counts.sum())
        orders = [counts[self._shuffled(order)] for order in range(_ORDERS)]
        if ahead:
            orders = [_ahead(order) for order in orders]
        firsts = [np.cumsum(order) - order + place * self._sum for place, order in enumerate(orders)]
        self._firsts = np.concatenate(firsts)  # of every parent of every order, one order after the other

    def before(self, parent: int) -> int:
        """Return how many children the parents before this one have, however many that are."""
        block, place = divmod(parent, _BLOCK)
        order = int(self._orders(np.array([block]))[0])
        return block * self._sum + int(self._firsts[order * _BLOCK + place]) - order * self._sum

    def firsts(self, parents: Numbers) -> Numbers:
        """Return the number of each parent's first child."""
        if self._low is not None:
            return parents * self._low
        block = parents >> 10
        order = self._orders(block)
        return (block - order) * self._sum + self._firsts[order * _BLOCK + (parents & (_BLOCK - 1))]

    def parents_of(self, children: Numbers) -> tuple[Numbers, Numbers]:
        """Return each child's parent and its position among the parent's children."""
        if self._low is not None:
            return np.divmod(children, self._low)
        block, rest = np.divmod(children, self._sum)
        order = self._orders(block)
        rest += order * self._sum
        place = np.searchsorted(self._firsts, rest, side="right") - 1
        return (block - order) * _BLOCK + place, rest - self._firsts[place]

    def _orders(self, block: Numbers) -> Numbers:
        return (mixed(block.view(np.uint64), self._salt) & np.uint64(_ORDERS - 1)).view(np.int64)

    def _shuffled(self, order: int) -> NDArray[np.intp]:
        key = (self._salt + order) % (1 << 128)
        return Permutation(_BLOCK, key)(np.arange(_BLOCK, dtype=np.uint64)).astype(np.intp)


@cache
def blocks(low: int, high: int, salt: str, *, ahead: bool) -> Blocks:
    """Return the pattern for these bounds. With `ahead`, the first n parents always have at least n children."""
    _check(low, high)
    return Blocks(low, high, salt, ahead=ahead)


def _spread(low: int, high: int) -> Numbers:
    """Return numbers of children from `low` to `high`, as evenly as a block allows."""
    places, different = np.arange(_BLOCK), high - low + 1
    if different <= _BLOCK:
        return low + places * different // _BLOCK
    return low + places * (different - 1) // (_BLOCK - 1)


def _ahead(counts: Numbers) -> Numbers:
    """Rotate a block so that at no place there were more parents than children: behind the last place of most need.

    Source: the cycle lemma, Dvoretzky and Motzkin, "A problem of arrangements", 1947.
    """
    balance = np.cumsum(counts - 1)
    last_minimum = len(counts) - 1 - int(np.argmin(balance[::-1]))
    return np.roll(counts, -(last_minimum + 1))


def _check(low: int, high: int) -> None:
    if not 0 <= index(low) <= index(high) <= _MOST:
        raise ValueError(f"{low} to {high} children: it takes 0 <= low <= high <= 2**32")
