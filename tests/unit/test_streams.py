from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset

# Models, as far as rows know them.
User: Any = SimpleNamespace(_meta=SimpleNamespace(db_table="users"))
Order: Any = SimpleNamespace(_meta=SimpleNamespace(db_table="orders"))
COUNTS = {"users": 50, "orders": 400, "payments": 400}
GOLDEN_BITS = [15905009949562941344, 7026736993660173479, 2511022819455152196]
starts = st.integers(0, 10_000)
lengths = st.integers(0, 300)


@given(start=starts, length=lengths, cut=lengths)
def test_bits__do_not_depend_on_batches(start: int, length: int, cut: int) -> None:
    dataset = Dataset("v1", COUNTS)
    cut = start + min(cut, length)
    whole = dataset.bits("orders", "total", start, start + length)
    parts = [dataset.bits("orders", "total", start, cut), dataset.bits("orders", "total", cut, start + length)]
    assert whole.tolist() == np.concatenate(parts).tolist()


def test_bits__are_those_of_philox() -> None:
    # Frozen: another value here is other data for every version ever released.
    assert Dataset("v1", COUNTS).bits("users", "email", 5, 8).tolist() == GOLDEN_BITS


@pytest.mark.parametrize(
    ("version", "table", "stream"), [("v2", "users", "a"), ("v1", "orders", "a"), ("v1", "users", "b")]
)
def test_bits__differ_by_version_table_and_stream(version: str, table: str, stream: str) -> None:
    bits = Dataset("v1", COUNTS).bits("users", "a", 0, 8)
    assert not set(bits.tolist()) & set(Dataset(version, COUNTS).bits(table, stream, 0, 8).tolist())


@given(start=st.integers(0, 49), picks=st.lists(st.integers(0, 49)))
def test_rows__picked_rows_have_their_own_bits(start: int, picks: list[int]) -> None:
    dataset = Dataset("v1", COUNTS)
    whole = Rows(dataset, "users", 0, 50).bits("created_at")
    picked = Rows(dataset, "orders", 0, len(picks)).of(User, np.array(picks, np.int64))
    assert picked.bits("created_at").tolist() == whole[picks].tolist()


@given(low=st.integers(-(10**9), 10**9), span=st.integers(0, 2**32 - 1))
def test_integers__stay_within_their_bounds(low: int, span: int) -> None:
    values = Rows(Dataset("v1", COUNTS), "users", 0, 50).integers("x", low, low + span)
    assert values.min() >= low
    assert values.max() <= low + span


def test_integers__reach_both_bounds() -> None:
    values = Rows(Dataset("v1", COUNTS), "users", 0, 1000).integers("x", 1, 6)
    assert sorted(set(values.tolist())) == [1, 2, 3, 4, 5, 6]


def test_choice__follows_its_weights() -> None:
    chosen = Rows(Dataset("v1", COUNTS), "users", 0, 80_000).choice("x", {"a": 6, "b": 1, None: 1})
    assert chosen.labels == ("a", "b", None)
    assert np.bincount(chosen.codes) / 80_000 == pytest.approx([0.75, 0.125, 0.125], abs=0.01)


@given(parents=st.integers(1, 5000))
def test_reference__gives_each_parent_a_row_first(parents: int) -> None:
    rows = Rows(Dataset("v1", {"users": parents, "orders": 3 * parents}), "orders", 0, parents)
    assert sorted(rows.reference("user", User).tolist()) == list(range(parents))


def test_reference__is_skewed() -> None:
    rows = Rows(Dataset("v1", {"users": 1000, "orders": 100_000}), "orders", 1000, 100_000)
    often = np.sort(np.bincount(rows.reference("user", User), minlength=1000))[::-1]
    assert 0.25 < often[:100].sum() / often.sum() < 0.45


def test_reference__needs_a_parent() -> None:
    with pytest.raises(ValueError, match="users, which has no rows"):
        Rows(Dataset("v1", {"users": 0, "orders": 1}), "orders", 0, 1).reference("user", User)


def test_rows__of_another_table_keep_their_numbers() -> None:
    rows = Rows(Dataset("v1", COUNTS), "payments", 7, 19)
    assert rows.of(Order).numbers.tolist() == rows.numbers.tolist() == list(range(7, 19))
    assert len(rows.of(Order)) == 12
