"""Shops and their products: UUID keys, a document, an array and a time of day."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Shop(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=50)


class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shop = models.ForeignKey(Shop, models.CASCADE)
    attributes = models.JSONField()
    sizes = ArrayField(models.IntegerField())
    sold_at = models.TimeField()
