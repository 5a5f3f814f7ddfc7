"""A table with a column of every kind that Django has, one with those of PostgreSQL, and fields of one's own."""

import uuid
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class Point:
    """A value of a class of one's own."""

    def __init__(self, x: int, y: int) -> None:
        self.x, self.y = x, y

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self) -> int:
        return hash((self.x, self.y))


class PointField(models.Field):
    """Stores a point as text; no subclass of any field that a kind serves."""

    def db_type(self, connection: Any) -> str:
        return "varchar(30)"

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Point | None:
        return None if value is None else Point(*map(int, value.split(",")))

    def get_prep_value(self, value: Any) -> Any:
        return f"{value.x},{value.y}" if isinstance(value, Point) else value


class ShortTextField(models.Field):
    """Stores what it is given; its type says which kind it is."""

    def db_type(self, connection: Any) -> str:
        return "varchar(12)"


class LikeTextField(models.Field):
    """Says which of Django's fields it is like."""

    def get_internal_type(self) -> str:
        return "TextField"


class Blocks:
    """Blocks of a page, each of which gets an id of its own where it has none."""

    def __init__(self, raw: list[dict[str, Any]]) -> None:
        self.raw = raw

    def prepared(self) -> list[dict[str, Any]]:
        return [{"id": str(uuid.uuid4()), **block} for block in self.raw]


class BlocksField(models.Field):
    """Stores blocks as JSON, as wagtail's StreamField does; no subclass of Django's field."""

    def get_internal_type(self) -> str:
        return "JSONField"

    def to_python(self, value: Any) -> Blocks:
        return value if isinstance(value, Blocks) else Blocks(value or [])

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Blocks:
        return Blocks(models.JSONField().from_db_value(value, expression, connection))

    def get_prep_value(self, value: Any) -> Any:
        return value.prepared() if isinstance(value, Blocks) else value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return models.JSONField().get_db_prep_value(value, connection, prepared=True)

    def get_default(self) -> Blocks:
        return Blocks([])


class HostField(models.Field):
    """Stores an address, and has none of the options of Django's field."""

    def db_type(self, connection: Any) -> str:
        return "inet" if connection.vendor == "postgresql" else "char(39)"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return None if value is None else str(value)


def first_ten() -> dict[str, Any]:
    return {"first": list(range(10))}


def token() -> str:
    return uuid.uuid4().hex


class Thing(models.Model):
    code = models.UUIDField(unique=True)
    maybe_code = models.UUIDField(null=True)
    drawn = models.UUIDField(default=uuid.uuid4, unique=True)
    drawn_text = models.CharField(max_length=36, default=uuid.uuid4)
    drawn_digits = models.CharField(max_length=32, default=token)
    document = models.JSONField()
    kind_of_document = models.JSONField(null=True)
    any_document = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    text_document = models.JSONField()
    empty_document = models.JSONField(default=dict)
    empty_list = models.JSONField(default=list)
    full_document = models.JSONField(default=first_ten)
    clock = models.TimeField()
    maybe_clock = models.TimeField(null=True)
    duration = models.DurationField()
    maybe_duration = models.DurationField(null=True)
    address = models.GenericIPAddressField()
    address_4 = models.GenericIPAddressField(protocol="IPv4", null=True)
    address_6 = models.GenericIPAddressField(protocol="IPv6")
    blob = models.BinaryField()
    maybe_blob = models.BinaryField(null=True, max_length=4)
    path = models.FilePathField(path="/srv")
    image = models.FileField()
    point = PointField()
    short = ShortTextField()
    like = LikeTextField()


class Lookalike(models.Model):
    """Has fields that are only like Django's."""

    blocks = BlocksField()
    no_blocks = BlocksField(blank=True)
    host = HostField()


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
    from django.contrib.postgres.fields import (
        ArrayField,
        BigIntegerRangeField,
        DateRangeField,
        DateTimeRangeField,
        DecimalRangeField,
        HStoreField,
        IntegerRangeField,
    )
    from django.contrib.postgres.search import SearchVectorField

    class Native(models.Model):
        numbers = ArrayField(models.IntegerField())
        pairs = ArrayField(models.SmallIntegerField(), size=2)
        words = ArrayField(models.CharField(max_length=10), null=True)
        words_for_all = ArrayField(models.TextField())
        grid = ArrayField(ArrayField(models.FloatField()))
        prices = ArrayField(models.DecimalField(max_digits=6, decimal_places=2))
        moments = ArrayField(models.DateTimeField())
        days = ArrayField(models.DateField())
        uuids = ArrayField(models.UUIDField())
        flags = ArrayField(models.BooleanField())
        empty = ArrayField(models.IntegerField(), default=list)
        span = IntegerRangeField()
        big_span = BigIntegerRangeField(null=True)
        share = DecimalRangeField(default_bounds="[]")
        season = DateRangeField()
        shift = DateTimeRangeField()
        fixed_shift = DateTimeRangeField(null=True)
        attributes = HStoreField()
        maybe_attributes = HStoreField(null=True)
        search = SearchVectorField(null=True)
