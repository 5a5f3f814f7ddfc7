"""Rows not created by a seed, to which seeded rows refer: known by natural keys, the same in every database."""

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
    values: Mapping[str, Sequence[Any]]  # of the fields that relations refer to, the primary key among them


UNREAD = Found(("",), {})  # stands for rows that weren't read yet


@dataclass(frozen=True, eq=False)
class ExistingRows(Categorical):
    """A column of existing rows: its labels are natural keys, `values` what relations refer to, in the same order."""

    values: Mapping[str, Sequence[Any]]
    lookup: Lookup

    @property
    def size(self) -> int:
        """How many rows there are to choose from; any number, as long as they weren't read."""
        return len(self.labels) if self.values else 1 << 31

    def at(self, numbers: NDArray[np.int64]) -> ExistingRows:
        """Return the rows with these numbers below `size`, in the order of their natural keys."""
        codes = numbers.astype(np.intp) if self.values else np.zeros(len(numbers), np.intp)
        return ExistingRows(codes, self.labels, self.values, self.lookup)

    def of(self, name: str) -> list[Any]:
        """Return what a field has for each label: None for that of NULL, which is the last one."""
        found = self.values.get(name, ())
        return [*found, *[None] * (len(self.labels) - len(found))]

    @classmethod
    def nulls(cls, model: Any, count: int) -> ExistingRows:
        """Return a column that refers to no row at all."""
        return cls(np.zeros(count, np.intp), (None,), {}, Lookup(model))

    @classmethod
    def joined(cls, columns: Sequence[ExistingRows]) -> ExistingRows:
        """Return the columns of consecutive rows as one."""
        codes: list[NDArray[np.intp]] = []
        labels: list[Any] = []
        for column in columns:
            codes.append(column.codes + len(labels))
            labels += column.labels
        names = {name for column in columns for name in column.values}
        values = {name: [value for column in columns for value in column.of(name)] for name in names}
        return cls(np.concatenate(codes), tuple(labels), values, columns[0].lookup)
