"""Is the data still what was generated? Every seeded row is generated again and compared: a stream, one snapshot."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import Field, Q

from .. import conf
from ..database import locks, record
from ..database.catalogue import Catalogue, Table
from ..database.errors import translated
from ..database.rows import all_rows
from ..declare.registry import registry
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import Differs, SeedError
from ..generate.columns import Batch
from ..generate.digests import DEFINITION
from ..generate.streams import Dataset
from ..load.values import names, stored_columns, stored_fields, types_of
from ..models import KeyRange, SeedMetadata
from ..report.progress import Progress, Report, ignore
from ..report.results import Difference, TableVerification, Verification
from ..report.wording import printable
from .pipeline import batches, digest_of, prepared

logger = logging.getLogger("seeding")

SHOWN = 10  # differences that are named; all are counted


def verify(
    version: str | None = None,
    *,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
    report: Report = ignore,
) -> Verification:
    """Compare every row that the seed created with what was generated, whatever row counts are asked for now.

    Takes no lock that stops a writer. Raises Pending where the version isn't applied, Differs where what is recorded of
    it doesn't suffice to compare.
    """
    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using)
    with translated(using, config.lock_timeout_s):
        record.require_applied(config.version, using, config.lock_timeout_s)
        seeders = list(registry.discover())
        catalogue = Catalogue(using)
        tables = catalogue.of_models([seeder.table for seeder in seeders])
        deadline = locks.Deadline(config.lock_timeout_s)
        with locks.reading(using, deadline, report, [*record.tables(catalogue), *tables.values()]):
            attempt = record.require_applied(config.version, using)
            found = Comparison(
                attempt, seeders, tables, record.key_ranges(using), using, config.batch_size, report
            ).result()
    logger.log(logging.INFO if found.same else logging.WARNING, "%s", printable(str(found)))
    return found


class Comparison:
    """Compares table by table."""

    def __init__(
        self,
        attempt: SeedMetadata,
        seeders: Sequence[Seeder],
        tables: Mapping[str, Table],
        ranges: Mapping[str, KeyRange],
        using: str,
        batch_size: int,
        report: Report,
    ) -> None:
        self._attempt, self._using, self._batch_size, self._report = attempt, using, batch_size, report
        self._seeders, self._tables = seeders, tables
        self._ranges = ranges
        seeded = [seeder.table for seeder in seeders]
        if sorted(seeded) != sorted(attempt.counts) or attempt.anchored_at is None:
            raise Differs(
                f"{attempt.seed_version} was applied to {', '.join(attempt.counts)}, and the project now seeds "
                f"{', '.join(seeded)}: run `manage.py seed --force`, or give the seed a new version."
            )
        lost = [table for table, rows in attempt.counts.items() if rows and table not in self._ranges]
        if lost:
            raise Differs(f"The key ranges of {', '.join(lost)} are gone from seed_key_ranges: seed again.")
        first_keys = {table: self._ranges[table].first_key if table in self._ranges else 1 for table in seeded}
        self._target = Target(using, first_keys, attempt.anchored_at)
        self._differences: list[Difference] = []

    def result(self) -> Verification:
        tables = tuple(self._table(seeder) for seeder in self._seeders)
        return Verification(self._attempt.seed_version, tables, tuple(self._differences))

    def _table(self, seeder: Seeder) -> TableVerification:
        dataset = Dataset(self._attempt.seed_version, self._attempt.counts)
        total, digest = dataset.row_counts[seeder.table], digest_of(seeder)
        wire = _Wire(seeder, self._tables[seeder.table], self._target) if _has_wire(self._using) else None
        different = missing = 0
        self._report(Progress("comparing", table=seeder.table, total=total))
        items = prepared(
            batches(seeder, dataset, self._batch_size),
            lambda batch: batch,
            lambda batch: wire.expected(batch) if wire else None,
            lambda batch: digest.update(batch.columns, batch.count),
        )
        for batch, expected, _ in items:
            if wire is None or expected is None or wire.actual(batch) != expected:
                rows, gone = self._compare(seeder, batch)
                different, missing = different + rows, missing + gone
            self._report(Progress("comparing", table=seeder.table, done=batch.stop, total=total))
        self._report(Progress("step", f"Counting the other rows of {seeder.table}"))
        is_comparable = self._attempt.digest_definition == DEFINITION
        recorded = not is_comparable or self._attempt.table_digests.get(seeder.table) == digest.hexdigest()
        return TableVerification(seeder.table, total, different, missing, self._outside(seeder), recorded)

    def _compare(self, seeder: Seeder, batch: Batch) -> tuple[int, int]:
        """Compare value by value; return how many rows differ, and how many are missing."""
        columns = [c for c in stored_columns(seeder, batch, self._target) if c.field.name not in seeder.undigested]
        columns = [c for c in columns if c.field is not seeder.key and c.is_fixed]
        first = self._target.first_keys[seeder.table]
        rows = all_rows(seeder.model, self._using).filter(pk__gte=first + batch.start, pk__lt=first + batch.stop)
        found = {row[0]: row[1:] for row in rows.values_list("pk", *(c.field.attname for c in columns))}
        different = missing = 0
        keys = range(first + batch.start, first + batch.stop)
        for key, *generated in zip(keys, *(c.python() for c in columns), strict=True):
            if key not in found:
                missing += 1
            elif list(found[key]) != generated and self._differs(
                seeder, key, [c.field for c in columns], generated, found[key]
            ):
                different += 1
        return different, missing

    def _differs(
        self, seeder: Seeder, key: int, fields: Sequence[Field[Any, Any]], was: Sequence[Any], now: Sequence[Any]
    ) -> bool:
        """Name the values that differ; return False where they are only other objects for the same stored value."""
        differs = False
        for f, before, after in zip(fields, was, now, strict=True):
            if before != after and not _is_stored_alike(f, before, after, self._using):
                differs = True
                if len(self._differences) < SHOWN:
                    self._differences.append(Difference(seeder.table, key, f.column or f.name, before, after))
        return differs

    def _outside(self, seeder: Seeder) -> int:
        rows = all_rows(seeder.model, self._using)
        if seeder.table in self._ranges:
            key_range = self._ranges[seeder.table]
            rows = rows.filter(Q(pk__lt=key_range.first_key) | Q(pk__gt=key_range.last_key))
        return rows.count()


def _is_stored_alike(f: Field[Any, Any], before: Any, after: Any, using: str) -> bool:
    connection = connections[using]
    return bool(f.get_db_prep_save(before, connection) == f.get_db_prep_save(after, connection))


def _has_wire(using: str) -> bool:
    return connections[using].vendor == "postgresql"


class _Wire:
    """Compares whole batches by the bytes that PostgreSQL's COPY sends, which needs no values to be made in Python."""

    def __init__(self, seeder: Seeder, table: Table, target: Target) -> None:
        self._seeder, self._table, self._target = seeder, table, target
        self._connection = connections[target.using]
        self._types = types_of(seeder, table)
        unfixed = {constant.field for constant in seeder.constants if not constant.is_fixed}
        self._fields = [f for f in stored_fields(seeder) if f.name not in seeder.undigested and f not in unfixed]

    def expected(self, batch: Batch) -> bytes | None:
        """Return the bytes that the server should send; None where only values can be compared."""
        from ..load.binary import HEADER, TRAILER, encode

        columns = [c for c in stored_columns(self._seeder, batch, self._target) if c.field in self._fields]
        try:
            cells = [c.cells(self._types[c.field], self._connection, canonical=True) for c in columns]
        except (SeedError, TypeError, ValueError):
            return None
        return HEADER + encode(cells, batch.count) + TRAILER

    def actual(self, batch: Batch) -> bytes:
        """Return the bytes that the server sends."""
        first = self._target.first_keys[self._seeder.table]
        key = self._table.names[self._seeder.key.column or ""]
        query = (
            f"COPY (SELECT {names(self._fields, self._table)} FROM {self._table.own_rows} WHERE {key} >= "
            f"{first + batch.start} AND {key} < {first + batch.stop} ORDER BY {key}) TO STDOUT (FORMAT binary)"
        )
        connection = self._connection
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(query, ()) as copy:
            return b"".join(copy)
