"""One attempt to seed: enabled? what would be lost? then, under the lock, the replacement; and what if it fails."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connections
from django.utils import timezone

from .. import conf
from ..database import locks as lock
from ..database import record as recorder
from ..database.connections import DEADLOCK_DETECTED, describe, explained, in_one_line, sqlstate
from ..declare.registry import Registry
from ..declare.registry import registry as project_registry
from ..errors import ConfigurationError, Interrupted, LockTimeout, Refused, SeedError
from ..generate.columns import monday
from ..generate.streams import Dataset
from ..models import SeedMetadata
from ..protect.guard import Guard, refusal
from ..report.progress import Confirm, Progress, Report
from ..report.results import Loss, SeedResult
from .replacement import Replacement, milliseconds_since
from .seed import in_force

ATTEMPTS = 5  # at the transaction, when it loses deadlocks


def prepare(config: conf.SeedConfig) -> tuple[Registry, Dataset]:
    """Import every `seeds.py`; return what they register, and the content of the version.

    Raises RegistrationError, and ConfigurationError for row counts that don't fit together.
    """
    registry = project_registry.discover()
    try:
        return registry, Dataset(config.version, registry.row_counts(config.row_counts))
    except ConfigurationError as exc:
        raise ConfigurationError(str(exc), source=config.counts_source) from exc


class Run:
    """One attempt to apply a version."""

    def __init__(
        self, config: conf.SeedConfig, *, force: bool, overwrite: bool, confirm: Confirm | None, report: Report
    ) -> None:
        self._config = config
        self._using = config.using
        self._force, self._overwrite, self._confirm, self._report = force, overwrite, confirm, report
        self._started = time.monotonic()
        self._anchored_at = monday(config.anchor or timezone.now())
        self._recorded: SeedMetadata | None = None  # the `success` row, once it is written

    def apply(self) -> SeedResult:
        """Seed, unless another process did meanwhile. Raises SeedError."""
        if not self._config.enabled:
            raise Refused(
                f"Seeding isn't enabled here, and {self._config.version} isn't applied: set SEED_ENABLED=on if "
                f"{describe(self._using)} may be filled with demo data."
            )
        registry, dataset = prepare(self._config)
        guard, announced = Guard.survey(registry, self._using)
        applied = None if self._force else in_force(self._config)
        if applied is not None:
            return SeedResult.of(applied, skipped=True)
        self._ask(announced)
        if os.environ.get("SEED_USER_PASSWORD") and not settings.DEBUG:
            news = "SEED_USER_PASSWORD is set and DEBUG is off: whoever knows it can log in as any seeded user."
            self._report(Progress("warning", news))
        try:
            self._refuse_clashes(guard, dataset)
            result = self._insist(registry, dataset, announced)
        except (LockTimeout, Refused):
            raise
        except (Exception, KeyboardInterrupt) as exc:
            committed = self._committed_after_all()
            if committed is None:
                raise self._failed(exc) from exc
            result = committed
        if result.skipped:
            return result
        self._analyze(dataset)
        return replace(result, duration_s=time.monotonic() - self._started)

    def _committed_after_all(self) -> SeedResult | None:
        """Look whether the transaction was committed, though the answer to COMMIT was lost or interrupted."""
        connection, mine = connections[self._using], self._recorded
        if mine is None or connection.in_atomic_block:
            return None
        try:
            connection.close()
            row = recorder.applied(self._using)
        except Error as exc:
            raise SeedError(
                f"{describe(self._using)} was lost while {self._config.version} was committed ({in_one_line(exc)}): "
                "look with `manage.py seed --check` whether it is applied."
            ) from exc
        return SeedResult.of(row, skipped=False) if row == mine and row.seeded_at == mine.seeded_at else None

    def _insist(self, registry: Registry, dataset: Dataset, announced: Sequence[Loss]) -> SeedResult:
        """Run the transaction, and run it again when PostgreSQL chose it as a deadlock's victim."""
        deadline = lock.Deadline(self._config.lock_timeout_s)
        for attempts_left in reversed(range(ATTEMPTS)):
            try:
                return self._transaction(registry, dataset, announced, deadline)
            except OperationalError as exc:
                if sqlstate(exc) != DEADLOCK_DETECTED or not attempts_left or connections[self._using].in_atomic_block:
                    raise
                self._report(Progress("note", "Lost a deadlock; everything is rolled back. Trying again."))
        raise AssertionError  # the last attempt returns or raises

    def _transaction(
        self, registry: Registry, dataset: Dataset, announced: Sequence[Loss], deadline: lock.Deadline
    ) -> SeedResult:
        with lock.exclusive(self._using, deadline, self._report):
            applied = None if self._force else in_force(self._config)
            if applied is not None:
                return SeedResult.of(applied, skipped=True)
            replacement = Replacement(self._config, registry, dataset, self._anchored_at, self._started, self._report)
            self._recorded = replacement.carry_out(announced, deadline)
            return SeedResult.of(self._recorded, skipped=False)

    def _refuse_clashes(self, guard: Guard, dataset: Dataset) -> None:
        clashes = guard.clashes(dataset, self._config.batch_size)
        if clashes:
            raise Refused(
                f"{self._config.version} can't be seeded into {describe(self._using)}:\n"
                + "".join(f"  {clash}\n" for clash in clashes)
                + "Nothing was changed. Change those values, or delete those rows."
            )

    def _ask(self, losses: Sequence[Loss]) -> None:
        if losses and not self._overwrite and not (self._confirm is not None and self._confirm(losses)):
            raise refusal(self._config.version, self._using, losses)

    def _failed(self, exc: BaseException) -> SeedError:
        """Record the failed attempt, where the database lets itself be written; return the error to raise."""
        if isinstance(exc, KeyboardInterrupt):
            error: SeedError = Interrupted(
                f"Interrupted while seeding {self._config.version}; nothing was changed. Run the seed again to go on.",
                getattr(exc, "signal_number", signal.SIGINT),
            )
        elif isinstance(exc, DatabaseError | InterfaceError):
            error = SeedError(f"{explained(exc, self._using)} Nothing was changed.")
        elif isinstance(exc, SeedError):
            error = exc
        else:
            error = SeedError(
                f"Seeding {self._config.version} failed, nothing was changed: {type(exc).__name__}: {in_one_line(exc)} "
                "(--traceback shows where)."
            )
        try:
            recorder.record_failure(
                self._using,
                str(error),
                seed_version=self._config.version,
                loader=self._config.loader,
                anchored_at=self._anchored_at,
                duration_ms=milliseconds_since(self._started),
            )
        except Error as unrecorded:
            self._report(Progress("warning", f"The failed attempt can't be recorded: {in_one_line(unrecorded)}."))
        return error

    def _analyze(self, dataset: Dataset) -> None:
        """Refresh the planner's statistics, which the seed made stale. Whatever happens here, the seed is applied."""
        connection = connections[self._using]
        if connection.in_atomic_block or connection.vendor not in ("postgresql", "sqlite"):
            return  # a caller's transaction, which a failure here would end
        try:
            with connection.cursor() as cursor:
                for table in dataset.row_counts:
                    cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
        except (Error, KeyboardInterrupt) as exc:
            self._report(Progress("warning", f"The seed is applied, but ANALYZE failed: {in_one_line(exc)}."))
