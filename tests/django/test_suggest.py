"""What a column would hold, judging by its field: what the tests of drafts don't reach by their models."""

from typing import Any

import pytest
from django.core.validators import MaxValueValidator, RegexValidator, validate_slug
from django.db import models
from django.db.models import F, Field, Q
from django.db.models.functions import Lower
from django.test.utils import isolate_apps

from seeding.declare.suggest import Surroundings, draft_of
from seeding.declare.suggest.constraints import _is_true
from seeding.declare.suggest.expressions import Attribute, Operation, rows
from seeding.declare.suggest.patterns import codes


@pytest.mark.parametrize(
    ("regex", "unique", "plain"),
    [
        (r"^[0-9]{13}$", "{unique:13}", "{digits:13}"),
        (r"^CVE-\d{4}-\d{4,7}$", "CVE-{digits:4}-{unique:4}", "CVE-{digits:4}-{digits:4}"),
        (r"^(?:AB|CD)[A-Z]{2}\d?\Z", "AB{letters:2}{unique:1}", "AB{letters:2}{digits:1}"),
        (r"[0-9a-f]{8}", "{hex:8}", "{hex:8}"),
        (r"^[-+]\d\d{2}$", "-{unique:3}", "-{digits:3}"),
        (r"^\{\d{2}\}$", "{{{unique:2}}}", "{{{digits:2}}}"),
        (r"^[\w.]+$", None, None),
        (r"^[a-z]{3}$", None, None),
        (r"(?!no)\d{2}", None, None),
    ],
)
def test_codes__of_regular_expressions(regex: str, unique: str | None, plain: str | None) -> None:
    field = models.CharField(validators=[RegexValidator(regex)])
    assert next(codes(field, is_unique=True), None) == unique
    assert next(codes(field, is_unique=False), None) == plain


def test_codes__of_validators_that_ask_for_no_code() -> None:
    for validator in (validate_slug, RegexValidator(r"^\d{3}$", inverse_match=True)):
        assert list(codes(models.CharField(validators=[validator]), is_unique=False)) == []


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Q(a=1), True),
        (Q(a__in=[2, 3]), False),
        (Q(a__range=(1, 2), b__isnull=True), True),
        (Q(b__gt=3), None),  # NULL
        (~Q(b__gt=3), None),
        (~Q(a=1), False),
        (Q(a=1) | Q(b__gt=3), True),
        (Q(a=2) | Q(b__gt=3), None),
        (Q(a=2) & Q(b__gt=3), False),
        (Q(a=1) ^ Q(c="xy"), False),
        (Q(a=1) ^ Q(c="z"), True),
        (Q(c__startswith="x", c__endswith="y", c__contains="x"), True),
        (Q(a__lt=F("d")), True),
        (Q(a__lt=F("unknown")), None),
        (Q(c__regex="x"), None),
        (Q(c=Lower("c")), None),
        (Q(c__gt=1), None),
    ],
)
def test_conditions__as_sql_has_them(condition: Q, expected: bool | None) -> None:
    row: dict[str, Any] = {"a": 1, "b": None, "c": "xy", "d": 2}
    assert _is_true(condition, row) is expected


def test_operation__in_lines_as_ruff_has_them() -> None:
    expression = Operation(Operation(rows("price", "a" * 40), "*", 5), "//", Attribute("numbers"))
    assert expression.source(8, 40) == f'rows.price("{"a" * 40}")\n        * 5\n        // rows.numbers'
    assert Operation(1, "+", Attribute("numbers")).source(8, 40) == "1 + rows.numbers"


def text(room: int = 100, **options: Any) -> Field:
    return models.CharField(max_length=room, **options)


def money(digits: int = 10, places: int = 2, **options: Any) -> Field:
    return models.DecimalField(max_digits=digits, decimal_places=places, **options)


@isolate_apps("tests")
def drafted(name: str, field: Field) -> str:
    """Return what a draft of a model with one column has for it."""
    meta = type("Meta", (), {"app_label": "tests"})
    model = type("Thing", (models.Model,), {"__module__": "tests", "Meta": meta, name: field})
    return draft_of(model, Surroundings({model: 100})).columns[name].source()


