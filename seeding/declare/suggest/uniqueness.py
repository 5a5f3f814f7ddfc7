"""What must be different in each row, alone or together, and how a table is filled so that it is: by construction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.models import Field, Q

from ..inheritance import lineage, own_fields
from .choices import values_of
from .expressions import Attribute, Expression, Operation, Variable, rows
from .places import Model, Place, words_of

_ORDINAL = (
    "number", "no", "position", "order", "index", "rank", "line", "step", "sequence", "version", "revision", "day",
)  # fmt: skip
_FEW = 1_000  # a column with fewer values can't be different in each row


@dataclass
class Uniqueness:
    """How a model's columns are different in each row."""

    alone: set[str] = field(default_factory=set)  # columns that are different by themselves
    columns: dict[str, Expression] = field(default_factory=dict)  # columns that are different together
    one_each: Model | None = None  # the model with as many rows as there can be
    one_row: list[str] = field(default_factory=list)  # what can't be kept with several rows


def uniqueness_of(model: Model, can_refer: Callable[[Field[Any, Any]], bool]) -> Uniqueness:
    """Return how the rows of `model` differ where they must; `can_refer` says which relations can be filled."""
    found = Uniqueness()
    sets = list(_sets(model))
    for names in sets:
        if len(names) == 1:
            _alone(model, names[0], found, can_refer)
    for names in sorted((names for names in sets if len(names) > 1), key=len):
        if not found.alone.intersection(names) and not any(
            isinstance(found.columns.get(name), Variable) and set(found.columns[name].among) <= set(names)  # type: ignore[attr-defined]
            for name in names
        ):
            _together(model, names, found, can_refer)
    return found


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


def _alone(model: Model, name: str, found: Uniqueness, can_refer: Callable[[Field[Any, Any]], bool]) -> None:
    f: Any = model._meta.get_field(name)
    if f.is_relation:
        if can_refer(f) and found.one_each is None and f.related_model is not model:
            found.one_each = f.related_model._meta.concrete_model
            found.columns[name] = Attribute("numbers")
            found.alone.add(name)
        elif not f.null:
            found.one_row.append(name)
    elif _has_many_values(f):
        found.alone.add(name)
    elif not f.null:
        found.one_row.append(name)


def _together(
    model: Model, names: Sequence[str], found: Uniqueness, can_refer: Callable[[Field[Any, Any]], bool]
) -> None:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    relations = [f for f in fields if f.is_relation and can_refer(f) and f.name not in found.columns]
    if any(f.is_relation and not can_refer(f) and f.null for f in fields):
        return  # NULL is different from NULL
    others = [f for f in fields if not f.is_relation]
    ordinal = next((f for f in others if isinstance(f, models.IntegerField) and _is_ordinal(f)), None)
    if len(relations) > 1:
        left, right = relations[:2]
        among = (left.name, right.name)
        options = {"different": True} if left.related_model is right.related_model else {}
        pairs = rows("pairs", *(f.related_model._meta.concrete_model for f in (left, right)), **options)
        for f in (left, right):
            found.columns[f.name] = Variable(f.name, pairs, among)
    elif relations and ordinal is not None:
        count = rows("count", relations[0].related_model._meta.concrete_model)
        found.columns[relations[0].name] = Operation(Attribute("numbers"), "%", count)
        found.columns[ordinal.name] = Operation(1, "+", Operation(Attribute("numbers"), "//", count))
    elif free := [f for f in others if _has_many_values(f)]:
        found.alone.add(free[0].name)
    elif relations and found.one_each is None and relations[0].related_model is not model:
        found.one_each = relations[0].related_model._meta.concrete_model
        found.columns[relations[0].name] = Attribute("numbers")
        found.alone.add(relations[0].name)
    else:
        found.one_row.append(" and ".join(names))


def _is_ordinal(f: Field[Any, Any]) -> bool:
    return not set(words_of(f.name)).isdisjoint(_ORDINAL)


def _has_many_values(f: Field[Any, Any]) -> bool:
    """Return True if the column can hold another value for each of many rows."""
    if values_of(Place(f)) or isinstance(f, models.BooleanField | models.JSONField | models.BinaryField):
        return False
    if isinstance(f, models.CharField):
        return f.max_length is None or f.max_length >= 4
    low, high = Place(f).between(0, 10**9)
    return not isinstance(f, models.IntegerField | models.DecimalField | models.FloatField) or high - low >= _FEW
