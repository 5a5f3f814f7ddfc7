"""A model's columns, as they would be declared by somebody who knows the model's fields and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Field

from ...generate.children import Per
from ...generate.rows import Rows
from ...generate.streams import Dataset
from ..checks import is_maintained
from ..defaults import constant_of, is_filled_by_the_database, random_uuid_of
from ..inheritance import lineage, own_fields
from ..kinds import Kind, kind_of
from ..kinds.documents import Document
from ..kinds.identifiers import Identifier
from ..kinds.numbers import Boolean, Decimals, Float, Integer
from ..kinds.objects import Binary
from ..kinds.references import Reference
from ..kinds.text import Address, Text
from ..kinds.times import Clock, Day, Duration, Moment
from . import (
    choices,
    comparisons,
    constraints,
    fit,
    generic,
    many,
    numbers,
    others,
    references,
    text,
    times,
    trees,
    twins,
)
from .expressions import Call, Children, Constant, Expression, SharedPassword, Variable, inside, replaced, rows
from .places import Model, Place
from .trees import Below
from .uniqueness import Uniqueness, uniqueness_of

_SELDOM = (
    "deleted", "archived", "cancelled", "canceled", "closed", "banned", "blocked", "rejected", "expired", "error",
    "failed", "revoked", "locked", "muted", "suspended", "expire", "notice", "merged", "alias", "redirect", "go_live",
)  # fmt: skip
_UNTOUCHED = {"is_staff", "is_superuser", "last_login"}  # of users


@dataclass
class Draft:
    """What the seeder of a model would say."""

    model: Model
    columns: dict[str, Expression] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)  # by column: what isn't known, or can't be filled
    nulls: list[Any] = field(default_factory=list)  # relations to models without rows, which stay NULL
    broken: list[str] = field(default_factory=list)  # check constraints that the rows might violate
    one_each: Model | None = None  # there can be as many rows as this model has
    one_row: str = ""  # why there can be one row only
    most: int = 1_000_000_000  # rows, as there are no more values
    children: Children | None = None  # how many rows there are for each row of another model

    @property
    def missing(self) -> list[str]:
        """The columns that the model's rows need, and for which nothing is known."""
        fields = {f.name: f for f in own_fields(self.model)}
        return [n for n in self.notes if n not in self.columns and constant_of(fields[n]) is None]

    def capacity(self, row_counts: Mapping[Model, int]) -> int:
        """Return how many rows there can be, where the models have that many."""
        pairs = [part for part in self._parts() if isinstance(part, Call) and part.method == "pairs"]
        sizes = [
            row_counts[call.args[0]] * (row_counts[call.args[1]] - bool(call.options))
            for call in pairs
            if call.args[0] in row_counts
        ]
        return min([*sizes, self.most])

    @property
    def variables(self) -> list[Variable]:
        """The columns that are named before the others, in order."""
        found: dict[tuple[str, ...], Variable] = {}  # by their names: several columns of one expression come together
        for part in self._parts():
            if isinstance(part, Variable):
                found.setdefault(part.among or (part.name,), part)
        return list(found.values())

    def _parts(self) -> Iterator[Expression]:
        for expression in self.columns.values():
            yield from inside(expression)


@dataclass(frozen=True)
class Surroundings:
    """What is known of other models: how many rows they get, and which have rows not created by a seed."""

    row_counts: Mapping[Model, int]
    existing: Collection[Model] = ()
    trees: Mapping[Model, Below] = field(default_factory=dict)  # what is above the rows of a tree's model

    def can_refer(self, f: Any) -> bool:
        """Return True if the relation's column can hold rows that a seed makes, by a column that they give."""
        target = f.target_field
        is_given = target.primary_key or (constant_of(target) is None and not is_filled_by_the_database(target))
        return kind_of(f) is not None and is_given and f.related_model._meta.concrete_model in self.totals

    def exist(self, model: Model) -> bool:
        """Return True for a model whose rows are there before a seed."""
        return model not in self.totals and (is_maintained(model) or model in self.existing)

    @cached_property
    def totals(self) -> Mapping[Model, int]:
        """The rows of each table: those of models that inherit from its model are among them."""
        found = dict.fromkeys((above for model in self.row_counts for above in lineage(model)), 0)
        for model, count in self.row_counts.items():
            for above in set(lineage(model)):
                found[above] += count
        return found


