"""Questions that change nothing: what would a seed do, is it applied, and what has been?"""

from __future__ import annotations

from collections.abc import Mapping

from .. import conf
from ..database import locks as lock
from ..database import record as recorder
from ..database.connections import describe
from ..errors import Differs
from ..report.results import SeedPlan, SeedStatus, TablePlan, counted
from .seed import in_force, required, translated


def status(using: str = "default") -> SeedStatus:
    """Return the history of attempts, and whether a seed is running now. Raises SeedError."""
    conf.check_alias(using)
    with translated(using):
        return SeedStatus(describe(using), lock.is_running(using), recorder.history(using))


def plan(
    version: str | None = None,
    *,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
) -> SeedPlan:
    """Return what a seed that applies the version would delete, keep and create. Raises SeedError."""
    from ..protect.guard import Guard
    from .attempt import prepare

    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using)
    registry, dataset = prepare(config)
    with translated(using):
        guard, losses = Guard.survey(registry, using)
        return SeedPlan(
            version=config.version,
            applied=in_force(config) is not None,
            enabled=config.enabled,
            loader=config.loader,
            database=describe(using),
            tables=tuple(
                TablePlan(
                    table=seeder.table,
                    delete=guard.seeded(seeder).count(),
                    keep=guard.kept(seeder).count(),
                    create=dataset.row_counts[seeder.table],
                )
                for seeder in registry.in_load_order()
            ),
            losses=tuple(losses),
            clashes=tuple(guard.clashes(dataset, config.batch_size)),
        )


def check(
    version: str | None = None,
    *,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
) -> str:
    """Return a line that says that the version is applied, and that this code still generates it.

    Compares a few rows of each table, not all. Raises Pending where the version isn't applied, Differs where the code
    or the row counts now generate something else.
    """
    config = conf.read(version=version, row_counts=row_counts, loader=loader, using=using)
    with translated(using):
        row = required(config)
    from .attempt import prepare
    from .batches import sample_digests

    registry, dataset = prepare(config)
    if dict(dataset.row_counts) != row.row_counts:
        raise Differs(
            f"{config.version} was applied with {counted(row.row_counts)}, and is now {counted(dataset.row_counts)}: "
            "run `manage.py seed --force` to seed again, or ask for the counts that were applied."
        )
    samples = sample_digests(registry, dataset)
    changed = [table for table, digest in samples.items() if row.sample_digests.get(table) != digest]
    if changed:
        raise Differs(
            f"{config.version} was applied, but the code now generates other rows for {', '.join(changed)}: "
            "give the seed a new version (SEED_VERSION), or run `manage.py seed --force`."
        )
    return f"{config.version} is applied: {counted(row.row_counts)}."
