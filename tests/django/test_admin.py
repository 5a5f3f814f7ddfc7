"""The admin: what its pages show, to whom, and how few queries they take."""

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.db.models import Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from model_bakery import baker

from accounts.models import User
from config.admin import CappedPaginator
from orders.charts import round_up, short
from orders.models import Order, Payment, Status
from orders.pictures import pictures_of
from seeding import seed
from seeding.models import SeedMetadata

pytestmark = pytest.mark.django_db
few = pytest.mark.seeded("v1", users=3, orders=5)

PAGES = (
    "/admin/",
    "/admin/accounts/user/",
    "/admin/accounts/user/add/",
    "/admin/orders/order/",
    "/admin/orders/order/add/",
    "/admin/orders/payment/",
    "/admin/orders/payment/add/",
    "/admin/seeding/seedmetadata/",
)


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com", "a pass phrase"))
    return client


@pytest.mark.parametrize("page", PAGES)
@few
def test_admin__pages(admin: Client, page: str) -> None:
    assert admin.get(page).status_code == 200


def test_admin__sends_a_strict_policy(admin: Client) -> None:
    for page in (*PAGES, "/health", "/admin/login/", "/nowhere"):
        policy = admin.get(page).headers["Content-Security-Policy"]
        assert policy.split("; ")[0] == "default-src 'self'"
        assert "unsafe" not in policy


def test_csrf_failures__are_explained_without_inline_styles() -> None:
    answer = Client(enforce_csrf_checks=True).post("/admin/login/", {"username": "boss@example.com"})
    assert answer.status_code == 403
    assert "Content-Security-Policy" in answer.headers
    assert "The form was not accepted" in answer.content.decode()
    assert "<style" not in answer.content.decode()
    assert "style=" not in answer.content.decode()


@few
def test_admin__seed_metadata_is_a_record(admin: Client) -> None:
    row = SeedMetadata.objects.get()
    assert admin.get("/admin/seeding/seedmetadata/add/").status_code == 403
    page = f"/admin/seeding/seedmetadata/{row.pk}/change/"
    assert admin.get(page).status_code == 200
    assert admin.post(page, {"seed_version": "v9"}).status_code == 403
    confirmation = admin.get(f"/admin/seeding/seedmetadata/{row.pk}/delete/").content.decode()
    assert "<strong>The next <code>seed</code> will apply v1 again</strong>" in confirmation
    selected = {"action": "delete_selected", "_selected_action": [row.pk]}
    assert "will apply v1 again" in admin.post("/admin/seeding/seedmetadata/", selected).content.decode()
    assert admin.post(f"/admin/seeding/seedmetadata/{row.pk}/delete/", {"post": "yes"}).status_code == 302
    assert str(seed(row_counts={"users": 3, "orders": 5})).startswith("Seeded v1")


def test_admin__shows_attempts(admin: Client) -> None:
    seed(row_counts={"users": 3, "orders": 1500})
    SeedMetadata.objects.create(seed_version="v0", status="failed", error="Out of <luck>.", host="seed-7")
    applied = SeedMetadata.objects.get(status="success")
    page = admin.get("/admin/seeding/seedmetadata/").content.decode()
    assert re.findall(r'<td class="field-rows[^"]*">([^<]*)</td>', page) == ["-", "-", "-", "3", "1,500", "1,500"]
    assert '<span class="seed-status failed">Failed</span>' in page
    assert '<span class="seed-status success">Applied</span>' in page
    assert "just now" in page
    attempt = admin.get(f"/admin/seeding/seedmetadata/{applied.pk}/change/").content.decode()
    for digest in (*applied.digests.values(), *applied.sample_digests.values()):
        assert digest in attempt
    failed = SeedMetadata.objects.get(status="failed")
    attempt = admin.get(f"/admin/seeding/seedmetadata/{failed.pk}/change/").content.decode()
    assert '<pre class="seed-error">Out of &lt;luck&gt;.</pre>' in attempt
    assert "Verify every row" not in attempt
    confirmation = admin.get(f"/admin/seeding/seedmetadata/{failed.pk}/delete/").content.decode()
    assert "only the record of this attempt is deleted" in confirmation


