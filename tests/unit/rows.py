"""Rows to try values on, and what must be true of every value."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

import numpy as np

from seeding.generate.columns import Categorical
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset
from tests.unit.tables import User

Make = Callable[[Rows], Any]


def rows(count: int = 1000, start: int = 0, stop: int | None = None, **row_counts: int) -> Rows:
    """Return rows of v1's users, of which there are `count`."""
    dataset = Dataset("v1", {"users": count, **row_counts})
    return Rows(dataset, "users", start, count if stop is None else stop)


def listed(column: Any) -> list[Any]:
    """Return a column's values, None for NULL."""
    if isinstance(column, Categorical):
        return [column.labels[code] for code in column.codes.tolist()]
    return column.tolist()


def digest(column: Any) -> str:
    """Return a short digest of a column's values."""
    return blake2b(repr(listed(column)).encode(), digest_size=8).hexdigest()


def assert_is_a_function_of_the_row_number(make: Make, count: int = 60) -> None:
    """Check that batches, picked rows and a larger table hold the same values."""
    whole = listed(make(rows(count)))
    assert len(whole) == count
    for cut in (1, 7, 31):
        assert listed(make(rows(count, 0, cut))) + listed(make(rows(count, cut, count))) == whole
    picks = np.array([5, 0, 59, 5])
    assert listed(make(rows(count).of(User, picks))) == [whole[pick] for pick in picks]
    assert listed(make(rows(10 * count, 0, count))) == whole
    assert listed(make(rows(count, 0, 0))) == []
