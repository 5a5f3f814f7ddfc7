import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.values.moments import DAY_US

from .rows import assert_is_a_function_of_the_row_number, digest, rows

VALUES = {
    "past": lambda r: r.past(),
    "past_ten_years": lambda r: r.past("x", days=3650),
    "past_even": lambda r: r.past("x", days=7, rhythm=False),
    "future": lambda r: r.future("x", days=30),
    "after": lambda r: r.after("x", r.past(), days=3),
    "past_date": lambda r: r.past_date("x", days=30),
    "birth_date": lambda r: r.birth_date(),
    "time_of_day": lambda r: r.time_of_day("x"),
}
GOLDEN = {
    "past": "d602022ba1b1556b",
    "past_ten_years": "e538cebd03927728",
    "past_even": "bdba1ea1b2358add",
    "future": "878e6bb65c5be78d",
    "after": "c8713af1aeeba6e8",
    "past_date": "13bdbe77437fba8c",
    "birth_date": "bca64be5fda93d73",
    "time_of_day": "fa64d0a869cd9afa",
}


@pytest.mark.parametrize("name", VALUES)
def test_moments__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_moments__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


@given(days=st.integers(1, 5000), rhythm=st.booleans())
def test_past__lies_within_its_days(days: int, rhythm: bool) -> None:
    moments = rows(300).past("x", days=days, rhythm=rhythm)
    assert moments.min() > 0
    assert moments.max() <= days * DAY_US


def test_past__has_a_rhythm() -> None:
    before = rows(100_000).past(days=3640)
    since = 3640 * DAY_US - before  # whole weeks before a Monday
    halves = np.bincount(since * 2 // (3640 * DAY_US))
    days = np.bincount(since // DAY_US % 7)
    hours = np.bincount(since // (DAY_US // 24) % 24)
    assert halves[1] > 1.2 * halves[0]
    assert days[5] > 1.3 * days[0]
    assert hours[20] > 5 * hours[3]


@pytest.mark.parametrize("days", [0, 200_001])
@pytest.mark.parametrize("method", ["past", "future", "past_date"])
def test_moments__refuse_days_that_cant_be(method: str, days: int) -> None:
    with pytest.raises(ValueError, match=f"{days} days: it takes from 1 to 200,000"):
        getattr(rows(), method)("x", days=days)


def test_future__is_not_past() -> None:
    moments = rows().future("x", days=2)
    assert moments.max() <= 0
    assert moments.min() > -2 * DAY_US


def test_after__is_neither_before_nor_in_the_future() -> None:
    since = np.array([0, 5, DAY_US, 100 * DAY_US, -7] * 100)
    moments = rows(500).after("x", since, days=30)
    assert (moments <= since).all()
    assert (moments >= np.minimum(since, 0)).all()
    assert (since - moments <= 30 * DAY_US).all()


def test_birth_date__is_of_an_age() -> None:
    ages = rows(10_000).birth_date(youngest=18, oldest=65) / 365.2425
    assert 18 <= ages.min() < 18.1
    assert 65.9 < ages.max() <= 66
    with pytest.raises(ValueError, match="people from 5 to 4 years old"):
        rows().birth_date(youngest=5, oldest=4)


def test_time_of_day__is_one() -> None:
    times = rows(10_000).time_of_day("x")
    assert times.min() >= 0
    assert times.max() < DAY_US
    assert (times // (DAY_US // 24) == 20).sum() > 5 * (times // (DAY_US // 24) == 3).sum()
