"""Children: models whose rows belong to a row of another, as an order's lines and a post's comments do."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from ...generate.children import Per
from ..inheritance import parent_links
from .expressions import Call, Children, Expression, Item, Operation, Variable, words_of
from .places import Model, bounds_of, is_user

LINES = ("line", "item", "entry", "row", "position")  # of which each parent has some
_PARTS = (
    *LINES, "comment", "reply", "image", "photo", "picture", "attachment", "note", "message", "answer", "choice",
    "chapter", "step", "section", "vote", "like", "review", "reaction", "log", "event", "visit", "view", "revision",
)  # fmt: skip
_PLACES = ("position", "order", "ordering", "sort", "index", "sequence", "line", "rank")
_NUMBERS = (*_PLACES, "number", "no", "step", "version", "revision", "day")
_FROM_ZERO = ("position", "order", "ordering", "sort", "index")


def owner_of(model: Model) -> Any | None:
    """Return the relation to the model whose rows own this one's: of `OrderLine` and `Comment` to order and post."""
    if parent_links(model) or model._meta.auto_created:
        return None
    owning = [f for f in model._meta.local_concrete_fields if _can_own(f, model)]
    if between := between_which(model):
        return next((f for f in owning if f.name == between[0]), None)
    words = words_of(model.__name__)
    for f in owning:
        theirs = words_of(_related(f).__name__)
        if len(theirs) < len(words) and words[: len(theirs)] == theirs:
            return f
    numbered = [f for f in owning if _numbers_within(f, model)]
    if not numbered and words[-1] in _PARTS:
        numbered = [f for f in owning if not is_user(_related(f))]
    return next(iter(numbered), None)


def between_which(model: Model) -> tuple[str, str] | None:
    """Return the relations to the two models between which this one stands for a many-to-many relation, if it does."""
    for other in apps.get_models():
        for f in other._meta.local_many_to_many:
            if f.remote_field.through is model and hasattr(f, "m2m_field_name"):
                return f.m2m_field_name(), f.m2m_reverse_field_name()
    return None


def relation_to(model: Model, per: Per) -> Any | None:
    """Return the relation to the model whose rows `per` counts for: the owner, or the first required one."""
    related = per.model._meta.concrete_model
    own = [f for f in model._meta.local_concrete_fields if f.is_relation and not f.unique and _related(f) is related]
    owner = owner_of(model)
    return owner if owner in own else next((f for f in own if not f.null), None)


def columns(model: Model, owner: Any, per: Per, numbered: Any | None = None) -> dict[str, Expression]:
    """Return the columns that say which parent each row has, and which of its children it is."""
    parent = Call("parent", (Children(model, per),))
    place = numbered or next((f for f in model._meta.local_concrete_fields if _is_number(f, _PLACES)), None)
    if place is None:
        return {owner.name: Item(parent, 0)}
    among = (owner.name, place.name)
    position: Expression = Variable(place.name, parent, among)
    least, _ = bounds_of(place)
    if (numbered is not None and not _is_number(place, _FROM_ZERO)) or (least or 0) > 0:
        position = Operation(max(1, int(least or 1)), "+", position)
    return {owner.name: Variable(owner.name, parent, among), place.name: position}


def is_ordinal(f: Any) -> bool:
    """Return True for a column that numbers rows, by its name and type."""
    return _is_number(f, _NUMBERS)


def _can_own(f: Any, model: Model) -> bool:
    if not isinstance(f, models.ForeignKey) or f.unique or f.null or not f.target_field.primary_key:
        return False
    return f.remote_field.on_delete is models.CASCADE and _related(f) is not model


def _numbers_within(f: Any, model: Model) -> bool:
    """Return True if a column numbers the rows of each of the relation's rows: unique together with it."""
    together = [*model._meta.unique_together, *(c.fields for c in model._meta.total_unique_constraints)]
    pairs = [set(names) - {f.name} for names in together if f.name in names and len(names) == 2]
    return any(is_ordinal(model._meta.get_field(name)) for names in pairs for name in names)


def _is_number(f: Any, words: tuple[str, ...]) -> bool:
    return isinstance(f, models.IntegerField) and not set(words_of(f.name)).isdisjoint(words)


def _related(f: Any) -> Model:
    related: Model = f.related_model._meta.concrete_model
    return related
