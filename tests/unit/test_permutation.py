import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.permutation import Permutation

keys = st.integers(0, 2**128 - 1)


@given(size=st.integers(1, 3000), key=keys)
def test_permutation__is_a_bijection(size: int, key: int) -> None:
    places = Permutation(size, key)(np.arange(size, dtype=np.uint64))
    assert sorted(places.tolist()) == list(range(size))


@given(size=st.integers(3000, 2**64), key=keys, start=st.integers(0, 2**63))
def test_permutation__repeats_nothing_in_a_large_domain(size: int, key: int, start: int) -> None:
    start = min(start, size - 1000)
    places = Permutation(size, key)(np.arange(start, start + 1000, dtype=np.uint64)).tolist()
    assert len(set(places)) == 1000
    assert max(places) < size


def test_permutation__looks_random() -> None:
    places = Permutation(10_000, 5)(np.arange(10_000, dtype=np.uint64)).astype(np.int64)
    assert abs(np.corrcoef(np.arange(10_000), places)[0, 1]) < 0.05
    assert abs(np.corrcoef(places[1:], places[:-1])[0, 1]) < 0.05
    halves = np.bincount(places[:1000] * 10 // 10_000, minlength=10)
    assert halves.min() > 60


def test_permutation__leaves_its_argument_alone() -> None:
    numbers = np.arange(5, dtype=np.uint64)
    Permutation(5, 1)(numbers)
    assert numbers.tolist() == [0, 1, 2, 3, 4]


def test_permutation__is_frozen() -> None:
    assert Permutation(1000, 1)(np.arange(6, dtype=np.uint64)).tolist() == [823, 733, 718, 750, 695, 105]


@pytest.mark.parametrize("size", [0, 2**64 + 1])
def test_permutation__needs_a_size(size: int) -> None:
    with pytest.raises(ValueError, match=f"a permutation of {size} numbers"):
        Permutation(size, 1)
