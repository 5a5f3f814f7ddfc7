"""Single users for tests and developer shells: `baker.make_recipe("accounts.user")`."""

from typing import Any

from model_bakery.recipe import Recipe
from model_bakery.utils import seq

user: Recipe[Any] = Recipe(
    "accounts.User", email=seq("user", suffix="@example.com"), first_name="Ada", last_name="Lovelace"
)
staff = user.extend(email=seq("staff", suffix="@example.com"), is_staff=True)
superuser = staff.extend(email=seq("admin", suffix="@example.com"), is_superuser=True)
