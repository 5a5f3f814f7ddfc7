"""Whole numbers, choices and chances, evenly spread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from operator import index
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic import WORD, checked_range, scaled, shifted
from ..columns import Categorical
from ..streams import HALF, Numbers
from .base import RowsBase

_FRACTION = 1 << 32


class NumberValues(RowsBase):
    """Numbers, choices and chances."""

    def integers(self, stream: str, low: int, high: int) -> Numbers:
        """Return a uniform integer a row, from `low` to `high`, both included: any that fit 64 bits.

        No integer's probability differs from the others' by more than 2**-32, or by more than 2**-64 where there are
        more than 2**32 of them. Raises ValueError for bounds in the wrong order or outside 64 bits.
        """
        low, high = checked_range(low, high)
        size = high - low + 1
        if size <= _FRACTION:
            return (self.fraction(stream) * np.uint64(size) >> HALF).astype(np.int64) + low
        return shifted(scaled(self.bits(stream), size), low)

    def unique_integers(self, stream: str, low: int, high: int) -> Numbers:
        """Return another integer for each row, from `low` to `high`, both included, in no visible order.

        A row's integer depends on the bounds, not on how many rows there are. Raises ValueError for bad bounds, and
        where there are fewer integers than rows.
        """
        low, high = checked_range(low, high)
        return shifted(self.below(stream, high - low + 1, unique=True, what=f"integers from {low} to {high}"), low)

    def choice(self, stream: str, weights: Mapping[str | None, int] | Sequence[str | None]) -> Categorical:
        """Return one of the keys of `weights` a row, each as often as its whole-number weight says.

        A sequence stands for equal weights. Raises ValueError for a negative weight and where all are zero or sum to
        more than 2**64, TypeError for a weight that isn't a whole number.
        """
        if not isinstance(weights, Mapping):
            weights = dict.fromkeys(weights, 1)
        parts = [index(weight) for weight in weights.values()]
        total = sum(parts)
        if any(part < 0 for part in parts) or not 0 < total <= WORD:
            raise ValueError(f"stream {stream!r} has weights of {_shown(parts)}: they need a positive sum up to 2**64")
        wide = total > _FRACTION
        unit = WORD if wide else _FRACTION
        bounds = [part * unit // total for part in accumulate(parts)][:-1]
        reached = np.array([bound for bound in bounds if bound < unit], np.uint64)
        drawn = self.bits(stream) if wide else self.fraction(stream)
        return Categorical(np.searchsorted(reached, drawn, side="right"), tuple(weights))

    def chance(self, stream: str, part: int, whole: int = 100) -> NDArray[np.bool_]:
        """Return True for `part` of `whole` rows: `rows.chance("is_active", 95)` for 95 %.

        Raises ValueError unless 0 <= part <= whole, and whole is at least 1.
        """
        part, whole = index(part), index(whole)
        if not 0 <= part <= whole or not 0 < whole <= WORD:
            raise ValueError(f"a chance of {part} in {whole}: it must lie between 0 and {max(whole, 1)}")
        chances: NDArray[np.bool_] = scaled(self.bits(stream), whole) < part
        return chances

    def optional(self, stream: str, column: Any, part: int, whole: int = 100) -> Any:
        """Return the column, or one value for all rows, with `part` of `whole` rows left, and NULL in all others.

        Raises ValueError as `chance` does.
        """
        left = self.chance(stream, part, whole)
        if isinstance(column, Categorical):
            labels = (*column.labels, None)
            return replace(column, codes=np.where(left, column.codes, len(column.labels)), labels=labels)
        if not isinstance(column, np.ndarray | list | tuple):
            return Categorical(np.where(left, 0, 1), (column, None))
        values = np.ma.asarray(column)
        return np.ma.array(values, mask=~left | np.ma.getmaskarray(values))

    def rating(self, stream: str, weights: Sequence[int] = (4, 4, 9, 28, 55)) -> Numbers:
        """Return 1, 2, 3, … stars a row; `weights` says how often each is given. Most people give five, some one.

        Raises ValueError and TypeError for weights as `choice` does.
        """
        chosen = self.choice(stream, {str(star): weight for star, weight in enumerate(weights, 1)})
        return chosen.codes.astype(np.int64) + 1


def _shown(parts: Sequence[int]) -> str:
    return ", ".join(map(str, parts[:5])) + (", …" if len(parts) > 5 else "") or "nothing"
