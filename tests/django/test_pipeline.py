"""The helper thread that makes batches."""

import gc
from collections.abc import Iterator

import pytest

from seeding.apply.pipeline import prefetched


def test_prefetched__makes_items_without_collections_of_garbage() -> None:
    assert list(prefetched(gc.isenabled() for _ in range(3))) == [False] * 3
    assert gc.isenabled()


def test_prefetched__collects_garbage_again_after_a_failure() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        list(prefetched(items()))
    assert gc.isenabled()
