"""The replacement of the data: lock the tables, look again, clear, load, raise the sequences, record."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import datetime

from django.db import connections

from .. import conf
from ..database import locks, record
from ..database.catalogue import Table
from ..database.cluster import cluster_of
from ..database.connections import describe
from ..database.sequences import raise_sequence
from ..declare import sources
from ..declare.existing import read_existing
from ..declare.keys import IntegerKeys, new_keys
from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import SeedError
from ..generate.digests import DEFINITION
from ..generate.streams import Dataset
from ..load.bulk_create import BulkCreate
from ..load.insert import Insert
from ..load.loader import Loader
from ..models import KeyRange, SeedMetadata
from ..protect.guard import Guard, refuse_unannounced
from ..protect.obstacles import Obstacles
from ..protect.ownership import Marker, system_identifier
from ..report.progress import Progress, Report, ignore
from ..report.results import Loss
from ..report.wording import number_of, printable
from .pipeline import batches, digest_of, prepared, sample_digests


class Replacement:
    """Puts a version's data in place of what seeds created before, in the transaction that holds the seed lock."""

    def __init__(
        self,
        config: conf.SeedConfig,
        seeders: Seeders,
        dataset: Dataset,
        anchored_at: datetime,
        started: float,
        report: Report,
    ) -> None:
        self._config, self._using = config, config.using
        self._seeders, self._dataset = seeders, dataset
        self._anchored_at, self._started, self._report = anchored_at, started, report

    def carry_out(self, announced: Guard, deadline: locks.Deadline, *, overwrite: bool) -> SeedMetadata:
        """Do it; of rows not created by a seed, delete only those that were announced. Raises Refused, LockTimeout."""
        config, connection = self._config, connections[self._using]
        rows = sum(self._dataset.row_counts.values())
        before = announced if announced.knows_tables else Guard(self._seeders, self._using)
        loader = self._loader(before)
        lost = announced.losses
        locks.lock_tables(connection, self._locks(loader, before, lost, rows), deadline, self._report)
        guard = announced if announced.is_current else Guard(self._seeders, self._using).look()
        refuse_unannounced(f"seeding {config.version}", self._using, guard.losses, lost, overwrite=overwrite)
        read_existing(self._seeders, self._dataset, self._using)
        found = cluster_of(connection)
        into = f"{describe(self._using)}, {found}," if found is not None else describe(self._using)
        message = f"Seeding {config.version} into {into} with {config.loader}."
        self._report(Progress("start", message, total=rows))
        if replaced := self._replaced(guard):
            self._report(Progress("replacing", replaced))
        obstacles = Obstacles(guard)
        loader.clear(guard, obstacles, losses_too=bool(lost))
        distributed = {s.table for s in self._seeders if guard.change_of(s).table.is_distributed}
        keys = new_keys(self._seeders, self._dataset, self._using, distributed)
        seeders = {seeder.table: seeder for seeder in self._seeders}
        target = Target(self._using, keys, self._anchored_at, seeders, self._dataset)
        digests, ranges = {}, []
        for seeder in self._seeders:
            digests[seeder.table], marker = self._load(loader, seeder, target)
            ranges += self._key_range(seeder, target, marker, is_distributed=seeder.table in distributed)
        with ThreadPoolExecutor(1, "seeding") as helper:
            samples = helper.submit(sample_digests, self._seeders, self._dataset)
            loader.finish()
        if triggers := obstacles.insert_triggers:
            self._refuse_changes(triggers, guard, ranges, digests)
        return self._record(ranges, digests, samples.result())

    def _replaced(self, guard: Guard) -> str:
        """Return in words what is replaced, and the rows to delete; nothing where there is nothing."""
        before = record.applied(self._using)
        seeded = sum(change.delete for change in guard.changes.values())
        others = sum(lost.loss.rows for lost in guard.lost)
        found = [number_of(seeded, "seeded row")] if seeded or before is not None else []
        found += [f"{number_of(others, 'row')} not created by a seed"] if others else []
        if not found:
            return ""
        if before is None:
            return f"Deleting {', and '.join(found)}."
        new = f" with {self._config.version}" if before.seed_version != self._config.version else ""
        return f"Replacing {before.seed_version}{new}: {', and '.join(found)}."

    def _refuse_changes(
        self, triggers: Sequence[str], guard: Guard, ranges: Sequence[KeyRange], digests: Mapping[str, str]
    ) -> None:
        """Compare every row, where triggers fired that may have changed them. Raises SeedError where they did."""
        from .verify import Comparison

        attempt = SeedMetadata(
            seed_version=self._config.version,
            row_counts=dict(self._dataset.row_counts),
            digests=dict(digests),
            digest_definition=DEFINITION,
            anchored_at=self._anchored_at,
        )
        self._report(Progress("note", f"Comparing every row, as triggers have seen them: {', '.join(triggers)}."))
        seeders = list(self._seeders)
        tables = {seeder.table: guard.change_of(seeder).table for seeder in seeders}
        by_name = {key_range.table_name: key_range for key_range in ranges}
        found = Comparison(attempt, seeders, tables, by_name, self._using, self._config.batch_size, ignore).result()
        if not found.same:
            raise SeedError(
                f"A trigger changes what is written ({', '.join(triggers)}), so the data isn't what was generated: "
                f"{printable('; '.join(map(str, found.differences)))}. Nothing was changed; disable it, or leave the "
                "table out of the seeds."
            )

    def _locks(
        self, loader: Loader, guard: Guard, announced: Sequence[Loss], rows: int
    ) -> Mapping[str, Sequence[Table]]:
        """Return what to lock, the record first: whoever holds that keeps nobody from the tables meanwhile."""
        wanted = loader.locks(rows)
        lost = {loss.table for loss in announced}
        locked = {table for tables in wanted.values() for table in tables}
        others = [t for t in guard.tables if t not in locked and (t.label in lost or t in guard.disposable)]
        written = [*record.tables(guard.catalogue), *wanted.pop(locks.WRITE, []), *others]
        return {locks.WRITE: written, **wanted}

    def _load(self, loader: Loader, seeder: Seeder, target: Target) -> tuple[str, Marker]:
        """Write one table; return its digest and its marks."""
        started, total = time.monotonic(), self._dataset.row_counts[seeder.table]
        digest, marker = digest_of(seeder), Marker(seeder, total)
        self._report(Progress("loading", table=seeder.table, total=total))
        items = prepared(
            batches(seeder, self._dataset, self._config.batch_size),
            lambda batch: batch.stop,
            lambda batch: loader.prepare(seeder, batch, target),
            lambda batch: digest.update(batch.columns, batch.count),
            lambda batch: marker.update(batch, target),
        )
        rows = ((stop, content) for stop, content, *_ in items)
        with closing(items), closing(loader.write(seeder, rows, target)) as written:
            for done in written:
                self._report(Progress("loading", table=seeder.table, done=done, total=total))
        seconds = time.monotonic() - started
        self._report(Progress("loaded", table=seeder.table, done=total, total=total, seconds=seconds))
        return digest.hexdigest(), marker

    def _key_range(self, seeder: Seeder, target: Target, marker: Marker, *, is_distributed: bool) -> list[KeyRange]:
        """Raise the table's sequence above the new keys; return what will show that its rows are the seed's."""
        keys = target.keys[seeder.table]
        if not keys.count:
            return []
        if isinstance(keys, IntegerKeys):
            last_key = keys.key(keys.count - 1)
            connection, column = connections[self._using], seeder.key.column or ""
            raise_sequence(connection, seeder.table, column, last_key, is_distributed=is_distributed)
        return [
            KeyRange(
                table_name=seeder.table,
                **keys.recorded(),
                seed_version=self._config.version,
                row_counts=dict(self._dataset.row_counts),
                anchored_at=self._anchored_at,
                mark_columns=marker.columns,
                mark_step=marker.step,
                marks=marker.content(),
            )
        ]

    def _record(self, ranges: Sequence[KeyRange], digests: dict[str, str], samples: dict[str, str]) -> SeedMetadata:
        """Record the version as applied, and what will prove whose rows these are."""
        identifier = system_identifier(connections[self._using])
        for key_range in ranges:
            key_range.system_identifier = identifier
        return record.record_success(
            self._using,
            ranges,
            seed_version=self._config.version,
            loader=self._config.loader,
            row_counts=dict(self._dataset.row_counts),
            digests=digests,
            sample_digests=samples,
            digest_definition=DEFINITION,
            options=dict(self._config.row_counts),
            sources=sources.digests(),
            anchored_at=self._anchored_at,
            duration_ms=milliseconds_since(self._started),
        )

    def _loader(self, guard: Guard) -> Loader:
        if self._config.loader == "copy":
            from ..load.copy import Copy

            return Copy(self._seeders, guard, self._report)
        if self._config.loader == "insert":
            return Insert(self._seeders, guard, self._report)
        return BulkCreate(self._seeders, guard, self._report)


def milliseconds_since(started: float) -> int:
    """Return the milliseconds since `time.monotonic()` was `started`."""
    return round((time.monotonic() - started) * 1000)
