from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset
from tests.unit.tables import User

from .rows import assert_is_a_function_of_the_row_number, digest, listed, rows

bounds = st.integers(-(2**63), 2**63 - 1)


@given(bounds, bounds)
def test_integers__stay_within_any_bounds(one: int, other: int) -> None:
    low, high = sorted((one, other))
    values = rows(50).integers("x", low, high)
    assert values.min() >= low
    assert values.max() <= high


def test_integers__spread_over_three_years_of_microseconds() -> None:
    three_years_us = 3 * 365 * 86_400_000_000
    tenths = np.bincount(rows(10_000).integers("x", 0, three_years_us) * 10 // (three_years_us + 1))
    assert len(tenths) == 10
    assert tenths.min() > 900


@pytest.mark.parametrize("high", [2**32 - 2, 2**32 - 1, 2**32, 2**32 + 1])
def test_integers__are_much_the_same_on_both_sides_of_32_bits(high: int) -> None:
    values = rows(100).integers("x", 0, high)
    assert abs(values - rows(100).integers("x", 0, 2**32 - 1)).max() <= 2


@pytest.mark.parametrize(
    ("low", "high", "message"),
    [
        (2, 1, "lower bound 2 is above the upper bound 1"),
        (0, 2**63, "the bounds 0 and 9223372036854775808 must both lie within 64-bit integers"),
        (-(2**63) - 1, 0, "the bounds -9223372036854775809 and 0 must"),
    ],
)
@pytest.mark.parametrize("method", ["integers", "unique_integers"])
def test_integers__name_bad_bounds(method: str, low: int, high: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(rows(1), method)("x", low, high)


def test_integers__take_no_fractions() -> None:
    fraction: Any = 1.5
    with pytest.raises(TypeError):
        rows(1).integers("x", 0, fraction)


@given(low=bounds, count=st.integers(1, 300), spare=st.integers(0, 1000))
def test_unique_integers__repeat_nothing(low: int, count: int, spare: int) -> None:
    low = min(low, 2**63 - 1 - count - spare)
    values = rows(count).unique_integers("x", low, low + count + spare - 1)
    assert len(set(values.tolist())) == count
    assert values.min() >= low
    assert values.max() < low + count + spare


def test_unique_integers__say_how_many_are_missing() -> None:
    with pytest.raises(ValueError, match="'x' has 999 integers from 1 to 999, and 1,000 rows need one each"):
        rows(1000).unique_integers("x", 1, 999)


def test_unique_integers__differ_by_version_and_stream() -> None:
    one = rows().unique_integers("x", 0, 10**9)
    assert one.tolist() != rows().unique_integers("y", 0, 10**9).tolist()
    other = Rows(Dataset("v2", {"users": 1000}), "users", 0, 1000).unique_integers("x", 0, 10**9)
    assert one.tolist() != other.tolist()


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        ({"a": 1, "b": -1}, ValueError, "stream 'x' has weights of 1, -1: they need a positive sum up to 2\\*\\*64"),
        ({"a": 0, "b": 0}, ValueError, "weights of 0, 0"),
        ({}, ValueError, "weights of nothing"),
        ({"a": 2**64, "b": 1}, ValueError, "weights of 18446744073709551616, 1"),
        ({"a": 0.5}, TypeError, "float"),
    ],
)
def test_choice__refuses_bad_weights(weights: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        rows(1).choice("x", weights)


def test_choice__of_weights_larger_than_32_bits() -> None:
    chosen = rows(10_000).choice("x", {"a": 2**62, "b": 2**62, "never": 0})
    assert np.bincount(chosen.codes, minlength=3) / 10_000 == pytest.approx([0.5, 0.5, 0], abs=0.02)


def test_choice__of_a_sequence_is_even() -> None:
    chosen = rows(10_000).choice("x", ["a", "b"])
    assert np.bincount(chosen.codes) / 10_000 == pytest.approx([0.5, 0.5], abs=0.02)


def test_chance__happens_as_often_as_it_says() -> None:
    assert rows(10_000).chance("x", 20).mean() == pytest.approx(0.2, abs=0.02)
    assert not rows().chance("x", 0).any()
    assert rows().chance("x", 100).all()


@pytest.mark.parametrize(("part", "whole"), [(-1, 100), (101, 100), (0, 0)])
def test_chance__refuses_what_is_none(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match=f"a chance of {part} in {whole}"):
        rows(1).chance("x", part, whole)


def test_optional__makes_nulls() -> None:
    numbers = rows().optional("x", np.ma.array(rows().numbers, mask=rows().numbers < 10), 50)
    assert numbers.mask[:10].all()
    assert numbers.mask.mean() == pytest.approx(0.5, abs=0.05)
    texts = rows().optional("x", Categorical(rows().numbers % 2, ("a", "b")), 50)
    assert listed(texts).count(None) == pytest.approx(500, abs=50)
    of_one = rows().optional("x", "often", 50)
    assert [text is None for text in listed(of_one)] == [text is None for text in listed(texts)]
    assert {*listed(of_one)} == {"often", None}


def test_rating__is_one_to_five_stars() -> None:
    assert np.bincount(rows(10_000).rating("x"))[1:].tolist() == pytest.approx([400, 400, 900, 2800, 5500], rel=0.2)


def test_reference__of_billions_of_parents() -> None:
    parents = 10**10
    some = Rows(Dataset("v1", {"users": parents, "orders": 2 * parents}), "orders", parents - 100, parents + 100)
    numbers = some.reference("user", User)
    assert len(set(numbers[:100].tolist())) == 100
    assert numbers.min() >= 0
    assert numbers.max() < parents


VALUES = {
    "integers": lambda r: r.integers("x", -(10**15), 10**15),
    "unique_integers": lambda r: r.unique_integers("x", -5, 10**6),
    "choice": lambda r: r.choice("x", {"a": 6, "b": 1, None: 1}),
    "chance": lambda r: r.chance("x", 20),
    "optional": lambda r: r.optional("x", r.numbers, 50),
    "rating": lambda r: r.rating("x"),
}
GOLDEN = {
    "integers": "6d7d4ad40e76319a",
    "unique_integers": "e8e6e72ae56796d8",
    "choice": "0b4b2424ad2a2e09",
    "chance": "3da0ab2cca686a08",
    "optional": "831702a3e198fd77",
    "rating": "237a23dd048ce4ac",
}


@pytest.mark.parametrize("name", VALUES)
def test_numbers__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_numbers__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN
