"""What is known of seeds: every attempt, and which rows seeds created."""

from django.db import models
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils import timezone


class Status(models.TextChoices):
    """How an attempt ended, and whether its data still stands."""

    SUCCESS = "success"
    FAILED = "failed"
    REPLACED = "replaced"


class SeedMetadata(models.Model):
    """One attempt to seed. Having a `success` row always means: this version's data was put in the tables, whole."""

    seed_version = models.CharField(max_length=64)
    seeded_at = models.DateTimeField(default=timezone.now)
    row_counts = models.JSONField(default=dict)
    row_count_users = models.GeneratedField(
        expression=Cast(KT("row_counts__users"), models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    row_count_orders = models.GeneratedField(
        expression=Cast(KT("row_counts__orders"), models.BigIntegerField()),
        output_field=models.BigIntegerField(null=True),
        db_persist=True,
    )
    status = models.CharField(max_length=10, choices=Status)
    digests = models.JSONField(default=dict)
    sample_digests = models.JSONField(default=dict, help_text="Digests of a few rows, for a quick check of the code.")
    anchored_at = models.DateTimeField(null=True, help_text="The moment that generated times count back from.")
    duration_ms = models.BigIntegerField(null=True)
    loader = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    host = models.CharField(max_length=255, blank=True)
    pid = models.BigIntegerField(null=True)
    database_user = models.CharField(max_length=128, blank=True)

    class Meta:
        db_table = "seed_metadata"
        verbose_name = verbose_name_plural = "seed metadata"
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status=Status.SUCCESS), name="seed_metadata_one_success"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="seed_metadata_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.seed_version} ({self.status})"


class KeyRange(models.Model):
    """The keys of the rows that the last seed created in one table. It outlives `SeedMetadata` rows."""

    table_name = models.CharField(max_length=128, primary_key=True)
    first_key = models.BigIntegerField()
    last_key = models.BigIntegerField()

    class Meta:
        db_table = "seed_key_ranges"

    def __str__(self) -> str:
        return f"{self.table_name}: {self.first_key} to {self.last_key}"
