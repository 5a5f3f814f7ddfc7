"""Distributions as tables of quantiles, made by decimal arithmetic, which is the same on every machine.

A table holds the values below which 0, 1, … 2,048 of 2,048 equal parts of all rows lie; within a part, values are
evenly spread. Decimal's `exp` and `ln` are rounded correctly, as IEEE's are not required to be.
Source: https://docs.python.org/3/library/decimal.html, `Context.exp`: "correctly rounded".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from itertools import accumulate

import numpy as np

from .arithmetic import LOW_HALF, multiply_high
from .streams import HALF, Bits, Numbers

PART_BITS = 11
UNIT = 10**12  # of quantiles of the standard normal distribution
_STEP = 128  # parts of a deviation at which the normal density is looked at
_STEPS = 9 * _STEP // 2  # of them, up to four and a half deviations
_REST = np.uint64(64 - PART_BITS)
_EXACT = Context(prec=26)
_LEAST_POWER = 1024  # zipf: ranks below it have a weight each


class Quantiles:
    """Whole numbers with a distribution that a table describes."""

    def __init__(self, values: Sequence[int]) -> None:
        bounds = np.array(values, np.int64)
        self._from, self._widths = bounds[:-1], bounds[1:].view(np.uint64) - bounds[:-1].view(np.uint64)

    def at(self, bits: Bits) -> Numbers:
        """Return the value that each 64 random bits stand for; larger bits never give a smaller value."""
        part = (bits >> _REST).view(np.int64)
        offsets = multiply_high(bits << np.uint64(PART_BITS), self._widths[part])
        return (self._from[part].view(np.uint64) + offsets).view(np.int64)


@cache
def normal_quantiles() -> tuple[int, ...]:
    """Return the quantiles of the standard normal distribution, cut off at 4.5 deviations, in units of 10**-12.

    The density is summed by Simpson's rule, and each quantile interpolated between two steps of 1/128.
    """
    density = [_density(step) for step in range(2 * _STEPS + 1)]
    cells = [density[i] + 4 * density[i + 1] + density[i + 2] for i in range(0, 2 * _STEPS, 2)]
    sums = [0, *accumulate(cells)]
    parts = 1 << PART_BITS
    above = []
    cell = 0
    for part in range(parts // 2 + 1):
        wanted = 2 * part * sums[-1]
        while cell < _STEPS - 1 and sums[cell + 1] * parts < wanted:
            cell += 1
        above.append((cell * UNIT + (wanted - sums[cell] * parts) * UNIT // (cells[cell] * parts)) // _STEP)
    return (*(-value for value in reversed(above[1:])), *above)


def _density(half_steps: int) -> int:
    """Return the normal density at so many half steps from the mean, in units of 10**-24 of the mean's."""
    return int(_EXACT.exp(_EXACT.divide(Decimal(-(half_steps**2)), Decimal(8 * _STEP**2))).scaleb(24))


@cache
def normal(mean: int, deviation: int) -> Quantiles:
    """Return the normal distribution, rounded to whole numbers."""
    return Quantiles([mean + (2 * deviation * value + UNIT) // (2 * UNIT) for value in normal_quantiles()])


@cache
def long_tail(low: int, typical: int, high: int) -> Quantiles:
    """Return a distribution from `low` to `high`: half of all values are below `typical`, few are near `high`.

    On each side of `typical`, the distance from `low` is log-normal, with the side's end at 4.5 deviations.
    """
    middle = _EXACT.ln(Decimal(typical - low + 1))
    widths = middle, _EXACT.subtract(_EXACT.ln(Decimal(high - low + 1)), middle)
    down, up = (_EXACT.divide(width, Decimal(_STEPS * UNIT // _STEP)) for width in widths)
    values = []
    for value in normal_quantiles():
        power = _EXACT.exp(_EXACT.fma(up if value > 0 else down, Decimal(value), middle))
        values.append(min(high, low - 1 + int(power.to_integral_value())))
    values[0], values[-1] = low, high
    return Quantiles(values)


@dataclass(frozen=True)
class Zipf:
    """Ranks from 0, of which rank k comes as often as 1 / (k + 1)**exponent says."""

    firsts: Numbers
    widths: Bits
    ends: Bits  # where each group of ranks ends, in units of 2**-32

    def at(self, bits: Bits) -> Numbers:
        """Return the rank that each 64 random bits stand for."""
        group = np.searchsorted(self.ends, bits >> HALF, side="right")
        offsets = multiply_high((bits & LOW_HALF) << HALF, self.widths[group])
        return self.firsts[group] + offsets.view(np.int64)


@cache
def zipf(size: int, exponent: Fraction) -> Zipf:
    """Return the distribution of ranks below `size`.

    The first 1,024 ranks have their own weights; the others stand in groups that grow by a 64th, within which they are
    equally frequent.
    """
    firsts, rank = [], 0
    while rank < size:
        firsts.append(rank)
        rank += 1 if rank < _LEAST_POWER else rank // 64
    widths = [after - first for first, after in zip(firsts, [*firsts[1:], size], strict=True)]
    power = _EXACT.divide(Decimal(exponent.numerator), Decimal(exponent.denominator))
    weights = []
    for first, width in zip(firsts, widths, strict=True):
        middle = Decimal(2 * first + width + 1) / 2  # the mean of ranks from 1
        weights.append(width * int(_EXACT.exp(-_EXACT.multiply(power, _EXACT.ln(middle))).scaleb(24)))
    total = sum(weights)
    ends = [(part << 32) // total for part in accumulate(weights)][:-1]
    return Zipf(np.array(firsts, np.int64), np.array(widths, np.uint64), np.array(ends, np.uint64))