@pytest.mark.parametrize(
    ("name", "field", "expected"),
    [
        ("rating", models.IntegerField(), 'rows.rating("rating")'),
        ("stars", models.PositiveSmallIntegerField(), 'rows.rating("stars")'),
        ("stars", models.IntegerField(validators=[MaxValueValidator(5)]), 'rows.rating("stars")'),
        ("rating", models.IntegerField(validators=[MaxValueValidator(10)]), 'rows.integers("rating", 0, 10)'),
        ("quantity", models.IntegerField(), 'rows.log_normal("quantity", 1, 20)'),
        ("num_copies", models.IntegerField(), 'rows.log_normal("num_copies", 0, 20)'),
        ("views", models.IntegerField(), 'rows.log_normal("views", 0, 100_000)'),
        ("stock", models.IntegerField(), 'rows.log_normal("stock", 0, 500)'),
        ("age", models.IntegerField(), 'rows.integers("age", 18, 90)'),
        ("year", models.IntegerField(), 'rows.integers("year", 1990, 2026)'),
        ("birth_month", models.IntegerField(), 'rows.integers("birth_month", 1, 12)'),
        ("day", models.IntegerField(), 'rows.integers("day", 1, 28)'),
        ("weekday", models.IntegerField(), 'rows.integers("weekday", 1, 6)'),
        ("price_cents", models.IntegerField(), 'rows.money("price_cents", 100, 50_000)'),
        ("discount", models.IntegerField(), 'rows.integers("discount", 0, 100)'),
        ("width", models.IntegerField(), 'rows.integers("width", 10, 2000)'),
        ("position", models.IntegerField(), 'rows.integers("position", 0, 99)'),
        ("number", models.IntegerField(), 'rows.integers("number", 0, 999)'),
        ("number", models.IntegerField(unique=True), "rows.numbers + 1"),
        ("latitude", money(9, 6), 'rows.latitude("latitude", places=6)'),
        ("lng", money(9, 6), 'rows.longitude("lng", places=6)'),
        ("score", money(3, 1), 'rows.integers("score", 10, 50)'),
        ("tax_rate", money(5, 2), 'rows.integers("tax_rate", 0, 100_00)'),
        ("unit_price", money(), 'rows.price("unit_price", 5_00, 500_00)'),
        ("amount", money(), 'rows.money("amount", 1_00, 500_00)'),
        ("balance", money(12, 4), 'rows.money("balance", 10_000, 5_000_000)'),
        ("number", money(), 'rows.integers("number", 0, 100_00)'),
        ("number", money(unique=True), 'rows.unique_integers("number", 0, 99999999_99)'),
        ("lat", models.FloatField(), 'rows.latitude("lat") / 1_000_000'),
        ("longitude", models.FloatField(), 'rows.longitude("longitude") / 1_000_000'),
        ("rating", models.FloatField(), 'rows.integers("rating", 100, 500) / 100'),
        ("discount", models.FloatField(), 'rows.integers("discount", 0, 100) / 100'),
        ("weight", models.FloatField(unique=True), 'rows.unique_integers("weight", 0, 1_000_000_000) / 1000'),
        ("is_deleted", models.BooleanField(), 'rows.chance("is_deleted", 5)'),
        ("is_active", models.BooleanField(), 'rows.chance("is_active", 90)'),
        ("flag", models.BooleanField(default=True), 'rows.chance("flag", 85)'),
        ("flag", models.BooleanField(default=False), 'rows.chance("flag", 15)'),
        ("flag", models.BooleanField(), 'rows.chance("flag", 50)'),
        ("password", text(), "seeded_password()"),
        ("email", text(), "rows.email()"),
        ("nick", text(unique=True), "rows.username()"),
        ("author", text(), "rows.full_name()"),
        ("mobile", text(20), 'rows.phone("mobile")'),
        ("mobile", text(20, unique=True), 'rows.phone("mobile", unique=True)'),
        ("slug", models.SlugField(), 'rows.slug(rows.title("slug"), max_length=50)'),
        ("link", text(), 'rows.url("link")'),
        ("homepage", models.URLField(), 'rows.url("homepage")'),
        ("domain", text(), 'rows.domain("domain")'),
        ("avatar", models.FileField(), 'rows.file_name("avatar", extensions=["jpg", "png"])'),
        ("attachment", text(), 'rows.file_name("attachment", extensions=["pdf", "txt"])'),
        ("ip", text(15), 'rows.ip_address("ip")'),
        ("street", text(), "rows.street()"),
        ("zip_code", text(10), "rows.postcode()"),
        ("billing_city", text(), 'rows.city("billing")'),
        ("country", text(2), "rows.country_code()"),
        ("country", text(), "rows.country()"),
        ("supplier", text(), 'rows.company("supplier")'),
        ("supplier", text(unique=True), 'rows.company("supplier", unique=True)'),
        ("job", text(), 'rows.profession("job")'),
        ("card_type", text(20), 'rows.choice("card_type", {"Visa": 3, "Mastercard": 2, "Maestro": 1})'),
        ("status", text(20), 'rows.choice("status", {"done": 3, "active": 2, "new": 1})'),
        ("currency", text(3), 'rows.choice("currency", {"EUR": 4, "USD": 3, "GBP": 2, "CHF": 1})'),
        ("colour", text(7), 'rows.colour("colour")'),
        ("isbn", text(13), 'rows.code("{digits:13}")'),
        ("iban", text(34, unique=True), 'rows.code("{unique:13}")'),
        ("token", text(40), 'rows.code("{hex:24}{unique:8}")'),
        ("sku", text(20), 'rows.code("SKU-{n:06}")'),
        ("invoice_number", text(20), 'rows.code("IN-{n:06}")'),
        ("name", text(), 'rows.title("name")'),
        ("name", text(unique=True), 'rows.title("name", unique=True)'),
        ("title", text(20), 'rows.words("title", 2)'),
        ("description", models.TextField(), 'rows.paragraphs("description")'),
        ("note", models.TextField(), 'rows.paragraph("note")'),
        ("description", models.TextField(unique=True), 'rows.sentence("description", unique=True)'),
        ("description", text(200), 'rows.sentence("description")'),
        ("keyword", text(30), 'rows.word("keyword")'),
        ("unknown", text(15), 'rows.word("unknown")'),
        ("unknown", text(3), 'rows.characters("unknown", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 3)'),
        ("unknown", text(8, unique=True), 'rows.code("{n}")'),
        ("created_at", models.DateTimeField(), 'rows.past("created_at")'),
        ("expires_at", models.DateTimeField(), 'rows.future("expires_at", days=180)'),
        ("paid_at", models.DateTimeField(), 'rows.past("paid_at", days=90)'),
        ("at", models.DateTimeField(unique=True), 'rows.unique_integers("at", 1, 31_449_600_000_000)'),
        ("born_on", models.DateField(), 'rows.birth_date("born_on")'),
        ("due_on", models.DateField(), 'rows.integers("due_on", -180, -1)'),
        ("modified_on", models.DateField(), 'rows.past_date("modified_on", days=90)'),
        ("day", models.DateField(unique=True), "rows.numbers"),
        ("opens_at", models.TimeField(), 'rows.time_of_day("opens_at")'),
        ("opens_at", models.TimeField(unique=True), 'rows.unique_integers("opens_at", 0, 86_399_999_999)'),
        ("took", models.DurationField(), 'rows.log_normal("took", 60_000_000, 14_400_000_000)'),
        ("took", models.DurationField(unique=True), 'rows.unique_integers("took", 0, 86_399_999_999)'),
        ("uid", models.UUIDField(), 'rows.uuid("uid")'),
        ("client", models.GenericIPAddressField(), 'rows.ip_address("client")'),
        ("client", models.GenericIPAddressField(protocol="IPv6"), 'rows.ip_address("client", version=6)'),
        ("settings", models.JSONField(), "{}"),
        ("raw", models.BinaryField(), 'b"\\x00"'),
    ],
)
def test_draft__of_a_column_as_its_name_says(name: str, field: Field, expected: str) -> None:
    assert drafted(name, field) == expected
