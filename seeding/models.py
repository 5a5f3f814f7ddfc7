"""What is known of seeds: every attempt, and which rows seeds created."""

from typing import Any

from django.db import models
from django.utils import timezone

CLEAR = "clear"  # instead of a loader: the attempt only deleted what seeds had created


class Status(models.TextChoices):
    """How an attempt ended, and whether its data still stands."""

    SUCCESS = "success", "Applied"
    FAILED = "failed"
    REPLACED = "replaced"


class SeedMetadata(models.Model):
    """One attempt to seed. Having a `success` row always means: this version's data was put in the tables, whole."""

    seed_version = models.CharField(max_length=64)
    seeded_at = models.DateTimeField(default=timezone.now)
    row_counts = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status)
    digests = models.JSONField(default=dict)
    sample_digests = models.JSONField(default=dict, help_text="Digests of a few rows, for a quick check of the code.")
    digest_definition = models.SmallIntegerField(null=True, help_text="How the digests are made; NULL: as before 2.")
    options = models.JSONField(null=True, help_text="The counting options that were asked for.")
    sources = models.JSONField(null=True, help_text="A digest of each seeds.py: has one changed since?")
    anchored_at = models.DateTimeField(null=True, help_text="The moment that generated times count back from.")
    duration_ms = models.BigIntegerField(null=True)
    loader = models.CharField(max_length=20, blank=True)
    error = models.TextField(blank=True)
    host = models.CharField(max_length=255, blank=True)
    pid = models.BigIntegerField(null=True)
    database_user = models.CharField(max_length=128, blank=True)

    class Meta:
        db_table = "seed_metadata"
        verbose_name, verbose_name_plural = "seed attempt", "seed attempts"
        permissions = [("apply_seed", "Can seed again from the admin")]
        constraints = [
            models.UniqueConstraint(
                fields=["status"], condition=models.Q(status=Status.SUCCESS), name="seed_metadata_one_success"
            ),
            models.CheckConstraint(condition=models.Q(status__in=Status.values), name="seed_metadata_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.seed_version} ({self.state.lower()})"

    @property
    def state(self) -> str:
        """The status in a word: Applied, Failed, Replaced, or Cleared, where the attempt only deleted."""
        is_clearing = self.status == Status.REPLACED and self.loader == CLEAR
        return "Cleared" if is_clearing else str(Status(self.status).label)

    @property
    def counts(self) -> dict[str, int]:
        """The row counts, or none where somebody edited them into something else."""
        return {table: n for table, n in _dict(self.row_counts).items() if type(n) is int}

    @property
    def table_digests(self) -> dict[str, str]:
        """The digests, or none where somebody edited them into something else."""
        return _dict(self.digests)

    @property
    def table_sample_digests(self) -> dict[str, str]:
        """The digests of samples, or none where somebody edited them into something else."""
        return _dict(self.sample_digests)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


class KeyRange(models.Model):
    """The keys of the rows that the last seed created in one table, and what proves that they are still its rows.

    It outlives `SeedMetadata` rows. `seeding.protect.ownership` says how the proof works.
    """

    table_name = models.CharField(max_length=128, primary_key=True)
    first_key = models.BigIntegerField()
    last_key = models.BigIntegerField()
    key_base = models.UUIDField(null=True, help_text="What the two are added to, where the keys are UUIDs.")
    key_list = models.BinaryField(null=True, help_text="The keys, where they are texts: JSON, compressed by zlib.")
    seed_version = models.CharField(max_length=64, null=True)  # noqa: DJ001 (NULL: recorded without proof)
    row_counts = models.JSONField(null=True, help_text="Every table's count: generating the rows again needs them.")
    anchored_at = models.DateTimeField(null=True)
    transaction_id = models.BigIntegerField(null=True, help_text="PostgreSQL's number of the seed's transaction.")
    system_identifier = models.CharField(  # noqa: DJ001
        max_length=48, null=True, help_text="PostgreSQL's name of the server's data, and of the database."
    )
    mark_columns = models.JSONField(null=True, help_text="The fields whose values the marks are made of.")
    mark_step = models.BigIntegerField(null=True, help_text="Every how many rows one is marked.")
    marks = models.BinaryField(null=True, help_text="Four bytes for each marked row's value, column by column.")

    class Meta:
        db_table = "seed_key_ranges"

    def __str__(self) -> str:
        return f"{self.table_name}: {self.first_key} to {self.last_key}"
