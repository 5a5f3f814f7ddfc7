"""Users, orders and payments: what holds of them, and what developers ask of them."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from model_bakery import baker

from accounts.models import User
from orders.models import Order, with_lifetime_value
from seeding import seed

pytestmark = pytest.mark.django_db


def test_orders__revenue_by_month(django_assert_num_queries: Any) -> None:
    for total, month, state in (
        ("10", 1, "completed"),
        ("5.50", 1, "completed"),
        ("7", 1, "pending"),
        ("3", 2, "completed"),
    ):
        baker.make_recipe(
            "orders.order", total=total, status=state, created_at=datetime(2026, month, 28, 23, 30, tzinfo=UTC)
        )
    with django_assert_num_queries(1):
        months = [(row["month"], row["orders"], row["revenue"]) for row in Order.objects.revenue_by_month()]
    assert months == [(date(2026, 1, 1), 2, Decimal("15.5")), (date(2026, 2, 1), 1, Decimal(3))]
    assert Order.objects.unfinished().get().status == "pending"
    assert [row["orders"] for row in Order.objects.filter(total__lt=9).by_month("status")] == [1, 1, 1]


def test_users__lifetime_value(django_assert_num_queries: Any) -> None:
    ada = baker.make_recipe("accounts.user", email="ada@example.com")
    baker.make_recipe("accounts.user", email="bob@example.com")
    for total, state in (("10", "completed"), ("5.50", "completed"), ("7", "pending")):
        baker.make_recipe("orders.order", user=ada, total=total, status=state)
    with django_assert_num_queries(2):
        users = with_lifetime_value(User.objects.order_by("email"))
    assert [(u.order_count, u.lifetime_value) for u in users] == [(3, Decimal("15.5")), (0, Decimal(0))]
    assert with_lifetime_value(User.objects.none()) == []


def test_users__lifetime_value_of_more_than_one_query_asks_for(
    django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orders.models.USERS_AT_ONCE", 2)
    seed(row_counts={"users": 5, "orders": 20})
    with django_assert_num_queries(4):
        users = with_lifetime_value(User.objects.all())
    assert sum(user.order_count for user in users) == 20
    for user in users:
        assert user.lifetime_value == sum(o.total for o in user.orders.completed())


def test_user__addresses_are_lower_case_and_unique() -> None:
    assert User.objects.create_user("Ada@Example.com").email == "ada@example.com"
    for address in ("ada@example.com", "Grace@example.com"):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.bulk_create([User(email=address)])
    with pytest.raises(ValueError, match="needs an e-mail address"):
        User.objects.create_user("")


@pytest.mark.parametrize("recipe", ["accounts.user", "accounts.superuser", "orders.order", "orders.payment"])
def test_recipes__make_rows_that_are_valid(recipe: str) -> None:
    for made in baker.make_recipe(recipe, _quantity=1):
        made.refresh_from_db()
        try:
            made.full_clean(exclude=["password"])
        except ValidationError as exc:
            pytest.fail(str(exc))


@pytest.mark.parametrize("model", ["accounts.User", "orders.Order", "orders.Payment"])
def test_baker__makes_rows_without_a_recipe(model: str) -> None:
    assert baker.make(model).pk


@pytest.mark.skipif(connection.vendor != "postgresql", reason="other databases have no such statistics")
def test_orders__the_planner_knows_how_few_months_there_are() -> None:
    seed(row_counts={"users": 50, "orders": 3_000})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders")
    (plan,) = re.findall(r"rows=(\d+)", Order.objects.by_month().explain().splitlines()[0])
    assert int(plan) == Order.objects.by_month().count() < 15
