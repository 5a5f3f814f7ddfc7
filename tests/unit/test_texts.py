import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical
from seeding.generate.texts import cut_at_words, in_figures, joined, spread

letters = st.text(st.characters(exclude_characters="\0"), max_size=6)


@given(st.lists(st.integers(0, 2**64 - 1)), st.integers(0, 21))
def test_in_figures__is_pythons_format(numbers: list[int], width: int) -> None:
    assert in_figures(np.array(numbers, np.uint64), width).tolist() == [
        f"{n:0{width}}" if width else str(n) for n in numbers
    ]


@given(st.integers(0, 2**62))
def test_in_figures__of_consecutive_numbers(start: int) -> None:
    numbers = np.arange(start, start + 20)
    assert in_figures(numbers).tolist() == [str(n) for n in numbers.tolist()]


@given(st.lists(st.tuples(letters, letters, letters), max_size=9), letters)
def test_joined__joins(rows: list[tuple[str, str, str]], same: str) -> None:
    one, two, three = (np.array([row[part] for row in rows], "U6") for part in range(3))
    table = (three, np.arange(len(rows)))
    expected = [a + same + b + c for a, b, c in rows]
    assert joined(one, same, two, table).tolist() == expected


def test_joined__many_rows() -> None:
    numbers = in_figures(np.arange(2000))
    assert joined("a", numbers).tolist() == [f"a{n}" for n in range(2000)]
    assert joined(numbers).tolist() == numbers.tolist()


def test_cut_at_words__keeps_whole_words() -> None:
    texts = np.array(["one two three", "one", "onetwothree", "one twothree"])
    assert cut_at_words(texts, 7).tolist() == ["one two", "one", "onetwot", "one"]
    assert cut_at_words(texts, 20).tolist() == texts.tolist()


def test_spread__of_categories() -> None:
    assert spread(Categorical(np.array([1, 0, 1]), ("a", "bc"))).tolist() == ["bc", "a", "bc"]
    with pytest.raises(ValueError, match="can't be made from NULL"):
        spread(Categorical(np.array([0]), (None,)))
