from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical, as_column
from seeding.generate.digests import TableDigest


def digest(columns: dict[str, Any], *cuts: int) -> str:
    length = len(next(iter(columns.values())))
    bounds = [0, *cuts, length]
    total = TableDigest(list(columns))
    for start, stop in pairwise(bounds):
        part = {
            name: Categorical(column.codes[start:stop], column.labels)
            if isinstance(column, Categorical)
            else column[start:stop]
            for name, column in columns.items()
        }
        total.update(part, stop - start)
    return total.hexdigest()


COLUMNS: dict[str, Any] = {
    "number": np.arange(10),
    "text": np.array([f"nämé {i}" for i in range(10)]),
    "label": Categorical(np.arange(10) % 3, ("a", None, "ü")),
    "maybe": np.ma.array(np.arange(10), mask=np.arange(10) % 4 == 0),
    "yes": np.arange(10) % 2 == 0,
}


@given(st.lists(st.integers(0, 10)).map(sorted))
def test_digest__does_not_depend_on_batches(cuts: list[int]) -> None:
    assert digest(COLUMNS, *cuts) == digest(COLUMNS)


@pytest.mark.parametrize(
    ("name", "changed"),
    [
        ("number", np.array([0, 1, 2, 3, 4, 5, 6, 7, 8, 10])),
        ("text", np.array([f"nämé {i}" for i in range(9)] + ["nämé"])),
        ("label", Categorical(np.arange(10) % 3, ("a", "", "ü"))),
        ("maybe", np.ma.array(np.arange(10), mask=np.arange(10) % 4 == 1)),
        ("maybe", np.ma.array(np.arange(10), mask=np.arange(10) % 8 == 0)),
        ("yes", np.arange(10) % 2 == 1),
    ],
)
def test_digest__changes_with_the_content(name: str, changed: Any) -> None:
    assert digest({**COLUMNS, name: changed}) != digest(COLUMNS)


def test_digest__counts_rows() -> None:
    assert TableDigest([]).hexdigest() != digest({"number": np.arange(1)})
    some, more = TableDigest([]), TableDigest([])
    some.update({}, 1)
    more.update({}, 2)
    assert some.hexdigest() != more.hexdigest()


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ([1, 2], "integer", [1, 2]),
        (7, "decimal", [7, 7]),
        (None, "datetime", [None, None]),
        (None, "text", [None, None]),
        ("x", "text", ["x", "x"]),
        (True, "boolean", [True, True]),
        (np.array([1.5, 2]), "float", [1.5, 2.0]),
        (Categorical(np.array([1, 0]), ("a", "b")), "text", ["b", "a"]),
        (np.ma.array([1, 2], mask=[False, True]), "integer", [1, None]),
    ],
)
def test_as_column__takes(value: Any, kind: str, expected: list[Any]) -> None:
    assert as_column(value, kind, 2).tolist() == expected


@pytest.mark.parametrize(
    ("value", "kind", "message"),
    [
        ("x", "integer", "this field holds integer values, not text"),
        ([1.5, 2.5], "decimal", "this field holds decimal values, not float64"),
        ([1, 2], "boolean", "this field holds boolean values, not int64"),
        ([True, False], "integer", "this field holds integer values, not bool"),
        ([1, 2], "text", "this field holds text, not int64"),
        (Categorical(np.array([0, 0]), ("a",)), "float", "this field holds float values, not text"),
        ([1, 2, 3], "integer", "3 values for 2 rows"),
    ],
)
def test_as_column__refuses(value: Any, kind: str, message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        as_column(value, kind, 2)


def test_digest__is_the_same_for_text_as_array_and_as_categories() -> None:
    texts = np.array(["b", "a", "", "b"])
    nulls = np.array([False, False, True, False])
    found = {
        digest({"text": np.ma.array(texts, mask=nulls)}, 2),
        digest({"text": Categorical(np.array([1, 0, 2, 1]), ("a", "b", None))}, 1, 3),
        digest({"text": Categorical(np.array([0, 2, 1, 0]), ("b", None, "a", "unused"))}),
    }
    assert len(found) == 1
