from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.columns import Categorical, objects, text_of, texts_of
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


def test_digest__is_the_same_for_text_as_array_and_as_categories() -> None:
    texts = np.array(["b", "a", "", "b"])
    nulls = np.array([False, False, True, False])
    found = {
        digest({"text": np.ma.array(texts, mask=nulls)}, 2),
        digest({"text": Categorical(np.array([1, 0, 2, 1]), ("a", "b", None))}, 1, 3),
        digest({"text": Categorical(np.array([0, 2, 1, 0]), ("b", None, "a", "unused"))}),
    }
    assert len(found) == 1


# Among them, what looks like the end of one array and the beginning of the next.
ELEMENTS = st.integers() | st.booleans() | st.none() | st.sampled_from(["", "], [", ', "', '"], ["', "%d", "ü"])
ARRAYS = st.recursive(st.lists(ELEMENTS, max_size=3).map(tuple), lambda part: st.lists(part, max_size=3).map(tuple))


@given(st.lists(ARRAYS | st.just("")) | st.lists(st.lists(st.integers(), max_size=3).map(tuple)))
def test_digest__of_arrays_is_that_of_their_texts(values: list[Any]) -> None:
    texts = list(map(text_of, values))
    assert texts_of(values) == texts
    if values:
        assert digest({"array": objects(values)}) == digest({"array": objects(texts)})
