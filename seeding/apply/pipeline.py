"""A table's rows, batch by batch: a helper thread makes the next batch while the last one is written."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..generate.columns import Batch
from ..generate.digests import TableDigest
from ..generate.streams import Dataset

T = TypeVar("T")

SAMPLE_ROWS = 1_000  # a sample is this many rows at the start, in the middle and at the end of each table


def digest_of(seeder: Seeder) -> TableDigest:
    """Return an empty digest over the columns that count."""
    return TableDigest([column.name for column in seeder.digested])


def batches(seeder: Seeder, dataset: Dataset, batch_size: int) -> Iterator[Batch]:
    """Generate a table's rows in order."""
    total = dataset.row_counts[seeder.table]
    for start in range(0, total, batch_size):
        yield seeder.batch(dataset, start, min(start + batch_size, total))


def prepared(made: Iterable[Batch], *steps: Callable[[Batch], Any]) -> Generator[list[Any], None, None]:
    """Yield what each step makes of each batch, in order, while a helper thread makes the next batch's.

    All steps of all batches run in that one thread, one after the other: a step may keep state, and whoever reads that
    after the last item reads what is complete.
    """
    return prefetched([step(batch) for step in steps] for batch in made)


def prefetched(items: Iterable[T]) -> Generator[T, None, None]:
    """Yield the items while a helper thread makes the next one."""
    end = object()
    iterator = iter(items)
    with ThreadPoolExecutor(1, "seeding") as helper:
        upcoming = helper.submit(next, iterator, end)
        while (item := upcoming.result()) is not end:
            upcoming = helper.submit(next, iterator, end)
            yield cast(T, item)


def sample_digests(seeders: Seeders, dataset: Dataset) -> dict[str, str]:
    """Return a digest a table of a few rows of it: other ones mean that the code generates something else."""
    digests = {}
    for seeder in seeders:
        digest = digest_of(seeder)
        total = dataset.row_counts[seeder.table]
        for start in sorted({0, max(0, total // 2), max(0, total - SAMPLE_ROWS)}):
            stop = min(start + SAMPLE_ROWS, total)
            if stop > start:
                digest.update(seeder.batch(dataset, start, stop).columns, stop - start)
        digests[seeder.table] = digest.hexdigest()
    return digests
