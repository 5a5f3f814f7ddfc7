"""Check constraints that compare two columns of a row: `ends_at` after `starts_at`, `discount` below `price`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from .expressions import Operation

if TYPE_CHECKING:
    from .models import Draft

_TIMES = (models.DateField,)  # and moments: what is declared counts back from the anchor


def keep(found: Draft) -> None:
    """Let the draft's columns keep the constraints that compare two of them: the lesser one becomes half of the other.

    Of moments and dates, which count back from the anchor, the later one does.
    """
    for name, lookup, other in _comparisons(found.model):
        if name in found.columns and other in found.columns:
            is_time = isinstance(found.model._meta.get_field(name), _TIMES)
            lesser, greater = (name, other) if (lookup in ("lt", "lte")) != is_time else (other, name)
            found.columns[lesser] = Operation(found.columns[greater], "//", 2)


def _comparisons(model: type[models.Model]) -> Iterator[tuple[str, str, str]]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, Q):
            yield from _in(constraint.condition)


def _in(condition: Q) -> Iterator[tuple[str, str, str]]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _in(child)
        elif isinstance(child, tuple) and isinstance(child[1], F):
            name, _, lookup = child[0].partition("__")
            other: Any = child[1]
            if lookup in ("gt", "gte", "lt", "lte") and "__" not in other.name:
                yield name, lookup, other.name
