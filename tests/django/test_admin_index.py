"""What the admin says about the seed: the index page, seeding again, empty lists; and the error pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, HttpRequest
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.formats import reset_format_cache
from django.views import defaults
from model_bakery import baker

from accounts.models import User
from orders.models import Order
from seeding import clear, seed
from seeding.models import SeedMetadata

pytestmark = pytest.mark.django_db

FEW = {"users": 3, "orders": 5}
few = pytest.mark.seeded("v1", **FEW)
AGAIN = "/admin/seeding/seedmetadata/seed-again/"


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, rows in FEW.items():
        monkeypatch.setenv(f"SEED_{name.upper()}", str(rows))


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "a pass phrase"))
    return client


def staff(*codenames: str) -> Client:
    """Log in somebody who has these permissions of attempts, and no others."""
    user = baker.make_recipe("accounts.staff")
    attempts = ContentType.objects.get_for_model(SeedMetadata)
    for codename in codenames:
        permission, _ = Permission.objects.get_or_create(codename=codename, content_type=attempts)
        user.user_permissions.add(permission)
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, path: str, **options: Any) -> str:
    """Return a page's words, without its tags."""
    page = client.get(path, **options).content.decode()
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_index__says_what_next_where_nothing_is_seeded(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    index = text_of(admin, "/admin/")
    assert "No seed has been applied yet. To fill the tables with demo data, run python manage.py seed in a" in index
    assert "Seed v1…" in index
    monkeypatch.setenv("SEED_ENABLED", "off")
    index = text_of(admin, "/admin/")
    assert "Seeding is not enabled here. Where demo data is wanted, set SEED_ENABLED=on" in index
    assert "Seed v1…" not in index


def test_index__says_that_what_was_seeded_is_cleared(admin: Client) -> None:
    seed()
    clear()
    for path in ("/admin/", AGAIN):
        page = text_of(admin, path)
        assert "No seed is applied. " in page
        assert "yet" not in page
    assert "To fill the tables with demo data" in text_of(admin, "/admin/")


def test_index__says_what_is_in_the_database(admin: Client) -> None:
    seed()
    index = text_of(admin, "/admin/")
    attempt = SeedMetadata.objects.get()
    at = f"{attempt.seeded_at:%Y-%m-%d %H:%M:%S} UTC"
    assert f"v1 Applied Seeded on {at} (just now) in" in index
    assert "users 3 orders 5 payments 5" in index
    assert "Failed" not in index
    assert f'action="/admin/seeding/seedmetadata/{attempt.pk}/verify/"' in admin.get("/admin/").content.decode()


@few
def test_index__says_which_version_comes_next(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEED_VERSION", "v2")
    assert "The settings ask for v2 : the next seed replaces v1 with it." in text_of(admin, "/admin/")
    monkeypatch.setenv("SEED_ENABLED", "off")  # as for the backend in Compose, which isn't told the step's version
    assert "The settings ask for" not in text_of(admin, "/admin/")
    monkeypatch.setenv("SEED_VERSION", "no version")
    assert "The settings can't be read: SEED_VERSION: " in text_of(admin, "/admin/").replace("&#x27;", "'")


@few
def test_index__says_what_to_run_for_many_rows(admin: Client) -> None:
    SeedMetadata.objects.update(row_counts={"users": 10**6, "orders": 10**7, "payments": 10**7})
    index = text_of(admin, "/admin/")
    assert "orders 10,000,000" in index
    assert "run python manage.py seed --verify --seed-version v1 in a shell" in index
    assert "Verify every row" not in admin.get("/admin/").content.decode()


def test_index__shows_the_last_failure(admin: Client) -> None:
    before = timezone.now() - timedelta(minutes=5)
    SeedMetadata.objects.create(seed_version="v2", status="failed", error="Out of <luck>.", seeded_at=before)
    assert "The last attempt, of v2 on" in text_of(admin, "/admin/")
    assert '<p class="seed-why">Out of &lt;luck&gt;.</p>' in admin.get("/admin/").content.decode()
    seed()
    index = text_of(admin, "/admin/")
    assert "The last attempt, of" not in index
    assert "The last failure was v2 on" in index


@few
def test_index__shows_nothing_to_those_who_may_not_see_attempts() -> None:
    assert "seed-panel" not in staff().get("/admin/").content.decode()
    index = staff("view_seedmetadata").get("/admin/").content.decode()
    assert "seed-panel" in index
    assert "Seed again" not in index


@few
def test_index__asks_few_queries(admin: Client) -> None:
    with CaptureQueriesContext(connection) as asked:
        admin.get("/admin/")
    assert len(asked) <= 6


def test_index__has_a_name_of_its_own(admin: Client) -> None:
    index = admin.get("/admin/").content.decode()
    assert "<title>What is in this database | Seeded shop</title>" in index
    assert "View site" not in index


@few
def test_seed_again__shows_the_plan_and_seeds(admin: Client) -> None:
    first = SeedMetadata.objects.get()
    page = text_of(admin, AGAIN)
    assert "Seed v1 again" in page
    assert "users 3 1 3 orders 5 0 5 payments 5 0 5" in page
    form = {"version": "v1", "attempt": first.pk}
    assert 'value="Delete 13 rows and seed v1"' in admin.get(AGAIN).content.decode()
    done = admin.post(AGAIN, form, follow=True)
    second = SeedMetadata.objects.get(status="success")
    assert done.redirect_chain == [(f"/admin/seeding/seedmetadata/{second.pk}/change/", 302)]
    assert "Seeded v1: 3 users, 5 orders, 5 payments in" in done.content.decode()
    assert second.pk != first.pk
    once_more = admin.post(AGAIN, form, follow=True).content.decode()  # pressed twice
    assert "Things have changed since the plan was shown" in once_more
    assert SeedMetadata.objects.count() == 2


def test_seed_again__seeds_for_the_first_time(admin: Client) -> None:
    assert "No seed has been applied yet. This is what would happen" in text_of(admin, AGAIN)
    admin.post(AGAIN, {"version": "v1", "attempt": ""})
    assert SeedMetadata.objects.get().status == "success"


@few
def test_seed_again__deletes_nothing_that_no_seed_created(admin: Client) -> None:
    baker.make_recipe("accounts.user", email="ada@example.com")
    page = text_of(admin, AGAIN)
    assert "these rows were not created by a seed and would be deleted" in page
    assert "run python manage.py seed --force --overwrite in a shell" in page
    assert "and seed v1" not in admin.get(AGAIN).content.decode()
    form = {"version": "v1", "attempt": SeedMetadata.objects.get().pk}
    assert "Not seeded." in admin.post(AGAIN, form, follow=True).content.decode()
    assert User.objects.filter(email="ada@example.com").exists()
    assert SeedMetadata.objects.count() == 1


@few
def test_seed_again__is_for_those_who_may_where_seeding_is_enabled(monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"version": "v1", "attempt": SeedMetadata.objects.get().pk}
    for client in (staff("view_seedmetadata"), staff("apply_seed"), staff()):
        assert client.get(AGAIN).status_code == client.post(AGAIN, form).status_code == 403
    client = staff("view_seedmetadata", "apply_seed")
    assert client.get(AGAIN).status_code == 200
    assert "Seed again…" in text_of(client, "/admin/seeding/seedmetadata/")
    monkeypatch.setenv("SEED_ENABLED", "off")
    assert client.get(AGAIN).status_code == client.post(AGAIN, form).status_code == 403
    assert "Seed again…" not in text_of(client, "/admin/seeding/seedmetadata/")
    assert Client().get(AGAIN).status_code == 302
    assert SeedMetadata.objects.count() == 1


@pytest.mark.parametrize("many", ["applied", "asked for"])
@few
def test_seed_again__says_what_to_run_for_many_rows(admin: Client, monkeypatch: pytest.MonkeyPatch, many: str) -> None:
    if many == "applied":
        SeedMetadata.objects.update(row_counts={"orders": 10**7})
    else:
        monkeypatch.setenv("SEED_ORDERS", "10000000")
    page = text_of(admin, AGAIN)
    assert "more than 100,000 rows" in page
    assert "python manage.py seed --plan python manage.py seed --force" in page
    form = {"version": "v1", "attempt": SeedMetadata.objects.get().pk}
    assert admin.post(AGAIN, form).headers["Location"] == AGAIN
    assert SeedMetadata.objects.count() == 1


def test_attempts__say_what_next_where_there_are_none(admin: Client) -> None:
    page = text_of(admin, "/admin/seeding/seedmetadata/")
    assert "Each attempt is listed here" in page
    assert "There are no" not in page
    assert "match." in text_of(admin, "/admin/seeding/seedmetadata/?status__exact=failed")


@few
def test_attempts__shorten_digests_and_say_utc(admin: Client, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    attempt = SeedMetadata.objects.get()
    page = admin.get(f"/admin/seeding/seedmetadata/{attempt.pk}/change/").content.decode()
    for digest in attempt.digests.values():
        assert f"<summary><code>{digest[:12]}…</code>" in page
        assert f"<code>{digest}</code>" in page
    assert "Seeded at (UTC)" in page
    assert f"{attempt.seeded_at:%Y-%m-%d %H:%M:%S}" in page


@pytest.mark.parametrize("page", ["accounts/user", "orders/order", "orders/payment"])
def test_lists__say_what_next_where_nothing_is_listed(admin: Client, page: str) -> None:
    name = page.partition("/")[2]
    User.objects.exclude(email="boss@example.com").delete()
    if name != "user":
        shown = text_of(admin, f"/admin/{page}/")
        assert f"There are no {name}s yet. To fill this database with demo data, run python manage.py seed" in shown
        assert f'<a href="add/">Add {name}</a>' in admin.get(f"/admin/{page}/").content.decode()
    shown = text_of(admin, f"/admin/{page}/?q=nobody")
    assert f"No {name}s match. Show all {name}s" in shown


@few
def test_lists__name_their_links_apart(admin: Client) -> None:
    for path in ("/admin/", "/admin/orders/order/", "/admin/accounts/user/"):
        page = admin.get(path).content.decode()
        found = re.findall(r'<a href="([^"]*)"[^>]*>(.*?)</a>', page, re.DOTALL)
        names: dict[str, set[str]] = {}
        for link, words in found:
            names.setdefault(re.sub(r"<[^>]*>", "", words).strip(), set()).add(link)
        shared = {name for name, links in names.items() if len(links) > 1}
        assert not {name for name in shared if name in ("All", "Add", "Change", "View", "Yes", "No", "Any time")}, path


def error_pages() -> dict[int, str]:
    """Return Django's answers to what may go wrong, made as a server makes them."""
    request = RequestFactory().get("/somewhere/")
    request.user = User()
    answers = (
        defaults.bad_request(request, ValueError()),
        defaults.permission_denied(request, PermissionDenied()),
        defaults.page_not_found(request, Http404()),
        defaults.server_error(request),
    )
    return {answer.status_code: answer.content.decode() for answer in answers}


def test_errors__are_in_the_look_of_the_admin_with_a_way_back() -> None:
    headings = {
        400: "This address can't be read",
        403: "You may not open this page",
        404: "There is no such page",
        500: "Something went wrong",
    }
    pages = error_pages()
    assert set(pages) == set(headings)
    for code, page in pages.items():
        assert f"<h1>{headings[code]}</h1>" in page
        assert 'href="/admin/">Back to the start page</a>' in page
        assert "/static/admin/css/dark_mode.css" in page
        assert "style=" not in page
        assert "<style" not in page
        assert re.findall(r"<script[^>]*>[^<]+", page) == []


def test_errors__need_no_database_and_no_request(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": "nowhere.Storage"}}
    with CaptureQueriesContext(connection) as asked:
        answer = defaults.server_error(HttpRequest())
    assert (answer.status_code, len(asked)) == (500, 0)
    assert "Something went wrong" in answer.content.decode()


def test_errors__of_real_requests(admin: Client) -> None:
    assert "There is no such page" in admin.get("/nowhere/").content.decode()
    assert "This address can't be read" in admin.get("/admin/orders/order/?total__gt=5").content.decode()
    assert "You may not open this page" in staff().get("/admin/orders/order/").content.decode()


def test_history__writes_times_as_other_pages_do(admin: Client, settings: Any) -> None:
    settings.FORMAT_MODULE_PATH = "config.formats"
    reset_format_cache()
    admin.post("/admin/orders/order/add/", {"user": User.objects.get().pk, "total": "9.90", "status": "pending"})
    key = Order.objects.get().pk
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC", text_of(admin, f"/admin/orders/order/{key}/history/"))
    reset_format_cache()
