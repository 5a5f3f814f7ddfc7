"""Is the data still what was generated? Every seeded row is generated again and compared: a stream, one snapshot."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.db import OperationalError, connections
from django.db.models import ExpressionWrapper, F, Field

from .. import conf
from ..database import locks, record
from ..database.catalogue import Catalogue, Table
from ..database.errors import translated
from ..database.names import run
from ..database.rows import Unreadable, all_rows, values_of
from ..declare.existing import read_existing
from ..declare.keys import NO_KEYS, RangeOfKeys, keys_there
from ..declare.kinds import kind_of
from ..declare.registry import registry
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import Differs, SeedError
from ..generate.columns import Batch
from ..generate.digests import DEFINITION
from ..generate.streams import Dataset
from ..load.values import StoredColumn, names, stored_columns, stored_fields, types_of
from ..models import KeyRange, SeedMetadata
from ..protect.selections import count, not_of_seed
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
        existing = catalogue.of_models([model._meta.db_table for seeder in seeders for model in seeder.existing])
        deadline = locks.Deadline(config.lock_timeout_s)
        with locks.reading(using, deadline, report, [*record.tables(catalogue), *tables.values(), *existing.values()]):
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
        seeded = [seeder.table for seeder in seeders]
        if sorted(seeded) != sorted(attempt.counts) or attempt.anchored_at is None:
            raise Differs(
                f"{attempt.seed_version} was applied to {', '.join(attempt.counts)}, and the project now seeds "
                f"{', '.join(seeded)}: run `manage.py seed --force`, or give the seed a new version."
            )
        keys = keys_there(ranges, tables)
        lost = [table for table, rows in attempt.counts.items() if rows and table not in keys]
        if lost:
            raise Differs(f"The key ranges of {', '.join(lost)} are gone from seed_key_ranges: seed again.")
        dataset = Dataset(attempt.seed_version, attempt.counts)
        read_existing(seeders, dataset, using)
        self._existing = dataset.existing
        by_table = {seeder.table: seeder for seeder in seeders}
        self._target = Target(using, dict.fromkeys(seeded, NO_KEYS) | keys, attempt.anchored_at, by_table, dataset)
        self._differences: list[Difference] = []

    def result(self) -> Verification:
        tables = tuple(self._table(seeder) for seeder in self._seeders)
        return Verification(self._attempt.seed_version, tables, tuple(self._differences))

    def _table(self, seeder: Seeder) -> TableVerification:
        dataset = Dataset(self._attempt.seed_version, self._attempt.counts)
        dataset.existing = self._existing
        total, digest = dataset.row_counts[seeder.table], digest_of(seeder)
        stored = _whole_batches(seeder, self._tables[seeder.table], self._target)
        different = missing = 0
        self._report(Progress("comparing", table=seeder.table, total=total))
        items = prepared(
            batches(seeder, dataset, self._batch_size),
            lambda batch: batch,
            lambda batch: stored.expected(batch) if stored else None,
            lambda batch: digest.update(batch.columns, batch.count),
        )
        for batch, expected, _ in items:
            if stored is None or expected is None or stored.actual(batch) != expected:
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
        of_seed = self._target.keys[seeder.table]
        rows = all_rows(seeder.model, self._using).filter(of_seed.rows(batch.start, batch.stop))
        found = values_of(rows, *map(_stored_value, columns))
        different = missing = 0
        keys = map(of_seed.key, range(batch.start, batch.stop))
        for key, *generated in zip(keys, *(_generated_values(c, self._using) for c in columns), strict=True):
            if key not in found:
                missing += 1
            elif list(found[key]) != generated and self._differs(
                seeder, key, [c.field for c in columns], generated, found[key]
            ):
                different += 1
        return different, missing

    def _differs(
        self, seeder: Seeder, key: object, fields: Sequence[Field[Any, Any]], was: Sequence[Any], now: Sequence[Any]
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
        table = self._tables[seeder.table]
        outside = not_of_seed(table, self._target.keys[seeder.table])
        return count(connections[self._using], table, outside)


def _stored_value(column: StoredColumn) -> Any:
    """Return what reads a column as it is compared."""
    kind = kind_of(column.field)
    if kind is None or kind.reader is None:
        return column.field.attname
    return ExpressionWrapper(F(column.field.attname), output_field=kind.reader)


def _generated_values(column: StoredColumn, using: str) -> list[Any]:
    """Return the generated values of a column as they are compared."""
    kind, values = kind_of(column.field), column.python()
    if kind is None or kind.reader is None:
        return values
    return [None if value is None else kind.sent(value, connections[using]) for value in values]


def _is_stored_alike(f: Field[Any, Any], before: Any, after: Any, using: str) -> bool:
    if isinstance(after, Unreadable):
        return False
    connection = connections[using]
    try:
        return bool(f.get_db_prep_save(before, connection) == f.get_db_prep_save(after, connection))
    except Exception:  # noqa: BLE001 (the field can't store such a value, which somebody put there in another way)
        return False


class _WholeBatches(ABC):
    """What the database has of a batch, in a form that needs no value to be looked at while all is as it should be."""

    def __init__(self, seeder: Seeder, table: Table, target: Target, keys: RangeOfKeys) -> None:
        self._seeder, self._table, self._target, self._keys = seeder, table, target, keys
        self._connection = connections[target.using]
        self._types = types_of(seeder, table)
        unfixed = {constant.field for constant in seeder.constants if not constant.is_fixed}
        self._fields = [f for f in stored_fields(seeder) if f.name not in seeder.undigested and f not in unfixed]

    @abstractmethod
    def expected(self, batch: Batch) -> Any:
        """Return what the database should have; None where only values can be compared."""

    @abstractmethod
    def actual(self, batch: Batch) -> Any:
        """Return what the database has; None where that can't be read as a whole."""

    def _columns(self, batch: Batch) -> list[StoredColumn]:
        return [c for c in stored_columns(self._seeder, batch, self._target) if c.field in self._fields]

    def _of_batch(self, batch: Batch) -> str:
        """Return the SQL that follows the columns."""
        key = self._table.names[self._seeder.key.column or ""]
        rows = self._keys.condition(key, batch.start, batch.stop)
        return f"FROM {self._table.own_rows} WHERE {rows} ORDER BY {key}"


