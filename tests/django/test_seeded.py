"""`seeding.testing`, in tests of this project: rows by number and by name, and whether all are as generated."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase

from accounts.models import User
from orders.models import Order, Payment
from seeding import SeedError, seed
from seeding.declare.registry import registry
from seeding.declare.seeder import Declaration
from seeding.testing import SeededTestCase, assert_seeded, seeded

pytestmark = pytest.mark.seeded("v1", users=20, orders=100)


def test_seeded__returns_the_row_with_a_number() -> None:
    first, last = seeded(Order, 0), seeded(Order, 99)
    assert [first, last] == [Order.objects.earliest("pk"), Order.objects.latest("pk")]
    assert seeded(Payment, 99).order == last
    with pytest.raises(SeedError, match=r"^users has no row 20: it has 20 seeded rows, numbered from 0\.$"):
        seeded(User, 20)
    with pytest.raises(SeedError, match="no row -1"):
        seeded(User, -1)


def test_seeded__returns_the_row_with_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    declaration = registry.declarations()[User]
    declarations: dict[Any, Declaration] = registry._declarations
    monkeypatch.setitem(declarations, User, replace(declaration, named={"ada": 3, "grace": 20}))
    assert seeded(User, "ada") == seeded(User, 3)
    with pytest.raises(SeedError, match="users has no 'grace', row 20: it has 20 seeded rows"):
        seeded(User, "grace")
    with pytest.raises(SeedError, match=r"names a row of accounts\.User 'bob': its names are ada, grace"):
        seeded(User, "bob")
    with pytest.raises(SeedError, match=r"names a row of orders\.Order 'bob': it names none"):
        seeded(Order, "bob")


def test_seeded__asks_one_query_more_than_the_row_itself(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):  # type: ignore[operator]
        seeded(Order, 5)


def test_seeded__says_which_rows_a_test_has_deleted() -> None:
    Payment.objects.all().delete()
    with pytest.raises(Payment.DoesNotExist):
        seeded(Payment, 0)


def test_assert_seeded__names_what_differs_and_accepts_what_was_added() -> None:
    User.objects.create_user("ada@example.com")
    assert_seeded()
    Order.objects.filter(pk=seeded(Order, 7).pk).update(total=1)
    message = r"orders: 100 rows generated, 1 different, 0 missing\n    orders 8, total: was "
    with pytest.raises(AssertionError, match=message):
        assert_seeded()


def test_seed__replaces_what_a_clone_has() -> None:
    """The rows of a copied database are known to be the seed's."""
    assert not seed("v2", row_counts={"users": 3, "orders": 5}).skipped
    assert Order.objects.count() == 5
    assert_seeded()


@pytest.mark.seeded("v1", users=3, orders=5)
def test_marker__wants_other_counts() -> None:
    assert Order.objects.count() == 5


class TestOfDjango(TestCase):
    """The marker of the module is for test cases, too."""

    def test_rows_are_there(self) -> None:
        assert Order.objects.count() == 100
        assert connection.in_atomic_block


class TestSeeded(SeededTestCase):
    """A case says itself what it wants, whatever the module's marker says."""

    seed_counts = {"users": 2, "orders": 4}

    def test_rows_are_there(self) -> None:
        assert Order.objects.count() == 4

    def test_rows_are_there_again(self) -> None:
        assert_seeded()
