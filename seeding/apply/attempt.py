"""One attempt to seed: enabled? what would be lost? then, under the lock, the replacement; and what if it fails."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connections
from django.utils import timezone

from .. import conf
from ..database import locks, record
from ..database.connections import describe
from ..database.errors import DEADLOCK_DETECTED, explained, lost_node, message_of, sqlstate
from ..declare.existing import read_existing
from ..declare.registry import Seeders, registry
from ..declare.target import Target
from ..errors import ConfigurationError, Interrupted, LockTimeout, Refused, SeedError
from ..generate.streams import Dataset
from ..load.values import check_tables
from ..models import SeedMetadata
from ..protect.clashes import clashes, refuse_clashes
from ..protect.guard import Guard, refusal
from ..protect.obstacles import Obstacles
from ..report.progress import Confirm, Progress, Report
from ..report.results import Loss, SeedResult
from ..report.wording import in_one_line
from .replacement import Replacement, milliseconds_since

T = TypeVar("T")


def prepare(config: conf.SeedConfig) -> tuple[Seeders, Dataset]:
    """Import every `seeds.py`; return what they register, and the content of the version.

    Raises RegistrationError, and ConfigurationError for row counts that don't fit together.
    """
    seeders = registry.discover()
    try:
        return seeders, Dataset(config.version, seeders.row_counts(config.row_counts))
    except ConfigurationError as exc:
        raise ConfigurationError(str(exc), source=config.counts_source) from exc


def look(
    seeders: Seeders, dataset: Dataset, config: conf.SeedConfig, deadline: locks.Deadline, report: Report
) -> Guard:
    """Return what a seed would delete, keep and lose, as of one moment; read the existing rows that it refers to."""
    guard = Guard(seeders, config.using)
    check_tables(seeders, guard)
    tables = [*record.tables(guard.catalogue), *guard.tables, *guard.existing]
    with locks.reading(config.using, deadline, report, tables):
        read_existing(seeders, dataset, config.using)
        return (guard if guard.knows_tables else Guard(seeders, config.using)).look()


class Attempt:
    """One attempt to apply a version."""

    verb, done = "seeding", "The seed is applied"

    def __init__(
        self, config: conf.SeedConfig, *, force: bool, overwrite: bool, confirm: Confirm | None, report: Report
    ) -> None:
        self._config = config
        self._using = config.using
        self._force, self._overwrite, self._confirm, self._report = force, overwrite, confirm, report
        self._started = time.monotonic()
        self._deadline = locks.Deadline(config.lock_timeout_s)
        self._anchored_at = conf.monday(config.anchor or timezone.now())
        self._recorded: SeedMetadata | None = None  # the `success` row, once it is written

    def apply(self) -> SeedResult:
        """Seed, unless another process did meanwhile. Raises SeedError."""
        if not self._config.enabled:
            raise Refused(
                f"Seeding isn't enabled here, and {self._config.version} isn't applied: set SEED_ENABLED=on if "
                f"{describe(self._using)} may be filled with demo data."
            )
        seeders, dataset = prepare(self._config)
        self._report(Progress("step", "Looking at the rows there"))
        guard = look(seeders, dataset, self._config, self._deadline, self._report)
        applied = self._applied()
        if applied is not None:
            return SeedResult.of(applied, skipped=True)
        Obstacles(guard).refuse(self._report)
        self._ask(guard.losses)
        self._warn_of_password()

        def replaced() -> SeedResult:
            target = Target(self._using, {}, self._anchored_at)
            self._report(Progress("step", "Looking for clashes"))
            found = clashes(guard, seeders, dataset, target, self._report)
            refuse_clashes(self._config.version, describe(self._using), found)
            return self._until_no_deadlock(lambda: self._transaction(seeders, dataset, guard))

        result = self._whole(replaced, self._committed_after_all)
        if result.skipped:
            return result
        self._record_duration()
        self._analyze(list(dataset.row_counts))
        return replace(result, duration_s=time.monotonic() - self._started)

    @property
    def _doing(self) -> str:
        return f"{self.verb} {self._config.version}"

    def _whole(self, run: Callable[[], T], committed: Callable[[], T | None]) -> T:
        """Return what `run` returns; where that fails, record it, unless it is `committed`. Raises SeedError."""
        try:
            return run()
        except (LockTimeout, Refused):
            raise
        except (Exception, KeyboardInterrupt) as exc:
            result = committed()
            if result is None:
                raise self._failed(exc) from exc
            return result

    def _applied(self) -> SeedMetadata | None:
        return None if self._force else record.applied_as(self._config.version, self._using)

    def _ask(self, losses: Sequence[Loss]) -> None:
        if losses and not self._overwrite and not (self._confirm is not None and self._confirm(losses)):
            raise refusal(self._doing, self._using, losses)

    def _warn_of_password(self) -> None:
        if conf.user_password() and not settings.DEBUG:
            message = "SEED_USER_PASSWORD is set and DEBUG is off: whoever knows it can log in as any seeded user."
            self._report(Progress("warning", message))

    def _until_no_deadlock(self, transaction: Callable[[], T]) -> T:
        """Run the transaction, and run it again when PostgreSQL chose it as a deadlock's victim, until the deadline."""
        while True:
            try:
                return transaction()
            except OperationalError as exc:
                is_victim = sqlstate(exc) == DEADLOCK_DETECTED and not connections[self._using].in_atomic_block
                if not is_victim:
                    raise
                if not self._deadline.remaining_s:
                    raise LockTimeout(
                        f"Lost a deadlock on {describe(self._using)} again and again for "
                        f"{self._deadline.timeout_s:g} s: {message_of(exc)}. Try again when fewer sessions write."
                    ) from exc
                self._report(Progress("note", "Lost a deadlock; everything is rolled back. Trying again."))

    def _transaction(self, seeders: Seeders, dataset: Dataset, announced: Guard) -> SeedResult:
        with locks.seed_lock(self._using, self._deadline, self._report):
            applied = self._applied()
            if applied is not None:
                return SeedResult.of(applied, skipped=True)
            replacement = Replacement(self._config, seeders, dataset, self._anchored_at, self._started, self._report)
            self._recorded = replacement.carry_out(announced, self._deadline, overwrite=self._overwrite)
            self._report(Progress("step", "Committing"))
        return SeedResult.of(self._recorded, skipped=False)

    def _committed_after_all(self) -> SeedResult | None:
        """Look whether the transaction was committed, though the answer to COMMIT was lost or interrupted."""
        connection, mine = connections[self._using], self._recorded
        if mine is None or connection.in_atomic_block:
            return None
        try:
            connection.close()
            there = record.applied(self._using)
        except Error as exc:
            raise SeedError(
                f"The connection to {describe(self._using)} was lost while {self._config.version} was being committed "
                f"({message_of(exc)}): run `manage.py seed --check` to see whether it is applied."
            ) from exc
        return SeedResult.of(there, skipped=False) if there == mine and there.seeded_at == mine.seeded_at else None

    def _failed(self, exc: BaseException) -> SeedError:
        """Record the failed attempt, where the database lets itself be written; return the error to raise."""
        if isinstance(exc, KeyboardInterrupt):
            error: SeedError = Interrupted(
                f"Interrupted while {self._doing}; nothing was changed. Run the same command again to start over.",
                getattr(exc, "signal_number", signal.SIGINT),
            )
        elif isinstance(exc, DatabaseError | InterfaceError):
            error = explained(exc, self._using, self._config.lock_timeout_s)
            if isinstance(error, LockTimeout):
                return error
            error = SeedError(f"{error} Nothing was changed.")
        elif isinstance(exc, SeedError):
            error = exc
        else:
            error = SeedError(
                f"{self.verb.capitalize()} {self._config.version} failed, nothing was changed: {type(exc).__name__}: "
                f"{in_one_line(exc)} (--traceback shows where)."
            )
        try:
            record.record_failure(
                self._using,
                str(error),
                seed_version=self._config.version,
                loader=self._config.loader,
                anchored_at=self._anchored_at,
                duration_ms=milliseconds_since(self._started),
            )
        except Error as unrecorded:
            self._report(Progress("warning", f"The failed attempt can't be recorded: {message_of(unrecorded)}."))
        return error

    def _record_duration(self) -> None:
        """Record how long the attempt took to the end of COMMIT, which it couldn't know before."""
        if self._recorded is None or connections[self._using].in_atomic_block:
            return
        try:
            record.record_duration(self._using, self._recorded, milliseconds_since(self._started))
        except (Error, KeyboardInterrupt) as exc:
            self._report(
                Progress("warning", f"{self.done}, but how long it took can't be recorded: {in_one_line(exc)}.")
            )

    def _analyze(self, tables: Sequence[str]) -> None:
        """Refresh the planner's statistics, which the seed made stale. Whatever happens here, the seed is applied."""
        connection = connections[self._using]
        if connection.in_atomic_block:
            return  # a caller's transaction, which a failure here would end
        try:
            self._report(Progress("step", "Refreshing statistics"))
            record.analyze(self._using, tables, self._deadline.remaining_s)
        except (Error, KeyboardInterrupt) as exc:
            node = lost_node(exc)
            what = (
                f"the node {node} is down: its rows can be read when it is back"
                if node
                else f"ANALYZE failed: {in_one_line(exc)}"
            )
            self._report(Progress("warning", f"{self.done}, but {what}."))
