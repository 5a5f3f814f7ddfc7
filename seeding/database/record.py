"""The record: every attempt in `seed_metadata`, and which rows seeds created. Who has a `success` row is applied."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction

from ..errors import Pending
from ..models import CLEAR, KeyRange, SeedMetadata, Status
from .catalogue import Catalogue, Table
from .connections import DATESTYLE, describe, prepare_transaction
from .names import run

TABLES = (SeedMetadata._meta.db_table, KeyRange._meta.db_table)
APPLIED_WITHIN_S = 5  # where no lock timeout is known: the health check
SHARD_TARGET = 10  # of shards' statistics: of each of 32, 3,000 rows, together thrice those of one server's table


@contextmanager
def bounded(using: str, lock_timeout_s: float) -> Iterator[None]:
    """Run the block in a transaction that waits for no lock longer than that, on PostgreSQL."""
    connection = connections[using]
    with transaction.atomic(using):
        if connection.vendor == "postgresql":
            prepare_transaction(connection)
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {max(1, int(lock_timeout_s * 1000))}")
        yield


@contextmanager
def _reading(using: str, lock_timeout_s: float = APPLIED_WITHIN_S) -> Iterator[None]:
    """Run the block where it waits for no lock longer than that, and times can be read in spite of a role's settings.

    A caller's transaction stays as it is.
    """
    connection = connections[using]
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic(using):
        with connection.cursor() as cursor:
            lock_timeout_ms = max(1, int(lock_timeout_s * 1000))
            cursor.execute(f"SET LOCAL lock_timeout = {lock_timeout_ms}; SET LOCAL datestyle = '{DATESTYLE}'")
        yield


def applied(using: str, lock_timeout_s: float = APPLIED_WITHIN_S) -> SeedMetadata | None:
    """Return the attempt that is applied, if any: one query, which waits for no lock longer than that."""
    with _reading(using, lock_timeout_s):
        return SeedMetadata.objects.using(using).filter(status=Status.SUCCESS).first()


def applied_as(version: str, using: str, lock_timeout_s: float = APPLIED_WITHIN_S) -> SeedMetadata | None:
    """Return the attempt that applied this version, if that is the one that is applied."""
    attempt = applied(using, lock_timeout_s)
    return attempt if attempt is not None and attempt.seed_version == version else None


def require_applied(version: str, using: str, lock_timeout_s: float = APPLIED_WITHIN_S) -> SeedMetadata:
    """Return the attempt that applied this version. Raises Pending where it isn't applied."""
    attempt = applied(using, lock_timeout_s)
    if attempt is None or attempt.seed_version != version:
        there = f"{attempt.seed_version} is applied" if attempt is not None else "no seed is applied"
        raise Pending(
            f"{version} is not applied to {describe(using)}, {there}: run `manage.py seed --seed-version {version}` to "
            "apply it."
        )
    return attempt


def history(using: str, most: int | None = None) -> list[SeedMetadata]:
    """Return the attempts, newest first, at most that many."""
    with _reading(using):
        return list(SeedMetadata.objects.using(using).order_by("-seeded_at", "-id")[:most])


def attempt_count(using: str) -> int:
    """Return the number of all attempts."""
    return SeedMetadata.objects.using(using).count()


def key_ranges(using: str) -> dict[str, KeyRange]:
    """Return what is known of the rows that the last seed created, by table."""
    with _reading(using):
        return {r.table_name: r for r in KeyRange.objects.using(using).defer("marks")}


def tables(catalogue: Catalogue) -> list[Table]:
    """Return the record's own tables."""
    return list(catalogue.of_models(TABLES).values())


def record_success(using: str, key_ranges: Sequence[KeyRange], **columns: Any) -> SeedMetadata:
    """Record a version as applied, in the caller's transaction: what was applied before turns `replaced`."""
    SeedMetadata.objects.using(using).filter(status=Status.SUCCESS).update(status=Status.REPLACED)
    KeyRange.objects.using(using).all().delete()
    KeyRange.objects.using(using).bulk_create(key_ranges)
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # the number that all rows written by this transaction bear
            run(cursor, "UPDATE seed_key_ranges SET transaction_id = xmin::text::bigint")
    return SeedMetadata.objects.using(using).create(status=Status.SUCCESS, **columns, **_who(using))


def record_clearing(using: str, **columns: Any) -> SeedMetadata:
    """Record that the seeds' rows are deleted, in the caller's transaction: what was applied turns `replaced`."""
    SeedMetadata.objects.using(using).filter(status=Status.SUCCESS).update(status=Status.REPLACED)
    KeyRange.objects.using(using).all().delete()
    return SeedMetadata.objects.using(using).create(status=Status.REPLACED, loader=CLEAR, **columns, **_who(using))


def record_duration(using: str, attempt: SeedMetadata, duration_ms: int) -> None:
    """Record how long an attempt took, in a transaction of its own that waits for no lock for long."""
    with bounded(using, APPLIED_WITHIN_S):
        SeedMetadata.objects.using(using).filter(pk=attempt.pk).update(duration_ms=duration_ms)


def record_failure(using: str, error: str, **columns: Any) -> None:
    """Record a failed attempt, in a transaction of its own that waits for no lock for long."""
    connection = connections[using]
    if not connection.in_atomic_block:
        connection.close()  # whatever state the failure left it in
    with bounded(using, APPLIED_WITHIN_S):
        SeedMetadata.objects.using(using).create(status=Status.FAILED, error=error, **columns, **_who(using))


def _who(using: str) -> Mapping[str, Any]:
    connection = connections[using]
    user = ""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            user = cursor.fetchone()[0]
    return {"host": socket.gethostname()[:255], "pid": os.getpid(), "database_user": user}


def answers(using: str) -> bool:
    """Return True if the database answers a query. Raises django.db.Error where it doesn't."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None


def analyze(using: str, tables: Sequence[str], lock_timeout_s: float) -> None:
    """Refresh the planner's statistics of the tables, in a transaction of its own."""
    found = Catalogue(using).of_models(tables).values()
    spread = [table for table in found if table.is_distributed]
    _vacuum(using, spread)
    with bounded(using, max(1.0, lock_timeout_s)), connections[using].cursor() as cursor:
        for table in found:
            if not table.is_distributed:
                run(cursor, f"ANALYZE {table.sql}")
        if spread:
            cursor.execute("SELECT least(current_setting('default_statistics_target')::int, %s)", [SHARD_TARGET])
            target = cursor.fetchone()[0]
            run(cursor, "SET LOCAL citus.propagate_set_commands = 'local'")
            run(cursor, f"SET LOCAL default_statistics_target = {target}")
        for table in spread:
            run(cursor, f"ANALYZE (SKIP_LOCKED) {table.sql}")


def _vacuum(using: str, tables: Sequence[Table]) -> None:
    """Freeze the rows of a cluster's tables, but for those that are locked; not in a transaction.

    COPY writes no frozen rows into shards, and an autovacuum of so many new rows would let the next seed wait.
    """
    with connections[using].cursor() as cursor:
        for table in tables:
            run(cursor, f"VACUUM (FREEZE, SKIP_LOCKED) {table.sql}")
