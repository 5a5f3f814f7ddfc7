"""The way in: seed, unless the version is applied. A skip costs one query and imports no NumPy and no `seeds.py`."""

from __future__ import annotations

import gc
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from .. import conf
from ..database import record
from ..database.errors import translated
from ..declare import sources
from ..errors import SeedError
from ..models import SeedMetadata
from ..report.progress import Confirm, Progress, Report, ignore
from ..report.results import SeedResult
from ..report.wording import counted

logger = logging.getLogger("seeding")


def seed(
    version: str | None = None,
    *,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
    batch_size: int | None = None,
    force: bool = False,
    overwrite: bool = False,
    confirm: Confirm | None = None,
    report: Report = ignore,
) -> SeedResult:
    """Make the data of `version` what is in the tables, unless it already is, and record it; all or nothing.

    `row_counts` is by counting option: `{"users": 100, "orders": 1000}`. What isn't given comes from the `SEED_*`
    settings. `force` applies a version that is applied. `overwrite` may delete rows not created by a seed; without it
    `confirm`, where given, is asked whether they may be deleted. `report` is called with progress events. Raises
    SeedError; the database is then as it was before.
    """
    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using, batch_size=batch_size)
    return seed_as(config, force=force, overwrite=overwrite, confirm=confirm, report=report)


def seed_as(
    config: conf.SeedConfig,
    *,
    force: bool = False,
    overwrite: bool = False,
    confirm: Confirm | None = None,
    report: Report = ignore,
) -> SeedResult:
    """Do what `seed` does, with a configuration that is read already."""
    report = logged(report)
    try:
        with translated(config.using, config.lock_timeout_s):
            attempt = None if force else record.applied_as(config.version, config.using, config.lock_timeout_s)
            if attempt is not None:
                return _skip(config, attempt, report)
            with _no_garbage_collection():
                from .attempt import Attempt

                result = Attempt(config, force=force, overwrite=overwrite, confirm=confirm, report=report).apply()
    except SeedError as exc:
        logger.error("%s", exc)
        raise
    logger.info("%s", result)
    return result


def logged(report: Report) -> Report:
    """Return a callback that also logs what was decided and waited for."""

    def both(event: Progress) -> None:
        if event.message and event.stage not in ("step", "recreating"):
            logger.log(logging.WARNING if event.stage == "warning" else logging.INFO, "%s", event.message)
        report(event)

    return both


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Run the block without the search for reference cycles: a seed makes many objects, and few of those."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _skip(config: conf.SeedConfig, attempt: SeedMetadata, report: Report) -> SeedResult:
    """Return the result of a skip; warn where other counts, or other tables, are asked for than were applied."""
    if 0 in config.row_counts.values():
        from .attempt import prepare

        prepare(config)  # refuses counts that don't fit together, even where they wouldn't be used
    counts = attempt.counts
    applied = attempt.options if isinstance(attempt.options, dict) else counts
    differing = {name: rows for name, rows in config.row_counts.items() if applied.get(name, rows) != rows}
    if differing:
        there = counted({name: applied[name] for name in differing})
        message = f"Asked for {counted(differing)}, but {attempt.seed_version} was applied with {there}"
        report(Progress("warning", f"{message}: use --force to seed again."))
    if attempt.sources is not None and attempt.sources != sources.digests():
        _warn_of_other_tables(attempt, counts, report)
    logger.info("Seed already applied (version %s). Skipping.", attempt.seed_version)
    return SeedResult.of(attempt, skipped=True)


def _warn_of_other_tables(attempt: SeedMetadata, counts: Mapping[str, int], report: Report) -> None:
    """Import the changed `seeds.py`, and warn where it registers other tables than were applied."""
    from ..declare.registry import registry

    try:
        tables = registry.discover().tables
    except SeedError as exc:
        report(Progress("warning", str(exc)))
        return
    if added := [table for table in tables if table not in counts]:
        message = f"{', '.join(added)} can be seeded now, but {attempt.seed_version} was applied without"
        report(Progress("warning", f"{message}: give the seed a new version, or use --force to seed again."))
