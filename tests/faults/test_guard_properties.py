"""Whatever the foreign keys and the rows: nothing is lost unannounced, and what a plan calls clean succeeds.

PROPERTY_EXAMPLES is how many graphs are tried (10).
"""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.faults.asking import Worker, worker
from tests.sketch import LOADERS

EXAMPLES = int(os.environ.get("PROPERTY_EXAMPLES", "10"))


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with worker("tests.faults.graph.references", tmp_path_factory.mktemp("references")) as started:
        yield started


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, Any]:
    """Tables that are seeded, that aren't, and that no model knows, with foreign keys between any of them."""
    tables: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["seeded", "seeded", "plain", "raw"])) if tables else "seeded"
        parents = [n for n, table in enumerate(tables) if table["kind"] != "raw" and table["parent"] is None]
        inherits = kind == "plain" and parents and draw(st.integers(0, 3)) == 0
        with_keys = [n for n in parents if kind != "seeded" or tables[n]["kind"] == "seeded"] if kind != "raw" else []
        tables.append(
            {
                "key": draw(st.sampled_from(["integer", "uuid", "text", *(["one-to-one"] if with_keys else [])])),
                "with_key_of": draw(st.sampled_from(with_keys)) if with_keys else None,
                "kind": kind,
                "count": draw(st.sampled_from([1, 2, 3, 4, 4, 6000])) if len(tables) == 0 else draw(st.integers(1, 4)),
                "keep": draw(st.booleans()),
                "side": draw(st.integers(0, 3)) == 0,
                "parent": draw(st.sampled_from(parents)) if inherits else None,
            }
        )
    edges = [draw(edge(tables)) for _ in range(draw(st.integers(0, 7)))]
    small = st.integers(0, 63)
    insert = st.tuples(st.integers(0, 4), st.booleans(), st.lists(small, min_size=4, max_size=8))
    edit = st.tuples(st.integers(0, 6), small, small, st.booleans())
    return {
        "tables": tables,
        "edges": edges,
        "inserts": draw(st.lists(insert, max_size=8)),
        "edits": draw(st.lists(edit, max_size=6)),
        "loader": draw(st.sampled_from(LOADERS)),
    }


@st.composite
def edge(draw: st.DrawFn, tables: list[dict[str, Any]]) -> dict[str, Any]:
    """A foreign key that Django knows, or only the database; of two columns, where the database can have it."""
    of, to = (draw(st.integers(0, len(tables) - 1)) for _ in range(2))
    kinds = tables[of]["kind"], tables[to]["kind"]
    known = "raw" not in kinds and draw(st.booleans())
    raw = kinds[0] == "raw"
    # A seeder gives a row of another seeded table; others it leaves out, and so they may be NULL.
    declared = known and kinds == ("seeded", "seeded") and tables[to]["parent"] is None and draw(st.booleans())
    required = (declared or (raw and not known) or (known and kinds[0] == "plain")) and draw(st.booleans())
    both = raw and tables[to]["parent"] is None and draw(st.booleans())
    return {
        "of": of,
        "to": to,
        "null": not required,
        "known": known,
        "deletes": draw(st.sampled_from(["CASCADE", "SET NULL", "NO ACTION"])),
        "both": both,
        "declared": declared,
    }


def seeded_table(**changes: Any) -> dict[str, Any]:
    plain = {"kind": "seeded", "key": "integer", "with_key_of": None, "count": 3}
    return {**plain, "keep": True, "side": False, "parent": None, **changes}


def to_itself(**changes: Any) -> dict[str, Any]:
    plain = {"of": 0, "to": 0, "null": True, "known": False, "deletes": "CASCADE", "both": False, "declared": False}
    return {**plain, **changes}


# A kept row that references a seeded one, by a key that only the database has; and by one that Django has.
UNKNOWN = {"tables": [seeded_table()], "edges": [to_itself()], "inserts": [[0, True, [1, 5, 5, 5]]], "edits": []}
KNOWN = {**UNKNOWN, "edges": [to_itself(known=True)]}
# A kept row that references a row of an unseeded table, which references a seeded row.
BETWEEN = {
    "tables": [seeded_table(count=1), seeded_table(kind="plain")],
    "edges": [to_itself(to=1), to_itself(of=1)],
    "inserts": [[1, False, [0, 4, 4, 4]], [0, True, [0, 4, 4, 4]]],
    "edits": [],
}


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
    derandomize=EXAMPLES <= 10,
)
@given(example_graph=graphs())
@example(example_graph={**UNKNOWN, "loader": LOADERS[0]})
@example(example_graph={**UNKNOWN, "loader": LOADERS[-1]})
@example(example_graph={**BETWEEN, "loader": LOADERS[0]})
@example(example_graph={**BETWEEN, "loader": LOADERS[-1]})
@example(example_graph={**KNOWN, "loader": LOADERS[0]})
@example(example_graph={**KNOWN, "loader": LOADERS[-1]})
def test_guard__nothing_is_lost_unannounced(judge: Worker, example_graph: dict[str, Any]) -> None:
    answer = judge.ask(example_graph)
    assert answer["faults"] == []
