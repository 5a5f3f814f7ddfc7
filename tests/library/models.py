from django.conf import settings
from django.db import models
from django.db.models.functions import Lower


class Author(models.Model):
    name = models.CharField(max_length=100)
    born = models.DateField(null=True)


class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE)
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True)
    title = models.TextField()
    slug = models.GeneratedField(expression=Lower("title"), output_field=models.TextField(), db_persist=True)
    price = models.DecimalField(max_digits=8, decimal_places=3)
    weight = models.FloatField()
    in_print = models.BooleanField(default=True)
    subtitle = models.CharField(max_length=100, blank=True)
    shelf = models.SmallIntegerField(default=3)


class Cover(models.Model):
    book = models.OneToOneField(Book, models.CASCADE, primary_key=True)
    colour = models.CharField(max_length=10, null=True)
    printed_at = models.DateTimeField()
