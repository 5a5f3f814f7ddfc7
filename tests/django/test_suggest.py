"""What a column would hold, judging by its field: what the tests of drafts don't reach by their models."""

from typing import Any

import pytest
from django.core.validators import RegexValidator, validate_slug
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

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
