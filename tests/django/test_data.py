"""What v1 and v2 hold, without a database."""

from typing import Any

import numpy as np
import pytest

from seeding.apply.pipeline import batches, digest_of
from seeding.declare.registry import registry
from seeding.generate.columns import Categorical
from seeding.generate.streams import Dataset
from seeding.generate.values.rhythm import YEAR_US

COUNTS = {"users": 1_000, "orders": 10_000, "payments": 10_000}
MANY = {"users": 10_000, "orders": 100_000, "payments": 100_000}
VERSIONS = ("v1", "v2", "some other", "2026.1")  # what is true of the data isn't true by luck
DAY_US = 24 * 3600 * 1_000_000

# Frozen: a released version never changes. Other content takes a new version name, or new code under a new digest.
GOLDEN = {
    ("v1", "users"): "17cb3c79798e252a9b5f126b1849227dc1b6947794081d5f1f599ec4ad285766",
    ("v1", "orders"): "ea49d203f0f6e8fb3063175c5a7182ab50fd35dd398c50df15d137f1fd674436",
    ("v1", "payments"): "a6009c53edc40e72fcf570b9163039f9f29809a48b9f2310bc25907eb7a6b349",
    ("v2", "users"): "a6c405fd9493cc875706bc1904a21fa2d43d1718339b828eae4213970642111d",
    ("v2", "orders"): "16aeaf34927b240c19b287fa6821da897884ac2b4a1f06645de0979126e587ff",
    ("v2", "payments"): "19775897a39940477cbff0937f3a456884f2c89649c9be442a3f7cc262b21a55",
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


@pytest.mark.parametrize("table", ["orders", "payments"])
def test_orders__are_the_first_of_a_larger_seed(table: str) -> None:
    few, many = columns(counts={"users": 1_000, "orders": 2_000, "payments": 2_000})[table], columns()[table]
    assert few.keys() == many.keys()
    for name, column in few.items():
        assert column.tolist() == many[name][:2_000].tolist()


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


def test_orders__are_of_every_user_and_come_later() -> None:
    made = columns()
    users, orders = made["users"], made["orders"]
    assert sorted(set(orders["user"].tolist())) == list(range(1_000))
    assert (orders["created_at"] < users["created_at"][orders["user"]]).all()  # microseconds before the anchor


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__grow_evenly_week_by_week(version: str) -> None:
    made = columns(version, MANY)
    weeks = np.bincount((YEAR_US - made["orders"]["created_at"]) // (7 * DAY_US), minlength=52)
    months = weeks.reshape(13, 4).sum(axis=1)
    assert len(weeks) == 52
    assert (np.diff(months) > 0).all()
    assert (weeks[27:] < 1.15 * weeks[26:-1]).all()
    assert weeks[-1] < 1.25 * weeks[-8:-1].mean()


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__any_part_shows_the_same_year(version: str) -> None:
    orders = columns(version, MANY)["orders"]
    for column in (orders["created_at"] // (28 * DAY_US), orders["total"] // 50_00, orders["status"] == "pending"):
        first, last = column[: MANY["users"]].astype(int), column[-MANY["users"] :].astype(int)
        shares = [np.bincount(part, minlength=13) / len(part) for part in (first, last)]
        assert shares[0] == pytest.approx(shares[1], abs=0.02)


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__newcomers_have_few(version: str) -> None:
    made = columns(version)
    since_us, user = made["users"]["created_at"], made["orders"]["user"]
    after_us = since_us[user] - made["orders"]["created_at"]
    for days, most in ((1, 5), (7, 9), (30, 20)):
        newcomers = np.flatnonzero(since_us < days * DAY_US)
        assert np.bincount(user, minlength=1_000)[newcomers].max(initial=0) <= most
        assert np.bincount(user[after_us < days * DAY_US]).max() <= most


def test_orders__users_have_as_many_a_week_however_long_they_are_there() -> None:
    made = columns(counts=MANY)
    since_us, user = made["users"]["created_at"], made["orders"]["user"][MANY["users"] :]
    weeks = since_us / (7 * DAY_US)
    groups = [(weeks >= low) & (weeks < high) for low, high in ((0, 4), (4, 13), (13, 26), (26, 52))]
    rates = [group[user].sum() / weeks[group].sum() for group in groups]
    assert rates == pytest.approx([np.mean(rates)] * 4, rel=0.1)


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__the_newest_are_of_many_people(version: str) -> None:
    orders = columns(version)["orders"]
    newest = np.argsort(orders["created_at"])[:50]
    assert len(set(orders["user"][newest].tolist())) >= 42


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__statuses_follow_from_the_age(version: str) -> None:
    orders = columns(version, MANY)["orders"]
    days = orders["created_at"] / DAY_US
    ages = [(days >= low) & (days < high) for low, high in ((0, 2), (2, 7), (7, 14), (14, 30), (30, 61), (61, 365))]
    completed = [np.mean(orders["status"][age] == "completed") for age in ages]
    pending = [np.mean(orders["status"][age] == "pending") for age in ages]
    assert completed == sorted(completed)
    assert pending == sorted(pending, reverse=True)
    assert (pending[0], completed[0]) == pytest.approx((0.3, 0.35), abs=0.1)
    assert (pending[-2], completed[-1]) == (0, 1)
    assert set(orders["status"].tolist()) == {"completed", "pending", "processing"}


@pytest.mark.parametrize("version", VERSIONS)
def test_orders__totals_are_those_of_a_few_priced_lines(version: str) -> None:
    totals = columns(version)["orders"]["total"]
    assert 10_00 <= totals.min() < 15_00
    assert 300_00 < totals.max() <= 500_00
    assert np.mean(totals) > 1.1 * np.median(totals)
    cents = np.bincount(totals % 100, minlength=100) / len(totals)
    assert cents[99] == max(cents)
    assert all(share > 0.03 for share in cents[[99, 98, 50, 49, 0]])
    assert cents[:45].sum() - cents[0] < 0.15
    assert np.unique(totals, return_counts=True)[1].max() < 0.01 * len(totals)  # no pile anywhere, nor at an edge
    assert np.unique(totals // 10_00, return_counts=True)[1].max() < 0.15 * len(totals)


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


def test_payments__do_not_pile_up_at_the_anchor() -> None:
    made = columns(counts=MANY)
    orders, payments = made["orders"]["created_at"], made["payments"]["created_at"]
    assert (orders - payments).max() < 15 * 60 * 1_000_000
    assert len(set(payments.tolist())) > 0.9999 * len(payments)
    assert (payments == 0).sum() <= 1
