"""A model's columns, as they would be declared by somebody who knows the model's fields and nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.db.models import Field

from ...generate.streams import Dataset
from ..defaults import constant_of, is_filled_by_the_database, random_uuid_of
from ..inheritance import own_fields
from ..kinds import Kind, kind_of
from ..kinds.documents import Document
from ..kinds.identifiers import Identifier
from ..kinds.numbers import Boolean, Decimals, Float, Integer
from ..kinds.objects import Binary
from ..kinds.references import Reference
from ..kinds.text import Address, Text
from ..kinds.times import Clock, Day, Duration, Moment
from . import choices, comparisons, fit, numbers, others, text, times, trees
from .expressions import Call, Constant, Expression, SharedPassword, Variable, inside, replaced, rows
from .places import Model, Place
from .uniqueness import uniqueness_of

_SELDOM = (
    "deleted", "archived", "cancelled", "canceled", "closed", "banned", "blocked", "rejected", "expired", "error",
    "failed", "revoked",
)  # fmt: skip
_UNTOUCHED = {"is_staff", "is_superuser", "last_login"}  # of users


@dataclass
class Draft:
    """What the seeder of a model would say."""

    model: Model
    columns: dict[str, Expression] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)  # by column: what isn't known, or can't be filled
    one_each: Model | None = None  # there can be as many rows as this model has
    one_row: str = ""  # why there can be one row only

    def capacity(self, row_counts: Mapping[Model, int]) -> int:
        """Return how many rows there can be, where the models have that many."""
        pairs = [v.of for v in self.variables if v.among and isinstance(v.of, Call) and v.of.method == "pairs"]
        sizes = [row_counts[call.args[0]] * (row_counts[call.args[1]] - bool(call.options)) for call in pairs]
        return min(sizes, default=1_000_000_000)

    @property
    def variables(self) -> list[Variable]:
        """The columns that are named before the others, in order."""
        found: dict[tuple[str, ...], Variable] = {}  # by their names: several columns of one expression come together
        for expression in self.columns.values():
            for part in inside(expression):
                if isinstance(part, Variable):
                    found.setdefault(part.among or (part.name,), part)
        return list(found.values())


def draft_of(model: Model, row_counts: Mapping[Model, int], *, missing: Collection[Model] = ()) -> Draft:
    """Return what a seeder of `model` would say, where the models in `row_counts` have that many rows.

    Relations to the models that are `missing`, and to all that have no count, are left out.
    """
    there = {m for m in row_counts if m not in missing}

    def can_refer(f: Field[Any, Any]) -> bool:
        parent: Any = f.related_model
        return kind_of(f) is not None and f.target_field.primary_key and parent._meta.concrete_model in there  # type: ignore[attr-defined]

    unique = uniqueness_of(model, can_refer)
    key: Any = model._meta.pk
    is_shared = isinstance(key, models.OneToOneField) and not key.remote_field.parent_link
    key_parent = key.related_model._meta.concrete_model if is_shared else None
    found = Draft(model, one_each=key_parent or unique.one_each, one_row=" and ".join(unique.one_row))
    dataset = Dataset("draft", {m._meta.db_table: count for m, count in row_counts.items()})
    some = fit.sample(dataset, model._meta.db_table)
    fixed = {**trees.columns(model), **unique.columns}
    for f in own_fields(model):
        kind = kind_of(f)
        if is_filled_by_the_database(f) or random_uuid_of(f) is not None:
            continue
        if kind is None:
            _leave_out(f, f"a {type(f).__name__} has no kind: see seeding.register_kind", found)
        elif f.name in fixed:
            found.columns[f.name] = fixed[f.name]
        elif isinstance(kind, Reference) and not can_refer(f):
            _leave_out(f, _why_no_reference(f), found)
        elif _is_to_fill(f, kind):
            place = Place(f, f.name in unique.alone, found.columns)
            chosen, is_valid = fit.first_fitting(kind, _candidates(place, kind), some, is_unique=place.is_unique)
            if chosen is None:
                _leave_out(f, f"nothing known fits a {type(f).__name__} like this one", found)
            else:
                found.columns[f.name] = chosen
                if not is_valid:
                    found.notes[f.name] = "its validators don't accept these values"
    comparisons.keep(found)
    _name_shared_columns(found)
    return found


def _leave_out(f: Field[Any, Any], reason: str, found: Draft) -> None:
    """Note a column that isn't filled; it is missing where it has no default."""
    found.notes[f.name] = reason


def _why_no_reference(f: Any) -> str:
    label = f.related_model._meta.label
    if not f.target_field.primary_key:
        return f"it refers to {label}.{f.target_field.name}, which is no primary key"
    return f"{label} has no seeder"


def _is_to_fill(f: Field[Any, Any], kind: Kind) -> bool:
    """Return True if the column gets more than its default."""
    if constant_of(f) is None:
        return True
    if issubclass(f.model, AbstractBaseUser) and f.name in _UNTOUCHED:
        return False
    if isinstance(kind, Document | Binary) or (isinstance(kind, Text) and f.has_default() and not f.choices):
        return False
    if isinstance(kind, Text) and f.blank and not f.null and not f.choices:
        return text.is_known(Place(f))
    return True


def _candidates(place: Place, kind: Kind) -> Iterator[Expression]:
    """Yield what the column may hold, the best first."""
    made = _expressions(place, kind)
    if place.field.null:
        made = (_optional(place, expression) for expression in made if not isinstance(expression, Constant))
    return made


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


def _reference(place: Place) -> Iterator[Expression]:
    parent: Any = place.field.related_model
    yield rows("reference", place.name, parent._meta.concrete_model)


_BY_KIND: dict[type[Kind], Any] = {  # the first that is the kind's class, or one that it is a subclass of
    Reference: _reference,
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
    """Give a column that another one is made of a name, where both stand in the draft."""
    for name, expression in list(found.columns.items()):
        others_of = {n: o for n, o in found.columns.items() if o != expression and expression in inside(o)}
        if isinstance(expression, Call) and others_of:
            variable = Variable(name, expression)
            found.columns[name] = variable
            found.columns |= {n: replaced(other, expression, variable) for n, other in others_of.items()}
