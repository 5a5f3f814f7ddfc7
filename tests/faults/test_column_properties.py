"""Whatever the columns: both loaders store what is declared, in every batch size, and `verify` finds no difference.

PROPERTY_EXAMPLES is how many tables are tried (10).
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.faults.asking import Worker, worker

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "10"))
# A surrogate is half a character, which no database stores; NUL is one that PostgreSQL doesn't.
CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
WORDS = st.text(CHARACTERS, max_size=20) | st.sampled_from(["", "None", "NULL", "\\N", "a,b", '"', "'", "\ud7ff", " "])
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "small": st.integers(-(2**15), 2**15 - 1),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "big": st.integers(-(2**63), 2**63 - 1),
    "boolean": st.booleans(),
    "decimal": st.integers(-(10**9) + 1, 10**9 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0),
    "text": st.text(CHARACTERS, max_size=60) | WORDS,
    "char": WORDS,
    "lower": st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=20),
    "overwritten": WORDS,
    # Days and microseconds before the anchor, and after it: some centuries.
    "date": st.integers(-300_000, 300_000),
    "datetime": st.integers(-300_000 * 86_400 * 10**6, 300_000 * 86_400 * 10**6),
}


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with worker("tests.faults.graph.columns", tmp_path_factory.mktemp("columns")) as started:
        yield started


@st.composite
def samples(draw: st.DrawFn) -> dict[str, Any]:
    """A table of some columns, declared or left out, with a value for each row."""
    rows = draw(st.integers(1, 20))
    columns = []
    for _ in range(draw(st.integers(1, 5))):
        kind, null = draw(st.sampled_from(sorted(VALUES))), draw(st.booleans())
        form = draw(st.sampled_from(["list", "objects", "masked", "labels"]))
        value = st.none() | VALUES[kind] if null else VALUES[kind]
        values = draw(st.lists(value, min_size=rows, max_size=rows))
        columns.append({"kind": kind, "null": null, "form": form, "values": values, "left_out": draw(st.booleans())})
    return {"rows": rows, "columns": columns}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    derandomize=EXAMPLES <= 10,
)
@given(sample=samples())
def test_columns__are_stored_as_they_are_declared(judge: Worker, sample: dict[str, Any]) -> None:
    answer = judge.ask(sample)
    assert answer["faults"] == []
