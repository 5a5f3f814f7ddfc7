"""Keys are arithmetic on row numbers: in order, in both databases, and different for each table and version."""

from typing import Any
from uuid import RFC_4122, UUID

import numpy as np
import pytest

from seeding.declare.keys import IntegerKeys, Keys, UuidKeys
from seeding.generate.streams import Dataset

V1, V2 = (Dataset(version, {"a": 5, "b": 5}) for version in ("v1", "v2"))
BASE = UuidKeys.base_of(V1, "a")


def python(keys: Keys, numbers: Any) -> list[Any]:
    """Return the keys as the ORM takes them."""
    return [UUID(bytes=key) if isinstance(key, bytes) else key for key in keys.of(numbers).tolist()]


@pytest.mark.parametrize("keys", [IntegerKeys(7, 1_000), UuidKeys(BASE, 0, 1_000), UuidKeys(BASE, 2**39, 1_000)])
def test_keys__are_the_same_one_by_one_and_all_at_once(keys: Keys) -> None:
    numbers = np.array([999, 0, 500])
    assert python(keys, numbers) == [keys.key(number) for number in numbers.tolist()]
    assert [keys.number(keys.key(number)) for number in (0, 999)] == [0, 999]


def test_keys__are_null_where_the_row_number_is() -> None:
    numbers = np.ma.array([3, 4], mask=[False, True])
    assert python(IntegerKeys(1, 5), numbers) == [4, None]
    assert python(UuidKeys(BASE, 0, 5), numbers) == [UUID(int=BASE.int + 3), None]


def test_uuids__are_valid() -> None:
    keys = UuidKeys(BASE, 0, 1 << 40)
    for key in (keys.key(0), keys.key((1 << 40) - 1)):
        assert (key.version, key.variant) == (8, RFC_4122)


def test_uuids__are_ordered_as_bytes_and_as_digits() -> None:
    keys = UuidKeys(BASE, 250, 300)
    made = [keys.key(number) for number in range(300)]
    assert made == sorted(made, key=lambda key: key.bytes) == sorted(made, key=lambda key: key.hex)


def test_uuids__are_known_again_as_either_database_has_them() -> None:
    key = UuidKeys(BASE, 5, 10).key(3)
    assert [UuidKeys(BASE, 5, 10).number(form) for form in (key, str(key), key.hex)] == [3, 3, 3]


def test_uuids__of_another_table_or_version_are_others() -> None:
    bases = {UuidKeys.base_of(dataset, table) for dataset in (V1, V2) for table in ("a", "b")}
    assert len({base.int >> 40 for base in bases}) == 4
    assert all(base.int % (1 << 40) == 0 for base in bases)
