import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate import streams
from seeding.generate.philox import bits_at
from seeding.generate.streams import Dataset


@given(key=st.integers(0, 2**128 - 1), start=st.integers(0, 2**40), picks=st.lists(st.integers(0, 50)))
def test_bits_at__are_those_of_numpy(key: int, start: int, picks: list[int]) -> None:
    skip = start % 4
    whole = np.random.Philox(key=key).advance(start // 4).random_raw(60)[skip:]
    assert bits_at(key, np.array(picks, np.int64) + start).tolist() == [int(whole[pick]) for pick in picks]


def test_picked__has_the_same_bits_for_tables_too_large_to_keep(monkeypatch) -> None:
    picks = np.array([7, 3, 3, 19])
    kept = Dataset("v1", {"users": 20}).picked("users", "a", picks)
    monkeypatch.setattr(streams, "MOST_KEPT", 10)
    assert Dataset("v1", {"users": 20}).picked("users", "a", picks).tolist() == kept.tolist()
