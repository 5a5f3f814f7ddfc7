"""The store: `seed_metadata` and the key ranges. Whoever has a `success` row is applied."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from typing import Any

from django.db import connections, transaction

from ..models import KeyRange, SeedMetadata, Status


def applied(using: str) -> SeedMetadata | None:
    """Return the attempt whose data is in force, if any: one query."""
    return SeedMetadata.objects.using(using).filter(status=Status.SUCCESS).first()


def history(using: str) -> list[SeedMetadata]:
    """Return all attempts, newest first."""
    return list(SeedMetadata.objects.using(using).order_by("-seeded_at", "-id"))


def key_ranges(using: str) -> dict[str, tuple[int, int]]:
    """Return the first and the last key that the last seed created, by table."""
    return {r.table_name: (r.first_key, r.last_key) for r in KeyRange.objects.using(using)}


def record_success(using: str, key_ranges: Mapping[str, tuple[int, int]], **columns: Any) -> SeedMetadata:
    """Record a version as applied, in the caller's transaction: what was in force turns `replaced`."""
    SeedMetadata.objects.using(using).filter(status=Status.SUCCESS).update(status=Status.REPLACED)
    KeyRange.objects.using(using).all().delete()
    KeyRange.objects.using(using).bulk_create(
        KeyRange(table_name=table, first_key=first, last_key=last) for table, (first, last) in key_ranges.items()
    )
    return SeedMetadata.objects.using(using).create(status=Status.SUCCESS, **columns, **_who(using))


def record_failure(using: str, error: str, **columns: Any) -> None:
    """Record a failed attempt, in a transaction of its own."""
    if not connections[using].in_atomic_block:
        connections[using].close()  # whatever state the failure left it in
    with transaction.atomic(using):
        SeedMetadata.objects.using(using).create(status=Status.FAILED, error=error, **columns, **_who(using))


def _who(using: str) -> dict[str, Any]:
    connection = connections[using]
    user = ""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            user = cursor.fetchone()[0]
    return {"host": socket.gethostname()[:255], "pid": os.getpid(), "database_user": user}


def answers(using: str) -> bool:
    """Say whether the database answers a query. Raises django.db.Error where it doesn't."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() is not None