@few
def test_admin__verifies_the_data(admin: Client) -> None:
    row = SeedMetadata.objects.get()
    page = f"/admin/seeding/seedmetadata/{row.pk}/change/"
    verify = f"/admin/seeding/seedmetadata/{row.pk}/verify/"
    assert "Verify every row" in admin.get(page).content.decode()
    assert admin.get(verify).status_code == 405
    same = admin.post(verify, follow=True).content.decode()
    assert "v1 is verified: 3 users, 5 orders, 5 payments are as they were generated." in same
    Order.objects.filter(pk=2).update(status="pending", total=3)
    assert "orders: 5 rows generated, 1 different" in admin.post(verify, follow=True).content.decode()
    SeedMetadata.objects.update(row_counts={"users": 3, "orders": 10**6, "payments": 10**6})
    large = admin.get(page).content.decode()
    assert "Verify every row" not in large
    assert "python manage.py seed --verify --seed-version v1" in large
    assert "run `python manage.py seed --verify` in a shell" in admin.post(verify, follow=True).content.decode()
    assert admin.post("/admin/seeding/seedmetadata/999/verify/").status_code == 404
    failed = SeedMetadata.objects.create(seed_version="v1", status="failed")
    answer = admin.post(f"/admin/seeding/seedmetadata/{failed.pk}/verify/", follow=True).content.decode()
    assert "Only the applied attempt can be verified" in answer
    assert "Compared every row" not in answer


@pytest.mark.parametrize("page", ["accounts/user", "orders/order", "orders/payment", "seeding/seedmetadata"])
@few
def test_admin__shows_nothing_to_staff_without_permissions(page: str) -> None:
    client = Client()
    client.force_login(baker.make_recipe("accounts.staff"))
    assert page not in client.get("/admin/").content.decode()
    key = SeedMetadata.objects.get().pk if page.startswith("seeding") else 1
    for path in ("", "add/", f"{key}/change/", f"{key}/delete/", f"{key}/history/"):
        assert client.get(f"/admin/{page}/{path}").status_code == 403
    if page.startswith("seeding"):
        assert client.post(f"/admin/{page}/{key}/verify/").status_code == 403


