"""Kinds of columns: what each takes from a seeder, what it refuses, and what it stores."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import models
from django.utils.translation import gettext_lazy

from seeding.declare.kinds import KINDS, kind_of
from seeding.declare.kinds.base import Kind
from seeding.declare.target import Target
from seeding.generate.columns import Categorical
from seeding.generate.marks import marks_of
from seeding.report.wording import shown

TARGET = Target("default", {}, datetime(2026, 1, 5, tzinfo=UTC))
NOON = datetime(2026, 1, 4, 12, tzinfo=UTC)


class Size(models.TextChoices):
    SMALL = "s"
    LARGE = "l"


def named(field: models.Field) -> models.Field:
    field.set_attributes_from_name("column")
    return field


def kind(field: models.Field) -> Kind:
    found = kind_of(named(field))
    assert found is not None
    return found


INTEGER = models.IntegerField(null=True)
DECIMAL = models.DecimalField(max_digits=5, decimal_places=2, null=True)
FLOAT = models.FloatField(null=True)
BOOLEAN = models.BooleanField(null=True)
TEXT = models.CharField(max_length=5, null=True)
MOMENT = models.DateTimeField(null=True)
DAY = models.DateField(null=True)
FILE = models.FileField(null=True)


@pytest.mark.parametrize(
    ("field", "value", "declared"),
    [
        (INTEGER, [1, 2], [1, 2]),
        (INTEGER, (1, None), [1, None]),
        (INTEGER, np.array([1, 2], "u1"), [1, 2]),
        (INTEGER, np.array([1, 2], object), [1, 2]),
        (INTEGER, np.int16(3), [3, 3]),
        (INTEGER, np.array(3), [3, 3]),
        (INTEGER, np.ma.array([1, 2], mask=[False, True]), [1, None]),
        (INTEGER, Categorical(np.array([1, 0]), (5, None)), [None, 5]),
        (DECIMAL, 7, [7, 7]),
        (DECIMAL, [Decimal("1.5"), None], [150, None]),
        (DECIMAL, Decimal("-999.99"), [-99999, -99999]),
        (FLOAT, np.array([1.5, 2]), [1.5, 2.0]),
        (FLOAT, [1, 2.5], [1.0, 2.5]),
        (FLOAT, np.array([1, 2]), [1.0, 2.0]),
        (BOOLEAN, True, [True, True]),
        (BOOLEAN, [None, False], [None, False]),
        (TEXT, None, [None, None]),
        (TEXT, "x", ["x", "x"]),
        (TEXT, Size.LARGE, ["l", "l"]),
        (TEXT, gettext_lazy("Yes"), ["Yes", "Yes"]),
        (TEXT, np.array(["a", "b"]), ["a", "b"]),
        (TEXT, Categorical(np.array([1, 0]), ("a", "b")), ["b", "a"]),
        (TEXT, Categorical(np.array([1, 0]), (Size.SMALL, None)), [None, "s"]),
        (FILE, "a.txt", ["a.txt", "a.txt"]),
        (MOMENT, None, [None, None]),
        (MOMENT, [1, None], [1, None]),
        (DAY, [1, 2], [1, 2]),
    ],
)
def test_column__takes(field: models.Field, value: Any, declared: list[Any]) -> None:
    assert kind(field).column(value, 2).tolist() == declared


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (INTEGER, "x", "it holds 'x', and this column holds whole numbers"),
        (INTEGER, [1.5, 2.5], "it holds 1.5, and this column holds whole numbers"),
        (INTEGER, [True, False], "it holds True, and this column holds whole numbers"),
        (INTEGER, np.array([True, False]), "it holds bool values, and this column holds whole numbers"),
        (INTEGER, np.array([1.0, 2.0]), "it holds float64 values, and this column holds whole numbers"),
        (INTEGER, [1, 2, 3], "3 values for 2 rows"),
        (INTEGER, np.zeros((2, 2), int), "it has 2 dimensions, not one value a row"),
        (INTEGER, 2**64, "a value doesn't fit into 64 bits"),
        (INTEGER, np.array([1, 2**63], "u8"), f"{2**63} doesn't fit into 64 bits"),
        (INTEGER, [1, 2**31], f"it holds {2**31}, and IntegerField goes from {-(2**31)} to {2**31 - 1}"),
        (models.PositiveSmallIntegerField(), -1, "it holds -1, and PositiveSmallIntegerField goes from 0 to 32767"),
        (models.IntegerField(), [1, None], "it holds NULL, and the column may not be NULL"),
        (
            DECIMAL,
            [1.5, 2.5],
            "it holds 1.5, and this column holds decimals (whole numbers are units of the last decimal place)",
        ),
        (DECIMAL, Decimal("1.234"), "it holds 1.234, and the field has 2 decimal places"),
        (DECIMAL, Decimal("1000"), "it holds 1000.00, and the field has 5 digits"),
        (DECIMAL, -100_000, "it holds -1000.00, and the field has 5 digits"),
        (FLOAT, Categorical(np.array([0, 0]), ("a",)), "it holds 'a', and this column holds floating point numbers"),
        (FLOAT, float("nan"), "it holds a value that is not a finite number, which not every database stores"),
        (BOOLEAN, [1, 2], "it holds 1, and this column holds booleans"),
        (BOOLEAN, np.array([1, 0]), "it holds int64 values, and this column holds booleans"),
        (TEXT, [1, 2], "it holds 1, and this column holds text"),
        (TEXT, np.array([1, 2]), "it holds int64 values, and this column holds text"),
        (TEXT, "a\0b", r"it holds 'a\x00b', and PostgreSQL stores no NUL characters"),
        (TEXT, np.array(["a\0b", "c"]), "it holds a NUL character, which PostgreSQL doesn't store"),
        (TEXT, ["x", "abcdef"], "it holds a text of 6 characters, and max_length is 5"),
        (TEXT, Categorical(np.array([0, 0]), ("x", "abcdef")), "it holds a text of 6 characters, and max_length is 5"),
        (
            MOMENT,
            NOON.replace(tzinfo=None),
            "it holds 2026-01-04 12:00:00, which has no time zone: give one, like datetime.UTC",
        ),
        (
            MOMENT,
            [NOON, 1],
            "it mixes whole numbers, which count back from the anchor, with moments (whole numbers are microseconds "
            "before the anchor)",
        ),
        (MOMENT, [2**70, 1], "a value doesn't fit into 64 bits"),
        (
            MOMENT,
            np.array(["2026-01-01T00:00:00.000000999"] * 2, "M8[ns]"),
            "it holds datetime64[ns] values that M8[us] can't hold exactly",
        ),
        (DAY, np.array(["2026-01-01T23"] * 2, "M8[h]"), "it holds datetime64[h] values that M8[D] can't hold exactly"),
        (DAY, np.array(["20000-01-01"] * 2, "M8[D]"), "it holds a year that isn't from 1 to 9999"),
        (DAY, "today", "it holds 'today', and this column holds dates (whole numbers are days before the anchor)"),
        (DAY, NOON, f"it holds {shown(NOON)}, and this column holds dates (whole numbers are days before the anchor)"),
    ],
)
def test_column__refuses(field: models.Field, value: Any, message: str) -> None:
    with pytest.raises((TypeError, ValueError)) as caught:
        kind(field).column(value, 2)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        (INTEGER, [1, None], [1, None]),
        (DECIMAL, [150, None], [Decimal("1.50"), None]),
        (FLOAT, [0.5, None], [0.5, None]),
        (BOOLEAN, [True, None], [True, None]),
        (TEXT, ["a", None], ["a", None]),
        (TEXT, Categorical(np.array([1, 0]), ("a", None)), [None, "a"]),
        (MOMENT, [43_200_000_000, None], [NOON, None]),
        (MOMENT, [NOON, None], [NOON, None]),
        (MOMENT, np.array(["2026-01-04T12:00", "NaT"], "M8[s]"), [NOON, None]),
        (MOMENT, np.ma.array(np.array(["2026-01-04", "NaT"], "M8[us]"), mask=[True, False]), [None, None]),
        (DAY, np.array(["2026-01-04T00", "NaT"], "M8[h]"), [date(2026, 1, 4), None]),
        (DAY, [1, None], [date(2026, 1, 4), None]),
        (DAY, [date(1600, 2, 29), None], [date(1600, 2, 29), None]),
    ],
)
def test_python__of_what_is_stored_and_read_back(field: models.Field, value: Any, stored: list[Any]) -> None:
    one = kind(field)
    column = one.stored(one.column(value, 2), TARGET)
    assert one.python(column) == stored
    assert one.python(one.read(stored)) == stored
    assert marks_of(one.read(stored)).tolist() == marks_of(column).tolist()


@pytest.mark.parametrize("field", [MOMENT, DAY])
def test_times__of_other_years_than_a_datetime_has_are_refused(field: models.Field) -> None:
    one = kind(field)
    for number in (2**62, -(2**62)):
        message = f"^it holds {number}, which counted back from the anchor isn't in the years 1 to 9999$"
        with pytest.raises(ValueError, match=message):
            one.stored(one.column([0, number], 2), TARGET)


def test_moments__of_other_zones_are_the_same_moments() -> None:
    from datetime import timezone

    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    one = kind(MOMENT)
    assert one.column(elsewhere, 1).tolist() == one.column(NOON, 1).tolist()


def test_moments__are_read_from_the_texts_that_sqlite_stores() -> None:
    """Those that somebody wrote in other ways are other moments than any that was generated."""
    one, first = kind(MOMENT), datetime(1, 1, 1, tzinfo=UTC)
    moments = [NOON, NOON + timedelta(microseconds=1), first, None]
    texts = ["2026-01-04 12:00:00", "2026-01-04 12:00:00.000001", "0001-01-01 00:00:00", None]
    assert one.read(texts).tolist() == one.read(moments).tolist()
    odd = [
        "2026-01-04 12:00",
        "2026-01-04 12:00:00+02:00",
        "it was at noon, I think",
        "",
        "2026-13-04 12:00:00",
        "x" * 10_000,
    ]
    assert one.python(one.read([*texts[:3], texts[0]])) == [*moments[:3], NOON]
    found = one.read([*odd, *texts]).tolist()
    assert found[len(odd) :] == one.read(moments).tolist()
    assert set(found[: len(odd)]) == {np.iinfo(np.int64).min}


def test_kind_of__is_that_of_the_nearest_class() -> None:
    class Code(models.CharField):
        pass

    fields: list[models.Field] = [
        models.AutoField(primary_key=True),
        models.PositiveBigIntegerField(),
        models.SlugField(),
        Code(),
        models.DateTimeField(),
        models.ImageField(),
        models.OneToOneField("users", models.CASCADE),
    ]
    names = [type(kind_of(field)).__name__ for field in fields]
    assert names == ["Integer", "Integer", "Text", "Text", "Moment", "FileName", "Reference"]
    assert kind_of(models.Field()) is None


def test_kinds__have_what_messages_need_and_serve_a_field_once() -> None:
    served = [field for one in KINDS for field in one.fields]
    assert len(served) == len(set(served))
    assert all(one.title and one.example and one.types for one in KINDS)
