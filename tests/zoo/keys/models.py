"""Models with every sort of primary key."""

import uuid
from typing import Any

from django.db import models


class Keyed(models.Model):
    """What other projects' abstract base is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True


class Shop(Keyed):
    """Half of a cycle: a shop has a best product, which is of a shop."""

    name = models.CharField(max_length=20)
    best = models.ForeignKey("Product", models.SET_NULL, null=True, related_name="+")
    is_mine = models.BooleanField(default=False)


class Product(Keyed):
    """Refers to itself, and has children with its own key."""

    shop = models.ForeignKey(Shop, models.CASCADE)
    variant_of = models.ForeignKey("self", models.CASCADE, null=True)
    name = models.CharField(max_length=20)


class Sheet(models.Model):
    """Has its product's key."""

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True)
    text = models.TextField()


class Sale(models.Model):
    """Has an integer as its key, and references UUIDs, one of them by way of a one-to-one key."""

    sheet = models.ForeignKey(Sheet, models.CASCADE)
    product = models.ForeignKey(Product, models.SET_NULL, null=True, db_column="Of Product")
    number = models.IntegerField()


class Region(models.Model):
    """Its key is a text, which looks like SQL; it has children in a table of their own."""

    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=40)
    within = models.ForeignKey("self", models.CASCADE, null=True)


class Reserve(Region):
    """Inherits a text as its key, and a column from an abstract base."""

    ranger = models.ForeignKey("Ranger", models.SET_NULL, null=True)


class Worker(Keyed):
    """Has heirs in tables of their own, with its UUIDs as their keys."""

    badge = models.IntegerField(unique=True)
    region = models.ForeignKey(Region, models.CASCADE)
    chief = models.ForeignKey("self", models.CASCADE, null=True)
    note = models.CharField(max_length=20, default="none")
    skills: Any = models.ManyToManyField("Skill")


class Ranger(Worker):
    link = models.OneToOneField(Worker, models.CASCADE, parent_link=True, related_name="as_ranger")
    hat = models.CharField(max_length=10)


class ChiefRanger(Ranger):
    number = models.AutoField(primary_key=True)
    ranger_ptr = models.OneToOneField(Ranger, models.CASCADE, parent_link=True)


class Veterinarian(Worker):
    class Meta:
        db_table = "Keys Vets"


class Colleague(Worker):
    class Meta:
        proxy = True


class Shift(models.Model):
    """References a proxy, another unique column of it, and heirs."""

    colleague = models.ForeignKey(Colleague, models.CASCADE)
    badge = models.ForeignKey(Worker, models.CASCADE, to_field="badge", db_column="badge", related_name="+")
    chief = models.ForeignKey(ChiefRanger, models.CASCADE, related_name="+")
    reserve = models.ForeignKey(Reserve, models.SET_NULL, null=True)


class Skill(Keyed):
    """What workers have: its relation is filled by the seeder of some heirs alone."""

    name = models.CharField(max_length=20)


class Award(models.Model):
    """References workers of two sorts, each by the table that all workers are in; and one of them once more."""

    winner = models.ForeignKey(Worker, models.CASCADE, related_name="+")
    runner_up = models.ForeignKey(Worker, models.SET_NULL, null=True, related_name="+")
    ranger = models.OneToOneField(Ranger, models.CASCADE)


class Room(Keyed):
    """A tree whose inner nodes are in one table, and whose leaves are in another one, too."""

    path = models.CharField(max_length=60, unique=True)
    numchild = models.IntegerField(default=0)


class Hall(Room):
    pass


class Cell(Room):
    inside = models.ForeignKey(Hall, models.CASCADE, related_name="cells")
