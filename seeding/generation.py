"""From row numbers to batches of columns, with their digests."""

from __future__ import annotations

from collections.abc import Iterator

from .columns import TableDigest
from .loaders import Batch
from .registry import Registry, Seeder
from .streams import Dataset

SAMPLE_ROWS = 1_000  # a sample is this many rows at the start, in the middle and at the end of each table


def digest_of(seeder: Seeder) -> TableDigest:
    """Return an empty digest over the columns that count."""
    return TableDigest([f.name for f in seeder.fields if f.name not in seeder.undigested])


def batches(seeder: Seeder, dataset: Dataset, batch_size: int, digest: TableDigest) -> Iterator[Batch]:
    """Generate a table's rows in order, and feed them to its digest."""
    total = dataset.row_counts[seeder.table]
    for start in range(0, total, batch_size):
        stop = min(start + batch_size, total)
        columns = seeder.columns(dataset, start, stop)
        digest.update(columns, stop - start)
        yield Batch(start, stop, columns)


def sample_digests(registry: Registry, dataset: Dataset) -> dict[str, str]:
    """Return a digest a table of a few rows of it: other ones mean that the code generates something else."""
    digests = {}
    for seeder in registry.in_load_order():
        digest = digest_of(seeder)
        total = dataset.row_counts[seeder.table]
        for start in sorted({0, max(0, total // 2), max(0, total - SAMPLE_ROWS)}):
            stop = min(start + SAMPLE_ROWS, total)
            if stop > start:
                digest.update(seeder.columns(dataset, start, stop), stop - start)
        digests[seeder.table] = digest.hexdigest()
    return digests
