"""What v1 and v2 hold, without a database."""

from collections import Counter
from typing import Any

import numpy as np
import pytest

from seeding.apply.pipeline import batches, digest_of
from seeding.declare.registry import registry
from seeding.generate.columns import Categorical
from seeding.generate.streams import Dataset
from seeding.generate.values.rhythm import YEAR_US

COUNTS = {"users": 1_000, "orders": 10_000, "payments": 10_000}
DAY_US = 24 * 3600 * 1_000_000

# Frozen: a released version never changes. Other content takes a new version name, or new code under a new digest.
GOLDEN = {
    ("v1", "users"): "17cb3c79798e252a9b5f126b1849227dc1b6947794081d5f1f599ec4ad285766",
    ("v1", "orders"): "02884569253e105efe9dcafa6ca5e433c4209bf66557a5584e7da2eb1ccbe996",
    ("v1", "payments"): "f5069b14d8ce556ff951f1f3340f7bfb8afcbd17ccbf817c5f96eb7540d07934",
    ("v2", "users"): "a6c405fd9493cc875706bc1904a21fa2d43d1718339b828eae4213970642111d",
    ("v2", "orders"): "c7d8d1cf2b4c5d38576fa28ecf6c21158588a40ea7830a81f56c6fef916e8f41",
    ("v2", "payments"): "d3385d9198aba7cf0c8b2f7ce175ccb057d6011279aac32e5f294df1129c8dca",
}


def digests(version: str, counts: dict[str, int], batch_size: int = 10_000) -> dict[str, str]:
    dataset = Dataset(version, counts)
    made = {}
    for seeder in registry.discover():
        digest = digest_of(seeder)
        for batch in batches(seeder, dataset, batch_size):
            digest.update(batch.columns, batch.count)
        made[seeder.table] = digest.hexdigest()
    return made


def columns(version: str = "v1", counts: dict[str, int] = COUNTS) -> dict[str, dict[str, Any]]:
    dataset = Dataset(version, counts)
    return {
        seeder.table: {
            name: np.array(column.tolist()) if isinstance(column, Categorical) else column
            for name, column in seeder.batch(dataset, 0, counts[seeder.table]).columns.items()
        }
        for seeder in registry.discover()
    }


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_digests__are_frozen(version: str) -> None:
    assert digests(version, COUNTS) == {table: GOLDEN[version, table] for table in COUNTS}


@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
def test_digests__do_not_depend_on_the_batch_size(batch_size: int) -> None:
    counts = {"users": 100, "orders": 300, "payments": 300}
    assert digests("v1", counts, batch_size) == digests("v1", counts, 50)


def test_digests__differ_by_version_in_every_table() -> None:
    one, two = digests("v1", COUNTS), digests("v2", COUNTS)
    assert all(one[table] != two[table] for table in COUNTS)


def test_users__are_the_first_of_a_larger_seed() -> None:
    few = columns(counts={"users": 100, "orders": 1_000, "payments": 1_000})["users"]
    many = columns()["users"]
    for name in ("email", "first_name", "last_name", "created_at"):
        assert few[name].tolist() == many[name][:100].tolist()


def test_users__have_unique_lower_case_ascii_addresses_in_reserved_domains() -> None:
    addresses = columns()["users"]["email"].tolist()
    assert len(set(addresses)) == 1_000
    assert all(address.isascii() and address == address.lower() for address in addresses)
    assert {address.partition("@")[2] for address in addresses} == {"example.com", "example.net", "example.org"}


def test_users__have_names_of_several_languages() -> None:
    users = columns()["users"]
    assert any(not name.isascii() for name in users["first_name"].tolist())
    assert len(set(users["first_name"].tolist())) > 150
    assert all(users["first_name"].tolist())
    assert all(users["last_name"].tolist())


def test_orders__are_believable() -> None:
    made = columns()
    users, orders = made["users"], made["orders"]
    assert sorted(set(orders["user"].tolist())) == list(range(1_000))
    assert orders["total"].min() >= 10_00
    assert orders["total"].max() <= 500_00
    assert np.mean(orders["total"]) > 1.3 * np.median(orders["total"])
    shares = {status: rows / 10_000 for status, rows in Counter(orders["status"].tolist()).items()}
    assert shares == pytest.approx({"completed": 0.75, "pending": 0.125, "processing": 0.125}, abs=0.02)
    assert (orders["created_at"] <= users["created_at"][orders["user"]]).all()  # microseconds before the anchor


def test_orders__unfinished_ones_are_mostly_recent() -> None:
    orders = columns()["orders"]
    unfinished = orders["created_at"][orders["status"] != "completed"]
    finished = orders["created_at"][orders["status"] == "completed"]
    assert np.median(unfinished) < 30 * DAY_US < np.median(finished)


@pytest.mark.parametrize("table", ["users", "orders", "payments"])
def test_times__lie_in_the_year_before_the_anchor(table: str) -> None:
    before_us = columns()[table]["created_at"]
    assert before_us.min() >= 0
    assert before_us.max() <= YEAR_US < 365 * DAY_US


def test_times__grow_and_have_weekly_and_daily_rhythm() -> None:
    before_us = columns(counts={**COUNTS, "users": 50_000})["users"]["created_at"]
    since_us = YEAR_US - before_us
    halves = np.bincount(since_us * 2 // YEAR_US, minlength=2)
    days = np.bincount(since_us // DAY_US % 7)  # the year starts on a Monday
    hours = np.bincount(since_us // (DAY_US // 24) % 24)
    assert halves[1] > 1.2 * halves[0]
    assert days[5] > 1.3 * days[0]
    assert hours[20] > 5 * hours[3]


def test_payments__agree_with_their_orders() -> None:
    made = columns()
    orders, payments = made["orders"], made["payments"]
    assert payments["amount"].tolist() == orders["total"].tolist()
    assert payments["status"].tolist() == orders["status"].tolist()
    assert (payments["created_at"] <= orders["created_at"]).all()
