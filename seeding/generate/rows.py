"""Rows: what a seeder's function is given, and what it makes columns from."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from math import gcd
from typing import TYPE_CHECKING, Any

import numpy as np

from .columns import Categorical
from .streams import HALF, Bits, Dataset, Numbers

if TYPE_CHECKING:
    from django.db.models import Model


class Rows:
    """Some rows of one table: consecutive ones, or the ones that `numbers` picks."""

    def __init__(self, dataset: Dataset, table: str, start: int, stop: int, numbers: Numbers | None = None) -> None:
        self._dataset = dataset
        self._table = table
        self._start, self._stop = start, stop
        self._picked = numbers

    def __len__(self) -> int:
        return self._stop - self._start if self._picked is None else len(self._picked)

    @property
    def numbers(self) -> Numbers:
        """The row numbers, from 0."""
        return np.arange(self._start, self._stop) if self._picked is None else self._picked

    @property
    def version(self) -> str:
        """The version's name."""
        return self._dataset.version

    def bits(self, stream: str) -> Bits:
        """Return 64 random bits a row. Each name is a stream of its own; the same name gives the same bits again."""
        if self._picked is None:
            return self._dataset.bits(self._table, stream, self._start, self._stop)
        return self._dataset.whole(self._table, stream)[self._picked]

    def fraction(self, stream: str) -> Bits:
        """Return a uniform fraction of 1 a row, in units of 2**-32."""
        return self.bits(stream) >> HALF

    def integers(self, stream: str, low: int, high: int) -> Numbers:
        """Return a uniform integer a row, from `low` to `high`, both included; at most 2**32 different ones."""
        return (self.fraction(stream) * np.uint64(high - low + 1) >> HALF).astype(np.int64) + low

    def choice(self, stream: str, weights: Mapping[str | None, int]) -> Categorical:
        """Return one of the keys of `weights` a row, each as often as its whole-number weight says."""
        total = sum(weights.values())
        bounds = [(part << 32) // total for part in accumulate(weights.values())][:-1]
        codes = np.searchsorted(np.array(bounds, np.uint64), self.fraction(stream), side="right")
        return Categorical(codes, tuple(weights))

    def reference(self, stream: str, model: type[Model]) -> Numbers:
        """Return the row number of a row of `model` for each row, skewed as customers' orders are.

        The first rows refer to every row of `model` once; after those, a tenth of them gets about a third of all
        references (the product of two uniform numbers), spread over the table by a multiplicative permutation. Raises
        ValueError where `model` has no rows.
        """
        parents = self.count(model)
        if parents == 0:
            raise ValueError(f"it refers to {table_of(model)}, which has no rows")
        bits = self.bits(stream)
        product = (bits >> HALF) * (bits & np.uint64(0xFFFFFFFF)) >> HALF
        rank = (product * np.uint64(parents) >> HALF).astype(np.int64)
        rank = np.where(self.numbers < parents, self.numbers, rank)
        step = max(1, parents * 5 // 8)
        while gcd(step, parents) != 1:
            step += 1
        return (rank + 1) * step % parents

    def count(self, model: type[Model]) -> int:
        """Return how many rows of `model` are generated."""
        return self._dataset.row_counts[table_of(model)]

    def of(self, model: type[Model], numbers: Numbers | None = None) -> Rows:
        """Return rows of `model`: the ones with these row numbers, or with the same as here."""
        picked = self._picked if numbers is None else numbers
        return Rows(self._dataset, table_of(model), self._start, self._stop, picked)


def table_of(model: Any) -> str:
    """Return the name of the model's table."""
    return str(model._meta.db_table)
