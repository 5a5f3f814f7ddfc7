"""Rows that no seed made, which seeded rows refer to: known by natural keys, which are the same in every database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import Categorical


@dataclass(frozen=True)
class Lookup:
    """Which rows of a model are meant: those that Django's `filter` finds by these conditions."""

    model: Any
    conditions: tuple[tuple[str, Any], ...] = ()

    @classmethod
    def of(cls, model: Any, conditions: Mapping[str, Any]) -> Lookup:
        """Return the lookup for conditions as `filter` takes them."""
        frozen = ((name, tuple(v) if isinstance(v, list | set) else v) for name, v in sorted(conditions.items()))
        return cls(model, tuple(frozen))

    def __str__(self) -> str:
        conditions = ", ".join(f"{name}={value!r}" for name, value in self.conditions)
        return f"{self.model._meta.label}{' with ' if conditions else ''}{conditions}"


@dataclass(frozen=True)
class Found:
    """The rows that a lookup found, in the order of their natural keys."""

    labels: tuple[str, ...]  # natural keys, as text
    keys: tuple[Any, ...]  # primary keys


UNREAD = Found(("",), (None,))  # stands for rows that weren't read yet


@dataclass(frozen=True, eq=False)
class ExistingRows(Categorical):
    """A column of existing rows: its labels are natural keys; `keys` are the rows' primary keys, in the same order."""

    keys: tuple[Any, ...]
    lookup: Lookup

    @property
    def size(self) -> int:
        """How many rows there are to choose from; any number, as long as they weren't read."""
        return len(self.keys) if self.keys != UNREAD.keys else 1 << 31

    def at(self, numbers: NDArray[np.int64]) -> ExistingRows:
        """Return the rows with these numbers below `size`, in the order of their natural keys."""
        codes = numbers.astype(np.intp) if self.keys != UNREAD.keys else np.zeros(len(numbers), np.intp)
        return ExistingRows(codes, self.labels, self.keys, self.lookup)

    @classmethod
    def nulls(cls, model: Any, count: int) -> ExistingRows:
        """Return a column that refers to no row at all."""
        return cls(np.zeros(count, np.intp), (None,), (None,), Lookup(model))

    @classmethod
    def joined(cls, columns: Sequence[ExistingRows]) -> ExistingRows:
        """Return the columns of consecutive rows as one."""
        codes: list[NDArray[np.intp]] = []
        labels: list[Any] = []
        keys: list[Any] = []
        for column in columns:
            codes.append(column.codes + len(labels))
            labels += column.labels
            keys += [*column.keys, *[None] * (len(column.labels) - len(column.keys))]  # the last label may be NULL's
        return cls(np.concatenate(codes), tuple(labels), tuple(keys), columns[0].lookup)
