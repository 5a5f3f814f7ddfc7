"""What must be different in each row, alone or together, and how a table is filled so that it is: by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Field, Q

from ...generate.children import Per
from ...generate.values.places import COUNTRIES
from ..inheritance import lineage, own_fields
from .children import between_which, is_ordinal, relation_to
from .children import columns as columns_of_children
from .choices import values_of
from .expressions import Attribute, Children, Expression, Operation, Variable, rows
from .generic import relations
from .places import Model, Place
from .text import is_country

_FEW = 1_000  # a column with fewer values is different in each row only where it gets them in turn

CanRefer = Callable[[Any], bool]  # of a field


@dataclass
class Uniqueness:
    """How a model's columns are different in each row."""

    alone: set[str] = field(default_factory=set)  # columns that are different by themselves
    columns: dict[str, Expression] = field(default_factory=dict)  # columns that are different together
    one_each: Model | None = None  # the model with as many rows as there can be
    one_row: list[str] = field(default_factory=list)  # what can't be kept with several rows
    most: int = 1_000_000_000  # rows, as a column hasn't more values
    is_owned: bool = False  # the rows are some for each row of another model


@dataclass(frozen=True)
class Link:
    """A relation that can be filled: a foreign key, or a generic one with a model that its rows refer to."""

    name: str
    model: Model
    is_generic: bool = False

    def column(self, numbers: Expression) -> Expression:
        """Return the column that refers to the rows with these numbers."""
        return rows("generic", self.name, [self.model], numbers=numbers) if self.is_generic else numbers


def uniqueness_of(
    model: Model,
    can_refer: CanRefer,
    generic_targets: Mapping[str, Sequence[Model]],
    per: Per | None = None,
) -> Uniqueness:
    """Return how the rows of `model` differ where they must.

    `can_refer` says which foreign keys can be filled, `generic_targets` to which models generic relations can refer.
    With `per`, the model has so many rows for each row of another.
    """
    return _Finder(model, can_refer, generic_targets, per).found


class _Finder:
    """Finds out how a model's rows differ."""

    def __init__(
        self, model: Model, can_refer: CanRefer, generic_targets: Mapping[str, Sequence[Model]], per: Per | None
    ) -> None:
        self.model, self.found, self.per = model, Uniqueness(), per
        self.owner = None if per is None else relation_to(model, per)
        self._can_refer = can_refer
        self._links = {f.name: _link(f) for f in own_fields(model) if f.is_relation and can_refer(f)}
        self._pairs_of_columns = {  # the two columns of each generic relation that can be filled
            frozenset((f.ct_field, f.fk_field)): Link(f.name, generic_targets[f.name][0], is_generic=True)
            for f in relations(model)
            if generic_targets.get(f.name)
        }
        sets = list(_sets(model))
        for names in sets:
            if len(names) == 1:
                self._alone(names[0])
        for names in sorted((names for names in sets if len(names) > 1), key=len):
            if not self._is_kept(names):
                self._together(names)
        if self.owner is not None and self.per is not None and self.owner.name not in self.found.columns:
            self.found.columns |= columns_of_children(model, self.owner, self.per)
            self.found.is_owned = True

    def _is_kept(self, names: Sequence[str]) -> bool:
        """Return True if rows differ in these columns already."""
        if self.found.alone.intersection(names):
            return True
        together = [v for v in self.found.columns.values() if isinstance(v, Variable)]
        return any(set(v.among) <= set(names) for v in together if v.among)

    def _alone(self, name: str) -> None:
        f: Any = self.model._meta.get_field(name)
        if f.is_relation:
            if name in self._links and self.found.one_each is None and f.related_model is not self.model:
                self._one_each(self._links[name])
            elif not f.null:
                self.found.one_row.append(name)
        elif (most := values_for(f)) > 1:
            self.found.alone.add(name)
            self.found.most = min(self.found.most, most)
        elif not f.null:
            self.found.one_row.append(name)

    def _together(self, names: Sequence[str]) -> None:
        generic = [link for pair, link in self._pairs_of_columns.items() if pair <= set(names)]
        halves = {name for pair in self._pairs_of_columns for name in pair if pair <= set(names)}
        fields: list[Any] = [self.model._meta.get_field(name) for name in names if name not in halves]
        links = [*(self._links[f.name] for f in fields if f.name in self._links), *generic]
        links = [link for link in links if link.name not in self.found.columns]
        if any(f.is_relation and not self._can_refer(f) and f.null for f in fields):
            return  # NULL is different from NULL
        others = [f for f in fields if not f.is_relation]
        ordinal = next((f for f in others if is_ordinal(f)), None)
        owned = self.per is not None and self.owner is not None and self.owner.name in [link.name for link in links]
        if owned and len(links) > 1:
            self._pairs(*sorted(links, key=lambda link: link.name != self.owner.name)[:2], is_owned=True)  # type: ignore[union-attr]
            self.found.is_owned = True
        elif len(links) > 1:
            self._pairs(*links[:2])
        elif owned and ordinal is not None and self.per is not None:
            self.found.columns |= columns_of_children(self.model, self.owner, self.per, ordinal)
            self.found.is_owned = True
        elif links and ordinal is not None:
            count = rows("count", links[0].model)
            self.found.columns[links[0].name] = links[0].column(Operation(Attribute("numbers"), "%", count))
            self.found.columns[ordinal.name] = Operation(1, "+", Operation(Attribute("numbers"), "//", count))
        elif free := [f for f in others if values_for(f) >= _FEW]:
            self.found.alone.add(free[0].name)
        elif links and self.found.one_each is None and links[0].model is not self.model:
            self._one_each(links[0])
        else:
            self.found.one_row.append(" and ".join(names))

    def _one_each(self, link: Link) -> None:
        self.found.one_each = link.model
        self.found.columns[link.name] = link.column(Attribute("numbers"))
        self.found.alone.add(link.name)

    def _pairs(self, left: Link, right: Link, *, is_owned: bool = False) -> None:
        among = (left.name, right.name)
        first: Any = Children(self.model, self.per) if is_owned and self.per is not None else left.model
        options: dict[str, Any] = {"different": True} if left.model is right.model and not is_owned else {}
        if _is_symmetrical(self.model):
            options = {"both_ways": True}
        pairs = rows("pairs", first, right.model, **options)
        for link in (left, right):
            self.found.columns[link.name] = link.column(Variable(link.name, pairs, among))


