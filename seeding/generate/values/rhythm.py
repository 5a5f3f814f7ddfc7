"""Moments with a shop's rhythm: a year of growth, with its busy and quiet weekdays and hours. Knows no database."""

from __future__ import annotations

from functools import cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

HOUR_US = 3_600_000_000
WEEKS = 52
YEAR_US = WEEKS * 7 * 24 * HOUR_US  # whole weeks, so that Monday stays Monday

# Business in each hour of the day (UTC) and on each day of the week, from Monday; and in the last week of the year for
# each unit of it in the first.
HOURS = (6, 4, 3, 2, 2, 3, 6, 11, 17, 22, 25, 27, 29, 27, 25, 24, 25, 28, 33, 38, 40, 34, 23, 12)
DAYS = (9, 9, 10, 10, 12, 14, 13)
_GROWTH = 2

_STEPS = 15  # bits: the year's business is cut into this many equal parts, and time runs evenly within each


def moment(fraction: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return the moment by which this fraction of the year's business is done, in microseconds before the anchor.

    `fraction` is in units of 2**-32. A larger fraction never gives an earlier moment.
    """
    times = _quantiles()
    rest_bits = np.uint64(32 - _STEPS)
    part = (fraction >> rest_bits).astype(np.intp)
    rest = (fraction & ((np.uint64(1) << rest_bits) - np.uint64(1))).astype(np.int64)
    before, after = times[part], times[part + 1]
    return YEAR_US - before - ((after - before) * rest >> np.int64(rest_bits))


@cache
def _quantiles() -> NDArray[np.int64]:
    """Return when each equal part of the year's business begins, in microseconds from the year's start, and its end."""
    weights = [day * hour * (WEEKS + (_GROWTH - 1) * week) for week in range(WEEKS) for day in DAYS for hour in HOURS]
    done = np.array([0, *accumulate(weights)])
    parts = np.arange((1 << _STEPS) + 1, dtype=np.int64) * done[-1]
    hours = np.minimum(np.searchsorted(done << _STEPS, parts, side="right") - 1, len(weights) - 1)
    rest = parts - (done[hours] << _STEPS)
    begins: NDArray[np.int64] = hours * HOUR_US + rest // np.array(weights)[hours] * (HOUR_US >> 10) // (
        1 << _STEPS - 10
    )
    return begins
