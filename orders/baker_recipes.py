"""Single orders and payments for tests and developer shells: `baker.make_recipe("orders.payment")`."""

from decimal import Decimal
from typing import Any

from model_bakery.recipe import Recipe, foreign_key

from accounts.baker_recipes import user

order: Recipe[Any] = Recipe("orders.Order", user=foreign_key(user), total=Decimal("49.90"), status="pending")
payment: Recipe[Any] = Recipe(
    "orders.Payment",
    order=foreign_key(order, one_to_one=True),
    amount=Decimal("49.90"),
    status="pending",
)