def values_for(f: Field[Any, Any]) -> int:
    """Return how many different values the column can be given: 1 where that isn't known to be more."""
    if isinstance(f, models.BooleanField | models.JSONField | models.BinaryField):
        return 1
    place = Place(f, is_unique=True)
    if few := values_of(place):
        return len(few)
    if isinstance(f, models.CharField) and is_country(place):
        return len(COUNTRIES)
    if isinstance(f, models.CharField):
        return int(10 ** min(f.max_length or 9, 9))
    low, high = place.between(0, 10**9)
    numbers = isinstance(f, models.IntegerField | models.DecimalField | models.FloatField)
    return int(high - low) + 1 if numbers else 10**9


def _is_symmetrical(model: Model) -> bool:
    """Return True for the table of a symmetrical many-to-many relation, which has each pair both ways."""
    owner: Any = model._meta.auto_created
    return bool(owner) and any(
        f.remote_field.through is model and f.remote_field.symmetrical for f in owner._meta.local_many_to_many
    )


def _link(f: Any) -> Link:
    return Link(f.name, f.related_model._meta.concrete_model)


def _sets(model: Model) -> Iterator[tuple[str, ...]]:
    """Yield the names of the columns that are unique together; those with a condition are taken to be so always."""
    for f in own_fields(model):
        if f.unique:
            yield (f.name,)
    for above in lineage(model):
        for together in above._meta.unique_together:
            yield tuple(together)
    for constraint in [constraint for above in lineage(model) for constraint in above._meta.constraints]:
        if isinstance(constraint, models.UniqueConstraint):
            names = [*constraint.fields]
            for expression in constraint.expressions:
                names += [f.name for f in _fields_in(expression, model)]
            if names:
                yield tuple(dict.fromkeys(names))
    if (between := between_which(model)) and not model._meta.auto_created:
        yield between


def _fields_in(expression: Any, model: Model) -> Iterator[Field[Any, Any]]:
    if isinstance(expression, models.F):
        name: str = expression.name  # type: ignore[attr-defined]
        yield model._meta.get_field(name.partition("__")[0])  # type: ignore[misc]
    elif isinstance(expression, Q):
        return
    else:
        for part in expression.get_source_expressions():
            if part is not None:
                yield from _fields_in(part, model)
