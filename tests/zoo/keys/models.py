"""Models with every sort of primary key."""

import uuid

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