class _Wire(_WholeBatches):
    """Bytes, as PostgreSQL's COPY sends them."""

    def expected(self, batch: Batch) -> bytes | None:
        from ..load.binary import HEADER, TRAILER, encode

        columns = self._columns(batch)
        try:
            cells = [c.cells(self._types[c.field], self._connection, canonical=True) for c in columns]
        except (SeedError, TypeError, ValueError):
            return None
        return HEADER + encode(cells, batch.count) + TRAILER

    def actual(self, batch: Batch) -> bytes:
        query = f"COPY (SELECT {names(self._fields, self._table)} {self._of_batch(batch)}) TO STDOUT (FORMAT binary)"
        connection = self._connection
        with connection.cursor() as cursor, connection.wrap_database_errors, cursor.cursor.copy(query, ()) as copy:
            return b"".join(copy)


class _Tuples(_WholeBatches):
    """Rows of plain values, as SQLite stores them."""

    def expected(self, batch: Batch) -> list[tuple[Any, ...]]:
        columns = self._columns(batch)
        return list(zip(*(c.parameters(self._types[c.field], self._connection) for c in columns), strict=True))

    def actual(self, batch: Batch) -> list[tuple[Any, ...]] | None:
        columns = ", ".join(f"+{self._table.names[f.column or f.name]}" for f in self._fields)  # +: as they are stored
        with self._connection.cursor() as cursor, suppress(OperationalError):  # which comes of text that isn't UTF-8
            found: list[tuple[Any, ...]] = run(cursor, f"SELECT {columns} {self._of_batch(batch)}").fetchall()
            return found
        return None


def _whole_batches(seeder: Seeder, table: Table, target: Target) -> _WholeBatches | None:
    """Return what compares the table's batches; None where its keys aren't in the order of the rows."""
    keys = target.keys[seeder.table]
    if not isinstance(keys, RangeOfKeys):
        return None
    compares = _Wire if connections[target.using].vendor == "postgresql" else _Tuples
    return compares(seeder, table, target, keys)
