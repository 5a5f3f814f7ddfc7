"""Whole numbers that aren't evenly spread: normal, with a long tail, by popularity; and money."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from operator import index

import numpy as np

from .. import quantiles
from ..arithmetic import INT64_MAX, INT64_MIN, checked_range, scaled
from ..streams import Numbers
from .base import RowsBase

_ENDINGS = (99, 99, 95, 90, 50, 0)  # of prices, each as likely
_UNIT = 100  # cents


class DistributionValues(RowsBase):
    """Numbers with a distribution, and money in cents."""

    def normal(
        self, stream: str, mean: int, deviation: int, *, low: int | None = None, high: int | None = None
    ) -> Numbers:
        """Return a normally distributed integer a row, in the mean's unit.

        None is farther from the mean than four and a half deviations; what lies outside `low` and `high` becomes them.
        Raises ValueError for a negative deviation, bounds in the wrong order, and values outside 64 bits.
        """
        mean, deviation = index(mean), index(deviation)
        reach = -(-9 * deviation // 2)
        if deviation < 0 or mean - reach < INT64_MIN or mean + reach > INT64_MAX:
            raise ValueError(f"a deviation of {deviation} from {mean}: it must be positive and stay within 64 bits")
        lowest, highest = checked_range(INT64_MIN if low is None else low, INT64_MAX if high is None else high)
        return np.clip(quantiles.normal(mean, deviation).at(self.bits(stream)), lowest, highest)

    def log_normal(self, stream: str, low: int, high: int, typical: int | None = None) -> Numbers:
        """Return an integer with a long tail a row: many small ones, few large ones, none outside `low` and `high`.

        Half of them are at most `typical`, by default a value far down the range. Raises ValueError unless
        low <= typical <= high.
        """
        low, high = checked_range(low, high)
        middle = _typical(low, high) if typical is None else index(typical)
        if not low <= middle <= high:
            raise ValueError(f"a typical value of {middle}: it must lie from {low} to {high}")
        return quantiles.long_tail(low, middle, high).at(self.bits(stream))

    def zipf(self, stream: str, size: int, exponent: int | Decimal | Fraction = 1) -> Numbers:
        """Return a rank from 0 to `size - 1` a row: rank k comes as often as 1 / (k + 1)**exponent.

        So `rows.zipf("product", rows.count(Product))` refers to the first products most. Raises ValueError for a size
        below 1, TypeError for an exponent that is a float, which isn't the same everywhere.
        """
        if isinstance(exponent, float):
            raise TypeError(f"an exponent of {exponent}: give a whole number, a Decimal or a Fraction")
        if not 1 <= index(size) <= INT64_MAX or exponent < 0:
            raise ValueError(f"{size} ranks with an exponent of {exponent}: it takes at least one, and none below 0")
        return quantiles.zipf(index(size), Fraction(exponent)).at(self.bits(stream))

    def money(self, stream: str, low: int, high: int, typical: int | None = None) -> Numbers:
        """Return an amount a row, in cents, with a long tail: as `log_normal`. Raises ValueError as it does."""
        return self.log_normal(stream, low, high, typical)

    def price(
        self, stream: str, low: int, high: int, typical: int | None = None, endings: Sequence[int] = _ENDINGS
    ) -> Numbers:
        """Return a price a row, in cents: an amount as of `money`, with a shop's endings such as .99 and .50.

        Raises ValueError for an ending outside 0 to 99, and as `log_normal` does.
        """
        if not endings or not all(0 <= ending < _UNIT for ending in endings):
            raise ValueError(f"prices that end in {', '.join(map(str, endings)) or 'nothing'}: from 0 to 99 cents")
        whole = self.log_normal(stream, low, high, typical) // _UNIT * _UNIT
        chosen = scaled(self.bits(f"{stream}/ending"), len(endings)).view(np.int64)
        prices: Numbers = np.clip(whole + np.array(endings, np.int64)[chosen], low, high)
        return prices


def _typical(low: int, high: int) -> int:
    """Return the middle of a range as orders of magnitude have it, doubled, and in the lower half."""
    return min(low - 1 + 2 * isqrt(high - low + 1), low + (high - low) // 2)
