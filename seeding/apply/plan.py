"""Questions that change nothing: what would a seed do, and what has been?"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from .. import conf
from ..database import cluster, locks, record
from ..database.connections import check_alias, describe
from ..database.errors import translated
from ..report.progress import Report, ignore
from ..report.results import SeedPlan, SeedStatus, TablePlan

KEPT_ATTEMPTS = 1_000  # that are read at once; there may be hundreds of thousands


def status(using: str = "default", *, most: int | None = KEPT_ATTEMPTS) -> SeedStatus:
    """Return the newest attempts, at most that many, and whether a seed is running now. Raises SeedError."""
    check_alias(using)
    timeout_s = conf.lock_timeout_s()
    with translated(using, timeout_s):
        applied = record.applied(using, timeout_s)
        attempts = record.history(using, most)
        total = len(attempts) if most is None or len(attempts) < most else record.attempt_count(using)
        running = locks.is_running(using)
        nodes = cluster.nodes(using, lambda: running)
        return SeedStatus(describe(using), running, attempts, applied, total, nodes)


def plan(
    version: str | None = None,
    *,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
    report: Report = ignore,
) -> SeedPlan:
    """Return what a seed that applies the version would delete, keep and create. Raises SeedError."""
    from ..declare.target import Target
    from ..protect.clashes import clashes
    from ..protect.obstacles import Obstacles
    from .attempt import look, prepare

    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using)
    seeders, dataset = prepare(config)
    with translated(using, config.lock_timeout_s):
        guard = look(seeders, dataset, config, locks.Deadline(config.lock_timeout_s), report)
        target = Target(using, {}, conf.monday(config.anchor or timezone.now()))
        return SeedPlan(
            version=config.version,
            applied=record.applied_as(config.version, using) is not None,
            enabled=config.enabled,
            loader=config.loader,
            database=describe(using),
            tables=tuple(
                TablePlan(
                    table=change.seeder.table if change.seeder is not None else change.table.label,
                    delete=change.delete,
                    keep=len(change.kept),
                    create=dataset.row_counts[change.seeder.table] if change.seeder is not None else 0,
                )
                for change in guard.changes.values()
            ),
            losses=tuple(guard.losses),
            disposable=tuple(guard.disposed),
            obstacles=Obstacles(guard).in_words(report),
            clashes=tuple(clashes(guard, seeders, dataset, target, report)),
            nodes=cluster.nodes(using, lambda: locks.is_running(using)),
        )