@pytest.mark.parametrize("page", ["accounts/user", "orders/order", "orders/payment", "seeding/seedmetadata"])
@few
def test_admin__lets_staff_view_without_deleting(page: str) -> None:
    staff = baker.make_recipe("accounts.staff")
    staff.user_permissions.add(Permission.objects.get(codename=f"view_{page.partition('/')[2]}"))
    client = Client()
    client.force_login(staff)
    key = SeedMetadata.objects.get().pk if page.startswith("seeding") else 1
    assert client.get(f"/admin/{page}/").status_code == 200
    shown = client.get(f"/admin/{page}/{key}/change/")
    assert shown.status_code == 200
    assert "deletelink" not in shown.content.decode()
    assert client.get(f"/admin/{page}/{key}/delete/").status_code == 403
    assert client.post(f"/admin/{page}/{key}/delete/", {"post": "yes"}).status_code == 403
    client.post(f"/admin/{page}/", {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert (User.objects.count(), Order.objects.count(), SeedMetadata.objects.count()) == (4, 5, 1)


def keys_on(page: Any) -> list[int]:
    return [row.pk for row in page.context["cl"].result_list]


def test_admin__finds_rows(admin: Client) -> None:
    seed(row_counts={"users": 5, "orders": 20}, version="v1")
    user = User.objects.order_by("pk")[2]
    theirs = list(Order.objects.filter(user=user).order_by("-created_at").values_list("pk", flat=True))
    beginning = user.email[:-5].upper()
    assert keys_on(admin.get("/admin/accounts/user/", {"q": beginning})) == [user.pk]
    assert keys_on(admin.get("/admin/accounts/user/", {"q": str(user.pk)})) == [user.pk]
    assert keys_on(admin.get("/admin/orders/order/", {"q": beginning})) == theirs
    assert keys_on(admin.get("/admin/orders/order/", {"user": user.pk})) == theirs
    assert keys_on(admin.get("/admin/orders/payment/", {"q": beginning})) == sorted(theirs, reverse=True)
    assert keys_on(admin.get("/admin/orders/payment/", {"q": theirs[0]})) == theirs[:1]
    for nothing in ("nobody", "9" * 30, "0", "%", "_", "' OR 1=1 --"):
        assert keys_on(admin.get("/admin/orders/order/", {"q": nothing})) == []
    first = Order.objects.order_by("created_at")[0]
    day = str(first.created_at.date())
    days = {"created_at__since": day, "created_at__until": day}
    that_day = Order.objects.filter(created_at__date=first.created_at.date()).order_by("-created_at")
    assert keys_on(admin.get("/admin/orders/order/", days)) == [order.pk for order in that_day]
    status = admin.get("/admin/orders/order/", {"status__exact": "completed", "o": "4"})
    assert keys_on(status) == [order.pk for order in Order.objects.completed().order_by("created_at")]


@pytest.mark.parametrize(
    "parameters",
    ["created_at__since=yesterday", "created_at__until=2026-02-30", "user=ada", "user=" + "9" * 30],
)
@few
def test_admin__says_no_to_parameters_that_make_no_sense(admin: Client, parameters: str) -> None:
    assert admin.get(f"/admin/orders/order/?{parameters}").headers["Location"].endswith("?e=1")
    assert admin.get("/admin/orders/order/?e=1").status_code == 200


@pytest.mark.parametrize(
    "page",
    [
        "orders/order/?total__gt=5",
        "orders/order/?user__email__contains=a",
        "orders/payment/?amount__gt=5",
        "accounts/user/?email__contains=a",
        "accounts/user/?password__startswith=!",
        "seeding/seedmetadata/?seed_version__regex=(",
        "seeding/seedmetadata/?seed_version=%00",
    ],
)
@few
def test_admin__filters_by_nothing_but_what_it_offers(admin: Client, page: str) -> None:
    assert admin.get(f"/admin/{page}").status_code == 400
    assert admin.get(f"/admin/{page.partition('?')[0]}?_facets=True").context["cl"].add_facets is False


def test_admin__links_to_what_one_may_open(admin: Client) -> None:
    payment = baker.make_recipe("orders.payment")
    email = payment.order.user.email
    for permission, page in (
        ("view_user", "accounts/user"),
        ("view_order", "orders/order"),
        ("view_payment", "orders/payment"),
    ):
        staff = baker.make_recipe("accounts.staff")
        staff.user_permissions.add(Permission.objects.get(codename=permission))
        client = Client()
        client.force_login(staff)
        for path in (
            f"/admin/{page}/",
            f"/admin/{page}/{(payment.order.user if 'user' in page else payment).pk}/change/",
        ):
            shown = client.get(path).content.decode()
            assert email in shown
            links = set(re.findall(r'href="(/admin/[a-z]+/[a-z]+/[^"]*)"', shown))
            assert {link for link in links if not link.startswith(f"/admin/{page}/")} == set()
            assert ("lifetime" in shown.lower()) is False


def test_admin__a_customer_with_orders_stays(admin: Client) -> None:
    user = baker.make_recipe("accounts.user")
    baker.make_recipe("orders.order", user=user, _quantity=30)
    page = admin.get(f"/admin/accounts/user/{user.pk}/delete/").content.decode()
    assert page.count("<li>Order ") == 20
    assert "more orders" in page
    admin.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"})
    assert User.objects.filter(pk=user.pk).exists()
    nobody = baker.make_recipe("accounts.user")
    assert admin.post(f"/admin/accounts/user/{nobody.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=nobody.pk).exists()


def test_admin__days_are_those_of_the_times_it_shows(admin: Client, settings: Any) -> None:
    settings.TIME_ZONE = "America/New_York"
    order = baker.make_recipe("orders.order", created_at=datetime(2026, 1, 2, 3, tzinfo=UTC))
    that_day = "created_at__since=2026-01-01&created_at__until=2026-01-01"
    page = admin.get(f"/admin/orders/order/?{that_day}")
    assert keys_on(page) == [order.pk]
    assert "2026-01-01 22:00" in page.content.decode()


def test_admin__does_not_sort_by_columns_without_an_index(admin: Client) -> None:
    seed(row_counts={"users": 3, "orders": 30})
    newest = keys_on(admin.get("/admin/orders/order/"))
    assert keys_on(admin.get("/admin/orders/order/?o=3")) == newest


@pytest.mark.parametrize("page", ["accounts/user", "orders/order", "orders/payment", "seeding/seedmetadata"])
def test_admin__asks_the_same_number_of_queries_however_many_rows(admin: Client, page: str) -> None:
    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(f"/admin/{page}/{path}").status_code == 200
        return len(asked)

    seed(row_counts={"users": 3, "orders": 5})
    few = queries("")
    seed(row_counts={"users": 60, "orders": 200}, force=True)
    assert queries("") == few <= 12
    assert queries("?q=a") <= 12


def test_admin__counts_no_further_than_its_cap(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CappedPaginator, "cap", 119)
    monkeypatch.setattr(CappedPaginator, "reach", 100)
    seed(row_counts={"users": 3, "orders": 120})
    page = admin.get("/admin/orders/order/")
    assert "more than 119 orders" in page.content.decode()
    assert len(keys_on(admin.get("/admin/orders/order/?p=2"))) == 50
    assert admin.get("/admin/orders/order/?p=3").headers["Location"].endswith("?e=1")
    one = Order.objects.order_by("pk")[7].pk
    assert "1 found" in admin.get(f"/admin/orders/order/?q={one}").content.decode()


def test_admin__looks_for_the_orders_of_some_customers_only(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.admin.CUSTOMERS", 2)
    for number in range(4):
        baker.make_recipe("orders.order", user__email=f"ada{number}@example.com")
    page = admin.get("/admin/orders/order/?q=ada")
    assert len(keys_on(page)) == 2
    assert "More than 2 customers" in page.content.decode()


def test_admin__links_customers_orders_and_payments(admin: Client) -> None:
    payment = baker.make_recipe("orders.payment", order__total="1234.50", order__status="completed", amount="1234.50")
    user, order = payment.order.user_id, payment.order_id
    orders = admin.get("/admin/orders/order/").content.decode()
    for link in (f"/admin/accounts/user/{user}/change/", f"/admin/orders/payment/{order}/change/"):
        assert f'href="{link}"' in orders
    payments = admin.get("/admin/orders/payment/").content.decode()
    for link in (f"/admin/accounts/user/{user}/change/", f"/admin/orders/order/{order}/change/"):
        assert f'href="{link}"' in payments
    for page in ("/admin/accounts/user/", f"/admin/accounts/user/{user}/change/"):
        shown = admin.get(page).content.decode()
        assert f'<a class="money" href="/admin/orders/order/?user={user}">1</a>' in shown
        assert '<span class="money">1,234.50</span>' in shown
    assert '<span class="money">1,234.50</span>' in orders
    assert '<span class="money">1,234.50</span>' in payments


def test_admin__edits_orders_and_payments(admin: Client) -> None:
    user = baker.make_recipe("accounts.user")
    form = {"user": user.pk, "total": "9.90", "status": "pending"}
    assert admin.post("/admin/orders/order/add/", form).status_code == 302
    order = Order.objects.get()
    assert admin.get(f"/admin/orders/order/{order.pk}/change/").status_code == 200  # without a payment
    form = {"order": order.pk, "amount": "9.90", "status": "pending"}
    assert admin.post("/admin/orders/payment/add/", form).status_code == 302
    change = f"/admin/orders/payment/{order.pk}/change/"
    assert admin.post(change, {"order": 77, "amount": "9.90", "status": "completed"}).status_code == 302
    assert Payment.objects.values_list("order", "status").get() == (order.pk, "completed")
    assert admin.post(f"/admin/accounts/user/{user.pk}/delete/", {"post": "yes"}).status_code == 200  # protected
    assert admin.post(f"/admin/orders/order/{order.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Payment.objects.exists()


def test_pictures__count_what_the_table_holds(admin: Client) -> None:
    seed(row_counts={"users": 30, "orders": 800})
    baker.make_recipe("orders.order", total="2500", created_at=datetime(2026, 1, 31, 23, 59, tzinfo=UTC))
    pictures = pictures_of(Order.objects.all())
    assert pictures is not None
    assert (pictures.orders, pictures.is_sample) == (801, False)
    assert pictures.completed == Order.objects.completed().count()
    revenue = Order.objects.completed().aggregate(sum=Sum("total"))["sum"]
    assert round(pictures.revenue, 2) == round(revenue, 2)  # SQLite adds them up as floats, in any order
    months, totals = pictures.charts
    assert pictures.statuses == {kind: Order.objects.filter(status=kind).count() for kind in Status}
    assert sum(column.value for column in months.columns) == 801
    for column in months.columns:
        month = datetime.strptime(column.name.removesuffix(", so far"), "%b %Y").replace(tzinfo=UTC)
        there = Order.objects.filter(created_at__year=month.year, created_at__month=month.month)
        assert {part.kind: part.value for part in column.parts} == Counter(there.values_list("status", flat=True))
    assert [column.value for column in totals.columns] == [
        Order.objects.filter(total__gte=50 * i, total__lt=50 * i + 50 if i < 9 else 10**6).count() for i in range(10)
    ]
    page = admin.get("/admin/orders/order/").content.decode()
    assert "All orders" in page
    assert page.count('role="img"') == page.count("<summary>Numbers") == 2
    for chart in pictures.charts:
        assert f"{chart.title}: {chart.summary}</title>" in page
        assert all(f'<th scope="row">{row[0]}</th>' in page for row in chart.rows)
    assert "style=" not in page
    assert "<style" not in page


def test_pictures__above_a_million_keys_are_a_sample(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orders.pictures.WHOLE_KEYS", 100)
    monkeypatch.setattr("orders.pictures.SAMPLE_KEYS", 60)
    seed(row_counts={"users": 3, "orders": 100})
    assert "All orders" in admin.get("/admin/orders/order/").content.decode()
    baker.make_recipe("orders.order")
    pictures = pictures_of(Order.objects.all())
    assert pictures is not None
    assert (pictures.orders, pictures.is_sample) == (60, True)
    page = admin.get("/admin/orders/order/").content.decode()
    assert "Orders, by a sample" in page
    assert "<dd>about 101</dd>" in page
    assert "revenue" not in page  # no sum of a sample
    assert pictures.charts[1].ticks[0][1] == "0%"


def test_pictures__leave_no_month_out() -> None:
    for year, month in ((2025, 11), (2026, 2)):
        baker.make_recipe("orders.order", created_at=datetime(year, month, 3, tzinfo=UTC))
    pictures = pictures_of(Order.objects.all())
    assert pictures is not None
    months = [(column.name, column.value) for column in pictures.charts[0].columns]
    assert months == [("Nov 2025", 1), ("Dec 2025", 0), ("Jan 2026", 0), ("Feb 2026", 1)]


def test_pictures__are_not_shown_for_other_than_all_orders(admin: Client) -> None:
    assert "All orders" not in admin.get("/admin/orders/order/").content.decode()
    seed(row_counts={"users": 3, "orders": 5})
    for parameters in ("status__exact=pending", "q=1", "_popup=1", "p=1"):
        assert "All orders" not in admin.get(f"/admin/orders/order/?{parameters}").content.decode()


def test_pictures__mark_the_month_that_is_not_over() -> None:
    baker.make_recipe("orders.order", created_at=datetime(2025, 11, 3, tzinfo=UTC))
    baker.make_recipe("orders.order", created_at=datetime.now(UTC))
    pictures = pictures_of(Order.objects.all())
    assert pictures is not None
    months = pictures.charts[0]
    assert [column.is_open for column in months.columns[-2:]] == [False, True]
    assert months.columns[-1].name == f"{datetime.now(UTC):%b %Y}, so far"
    assert len(months.bands) == 1


def test_charts__label_the_edges_of_bins() -> None:
    baker.make_recipe("orders.order", total=70)
    pictures = pictures_of(Order.objects.all())
    assert pictures is not None
    totals = pictures.charts[1]
    assert [text for _, text in totals.labels] == [str(50 * i) for i in range(10)] + ["more"]
    assert totals.summary == "most cost 50 to 99.99: 1"


def test_orders__show_the_payment_where_it_differs(admin: Client) -> None:
    for status, amount, shown in (
        ("completed", "9.90", None),
        ("pending", "9.90", "payment pending"),
        ("completed", "5.00", "payment 5.00"),
        ("pending", "5.00", "payment pending, 5.00"),
    ):
        Order.objects.all().delete()
        order = baker.make_recipe("orders.order", total="9.90", status="completed")
        baker.make_recipe("orders.payment", order=order, status=status, amount=amount)
        page = admin.get("/admin/orders/order/").content.decode()
        link = f'<a href="/admin/orders/payment/{order.pk}/change/">{shown}</a>'
        assert (link in page) == (shown is not None), shown
    Payment.objects.all().delete()
    assert "no payment" in admin.get("/admin/orders/order/").content.decode()


def test_charts__scale() -> None:
    assert [round_up(n) for n in (0, 4, 5, 9, 13, 100, 321, 10_000_000)] == [4, 4, 8, 12, 20, 120, 400, 12_000_000]
    assert [short(n) for n in (0, 0.5, 999, 1_500, 2_500_000, 3 * 10**9)] == ["0", "0.5", "999", "1.5k", "2.5M", "3G"]


def test_admin__creates_users(admin: Client) -> None:
    form = {"email": "New@example.com", "usable_password": "true", "password1": "xK8!fjw2", "password2": "xK8!fjw2"}
    assert admin.post("/admin/accounts/user/add/", form).status_code == 302
    assert User.objects.get(email="new@example.com").check_password("xK8!fjw2")
    again = admin.post("/admin/accounts/user/add/", {**form, "email": "NEW@example.com"})
    assert "already exists" in again.content.decode()
