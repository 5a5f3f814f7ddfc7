"""Multi-table inheritance: a seeder of a model fills the tables of the models that it inherits from, too.

So the rows of a table come from one seeder or from several: first those of the table's own, if it has one, then those
of each model that inherits from it, by table name, each followed by those that inherit from that one. The rows of each
model are consecutive in all its tables, and so are their keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Field

from ..generate.columns import Batch, Categorical, Column, concatenated
from ..generate.existing import ExistingRows
from .defaults import Constant
from .kinds import kind_of
from .kinds.text import Text
from .seeder import Declaration, Model, SeededColumn, Seeder, unfit_column

if TYPE_CHECKING:
    from ..generate.streams import Dataset


def parent_links(model: Model) -> dict[Model, Field[Any, Any]]:
    """Return the models from which `model` directly inherits a table, and the fields that link its rows to theirs."""
    links: Any = model._meta.parents
    return {parent: link for parent, link in links.items() if link is not None and link.model is model}


def lineage(model: Model) -> Iterator[Model]:
    """Yield the model, and all models from which it inherits a table: twice, what it inherits from in two ways."""
    yield model
    for parent in parent_links(model):
        yield from lineage(parent)


def own_fields(model: Model) -> list[Field[Any, Any]]:
    """Return the fields of all its tables that a seeder may declare: of keys texts alone, and no inherited links."""
    above = list(lineage(model))
    given = {link for m in above for link in parent_links(m).values()}
    given |= {m._meta.pk for m in above if not isinstance(kind_of(m._meta.pk), Text)}
    return [f for f in model._meta.concrete_fields if f not in given]


def by_table(seeders: Mapping[Model, Seeder]) -> dict[Model, Seeder]:
    """Return a seeder for each table: of inherited ones, too. Raises RegistrationError for defaults that don't fit."""
    heirs: dict[Model, set[Model]] = {}
    for model in seeders:
        for child in lineage(model):
            heirs.setdefault(child, set())
            for parent in parent_links(child):
                heirs.setdefault(parent, set()).add(child)
    family = {model: sorted(children, key=_table) for model, children in heirs.items()}
    return {
        model: _of_table(model, seeders, family) if family[model] or parent_links(model) else seeders[model]
        for model in sorted(family, key=_table)
    }


@dataclass(frozen=True)
class Link:
    """How the rows of a table are linked to those of the table that it inherits from."""

    field: Field[Any, Any]
    parent: str  # its table
    following: tuple[str, ...]  # the tables whose rows are the last ones there, this one's first

    def offset(self, row_counts: Mapping[str, int]) -> int:
        """Return the number, in the inherited table, of this table's first row."""
        return row_counts[self.parent] - sum(row_counts[table] for table in self.following)


@dataclass(frozen=True)
class Source:
    """A seeder of which some rows of a table come, with the columns of that table alone."""

    seeder: Seeder
    heirs: tuple[str, ...]  # the tables of the models that inherit from its model

    def rows(self, row_counts: Mapping[str, int]) -> int:
        """Return how many rows are its own."""
        return max(0, row_counts[self.seeder.table] - sum(row_counts[table] for table in self.heirs))

    def batch(self, columns: Sequence[SeededColumn], dataset: Dataset, start: int, stop: int) -> dict[str, Column]:
        """Return the columns, those that it leaves out filled with their defaults."""
        found = dict(self.seeder.batch(dataset, start, stop).columns)
        constants = {constant.field: constant for constant in self.seeder.constants}
        for column in columns:
            if column.name not in found:
                found[column.name] = _filled(self.seeder, column, constants[column.field], stop - start)
        return found


@dataclass(frozen=True)
class TableSeeder(Seeder):
    """How the rows of a table are generated that inherits, or is inherited from."""

    sources: tuple[Source, ...] = ()
    links: tuple[Link, ...] = ()

    @property
    def is_inherited_only(self) -> bool:
        return all(source.seeder.model is not self.model for source in self.sources)

    def batch(self, dataset: Dataset, start: int, stop: int) -> Batch:
        columns = [c for c in self.columns if c.field not in [link.field for link in self.links]]
        parts, first = [], 0
        for source in self.sources:
            count = source.rows(dataset.row_counts)
            low, high = max(start, first), min(stop, first + count)
            if low < high:
                parts.append(source.batch(columns, dataset, low - first, high - first))
            first += count
        found = {c.name: concatenated([part[c.name] for part in parts]) for c in columns}
        for link in self.links:
            found[link.field.name] = np.arange(start, stop) + link.offset(dataset.row_counts)
        return Batch(start, stop, {c.name: found[c.name] for c in self.columns})

    def starts(self, row_counts: Mapping[str, int]) -> list[int]:
        found, first = [], 0
        for source in self.sources:
            if count := source.rows(row_counts):
                found.append(first)
            first += count
        return found

    def key_offset(self, row_counts: Mapping[str, int]) -> int:
        return next((link.offset(row_counts) for link in self.links if link.field is self.key), 0)


