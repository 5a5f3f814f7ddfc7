"""Is the data still what was generated? Every seeded row is generated anew and compared: a stream, one snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.models import Field, Q

from .. import conf
from ..database import record as recorder
from ..declare.registry import registry
from ..declare.seeders import Seeder
from ..errors import Differs, SeedError
from ..generate.streams import Dataset
from ..load.loader import Batch, Target, python_values
from ..models import SeedMetadata
from ..report.progress import Progress, Report, ignore
from ..report.results import Difference, TableVerification, Verification
from .batches import batches, digest_of, prefetched
from .seed import required, translated

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
    with translated(using):
        required(config)
        seeders = registry.discover().in_load_order()
        with _snapshot(using, [seeder.table for seeder in seeders]):
            return _Comparison(required(config), seeders, using, config.batch_size, report).result()


class _Comparison:
    """Compares table by table."""

    def __init__(
        self, row: SeedMetadata, seeders: Sequence[Seeder], using: str, batch_size: int, report: Report
    ) -> None:
        self._row, self._using, self._batch_size, self._report = row, using, batch_size, report
        self._seeders = seeders
        self._ranges = recorder.key_ranges(using)
        tables = [seeder.table for seeder in self._seeders]
        if sorted(tables) != sorted(row.row_counts) or row.anchored_at is None:
            raise Differs(
                f"{row.seed_version} was applied to {', '.join(row.row_counts)}, and the project now seeds "
                f"{', '.join(tables)}: run `manage.py seed --force`, or give the seed a new version."
            )
        lost = [table for table, rows in row.row_counts.items() if rows and table not in self._ranges]
        if lost:
            raise Differs(f"The key ranges of {', '.join(lost)} are gone from seed_key_ranges: seed again.")
        first_keys = {table: self._ranges[table][0] if table in self._ranges else 1 for table in tables}
        self._target = Target(using, first_keys, row.anchored_at)
        self._differences: list[Difference] = []

    def result(self) -> Verification:
        tables = tuple(self._table(seeder) for seeder in self._seeders)
        return Verification(self._row.seed_version, tables, tuple(self._differences))

    def _table(self, seeder: Seeder) -> TableVerification:
        dataset = Dataset(self._row.seed_version, self._row.row_counts)
        total, digest = dataset.row_counts[seeder.table], digest_of(seeder)
        made = batches(seeder, dataset, self._batch_size, digest)
        wire = _Wire(seeder, self._target) if _has_wire(seeder, self._using) else None
        different = missing = 0
        for batch, expected in prefetched((b, wire.expected(b) if wire else b"") for b in made):
            if wire is None or wire.actual(batch) != expected:
                rows, gone = self._compare(seeder, batch)
                different, missing = different + rows, missing + gone
            self._report(Progress("loading", table=seeder.table, done=batch.stop, total=total))
        recorded = self._row.digests.get(seeder.table) == digest.hexdigest()
        return TableVerification(seeder.table, total, different, missing, self._outside(seeder), recorded)

    def _compare(self, seeder: Seeder, batch: Batch) -> tuple[int, int]:
        """Compare value by value; return how many rows differ, and how many are missing."""
        names, columns = python_values(seeder, batch, self._target)
        known = {*(seeded.field for seeded in seeder.fields), *seeder.defaults}
        compared = [i for i, f in enumerate(names) if f in known and f.name not in seeder.undigested]
        first = self._target.first_keys[seeder.table]
        there = seeder.model._base_manager.using(self._using).filter(
            pk__gte=first + batch.start, pk__lt=first + batch.stop
        )
        found = {row[0]: row[1:] for row in there.values_list("pk", *(names[i].attname for i in compared))}
        different = missing = 0
        keys = range(first + batch.start, first + batch.stop)
        for key, *generated in zip(keys, *(columns[i] for i in compared), strict=False):
            if key not in found:
                missing += 1
            elif list(found[key]) != generated:
                different += 1
                self._name(seeder, key, [names[i] for i in compared], generated, found[key])
        return different, missing

    def _name(self, seeder: Seeder, key: int, fields: list[Field[Any, Any]], was: list[Any], now: Any) -> None:
        for f, before, after in zip(fields, was, now, strict=True):
            if before != after and len(self._differences) < SHOWN:
                self._differences.append(Difference(seeder.table, key, f.column or f.name, before, after))

    def _outside(self, seeder: Seeder) -> int:
        rows = seeder.model._base_manager.using(self._using)
        if seeder.table in self._ranges:
            first, last = self._ranges[seeder.table]
            rows = rows.filter(Q(pk__lt=first) | Q(pk__gt=last))
        return rows.count()


def _has_wire(seeder: Seeder, using: str) -> bool:
    if connections[using].vendor != "postgresql":
        return False
    from ..load.copy import encodings_of

    try:
        encodings_of(connections[using], seeder)
    except SeedError:
        return False
    return True


class _Wire:
    """Compares whole batches by the bytes that PostgreSQL's COPY sends, which needs no values to be made in Python."""

    def __init__(self, seeder: Seeder, target: Target) -> None:
        from ..load.copy import encodings_of

        self._seeder, self._target = seeder, target
        self._connection = connections[target.using]
        encodings = encodings_of(self._connection, seeder)
        self._encodings = {f: e for f, e in encodings.items() if f.name not in seeder.undigested}

    def expected(self, batch: Batch) -> bytes:
        from ..load.binary import HEADER, TRAILER, encode
        from ..load.copy import stored_columns

        columns = stored_columns(self._seeder, batch, self._target)
        rows = encode([(self._encodings[f], columns[f]) for f in self._encodings], batch.count, canonical=True)
        return HEADER + rows + TRAILER

    def actual(self, batch: Batch) -> bytes:
        quote = self._connection.ops.quote_name
        first = self._target.first_keys[self._seeder.table]
        key = quote(self._seeder.key.column or "")
        names = ", ".join(quote(f.column or f.name) for f in self._encodings)
        query = (
            f"COPY (SELECT {names} FROM {quote(self._seeder.table)} WHERE {key} >= {first + batch.start}"
            f" AND {key} < {first + batch.stop} ORDER BY {key}) TO STDOUT (FORMAT binary)"
        )
        connection = self._connection
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(query) as copy:
            return b"".join(copy)


@contextmanager
def _snapshot(using: str, tables: Sequence[str]) -> Iterator[None]:
    """Run the block in a transaction that reads one state of the database and locks nobody out."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # atomic() would take the write lock, where transactions are immediate
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                    for table in tables:  # before the snapshot is taken, which TRUNCATE and frozen rows don't respect
                        cursor.execute(f"LOCK TABLE {connection.ops.quote_name(table)} IN ACCESS SHARE MODE")
            yield
