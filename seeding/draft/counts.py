"""How many rows does a draft give each table?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models

from ..declare.registry import registry
from ..declare.seeder import Count, Model
from ..declare.suggest.children import LINES, owner_of
from ..declare.suggest.expressions import plural_of, words_of
from ..declare.suggest.lists import is_list
from ..declare.suggest.places import is_user
from ..generate.children import Per
from .selection import needed

SMALL, MEDIUM, USERS, MOST = 20, 100, 1_000, 10_000
_A_PARENT = 5  # rows for each row of the largest table that they refer to
_LINES, _OTHERS = (1, 5), (0, 6)  # children of each row
_MOST_CHILDREN = 20_000


@dataclass
class Sizes:
    """How many rows each table gets, and which tables get so many for each row of another."""

    rows: dict[Model, int]
    children: dict[Model, Per]

    def of(self, model: Model) -> int:
        """Return how many rows the model gets, as the others are now."""
        per = self.children.get(model)
        return self.rows[model] if per is None else per.children(self.rows[per.model], model._meta.db_table).total


def likely_sizes(drafted: Sequence[Model], options: Mapping[str, int]) -> Sizes:
    """Return a number of rows for each model: few for lists, more for what refers to much.

    Models that an option counts get so many, and none for each row of another.
    """
    by_option = {model: option_for(model, options) for model in drafted}
    sizes = Sizes({model: max(1, options[option]) for model, option in by_option.items() if option is not None}, {})
    for model in drafted:
        _count(model, drafted, sizes, ())
    return sizes


def declared_count(model: Model, options: Mapping[str, int]) -> int:
    """Return how many rows the model's seeder makes, as far as its count says so by itself."""
    count = registry.declarations()[model].count
    return count if isinstance(count, int) else options.get(count, MEDIUM) if isinstance(count, str) else MEDIUM


def option_for(model: Model, options: Mapping[str, int]) -> str | None:
    """Return the counting option that is named as the model is, if there is one: `books` for `Book`."""
    plural = "_".join(words_of(str(model._meta.verbose_name_plural).replace(" ", "_")))
    names = (plural_of(model.__name__), plural, model._meta.model_name or "")
    return next((name for name in names if name in options), None)


def count_of(model: Model, numbers: Mapping[Model, int], options: Mapping[str, int]) -> Count:
    """Return the count to write: an option where there is one for the model, else its number."""
    return option_for(model, options) or numbers[model]


def _count(model: Model, drafted: Sequence[Model], sizes: Sizes, seen: tuple[Model, ...]) -> int:
    if model in sizes.rows:
        return sizes.rows[model]
    if model not in drafted or model in seen:
        return MEDIUM
    parents = [_count(p, drafted, sizes, (*seen, model)) for p in needed(model) if p is not model and p in drafted]
    key: Any = model._meta.pk
    per = _per(model, drafted, sizes)
    if isinstance(key, models.OneToOneField) and not key.remote_field.parent_link:
        count = _count(_concrete(key.related_model), drafted, sizes, (*seen, model))
    elif per is not None:
        sizes.children[model] = per
        count = per.children(sizes.rows[per.model], model._meta.db_table).total
    elif is_user(model):
        count = USERS
    elif parents:
        count = min(MOST, max(parents) * (2 if model._meta.auto_created else _A_PARENT))
    elif is_list(model):
        count = SMALL
    else:
        count = MEDIUM
    sizes.rows[model] = count
    return count


def _per(model: Model, drafted: Sequence[Model], sizes: Sizes) -> Per | None:
    """Return how many rows the model has for each row of the one that owns them, where there is one."""
    owner = owner_of(model)
    parent = None if owner is None else _concrete(owner.related_model)
    if parent is None or parent not in drafted or parent not in sizes.rows or is_user(model):
        return None
    low, high = _LINES if words_of(model.__name__)[-1] in LINES else _OTHERS
    high = min(high, 2 * _MOST_CHILDREN // max(1, sizes.rows[parent]) - low)
    return Per(parent, low, high) if high > low else None


def _concrete(model: Any) -> Model:
    concrete: Model = model._meta.concrete_model or model
    return concrete
