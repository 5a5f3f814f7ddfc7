"""Models as other people have them: each holds something that an engine may trip over."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy

BIRDS = '"aviary"."Bird"' if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") else "Bird"


class Size(models.TextChoices):
    SMALL = "s", gettext_lazy("small")
    LARGE = "l", gettext_lazy("large")


class Rank(models.IntegerChoices):
    LOW = 1
    HIGH = 2


class LowerCaseField(models.CharField):
    """Stores lower case, whatever it is given."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else value.lower()


class TagsField(models.TextField):
    """Stores several words in one text."""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> list[str] | None:
        return None if value is None else value.split(",")

    def to_python(self, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return ",".join(value) if isinstance(value, list) else value


class FilledField(models.SlugField):
    """Fills itself from the name when it is saved, whatever was there before."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        setattr(model_instance, self.attname, f"saved-{model_instance.pk}")
        return str(getattr(model_instance, self.attname))


class Visible(models.Manager):
    """Hides every other row."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().filter(is_hidden=False)


def nested() -> dict[str, Any]:
    return {"b": [1, None, "é"], "a": {}}


def two_tags() -> list[str]:
    return ["a", "b"]


class Country(models.Model):
    """Rows that a migration makes, and no seed."""

    name = models.CharField(max_length=20)


class Keeper(User):
    class Meta:
        proxy = True


class Enclosure(models.Model):
    """A table and columns whose names need quotes."""

    order = models.IntegerField()
    select = models.CharField(max_length=10, db_column="Select From")
    camel = models.BooleanField(default=True, db_column="camelCase")
    keeper = models.ForeignKey(Keeper, models.CASCADE, db_column="User")

    class Meta:
        db_table = "Zoo Enclosures"
        ordering = ["-order", "select"]


class Herd(models.Model):
    """Half of a cycle: a herd has a leader, who is of a herd."""

    number = models.SmallAutoField(primary_key=True, db_column="Nr")
    leader = models.ForeignKey("Animal", models.CASCADE, related_name="+")


class Animal(models.Model):
    """The other half, with references to itself: two of Django's, and one (`seen_with`) that it knows nothing of."""

    herd = models.ForeignKey(Herd, models.CASCADE)
    enclosure = models.ForeignKey(Enclosure, models.CASCADE, null=True)
    mother = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    rival = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")
    friends = models.ManyToManyField("self")
    name = models.CharField(max_length=20)
    nickname = models.CharField(max_length=40)
    shout = models.GeneratedField(expression=Upper("name"), output_field=models.TextField(), db_persist=True)
    code = LowerCaseField(max_length=20, unique=True)
    tags = TagsField()
    slug = FilledField()
    chip = models.IntegerField(null=True, unique=True)
    collar = models.CharField(max_length=20, null=True, unique=True)
    is_hidden = models.BooleanField()
    born = models.DateField()

    objects = Visible()

    class Meta:
        ordering = ["-name"]
        base_manager_name = "objects"
        default_manager_name = "objects"


class Passport(models.Model):
    animal = models.OneToOneField(Animal, models.CASCADE, primary_key=True)
    group = models.CharField(max_length=10)


class Ticket(models.Model):
    day = models.DateField()
    seat = models.PositiveSmallIntegerField()
    price = models.DecimalField(max_digits=6, decimal_places=2)

    class Meta:
        unique_together = [("day", "seat")]
        ordering = ["day"]


class Bird(models.Model):
    """A table in a schema of its own, where the database has schemas."""

    animal = models.ForeignKey(Animal, models.CASCADE)
    can_fly = models.BooleanField()

    class Meta:
        db_table = BIRDS


class Ring(models.Model):
    """References a table of another schema."""

    bird = models.ForeignKey(Bird, models.CASCADE)
    number = models.BigIntegerField()


class Trip(models.Model):
    """References rows that no seed makes: of a migration, and of Django's own tables."""

    start = models.ForeignKey(Country, models.CASCADE, related_name="+")
    end = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    subject = models.ForeignKey(ContentType, models.CASCADE)
    needs = models.ForeignKey(Permission, models.SET_NULL, null=True)
    stops = models.ManyToManyField(Enclosure, db_table="Trip Stops")
    animals = models.ManyToManyField(Animal, through="Berth")
    next_trips = models.ManyToManyField("self", symmetrical=False)


class Berth(models.Model):
    """A table between two, with a column of its own."""

    trip = models.ForeignKey(Trip, models.CASCADE)
    animal = models.ForeignKey(Animal, models.CASCADE)
    price = models.IntegerField()

    class Meta:
        unique_together = [("trip", "animal")]


class Note(models.Model):
    """References rows of any table, by a number and by a text, one of them optionally."""

    subject_type = models.ForeignKey(ContentType, models.CASCADE, related_name="+")
    subject_id = models.PositiveIntegerField()
    subject = GenericForeignKey("subject_type", "subject_id")
    source_type = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
    source_id = models.CharField(max_length=20, null=True)
    source = GenericForeignKey("source_type", "source_id")


class Branch(models.Model):
    """A tree, with the columns of all tree libraries."""

    parent = models.ForeignKey("self", models.CASCADE, null=True, related_name="children")
    path = models.CharField(max_length=255, unique=True)
    depth = models.PositiveIntegerField()
    numchild = models.PositiveIntegerField()
    lft = models.PositiveIntegerField()
    rght = models.PositiveIntegerField()
    tree_id = models.PositiveIntegerField()
    level = models.PositiveIntegerField()
    url_path = models.TextField()


class Bill(models.Model):
    """Its total and its number of items are those of its items."""

    total = models.DecimalField(max_digits=9, decimal_places=2)
    count = models.PositiveSmallIntegerField()


class Item(models.Model):
    bill = models.ForeignKey(Bill, models.CASCADE)
    position = models.SmallIntegerField()
    price = models.DecimalField(max_digits=7, decimal_places=2)

    class Meta:
        unique_together = [("bill", "position")]


class Stamp(models.Model):
    """Times that Django sets by itself when it saves; a seeder leaves them out."""

    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    seen_at = models.DateTimeField(default=timezone.now)
    made_on = models.DateField(auto_now_add=True)
    changed_on = models.DateField(auto_now=True)
    maybe_at = models.DateTimeField(null=True, default=timezone.now)


class DeclaredStamp(models.Model):
    """The same times, which a seeder declares."""

    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    seen_at = models.DateTimeField(default=timezone.now)
    made_on = models.DateField(auto_now_add=True)
    changed_on = models.DateField(auto_now=True)


class Default(models.Model):
    """A default of every plain kind, and what is blank; a seeder leaves all of them out."""

    number = models.IntegerField()  # the only column that is declared
    big = models.BigIntegerField(default=-(2**63))
    small = models.SmallIntegerField(default="5")
    positive = models.PositiveIntegerField(default=Rank.HIGH)
    positive_big = models.PositiveBigIntegerField(default=2**63 - 1)
    flag = models.BooleanField(default=1)
    maybe = models.BooleanField(null=True, default=False)
    ratio = models.FloatField(default=1)
    price = models.DecimalField(max_digits=6, decimal_places=2, default="12.5")
    share = models.DecimalField(max_digits=6, decimal_places=2, default=0.25)
    count = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(7))
    size = models.CharField(max_length=1, choices=Size, default=Size.LARGE)
    title = models.CharField(max_length=20, default=gettext_lazy("untitled"))
    digits = models.CharField(max_length=20, default=5)
    text = models.TextField(default="two\nlines\tand a \\N")
    blank = models.CharField(max_length=20, blank=True)
    blank_text = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    link = models.URLField(default="https://example.com/")
    slug = models.SlugField(default="a-b")
    file = models.FileField(blank=True)
    named_file = models.FileField(default="files/a.txt")
    path = models.FilePathField(path="/tmp", blank=True)
    address = models.GenericIPAddressField(default="192.0.2.1")
    address6 = models.GenericIPAddressField(default="2001:DB8::1")
    no_address = models.GenericIPAddressField(null=True)
    identifier = models.UUIDField(default=uuid.UUID(int=7))
    identifier_text = models.UUIDField(default="00000000-0000-0000-0000-00000000000a")
    span = models.DurationField(default=datetime.timedelta(days=-1, microseconds=1))
    day = models.DateField(default=datetime.date(1066, 10, 14))
    day_text = models.DateField(default="2001-02-03")
    moment = models.DateTimeField(default=datetime.datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=datetime.UTC))
    clock = models.TimeField(default=datetime.time(9, 30, 0, 1))
    data = models.JSONField(default=dict)
    items = models.JSONField(default=list)
    nested = models.JSONField(default=nested)
    nothing = models.JSONField(null=True)
    blob = models.BinaryField(default=b"\x00\xff")
    no_blob = models.BinaryField(blank=True, default=b"")
    tags = TagsField(default=two_tags)
    code = LowerCaseField(max_length=20, default="MiXed")
    country = models.ForeignKey(Country, models.PROTECT, default=1)
    no_country = models.ForeignKey(Country, models.PROTECT, null=True, related_name="+")
    from_database = models.IntegerField(db_default=8)
    declared_from_database = models.IntegerField(db_default=8, default=9)