def _table(model: Model) -> str:
    return model._meta.db_table


def _of_table(model: Model, seeders: Mapping[Model, Seeder], family: Mapping[Model, Sequence[Model]]) -> TableSeeder:
    fields = [f for f in own_fields(model) if f in model._meta.local_concrete_fields]
    links = [_link(field, parent, model, family) for parent, field in parent_links(model).items()]
    sources = [_source(seeders[m], fields, family[m]) for m in _descendants(model, family) if m in seeders]
    first = next(iter(sources)).seeder
    own = seeders.get(model) or Declaration(model, 0, first.generate, None, frozenset())
    declared = {c.field: c for source in sources for c in source.seeder.columns}
    constants = {c.field: c for source in sources for c in source.seeder.constants if c.field not in declared}
    columns = [declared[f] for f in fields if f in declared]
    for source in sources:
        _check_alike(source.seeder, declared)
        left_out = {c.field: c for c in source.seeder.constants}
        for column in columns:
            if column.field in left_out:
                _filled(source.seeder, column, left_out[column.field], 1)
    linked = [SeededColumn(link.field, kind) for link in links if (kind := kind_of(link.field)) is not None]
    return TableSeeder(
        model=model,
        count=own.count,
        generate=own.generate,
        keep=own.keep,
        undigested=frozenset().union(*(source.seeder.undigested for source in sources)),
        disposable=own.disposable,
        named=own.named,
        columns=(*columns, *(c for c in linked if c.field is not model._meta.pk)),
        constants=tuple(constants[f] for f in fields if f in constants),
        existing=frozenset().union(*(source.seeder.existing for source in sources)),
        sources=tuple(sources),
        links=tuple(links),
        heirs=tuple(map(_table, family[model])),
    )


def _descendants(model: Model, family: Mapping[Model, Sequence[Model]]) -> Iterator[Model]:
    yield model
    for child in family[model]:
        yield from _descendants(child, family)


def _source(seeder: Seeder, fields: Sequence[Field[Any, Any]], heirs: Sequence[Model]) -> Source:
    columns = tuple(c for c in seeder.columns if c.field in fields)
    constants = tuple(c for c in seeder.constants if c.field in fields)
    return Source(replace(seeder, columns=columns, constants=constants), tuple(map(_table, heirs)))


def _link(field: Field[Any, Any], parent: Model, model: Model, family: Mapping[Model, Sequence[Model]]) -> Link:
    heirs = family[parent]
    return Link(field, _table(parent), tuple(map(_table, heirs[heirs.index(model) :])))


def _check_alike(seeder: Seeder, declared: Mapping[Field[Any, Any], SeededColumn]) -> None:
    """Raise RegistrationError where seeders of one table refer to rows of different sorts in one column."""
    for column in seeder.columns:
        other = declared[column.field]
        if (column.is_existing, column.targets) != (other.is_existing, other.targets):
            wrong = "another seeder of the same table refers to other rows in it: both must refer to the same ones"
            raise unfit_column(seeder, column.name, ValueError(wrong))


def _filled(seeder: Seeder, column: SeededColumn, constant: Constant, count: int) -> Column:
    """Return a column's default, where another seeder of the table declares the column. Raises RegistrationError."""
    value = 0 if constant.is_anchor else Categorical(np.zeros(count, np.intp), (constant.value,))
    try:
        if column.is_existing:
            if constant.value is not None:
                raise ValueError("another seeder of the same table refers to existing rows in it: declare it here, too")
            return ExistingRows.nulls(column.field.related_model, count)
        return column.kind.column(value, count)
    except (TypeError, ValueError) as exc:
        raise unfit_column(seeder, column.name, exc) from exc