def draft_of(model: Model, around: Surroundings, per: Per | None = None) -> Draft:
    """Return what a seeder of `model` would say, with so many rows `per` row of another model.

    Relations to models of which there are no rows are left out.
    """
    generic_targets = {f.name: generic.targets(f, around.row_counts) for f in generic.relations(model)}
    unique = uniqueness_of(model, around.can_refer, generic_targets, per)
    key: Any = model._meta.pk
    is_shared = isinstance(key, models.OneToOneField) and not key.remote_field.parent_link
    key_parent = key.related_model._meta.concrete_model if is_shared else None
    found = Draft(model, one_each=key_parent or unique.one_each, one_row=" and ".join(unique.one_row), most=unique.most)
    if per is not None and unique.is_owned and not found.one_each and not found.one_row:
        found.children = Children(model, per)
    dataset = Dataset("draft", {m._meta.db_table: count for m, count in around.totals.items()})
    some = fit.sample(dataset, model._meta.db_table)
    fixed = {**trees.columns(model, around.trees.get(model)), **unique.columns}
    fixed |= {
        f.name: generic.column(f, generic_targets[f.name])
        for f in generic.relations(model)
        if generic_targets[f.name] and f.name not in fixed
    }
    by_generic = {
        name: f.name for f in generic.relations(model) if f.name in fixed for name in (f.ct_field, f.fk_field)
    }
    for f in own_fields(model):
        if f.name in by_generic:
            found.columns.setdefault(by_generic[f.name], fixed[by_generic[f.name]])
        elif not is_filled_by_the_database(f) and random_uuid_of(f) is None:
            _add(f, found, fixed, unique, around, some)
    for f in many.relations(model):
        some_of = many.column(f, around.row_counts, around.exist)
        if some_of is not None:
            found.columns[f.name] = some_of
    trees.add_url_path(model, found.columns, around.trees.get(model))
    comparisons.keep(found)
    constraints.keep(found, some)
    _name_shared_columns(found)
    return found


def _add(
    f: Field[Any, Any],
    found: Draft,
    fixed: Mapping[str, Expression],
    unique: Uniqueness,
    around: Surroundings,
    some: Sequence[Rows],
) -> None:
    """Add a field's column to the draft, or a note why it has none."""
    kind = kind_of(f)
    if kind is None:
        found.notes[f.name] = f"{type(f).__name__} has no kind: see seeding.register_kind"
    elif f.name in fixed:
        found.columns[f.name] = fixed[f.name]
    elif isinstance(kind, Reference) and not around.can_refer(f):
        if kind.field.target_field.primary_key and around.exist(kind.parent):  # type: ignore[attr-defined]
            existing = references.existing(f, found.model)
            found.columns[f.name] = _optional(Place(f), existing) if f.null else existing
        elif f.null and kind.field.target_field.primary_key:  # type: ignore[attr-defined]
            found.nulls.append(f)
        else:
            found.notes[f.name] = _why_no_reference(f)
    elif _is_to_fill(f, kind):
        place = Place(f, f.name in unique.alone, found.columns, None if f.model is found.model else found.model)
        chosen, is_valid = fit.first_fitting(kind, _candidates(place, kind), some, is_unique=place.is_unique)
        if chosen is None:
            found.notes[f.name] = f"nothing known fits this {type(f).__name__}"
        else:
            found.columns[f.name] = chosen
            if not is_valid:
                found.notes[f.name] = "its validators don't accept these values"


def _why_no_reference(f: Any) -> str:
    label = f.related_model._meta.label
    if not f.target_field.primary_key:
        return f"it refers to {label}.{f.target_field.name}, which has no values of its own in each row"
    return f"{label} has no seeder"


def _is_to_fill(f: Field[Any, Any], kind: Kind) -> bool:
    """Return True if the column gets more than its default."""
    if constant_of(f) is None:
        return True
    if (issubclass(f.model, AbstractBaseUser) and f.name in _UNTOUCHED) or f.name == "alias_of":
        return False
    has_text = isinstance(kind, Text) and f.has_default() and f.default is not None
    if isinstance(kind, Document | Binary) or (has_text and not f.choices):
        return False
    if isinstance(kind, Text) and f.blank and not f.choices:
        return text.is_known(Place(f)) if not f.null else Place(f).room >= text.ROOM_FOR_WORDS
    return True


def _candidates(place: Place, kind: Kind) -> Iterator[Expression]:
    """Yield what the column may hold, the best first."""
    if (twin := twins.column(place)) is not None:
        yield twin
    made = _expressions(place, kind)
    if place.field.null:
        made = (_optional(place, expression) for expression in made if not isinstance(expression, Constant))
    yield from made


def _optional(place: Place, expression: Expression) -> Expression:
    # A stream of its own: whether there is a value must not depend on which it is.
    return rows("optional", f"has {place.name}", expression, 5 if place.has(*_SELDOM) else 80)


def _expressions(place: Place, kind: Kind) -> Iterator[Expression]:
    if place.name == "password" and issubclass(place.field.model, AbstractBaseUser):
        yield SharedPassword()
        return
    yield from choices.choice(place)
    for cls, made in _BY_KIND.items():
        if isinstance(kind, cls):
            yield from made(place)
            return
    yield from others.of_postgresql(place, kind)


_BY_KIND: dict[type[Kind], Any] = {  # the first that is the kind's class, or one that it is a subclass of
    Reference: references.reference,
    Address: others.address,
    Text: text.text,
    Boolean: numbers.boolean,
    Integer: numbers.integer,
    Decimals: numbers.decimal,
    Float: numbers.floating,
    Moment: times.moment,
    Day: times.date,
    Clock: times.clock,
    Duration: times.duration,
    Identifier: others.identifier,
    Document: others.document,
    Binary: others.binary,
}


def _name_shared_columns(found: Draft) -> None:
    """Give a column that another one is made of, or is the same as, a name, where both stand in the draft."""
    for name in list(found.columns):
        expression = found.columns[name]
        others_of = {n: o for n, o in found.columns.items() if n != name and expression in inside(o)}
        if isinstance(expression, Call) and others_of:
            variable = Variable(name, expression)
            found.columns[name] = variable
            found.columns |= {n: replaced(other, expression, variable) for n, other in others_of.items()}
