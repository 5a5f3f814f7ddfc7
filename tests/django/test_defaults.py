"""What a column gets that no seeder declares."""

import uuid
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy

from seeding.declare.defaults import constant_of, is_filled_by_the_database, random_uuid_of

NUMBERS = count()


def found(field: Any) -> Any:
    """Return the constant's value, `anchor`, or None where there is no constant."""
    field.set_attributes_from_name("column")
    constant = constant_of(field)
    if constant is None:
        return None
    assert constant.field is field
    return "anchor" if constant.is_anchor else (constant.value,)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.IntegerField(default=7), (7,)),
        (models.IntegerField(default="7"), (7,)),
        (models.IntegerField(default=7, null=True), (7,)),
        (models.IntegerField(null=True), (None,)),
        (models.IntegerField(default=None, null=True), (None,)),
        (models.IntegerField(), None),
        (models.IntegerField(blank=True), None),
        (models.IntegerField(default=lambda: 3), (3,)),
        (models.IntegerField(default=lambda: next(NUMBERS)), None),
        (models.IntegerField(default=lambda: 1 // 0), None),
        (models.IntegerField(default=ContentType.objects.count), None),
        (models.UUIDField(default=lambda: uuid.UUID("no")), None),
        (models.DecimalField(default="1.5", max_digits=5, decimal_places=2), (Decimal("1.5"),)),
        (models.CharField(default=gettext_lazy("Yes")), ("Yes",)),
        (models.CharField(blank=True), ("",)),
        (models.CharField(), None),
        (models.JSONField(default=dict), ({},)),
        (models.UUIDField(default=uuid.uuid4), None),
        (models.DateTimeField(auto_now=True), "anchor"),
        (models.DateTimeField(auto_now_add=True), "anchor"),
        (models.DateTimeField(default=timezone.now), "anchor"),
        (models.DateField(default=date.today), "anchor"),
        (models.DateField(default="2026-01-05"), (date(2026, 1, 5),)),
        (models.DateTimeField(default=timezone.now, null=True), "anchor"),
    ],
)
def test_constant_of(field: Any, expected: Any) -> None:
    assert found(field) == expected


def test_random_uuid_of__a_default_that_fails() -> None:
    field = models.UUIDField(default=lambda: uuid.UUID("no"))
    field.set_attributes_from_name("column")
    assert random_uuid_of(field) is None


def test_constant_of__a_relation_is_the_key() -> None:
    assert found(models.ForeignKey("users", models.CASCADE, default=1)) == (1,)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        (models.DateTimeField(db_default=Now()), True),
        (models.IntegerField(db_default=3), True),
        (models.IntegerField(db_default=3, default=4), False),
        (models.IntegerField(default=4), False),
        (
            models.GeneratedField(expression=models.F("a") + 1, output_field=models.IntegerField(), db_persist=True),
            True,
        ),
    ],
)
def test_is_filled_by_the_database(field: Any, expected: bool) -> None:
    assert is_filled_by_the_database(field) is expected
