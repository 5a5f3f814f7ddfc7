"""How many rows does a draft give each table?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models

from ..declare.seeder import Count, Model
from ..declare.suggest.places import words_of
from .selection import needed

SMALL, MEDIUM, USERS, MOST = 20, 100, 1_000, 10_000
_A_PARENT = 5  # rows for each row of the largest table that they refer to
_FEW_COLUMNS = 4
_LISTS = (
    "category", "tag", "type", "kind", "status", "country", "language", "group", "brand", "department", "color",
    "colour", "size", "role", "topic", "label",
)  # fmt: skip


def likely_counts(drafted: Sequence[Model]) -> dict[Model, int]:
    """Return a number of rows for each model: few for lists, more for what refers to much."""
    counts: dict[Model, int] = {}
    for model in drafted:
        _count(model, drafted, counts, ())
    return counts


def option_for(model: Model, options: Mapping[str, int]) -> str | None:
    """Return the counting option that is named as the model is, if there is one: `books` for `Book`."""
    plural = "_".join(words_of(str(model._meta.verbose_name_plural).replace(" ", "_")))
    names = (plural_of(model.__name__), plural, model._meta.model_name or "")
    return next((name for name in names if name in options), None)


def count_of(model: Model, numbers: Mapping[Model, int], options: Mapping[str, int]) -> Count:
    """Return the count to write: an option where there is one for the model, else its number."""
    return option_for(model, options) or numbers[model]


def plural_of(name: str) -> str:
    """Return a model's name in the plural, as a Python name: `order_lines` of `OrderLine`."""
    *head, last = words_of(name)
    if last.endswith("y") and last[-2:-1] not in "aeiou":
        last = f"{last[:-1]}ies"
    elif last.endswith(("s", "x", "z", "ch", "sh")):
        last = f"{last}es"
    else:
        last = f"{last}s"
    return "_".join([*head, last])


def _count(model: Model, drafted: Sequence[Model], counts: dict[Model, int], seen: tuple[Model, ...]) -> int:
    if model in counts:
        return counts[model]
    if model not in drafted or model in seen:
        return MEDIUM
    parents = [_count(p, drafted, counts, (*seen, model)) for p in needed(model) if p is not model]
    key: Any = model._meta.pk
    if isinstance(key, models.OneToOneField) and not key.remote_field.parent_link:
        count = _count(_concrete(key.related_model), drafted, counts, (*seen, model))
    elif model is get_user_model():
        count = USERS
    elif parents:
        count = min(MOST, max(parents) * (2 if model._meta.auto_created else _A_PARENT))
    elif set(words_of(model.__name__)) & set(_LISTS) or _is_small(model):
        count = SMALL
    else:
        count = MEDIUM
    counts[model] = count
    return count


def _concrete(model: Any) -> Model:
    concrete: Model = model._meta.concrete_model or model
    return concrete


def _is_small(model: Model) -> bool:
    """Return True for a list of few columns that says nothing of times."""
    columns = [f for f in model._meta.concrete_fields if not f.primary_key]
    return len(columns) < _FEW_COLUMNS and not any(isinstance(f, models.DateField) for f in columns)
