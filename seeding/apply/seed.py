"""The way in: seed, unless the version is applied. A skip costs one query and imports no NumPy and no `seeds.py`."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from .. import conf
from ..database import record as recorder
from ..database.connections import describe, explained
from ..errors import Pending
from ..models import SeedMetadata
from ..report.progress import Confirm, Progress, Report, ignore
from ..report.results import SeedResult


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
    variables. `force` applies a version that is applied. `overwrite` may delete rows that no seed created; without it
    `confirm`, where given, is asked whether they may go. `report` is told of progress. Raises SeedError; the database
    is then as it was before.
    """
    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using, batch_size=batch_size)
    with translated(using):
        row = None if force else in_force(config)
        if row is not None:
            return _skip(config, row, report)
        with _no_garbage_collection():
            from .attempt import Run

            return Run(config, force=force, overwrite=overwrite, confirm=confirm, report=report).apply()


@contextmanager
def translated(using: str) -> Iterator[None]:
    """Turn what the database raises into a SeedError that says what to do."""
    try:
        yield
    except (DatabaseError, InterfaceError) as exc:
        raise explained(exc, using) from exc


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


def required(config: conf.SeedConfig) -> SeedMetadata:
    """Return the attempt that applied this version. Raises Pending where its data isn't in force."""
    row = in_force(config)
    if row is None:
        database = describe(config.using)
        raise Pending(f"{config.version} is not applied to {database}: run `manage.py seed` to apply it.")
    return row


def in_force(config: conf.SeedConfig) -> SeedMetadata | None:
    """Return the attempt that applied this version, if its data is in force."""
    row = recorder.applied(config.using)
    return row if row is not None and row.seed_version == config.version else None


def _skip(config: conf.SeedConfig, row: SeedMetadata, report: Report) -> SeedResult:
    if 0 in config.row_counts.values():
        from .attempt import prepare

        prepare(config)  # refuses counts that don't fit together, even where they wouldn't be used
    differing = {name: rows for name, rows in config.row_counts.items() if row.row_counts.get(name, rows) != rows}
    if differing:
        asked = ", ".join(f"{rows:,} {name}" for name, rows in differing.items())
        there = ", ".join(f"{row.row_counts[name]:,} {name}" for name in differing)
        report(
            Progress(
                "warning",
                f"Asked for {asked}, but {row.seed_version} was applied with {there}: use --force to seed again.",
            )
        )
    return SeedResult.of(row, skipped=True)
