"""Moments before and after the anchor, with the rhythm of weeks and days; dates, and times of day.

Moments are microseconds before the anchor, dates days before it; those after it are negative.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from ..arithmetic import mixed, multiply_high, scaled
from ..streams import Bits, Numbers
from .base import RowsBase
from .rhythm import DAYS, HOUR_US, HOURS

DAY_US = 24 * HOUR_US
_MOST_DAYS = 200_000  # more than five centuries
_DAYS_OF_FOUR_YEARS = 1461


class MomentValues(RowsBase):
    """Moments, dates and times of day."""

    def past(self, stream: str = "created_at", *, days: int = 364, rhythm: bool = True) -> Numbers:
        """Return a moment of the last `days` days a row, in microseconds before the anchor.

        With `rhythm`, there are more of them by day than at night, at weekends than on Mondays, and twice as many at
        the end as at the beginning. Raises ValueError unless there are from 1 to 200,000 days.
        """
        _check_days(days)
        bits = self.bits(stream)
        if not rhythm:
            return scaled(bits, days * DAY_US).view(np.int64) + 1
        ends = _business(days)
        day = days - np.searchsorted(ends, scaled(bits, int(ends[-1])), side="right")
        return day * DAY_US - _time_of_day(mixed(bits, 1))

    def future(self, stream: str, *, days: int = 364) -> Numbers:
        """Return a moment of the `days` days from the anchor on a row, as negative microseconds before it.

        Raises ValueError unless there are from 1 to 200,000 days.
        """
        _check_days(days)
        return -scaled(self.bits(stream), days * DAY_US).view(np.int64)

    def after(self, stream: str, moments: Numbers, *, days: int = 30) -> Numbers:
        """Return a moment at most `days` days after each of `moments`, and not after the anchor.

        Both are microseconds before the anchor; moments after the anchor stay what they are. Raises ValueError unless
        there are from 1 to 200,000 days.
        """
        _check_days(days)
        most = np.clip(moments, 0, days * DAY_US).astype(np.uint64)
        return moments - multiply_high(self.bits(stream), most + np.uint64(1)).view(np.int64)

    def past_date(self, stream: str, *, days: int = 364) -> Numbers:
        """Return a day of the last `days` days a row, in days before the anchor's, which is left out.

        Raises ValueError unless there are from 1 to 200,000 days.
        """
        _check_days(days)
        return scaled(self.bits(stream), days).view(np.int64) + 1

    def birth_date(self, stream: str = "birth_date", *, youngest: int = 18, oldest: int = 90) -> Numbers:
        """Return a date of birth a row, in days before the anchor: of people from `youngest` to `oldest` years old.

        Raises ValueError unless 0 <= youngest <= oldest <= 500.
        """
        if not 0 <= youngest <= oldest <= 500:
            raise ValueError(f"people from {youngest} to {oldest} years old: it takes 0 <= youngest <= oldest <= 500")
        least, most = youngest * _DAYS_OF_FOUR_YEARS // 4 + 1, (oldest + 1) * _DAYS_OF_FOUR_YEARS // 4 - 1
        return scaled(self.bits(stream), most - least + 1).view(np.int64) + least

    def time_of_day(self, stream: str) -> Numbers:
        """Return a time of day a row, in microseconds since midnight, more often by day than at night."""
        return _time_of_day(self.bits(stream))


def _check_days(days: int) -> None:
    if not 1 <= days <= _MOST_DAYS:
        raise ValueError(f"{days} days: it takes from 1 to {_MOST_DAYS:,}")


def _time_of_day(bits: Bits) -> Numbers:
    hour = _hours()[scaled(bits, len(_hours())).view(np.int64)]
    rest = bits * np.uint64(len(_hours()))  # the part of the bits that chose no hour
    return hour * HOUR_US + scaled(rest, HOUR_US).view(np.int64)


@cache
def _hours() -> Numbers:
    """Return the hours of a day, each as often as its share of the business."""
    return np.repeat(np.arange(24), HOURS)


@cache
def _business(days: int) -> Bits:
    """Return the business that is done at the end of each day, from the first; the anchor is a Monday."""
    number = np.arange(days)
    weekday = (number - days) % 7
    return np.cumsum(np.array(DAYS)[weekday] * (days + number)).astype(np.uint64)
