"""`seeding.seed` and its siblings, as shells and tests call them."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import TestCase
from model_bakery import baker

from accounts.models import User
from orders.models import Order
from seeding import ClearResult, SeedError, SeedResult, clear, plan, seed, status, verify
from seeding.report.progress import Progress
from seeding.report.steps import Steps

pytestmark = pytest.mark.django_db


def test_seed__in_a_test() -> None:
    result = seed(row_counts={"users": 10, "orders": 30})
    assert isinstance(result, SeedResult)
    assert str(result).startswith("Seeded v1: 10 users, 30 orders, 30 payments in ")
    assert Order.objects.count() == 30
    assert str(seed(row_counts={"users": 10, "orders": 30})) == "Seed already applied (version v1). Skipping."


def test_seed__of_many_rows_in_a_test() -> None:
    """Inside a test's transaction, too, what is dropped is recreated, and rows can be added."""
    baker.make_recipe("accounts.superuser")
    result = seed(row_counts={"users": 50, "orders": 3_000})
    assert result.row_counts == {"users": 50, "orders": 3_000, "payments": 3_000}
    payment = baker.make_recipe("orders.payment")
    assert payment.pk == 3_001
    User.objects.filter(pk=payment.order.user_id)._raw_delete("default")
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_seed__says_which_index_it_recreates() -> None:
    steps, shown = Steps(), []

    def report(event: Progress) -> None:
        steps.update(event)
        if event.stage == "recreating":
            shown.append(steps.in_words())

    seed(row_counts={"users": 50, "orders": 6_000}, report=report)
    assert any("orders_created_at" in line for line in shown)
    assert [line for line in shown if not line.startswith("Recreating ")] == []


def test_seed__raises_seed_errors() -> None:
    with pytest.raises(SeedError, match="'v 1' is not a valid version name"):
        seed("v 1")


@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
@pytest.mark.parametrize("loader", ["auto", "bulk_create"])
def test_seed__digests_do_not_depend_on_batches_or_loader(batch_size: int, loader: str) -> None:
    counts = {"users": 10, "orders": 30}
    expected = seed(row_counts=counts).digests
    assert seed(row_counts=counts, force=True, batch_size=batch_size, loader=loader).digests == expected


class TestInATestCase(TestCase):
    """The seed made once for all tests of a class."""

    seeded: SeedResult

    @classmethod
    def setUpTestData(cls) -> None:
        cls.seeded = seed(row_counts={"users": 5, "orders": 10})

    def test_result_reads_well(self) -> None:
        assert re.fullmatch(
            r"<SeedResult: Seeded v1: 5 users, 10 orders, 10 payments in \d\.\d s\.>", repr(self.seeded)
        )
        assert repr(status()) == "<SeedStatus: v1 is applied, not running, attempts: 1>"
        assert repr(verify()).startswith("<Verification: v1 is verified: 5 users")
        assert repr(plan("v2", row_counts={"users": 1, "orders": 2})).startswith(
            "<SeedPlan: v2 creates 1 user, 2 orders, 2 payments with "
        )

    def test_rows_are_there(self) -> None:
        assert Order.objects.count() == 10


def test_clear__in_a_test() -> None:
    seed(row_counts={"users": 10, "orders": 30})
    by_hand = baker.make_recipe("orders.order")
    result = clear()
    assert isinstance(result, ClearResult)
    assert (result.version, dict(result.row_counts)) == ("v1", {"users": 10, "orders": 30, "payments": 30})
    assert re.fullmatch(r"<ClearResult: Cleared v1: .* in \d\.\d s\.>", repr(result))
    assert list(Order.objects.all()) == [by_hand]
    assert list(User.objects.all()) == [by_hand.user]
    assert status().applied is None
    assert clear().version is None
    with pytest.raises(AttributeError):
        result.version = "v2"  # type: ignore[misc]
    assert not seed(row_counts={"users": 3, "orders": 4}, overwrite=True).skipped
