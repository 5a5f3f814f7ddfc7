import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding.generate.pairs import Pairs
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset
from tests.unit.tables import Order, User

sizes = st.integers(1, 40)


def both(pairs: Pairs, numbers: np.ndarray) -> list[tuple[int, int]]:
    left, right = pairs.at(numbers)
    return list(zip(left.tolist(), right.tolist(), strict=True))


@given(left=sizes, right=sizes, key=st.integers(0, 99))
def test_pairs__are_all_there_are(left: int, right: int, key: int) -> None:
    pairs = Pairs(left, right, key)
    assert sorted(both(pairs, np.arange(pairs.capacity))) == [(a, b) for a in range(left) for b in range(right)]


@given(size=sizes, key=st.integers(0, 99))
def test_pairs__of_different_rows(size: int, key: int) -> None:
    pairs = Pairs(size, size, key, different=True)
    expected = [(a, b) for a in range(size) for b in range(size) if a != b]
    assert sorted(both(pairs, np.arange(pairs.capacity))) == expected


@given(size=sizes, key=st.integers(0, 99))
def test_pairs__unordered(size: int, key: int) -> None:
    pairs = Pairs(size, size, key, unordered=True)
    expected = [(a, b) for a in range(size) for b in range(a + 1, size)]
    assert sorted(both(pairs, np.arange(pairs.capacity))) == expected


@pytest.mark.parametrize("kind", [{}, {"different": True}, {"unordered": True}])
@pytest.mark.parametrize("size", [10**6, 2**32, 10**13])
def test_pairs__of_large_tables(kind: dict[str, bool], size: int) -> None:
    made = both(Pairs(size, size, 5, **kind), np.arange(10**6, 10**6 + 2000))
    assert len(set(made)) == 2000
    assert all(0 <= a < size and 0 <= b < size for a, b in made)
    assert not kind or all(a != b for a, b in made)


def test_pairs__of_two_sizes_have_all_to_do_with_all() -> None:
    with pytest.raises(ValueError, match="are of one table, not of 2 and 3 rows"):
        Pairs(2, 3, 1, different=True)


def test_pairs__of_rows() -> None:
    dataset = Dataset("v1", {"users": 30, "orders": 40, "payments": 1200})
    user, order = Rows(dataset, "payments", 0, 1200).pairs(User, Order)
    assert len(set(zip(user.tolist(), order.tolist(), strict=True))) == 1200
    batch = Rows(dataset, "payments", 700, 800).pairs(User, Order)
    assert batch[0].tolist() == user[700:800].tolist()
    assert user[:8].tolist() == [1, 15, 12, 23, 21, 0, 0, 4]


def test_pairs__say_that_there_are_too_few() -> None:
    dataset = Dataset("v1", {"users": 3, "orders": 2, "payments": 7})
    with pytest.raises(ValueError, match="users and orders have 6 different pairs, and 7 rows need one each"):
        Rows(dataset, "payments", 0, 7).pairs(User, Order)


@pytest.mark.parametrize("total", [1, 11, 12])
def test_pairs__both_ways(total: int) -> None:
    dataset = Dataset("v1", {"users": 4, "payments": total})
    left, right = (side.tolist() for side in Rows(dataset, "payments", 0, total).pairs(User, User, both_ways=True))
    found = list(zip(left, right, strict=True))
    assert len(set(found)) == total
    assert all(one != other for one, other in found)
    assert [(b, a) for a, b in found[0 : total - 1 : 2]] == found[1::2]
    some = Rows(dataset, "payments", total - 1, total).pairs(User, User, both_ways=True)
    assert (some[0].tolist(), some[1].tolist()) == ([left[-1]], [right[-1]])


def test_pairs__both_ways_say_that_there_are_too_few() -> None:
    dataset = Dataset("v1", {"users": 4, "payments": 13})
    with pytest.raises(ValueError, match="users and users have 12 different pairs, and 13 rows need one each"):
        Rows(dataset, "payments", 0, 13).pairs(User, User, both_ways=True)


@pytest.mark.parametrize("bounds", [(-1, 2), (3, 2)])
def test_some__refuses_bad_bounds(bounds: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="it takes 0 <= low <= high"):
        Rows(Dataset("v1", {"users": 4}), "users", 0, 4).some(User, *bounds)


def test_generic__rows_of_several_models_by_weight() -> None:
    dataset = Dataset("v1", {"users": 30, "orders": 40, "payments": 4000})
    found = Rows(dataset, "payments", 0, 4000).generic("target", {User: 3, None: 1, Order: 1})
    assert found.models == (User, Order)
    assert [round(part / 100) for part in np.bincount(found.codes).tolist()] == [24, 8, 8]
    assert found.numbers[found.codes == 0].max() == 29
    assert found.numbers[found.codes == 1].max() == 39
    assert [value is None for value in found.column.tolist()] == (found.codes == 2).tolist()
    some = Rows(dataset, "payments", 700, 800).generic("target", {User: 3, None: 1, Order: 1})
    assert some.column.tolist() == found.column[700:800].tolist()


def test_generic__rows_that_are_named() -> None:
    some = Rows(Dataset("v1", {"users": 30, "orders": 4000, "payments": 30}), "payments", 10, 20)
    found = some.generic("target", [User], numbers=some.numbers)
    assert found.column.tolist() == list(range(10, 20))
    mixed = some.generic("target", {User: 1, Order: 2, None: 1}, numbers=some.numbers)
    assert mixed.numbers[mixed.codes < 2].tolist() == some.numbers[mixed.codes < 2].tolist()
    with pytest.raises(ValueError, match="it refers to row 31 of users, whose rows are 0 to 29"):
        some.generic("target", [User], numbers=some.numbers + 12)
