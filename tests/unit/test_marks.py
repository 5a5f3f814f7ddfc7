"""Marks tell values apart, whatever form and batch they come in."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical
from seeding.generate.marks import marks_of

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)


@given(st.lists(texts, min_size=1), st.integers(0, 30))
def test_marks__of_text_do_not_depend_on_the_batch_or_its_width(values: list[str], padding: int) -> None:
    alone = [marks_of(np.array([value]))[0] for value in values]
    assert marks_of(np.array([*values, "x" * padding]))[:-1].tolist() == alone
    assert marks_of(Categorical(np.arange(len(values)), tuple(values))).tolist() == alone


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, unique=True, max_size=20))
def test_marks__of_numbers(values: list[int]) -> None:
    column = np.array(values, np.int64)
    assert marks_of(column)[::-1].tolist() == marks_of(column[::-1]).tolist()
    texts = tuple(map(str, values))
    assert marks_of(Categorical(np.arange(len(values)), texts)).tolist() == marks_of(np.array(texts, np.str_)).tolist()


@pytest.mark.parametrize(
    "values",
    [np.arange(100_000), np.arange(100_000) / 7, np.array([f"user{n}@example.com" for n in range(100_000)])],
    ids=["integers", "floats", "texts"],
)
def test_marks__differ_where_values_do(values: Any) -> None:
    assert len(set(marks_of(values).tolist())) > 99_990  # of 100,000 marks of 32 bits, one or two are alike


@pytest.mark.parametrize("width", [6, 16, 20])
def test_marks__of_bytes_of_one_length_differ_where_they_do(width: int) -> None:
    content = b"".join(number.to_bytes(width, "big") for number in range(1_000))
    assert len(set(marks_of(np.frombuffer(content, f"V{width}")).tolist())) == 1_000


def test_marks__of_null_are_zero() -> None:
    masked = np.ma.array([1, 2, 3], mask=[False, True, False])
    assert marks_of(masked).tolist() == [marks_of(np.array([n]))[0] if n else 0 for n in (1, 0, 3)]
    assert marks_of(np.ma.array(["a", "b"], mask=[True, False])).tolist() == [0, marks_of(np.array(["b"]))[0]]
    assert marks_of(Categorical(np.array([1, 0]), ("a", None))).tolist() == [0, marks_of(np.array(["a"]))[0]]


@pytest.mark.parametrize(
    ("column", "marks"),
    [
        (np.array([0, 1, -1]), [0, 1452414493, 3033552380]),
        (np.array(["", "a", "ü" * 70]), [0, 1775466148, 3665288121]),
        (np.array([True, False]), [1452414493, 0]),
        (np.array([0.5]), [71368268]),
        (np.array([{"a": 1}], object), [1244043305]),
    ],
    ids=["integers", "texts", "booleans", "floats", "objects"],
)
def test_marks__stay_the_same(column: Any, marks: list[int]) -> None:
    """They are recorded, and compared by other processes and by later releases."""
    assert marks_of(column).tolist() == marks
