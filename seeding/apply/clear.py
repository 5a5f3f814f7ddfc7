"""Remove what seeds created, and nothing else: with the guard, the lock and the record of a seed."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import MappingProxyType

from django.db import Error, connections

from .. import conf
from ..database import cluster, locks, record
from ..database.connections import describe
from ..database.errors import message_of, translated
from ..database.foreign_keys import check_foreign_keys
from ..declare.registry import Seeders, registry
from ..errors import Refused, SeedError
from ..models import CLEAR, SeedMetadata
from ..protect.deletion import delete
from ..protect.guard import Guard, refuse_unannounced
from ..protect.obstacles import Obstacles
from ..report.progress import Confirm, Progress, Report, ignore
from ..report.results import ClearResult, SeedPlan, TablePlan
from .attempt import Attempt
from .replacement import milliseconds_since
from .seed import logged, logger


def clear(
    *, using: str = "default", overwrite: bool = False, confirm: Confirm | None = None, report: Report = ignore
) -> ClearResult:
    """Delete the rows that seeds created, whatever their version, and record that; all or nothing.

    Kept rows stay, and so do rows not created by a seed: where such a row references a row to delete, `overwrite` may
    delete it, too; without it `confirm`, where given, is asked. Afterwards no version is applied, so the next seed
    seeds. `report` is called with progress events. Raises SeedError; the database is then as it was before.
    """
    config = conf.read(using=using)
    report = logged(report)
    try:
        with translated(using, config.lock_timeout_s):
            applied = record.applied(using, config.lock_timeout_s)
            ranges = record.key_ranges(using)
            if applied is None and not ranges:
                return ClearResult(None, MappingProxyType({}), 0.0, describe(using))
            version = applied.seed_version if applied else next((r.seed_version for r in ranges.values()), None)
            clearing = Clearing(
                config.changed(version=version or config.version, loader=CLEAR),
                force=True,
                overwrite=overwrite,
                confirm=confirm,
                report=report,
            )
            result = clearing.clear()
    except SeedError as exc:
        logger.error("%s", exc)
        raise
    logger.info("%s", result)
    return result


def plan_clear(using: str = "default", report: Report = ignore) -> SeedPlan:
    """Return what `clear` would delete and keep. Raises SeedError."""
    config = conf.read(using=using)
    with translated(using, config.lock_timeout_s):
        applied = record.applied(using, config.lock_timeout_s)
        guard = look(registry.discover(), using, locks.Deadline(config.lock_timeout_s), report)
        return SeedPlan(
            version=applied.seed_version if applied else config.version,
            applied=applied is not None,
            enabled=config.enabled,
            loader=config.loader,
            database=describe(using),
            tables=tuple(
                TablePlan(table=name, delete=change.delete, keep=len(change.kept), create=0)
                for name, change in zip(guard.names, guard.changes.values(), strict=True)
            ),
            losses=tuple(guard.losses),
            disposable=tuple(guard.disposed),
            clashes=(),
            obstacles=Obstacles(guard).in_words(report),
            clears=True,
            nodes=cluster.nodes(using, lambda: locks.is_running(using)),
        )


def look(seeders: Seeders, using: str, deadline: locks.Deadline, report: Report) -> Guard:
    """Return what clearing would delete, keep and lose, as of one moment."""
    guard = Guard(seeders, using, clears=True)
    with locks.reading(using, deadline, report, [*record.tables(guard.catalogue), *guard.tables]):
        return Guard(seeders, using, clears=True).look()


class Clearing(Attempt):
    """One attempt to remove what seeds created."""

    verb, done = "clearing", "The seeded rows are deleted"

    _deleted: Mapping[str, int] | None = None

    def clear(self) -> ClearResult:
        """Do it. Raises SeedError."""
        if not self._config.enabled:
            raise Refused(
                f"Seeding isn't enabled here: set SEED_ENABLED=on if what seeds created may be deleted from "
                f"{describe(self._using)}."
            )
        seeders = registry.discover()
        self._report(Progress("step", "Looking at the rows there"))
        guard = look(seeders, self._using, self._deadline, self._report)
        Obstacles(guard).refuse(self._report)
        self._ask(guard.losses)
        deleted = self._whole(
            lambda: self._until_no_deadlock(lambda: self._clear(seeders, guard)), self._cleared_after_all
        )
        self._record_duration()
        self._analyze(list(deleted))
        seconds = time.monotonic() - self._started
        return ClearResult(self._config.version, MappingProxyType(dict(deleted)), seconds, describe(self._using))

    def _clear(self, seeders: Seeders, announced: Guard) -> Mapping[str, int]:
        """Run the transaction; return the number of the seed's rows that were deleted, by table."""
        with locks.seed_lock(self._using, self._deadline, self._report):
            before = Guard(seeders, self._using, clears=True)
            lost = {loss.table for loss in announced.losses}
            others = [table for table in before.tables if table.label in lost or table in before.disposable]
            tables = dict.fromkeys([*record.tables(before.catalogue), *before.changes, *others])
            locks.lock_tables(connections[self._using], {locks.WRITE: list(tables)}, self._deadline, self._report)
            guard = Guard(seeders, self._using, clears=True).look()
            refuse_unannounced(self._doing, self._using, guard.losses, announced.losses, overwrite=self._overwrite)
            self._deleted = self._delete(guard)
            self._recorded = record.record_clearing(
                self._using, seed_version=self._config.version, duration_ms=milliseconds_since(self._started)
            )
            self._report(Progress("step", "Committing"))
        return self._deleted

    def _delete(self, guard: Guard) -> dict[str, int]:
        version = self._config.version
        total = sum(change.delete for change in guard.changes.values())
        self._report(Progress("start", f"Clearing {version} from {describe(self._using)}.", total=total))
        started = time.monotonic()
        self._report(Progress("step", "Deleting rows"))
        delete(guard, (), losses_too=False)
        seconds = time.monotonic() - started
        for change in guard.changes.values():
            rows = change.delete
            self._report(Progress("deleted", table=change.table.label, done=rows, total=rows, seconds=seconds))
        self._report(Progress("step", "Checking foreign keys"))
        check_foreign_keys(guard.connection, guard.tables)
        return {name: change.delete for name, change in zip(guard.names, guard.changes.values(), strict=True)}

    def _cleared_after_all(self) -> Mapping[str, int] | None:
        """Look whether the transaction was committed, though the answer to COMMIT was lost or interrupted."""
        connection, mine = connections[self._using], self._recorded
        if mine is None or connection.in_atomic_block:
            return None
        try:
            connection.close()
            there = SeedMetadata.objects.using(self._using).filter(pk=mine.pk, seeded_at=mine.seeded_at)
            return self._deleted if there.exists() else None
        except Error as exc:
            raise SeedError(
                f"The connection to {describe(self._using)} was lost while {self._doing} was being committed "
                f"({message_of(exc)}): run `manage.py seed --status` to see how it ended."
            ) from exc
