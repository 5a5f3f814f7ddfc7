"""What every value is made from: row numbers, random bits, and how many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from operator import index
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np

from ..arithmetic import scaled
from ..permutation import Permutation
from ..streams import HALF, Bits, Dataset, Numbers
from ..texts import Texts, trimmed

if TYPE_CHECKING:
    from typing import Self

    from django.db.models import Model

_BLOCK_ROWS = 1024  # of long texts: a block's arrays stay in the processor's cache

P = ParamSpec("P")
RowsT = TypeVar("RowsT", bound="RowsBase")


class RowsBase:
    """Some rows of one table: consecutive ones, or the ones that `numbers` picks."""

    def __init__(self, dataset: Dataset, table: str, start: int, stop: int, numbers: Numbers | None = None) -> None:
        self._dataset = dataset
        self._table = table
        self._start, self._stop = start, stop
        self._picked = numbers

    def __len__(self) -> int:
        return self._stop - self._start if self._picked is None else len(self._picked)

    def __iter__(self) -> Iterator[int]:
        """Yield the row numbers, from 0, as Python's own integers: `[f"Author {n}" for n in rows]`."""
        return iter(self.numbers.tolist())

    @property
    def numbers(self) -> Numbers:
        """The row numbers, from 0."""
        return np.arange(self._start, self._stop) if self._picked is None else self._picked

    @property
    def version(self) -> str:
        """The version's name."""
        return self._dataset.version

    @property
    def total(self) -> int:
        """How many rows the whole table has."""
        return self._dataset.row_counts[self._table]

    def bits(self, stream: str) -> Bits:
        """Return 64 random bits a row. Each name is a stream of its own; the same name gives the same bits again."""
        if self._picked is None:
            return self._dataset.bits(self._table, stream, self._start, self._stop)
        return self._dataset.picked(self._table, stream, self._picked)

    def fraction(self, stream: str) -> Bits:
        """Return a uniform fraction of 1 a row, in units of 2**-32."""
        return self.bits(stream) >> HALF

    def count(self, model: type[Model]) -> int:
        """Return how many rows of `model` are generated. Raises ValueError where it has no seeder."""
        rows = self._dataset.row_counts.get(table_of(model))
        if rows is None:
            raise ValueError(
                f"no seeder makes rows of {table_of(model)}: use rows.existing() if they are there already, or "
                "register its model"
            )
        return rows

    def of(self, model: type[Model], numbers: Numbers | None = None) -> Self:
        """Return rows of `model`: the ones with these row numbers, or with the same as here."""
        picked = self._picked if numbers is None else numbers
        return type(self)(self._dataset, table_of(model), self._start, self._stop, picked)

    def part(self, start: int, stop: int) -> Self:
        """Return some of these rows, by their places among them."""
        if self._picked is None:
            return type(self)(self._dataset, self._table, self._start + start, min(self._start + stop, self._stop))
        return type(self)(self._dataset, self._table, 0, 0, self._picked[start:stop])

    def below(self, stream: str, size: int, *, unique: bool = False, what: str = "different values") -> Bits:
        """Return a number below `size` (1 to 2**64) a row: any, or with `unique` another one for each row.

        Unique ones come from a permutation of [0, size): no row is ever tried again, and a table that grows keeps
        them. Raises ValueError where the table has more than `size` rows; `what` says what the numbers stand for.
        """
        size = index(size)
        if not unique:
            return scaled(self.bits(stream), size)
        if self.total > size:
            raise ValueError(f"stream {stream!r} has {size:,} {what}, and {self.total:,} rows need one each")
        permutation = Permutation(max(1, size), self._dataset.key(self._table, stream))
        return permutation(self.numbers.astype(np.uint64))


def in_blocks(method: Callable[Concatenate[RowsT, P], Texts]) -> Callable[Concatenate[RowsT, P], Texts]:
    """Let a method that makes long texts make them for few rows at a time: what it needs meanwhile stays small."""

    @wraps(method)
    def made(self: RowsT, /, *args: P.args, **kwargs: P.kwargs) -> Texts:
        count = len(self)
        if count <= _BLOCK_ROWS:
            return method(self, *args, **kwargs)
        starts = range(0, count, _BLOCK_ROWS)
        parts = (self.part(start, start + _BLOCK_ROWS) for start in starts)
        return np.concatenate([trimmed(method(part, *args, **kwargs)) for part in parts])

    return cast(Callable[Concatenate[RowsT, P], Texts], made)


def table_of(model: Any) -> str:
    """Return the name of the model's table."""
    return str(model._meta.db_table)
