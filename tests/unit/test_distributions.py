from decimal import Decimal
from fractions import Fraction
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeding.generate.quantiles import UNIT, Quantiles, normal_quantiles

from .rows import assert_is_a_function_of_the_row_number, digest, rows

VALUES = {
    "normal": lambda r: r.normal("x", 1700, 100, low=1500),
    "log_normal": lambda r: r.log_normal("x", 1, 10**12, 1000),
    "zipf": lambda r: r.zipf("x", 10**6),
    "zipf_steep": lambda r: r.zipf("x", 100, Decimal("1.5")),
    "money": lambda r: r.money("x", 1_00, 500_00),
    "price": lambda r: r.price("x", 1_00, 500_00, 20_00),
}
GOLDEN = {
    "normal": "bb6e47d3b163f847",
    "log_normal": "3ab93dd335daeba4",
    "zipf": "1f3f337662f475ca",
    "zipf_steep": "1592f10fa3207c30",
    "money": "e939ed85f7cc9731",
    "price": "8ce064cd31dea994",
}


@pytest.mark.parametrize("name", VALUES)
def test_distributions__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_distributions__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


@given(seed=st.integers(0, 999), words=st.lists(st.integers(0, 2**64 - 1)).map(sorted))
def test_quantiles__stay_in_order_and_bounds(seed: int, words: list[int]) -> None:
    bounds = np.sort(np.random.default_rng(seed).integers(-(2**63), 2**63 - 1, 2049)).tolist()
    values = Quantiles(bounds).at(np.array(words, np.uint64)).tolist()
    assert values == sorted(values)
    assert all(bounds[0] <= value <= bounds[-1] for value in values)


def test_normal_quantiles__are_those_of_the_normal_distribution() -> None:
    quantiles = normal_quantiles()
    assert len(quantiles) == 2049
    for part in range(20, 2029, 13):
        assert quantiles[part] / UNIT == pytest.approx(NormalDist().inv_cdf(part / 2048), abs=1e-3)
    assert quantiles[0] == -quantiles[-1] == -9 * UNIT // 2


def test_normal__has_its_mean_and_deviation() -> None:
    values = rows(100_000).normal("x", -50_000, 1000)
    assert values.mean() == pytest.approx(-50_000, abs=20)
    assert values.std() == pytest.approx(1000, rel=0.02)
    assert abs(values + 50_000).max() <= 4500
    assert rows().normal("x", 0, 10, low=-5, high=5).tolist() == np.clip(rows().normal("x", 0, 10), -5, 5).tolist()
    assert rows().normal("x", 7, 0).tolist() == [7] * 1000


@pytest.mark.parametrize(("mean", "deviation"), [(0, -1), (2**63 - 1, 1), (0, 2**62)])
def test_normal__refuses_what_64_bits_cant_hold(mean: int, deviation: int) -> None:
    with pytest.raises(ValueError, match=f"a deviation of {deviation} from {mean}"):
        rows().normal("x", mean, deviation)


@settings(max_examples=8)  # each example makes a table
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=3, max_size=3).map(sorted))
def test_log_normal__stays_within_any_bounds(bounds: list[int]) -> None:
    low, typical, high = bounds
    values = rows(200).log_normal("x", low, high, typical)
    assert values.min() >= low
    assert values.max() <= high
    assert rows(200).log_normal("x", low, high).max() <= high


def test_log_normal__has_a_long_tail() -> None:
    values = rows(100_000).log_normal("x", 1_00, 5000_00, 40_00)
    assert np.median(values) == pytest.approx(40_00, rel=0.02)
    assert values.mean() > 1.2 * np.median(values)
    assert np.percentile(values, 99) > 4 * np.median(values)
    with pytest.raises(ValueError, match="a typical value of 7: it must lie from 1 to 6"):
        rows().log_normal("x", 1, 6, 7)


def test_zipf__falls_with_the_rank() -> None:
    often = np.bincount(rows(200_000).zipf("x", 5000), minlength=5000)
    harmonic = sum(1 / rank for rank in range(1, 5001))
    for rank in (1, 2, 3, 10):
        assert often[rank - 1] == pytest.approx(200_000 / harmonic / rank, rel=0.1)
    for first, end in ((100, 200), (1000, 2000), (2000, 5000)):
        expected = sum(1 / rank for rank in range(first + 1, end + 1)) / harmonic
        assert often[first:end].sum() == pytest.approx(200_000 * expected, rel=0.05)


@settings(max_examples=8)
@given(size=st.integers(1, 2**63 - 1), exponent=st.sampled_from([0, 1, 2, Fraction(1, 2)]))
def test_zipf__of_any_size(size: int, exponent: int | Fraction) -> None:
    ranks = rows(50).zipf("x", size, exponent)
    assert ranks.min() >= 0
    assert ranks.max() < size


def test_zipf__refuses_what_is_none() -> None:
    with pytest.raises(TypeError, match=r"an exponent of 1\.5: give a whole number, a Decimal or a Fraction"):
        rows().zipf("x", 5, 1.5)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="0 ranks with an exponent of 1"):
        rows().zipf("x", 0)


def test_price__ends_as_in_shops() -> None:
    prices = rows().price("x", 1_00, 500_00)
    assert prices.min() >= 1_00
    assert prices.max() <= 500_00
    assert set((prices % 100).tolist()) == {0, 50, 90, 95, 99}
    with pytest.raises(ValueError, match="prices that end in 100"):
        rows().price("x", 1_00, 500_00, endings=[100])
