"""Is the version applied, and does this code still generate it?"""

from __future__ import annotations

from collections.abc import Mapping

from .. import conf
from ..database import locks, record
from ..database.catalogue import Catalogue
from ..database.errors import translated
from ..errors import Differs
from ..report.progress import ignore
from ..report.wording import counted


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
    with translated(using, config.lock_timeout_s):
        attempt = record.require_applied(config.version, using, config.lock_timeout_s)
    from ..declare.existing import read_existing
    from ..generate.digests import DEFINITION
    from .attempt import prepare
    from .pipeline import sample_digests

    seeders, dataset = prepare(config)
    if dict(dataset.row_counts) != attempt.counts:
        raise Differs(
            f"{config.version} was applied with {counted(attempt.counts)}, and asked for now are "
            f"{counted(dataset.row_counts)}: run `manage.py seed --force` to seed again, or ask for the counts that "
            "were applied."
        )
    if attempt.digest_definition != DEFINITION:
        return (
            f"{config.version} is applied: {counted(attempt.counts)}. An earlier release recorded its digests in "
            "another way, so only --verify can tell whether the code still generates it."
        )
    existing = Catalogue(using).of_models([model._meta.db_table for seeder in seeders for model in seeder.existing])
    deadline = locks.Deadline(config.lock_timeout_s)
    with translated(using, config.lock_timeout_s), locks.reading(using, deadline, ignore, list(existing.values())):
        read_existing(seeders, dataset, using)
    samples = sample_digests(seeders, dataset)
    changed = [table for table, digest in samples.items() if attempt.table_sample_digests.get(table) != digest]
    if changed:
        raise Differs(
            f"{config.version} was applied, but the code now generates other rows for {', '.join(changed)}: "
            "give the seed a new version (SEED_VERSION), or run `manage.py seed --force`."
        )
    return f"{config.version} is applied: {counted(attempt.counts)}."
