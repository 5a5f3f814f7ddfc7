"""The replacement of the data: lock the tables, look again, clear, load, raise the sequences, record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

from django.db import connections, models

from .. import conf
from ..database import locks as lock
from ..database import record as recorder
from ..database.connections import describe
from ..declare.registry import Registry
from ..declare.seeders import Seeder
from ..generate.streams import Dataset
from ..load.loader import BulkCreate, Loader, Target
from ..models import SeedMetadata
from ..protect.guard import Guard, refusal
from ..report.progress import Progress, Report
from ..report.results import Loss
from .batches import batches, digest_of, prefetched, sample_digests


class Replacement:
    """Puts a version's data in place of what seeds created before, in the transaction that holds the seed lock."""

    def __init__(
        self,
        config: conf.SeedConfig,
        registry: Registry,
        dataset: Dataset,
        anchored_at: datetime,
        started: float,
        report: Report,
    ) -> None:
        self._config, self._using = config, config.using
        self._registry, self._seeders, self._dataset = registry, registry.in_load_order(), dataset
        self._anchored_at, self._started, self._report = anchored_at, started, report

    def carry_out(self, announced: Sequence[Loss], deadline: lock.Deadline) -> SeedMetadata:
        """Do it; of rows that no seed created, only those go that were announced. Raises Refused, LockTimeout."""
        config, dataset = self._config, self._dataset
        loader = self._loader()
        loader.lock(dataset.row_counts, deadline)
        guard, losses = Guard.survey(self._registry, self._using)
        if losses and losses != announced:
            raise refusal(config.version, self._using, losses)
        news = f"Seeding {config.version} into {describe(self._using)} with {config.loader}."
        self._report(Progress("start", news, total=sum(dataset.row_counts.values())))
        loader.clear(guard, losses_too=bool(losses))
        target = Target(self._using, self._first_keys(), self._anchored_at)
        digests = {s.table: self._load(loader, s, target) for s in self._seeders}
        loader.finish()
        return self._record(target, digests)

    def _first_keys(self) -> dict[str, int]:
        """Return each table's first new key: above the keys of the rows that stay."""
        first_keys: dict[str, int] = {}
        for seeder in self._seeders:
            if seeder.key_parent is not None:
                first_keys[seeder.table] = first_keys[seeder.key_parent._meta.db_table]
            else:
                rows = seeder.model._base_manager.using(self._using)
                first_keys[seeder.table] = max(0, rows.aggregate(top=models.Max("pk"))["top"] or 0) + 1
        return first_keys

    def _load(self, loader: Loader, seeder: Seeder, target: Target) -> str:
        """Write one table; return its digest."""
        started, total = time.monotonic(), self._dataset.row_counts[seeder.table]
        digest = digest_of(seeder)
        made = batches(seeder, self._dataset, self._config.batch_size, digest)
        prepared = prefetched((batch.stop, loader.prepare(seeder, batch, target)) for batch in made)
        with closing(prepared), closing(loader.write(seeder, prepared, target)) as written:
            for done in written:
                self._report(Progress("loading", table=seeder.table, done=done, total=total))
        seconds = time.monotonic() - started
        self._report(Progress("loaded", table=seeder.table, done=total, total=total, seconds=seconds))
        return digest.hexdigest()

    def _record(self, target: Target, digests: dict[str, str]) -> SeedMetadata:
        """Raise the sequences above the new keys, and record the version as applied."""
        key_ranges = {}
        for seeder in self._seeders:
            first, rows = target.first_keys[seeder.table], self._dataset.row_counts[seeder.table]
            if rows:
                key_ranges[seeder.table] = (first, first + rows - 1)
                _raise_sequence(self._using, seeder.table, seeder.model._meta.pk.column or "", first + rows - 1)
        return recorder.record_success(
            self._using,
            key_ranges,
            seed_version=self._config.version,
            loader=self._config.loader,
            row_counts=dict(self._dataset.row_counts),
            digests=digests,
            sample_digests=sample_digests(self._registry, self._dataset),
            anchored_at=self._anchored_at,
            duration_ms=milliseconds_since(self._started),
        )

    def _loader(self) -> Loader:
        if self._config.loader == "copy":
            from ..load.copy import Copy

            return Copy(self._using, self._seeders, self._report)
        return BulkCreate(self._using, self._seeders, self._report)


def milliseconds_since(started: float) -> int:
    """Return the milliseconds since `time.monotonic()` was `started`."""
    return round((time.monotonic() - started) * 1000)


def _raise_sequence(using: str, table: str, column: str, last_key: int) -> None:
    """Make the next generated key of the table one above `last_key`, if it isn't higher already.

    Only PostgreSQL's sequences need it: SQLite's AUTOINCREMENT follows the keys that are inserted.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    quoted = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted(table), column])
        sequence = cursor.fetchone()[0]
        if sequence:
            cursor.execute(f"SELECT setval(%s, GREATEST(last_value, %s)) FROM {sequence}", [sequence, last_key])
