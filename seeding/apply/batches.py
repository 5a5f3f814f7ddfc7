"""From row numbers to batches of columns, with their digests."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, cast

from ..declare.registry import Registry
from ..declare.seeders import Seeder
from ..generate.digests import TableDigest
from ..generate.streams import Dataset
from ..load.loader import Batch

T = TypeVar("T")

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


def prefetched(items: Iterable[T]) -> Generator[T, None, None]:
    """Yield the items while a helper thread makes the next one: a batch is made while the last one is being written."""
    end = object()
    iterator = iter(items)
    with ThreadPoolExecutor(1, "seeding") as helper:
        upcoming = helper.submit(next, iterator, end)
        while (item := upcoming.result()) is not end:
            upcoming = helper.submit(next, iterator, end)
            yield cast(T, item)


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
