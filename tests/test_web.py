"""The admin, logging in, and the health check."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from model_bakery import baker

from accounts.models import User
from orders.models import Order
from seeding import SeedError, SeedResult, seed
from seeding.models import SeedMetadata

from .conftest import Project

pytestmark = pytest.mark.django_db

PAGES = (
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/orders/order/",
    "/admin/orders/payment/",
    "/admin/seeding/seedmetadata/",
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "a pass phrase"))
    return client


def test_seed__in_a_test() -> None:
    result = seed(row_counts={"users": 10, "orders": 30})
    assert isinstance(result, SeedResult)
    assert str(result).startswith("Seeded v1: 10 users, 30 orders, 30 payments in ")
    assert Order.objects.count() == 30
    assert str(seed(row_counts={"users": 10, "orders": 30})) == "Seed already applied (version v1). Skipping."


def test_seed__of_many_rows_in_a_test() -> None:
    """Inside a test's transaction, too, what is taken off is put back, and rows can be added."""
    baker.make_recipe("accounts.superuser")
    result = seed(row_counts={"users": 50, "orders": 3_000})
    assert result.row_counts == {"users": 50, "orders": 3_000, "payments": 3_000}
    payment = baker.make_recipe("orders.payment")
    assert payment.pk == 3_001
    User.objects.filter(pk=payment.order.user_id)._raw_delete("default")
    with pytest.raises(IntegrityError):
        connection.check_constraints()
    transaction.set_rollback(True)


def test_seed__raises_seed_errors() -> None:
    with pytest.raises(SeedError, match="'v 1' is no version name"):
        seed("v 1")


@pytest.mark.parametrize("batch_size", [1, 7, 10_000])
@pytest.mark.parametrize("loader", ["auto", "bulk_create"])
def test_seed__digests_do_not_depend_on_batches_or_loader(batch_size: int, loader: str) -> None:
    counts = {"users": 10, "orders": 30}
    expected = seed(row_counts=counts).digests
    assert seed(row_counts=counts, force=True, batch_size=batch_size, loader=loader).digests == expected


@pytest.mark.parametrize("page", PAGES)
def test_admin__pages(admin: Client, page: str) -> None:
    seed(row_counts={"users": 3, "orders": 5})
    assert admin.get(page).status_code == 200


def test_admin__seed_metadata_is_a_record(admin: Client) -> None:
    seed(row_counts={"users": 3, "orders": 5})
    row = SeedMetadata.objects.get()
    assert admin.get("/admin/seeding/seedmetadata/add/").status_code == 403
    page = f"/admin/seeding/seedmetadata/{row.pk}/change/"
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"seed_version": "v9"}).status_code == 403
    assert admin.post(f"/admin/seeding/seedmetadata/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert str(seed(row_counts={"users": 3, "orders": 5})).startswith("Seeded v1")


def test_login__by_address_in_any_case() -> None:
    User.objects.create_superuser("Boss@Example.com", "a pass phrase")
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", {"username": "BOSS@example.COM", "password": "a pass phrase"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_admin__creates_users(admin: Client) -> None:
    form = {"email": "New@example.com", "usable_password": "true", "password1": "xK8!fjw2", "password2": "xK8!fjw2"}
    assert admin.post("/admin/accounts/user/add/", form).status_code == 302
    assert User.objects.get(email="new@example.com").check_password("xK8!fjw2")
    again = admin.post("/admin/accounts/user/add/", {**form, "email": "NEW@example.com"})
    assert "already exists" in again.content.decode()


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


def test_health__is_true_when_the_version_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    pending = client.get("/health")
    assert (pending.status_code, pending.content) == (503, b"unhealthy\n")
    seed(row_counts={"users": 1, "orders": 1})
    applied = client.get("/health")
    assert (applied.status_code, applied.content) == (200, b"healthy\n")
    monkeypatch.setenv("SEED_VERSION", "v2")
    assert client.get("/health").status_code == 503
    monkeypatch.setenv("SEED_ENABLED", "off")
    assert client.get("/health").status_code == 200
    monkeypatch.setenv("SEED_VERSION", "no version")
    assert client.get("/health").status_code == 503
    assert client.post("/health").status_code == 405


def test_settings__for_production_pass_the_deployment_check(project: Project) -> None:
    done = project.run(
        "check",
        "--deploy",
        "--fail-level",
        "WARNING",
        SECRET_KEY="k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        ALLOWED_HOSTS="shop.example.com",
        CSRF_TRUSTED_ORIGINS="https://shop.example.com",
        HTTPS="on",
        SEED_ENABLED=None,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout
