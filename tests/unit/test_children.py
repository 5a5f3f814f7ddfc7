import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.children import Children, per
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset
from tests.unit.tables import Order, Payment, User

LINES = per(Order, 1, 8)
bounds = st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted)


@given(parents=st.integers(0, 4000), bounds=bounds, salt=st.text(max_size=3))
def test_children__each_has_one_parent(parents: int, bounds: list[int], salt: str) -> None:
    low, high = bounds
    children = Children(parents, low, high, salt=salt)
    numbers = np.arange(parents)
    counts = children.counts(numbers)
    assert counts.sum() == children.total
    assert ((low <= counts) & (counts <= high)).all()
    parent, position = children.parents_of(np.arange(children.total))
    assert parent.tolist() == np.repeat(numbers, counts).tolist()
    assert (position == np.arange(children.total) - children.firsts(numbers)[parent]).all()
    assert ((position >= 0) & (position < counts[parent])).all()


def test_children__are_evenly_spread() -> None:
    counts = Children(8192, 1, 8).counts(np.arange(8192))
    assert np.bincount(counts)[1:].tolist() == [1024] * 8


def test_children__are_the_first_of_more() -> None:
    few, many = Children(1500, 0, 5), Children(9000, 0, 5)
    assert few.counts(np.arange(1500)).tolist() == many.counts(np.arange(1500)).tolist()
    assert few.total == many.firsts(np.array([1500]))[0]


def test_children__of_two_tables_differ() -> None:
    numbers = np.arange(100)
    assert (
        Children(100, 1, 8, salt="a").counts(numbers).tolist() != Children(100, 1, 8, salt="b").counts(numbers).tolist()
    )


def test_children__in_billions() -> None:
    children = Children(10**10, 1, 10**6)
    last = np.array([children.total - 1])
    parent, position = children.parents_of(last)
    assert parent.tolist() == [10**10 - 1]
    assert position + 1 == children.counts(parent)
    assert Children(2048, 0, 10**6).counts(np.arange(1024)).max() == 10**6


def test_children__are_frozen() -> None:
    assert Children(9, 1, 8, salt="lines").counts(np.arange(9)).tolist() == [4, 8, 2, 5, 5, 8, 1, 1, 2]


@pytest.mark.parametrize(("low", "high"), [(-1, 2), (3, 2), (0, 2**33)])
def test_per__refuses_bad_bounds(low: int, high: int) -> None:
    with pytest.raises(ValueError, match=f"{low} to {high} children: it takes 0 <= low"):
        per(Order, low, high)


def test_children__refuse_more_than_64_bits() -> None:
    with pytest.raises(ValueError, match="10,000,000,000 rows with 0 to 4294967296 children each have more than"):
        Children(10**10, 0, 2**32)


@given(bounds=bounds, picks=st.lists(st.integers(0, 99)))
def test_sums__are_those_of_the_children(bounds: list[int], picks: list[int]) -> None:
    children = Children(100, *bounds)
    values = np.arange(children.total) ** 2
    parent, _ = children.parents_of(np.arange(children.total))
    expected = [int(values[parent == pick].sum()) for pick in picks]
    assert children.sums(np.array(picks, np.int64), lambda numbers: values[numbers]).tolist() == expected


def shop(orders: int = 300) -> Dataset:
    lines = LINES.children(orders, "payments").total
    return Dataset("v1", {"users": 10, "orders": orders, "payments": lines})


def test_total_of__is_the_sum_of_the_lines() -> None:
    dataset = shop()

    def amount(lines: Rows) -> np.ndarray:
        return lines.integers("amount", 1, 100)

    lines = Rows(dataset, "payments", 0, dataset.row_counts["payments"])
    order, position = lines.parent(LINES)
    sums = np.bincount(order, amount(lines)).astype(int).tolist()
    for numbers in (None, np.arange(50, 250), np.array([299, 0, 7])):
        some = Rows(dataset, "orders", 50, 250, numbers)
        expected = [sums[number] for number in some.numbers.tolist()]
        assert some.total_of(LINES, Payment, amount).tolist() == expected
        assert some.child_count(LINES, Payment).tolist() == np.bincount(order)[some.numbers].tolist()
    assert position.max() == 7


def test_parent__refuses_rows_without_one() -> None:
    some = Rows(Dataset("v1", {"orders": 1, "payments": 9}), "payments", 0, 9)
    with pytest.raises(ValueError, match=r"orders has too few children for all rows: \d instead of 9"):
        some.parent(LINES)


def test_pairs__per_row_are_different() -> None:
    some = per(Order, 1, 3)
    total = some.children(5000, "payments").total
    dataset = Dataset("v1", {"users": 7, "orders": 5000, "payments": total})
    order, user = Rows(dataset, "payments", 0, total).pairs(some, User)
    assert len(set(zip(order.tolist(), user.tolist(), strict=True))) == total
    assert np.bincount(order, minlength=5000).min() == 1
    assert np.bincount(order).max() == 3
    assert np.bincount(user, minlength=7).min() > total / 7 * 0.8


@given(others=st.integers(1, 400), high=st.integers(1, 30))
def test_pairs__per_row_for_any_number_of_others(others: int, high: int) -> None:
    some = per(Order, 0, min(high, others))
    total = some.children(300, "payments").total
    dataset = Dataset("v1", {"users": others, "orders": 300, "payments": total})
    order, user = Rows(dataset, "payments", 0, total).pairs(some, User)
    assert len(set(zip(order.tolist(), user.tolist(), strict=True))) == total
    assert user.max(initial=0) < others


def test_pairs__per_row_say_that_others_are_too_few() -> None:
    dataset = Dataset("v1", {"users": 2, "orders": 5, "payments": 6})
    with pytest.raises(ValueError, match="up to 8 different ones for each row: there are only 2"):
        Rows(dataset, "payments", 0, 6).pairs(LINES, User)
