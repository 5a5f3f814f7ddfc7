import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.values.rhythm import YEAR_US, moment

fractions = st.integers(0, 2**32 - 1)


@given(st.lists(fractions, min_size=2).map(sorted))
def test_moment__never_goes_back(values: list[int]) -> None:
    assert (np.diff(moment(np.array(values, np.uint64))) <= 0).all()


@given(fractions)
def test_moment__lies_in_the_year(value: int) -> None:
    assert 0 < moment(np.array([value], np.uint64))[0] <= YEAR_US


def test_moment__spans_the_year() -> None:
    first, last = moment(np.array([0, 2**32 - 1], np.uint64)).tolist()
    assert first == YEAR_US
    assert last < 1_000_000
