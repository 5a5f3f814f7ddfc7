import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.arithmetic import mixed, multiply_high, scaled, shifted

words = st.integers(0, 2**64 - 1)


@given(words, words)
def test_multiply_high__is_exact(left: int, right: int) -> None:
    assert multiply_high(np.array([left], np.uint64), np.uint64(right)).tolist() == [left * right >> 64]


@given(words, st.integers(1, 2**64))
def test_scaled__is_below_its_size(word: int, size: int) -> None:
    assert scaled(np.array([word], np.uint64), size).tolist() == [word * size >> 64]


@given(st.integers(-(2**63), 2**63 - 1), words)
def test_shifted__adds(low: int, offset: int) -> None:
    offset = min(offset, 2**63 - 1 - low)
    assert shifted(np.array([offset], np.uint64), low).tolist() == [low + offset]


@given(st.lists(words, unique=True), words)
def test_mixed__repeats_nothing(values: list[int], salt: int) -> None:
    assert len(set(mixed(np.array(values, np.uint64), salt).tolist())) == len(values)
