"""A place: a column that is to be filled, and what its model says of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import validators
from django.db import models
from django.db.models import Field, Q
from django.db.models.lookups import Lookup

from .expressions import Expression, words_of

Model = type[models.Model]
Bound = int | float | Decimal


@dataclass(frozen=True)
class Place:
    """A column to fill."""

    field: Field[Any, Any]
    is_unique: bool = False
    taken: Mapping[str, Expression] = dataclasses.field(default_factory=dict)  # the columns that are chosen already
    heir: Model | None = None  # that inherits the column: models beside it may fill the same table

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the column's name, in lower case."""
        return words_of(self.name)

    @property
    def model_words(self) -> tuple[str, ...]:
        return words_of(self.field.model.__name__)

    @property
    def room(self) -> int:
        """How many characters the column holds."""
        return self.field.max_length or 1_000_000

    @property
    def heir_number(self) -> int:
        """The heir's number, from 1, among the models that inherit the column; 0 for the column's own model."""
        own: Any = self.field.model
        return [own, *(m for m in apps.get_models() if issubclass(m, own) and m is not own)].index(self.heir or own)

    def has(self, *words: str) -> bool:
        """Return True if the column's name has one of these words, or several in a row: `has("zip", "post_code")`."""
        name = f"_{'_'.join(self.words)}_"
        return any(f"_{word}_" in name for word in words)

    def is_of(self, *words: str) -> bool:
        """Return True if the model's name has one of these words."""
        return any(word in self.model_words for word in words)

    def between(self, low: int, high: int, unit: int = 1) -> tuple[int, int]:
        """Return bounds within those of the field, which may be units of so many parts; the field's own win."""
        least, most = bounds_of(self.field)
        lowest = None if least is None else int(Decimal(str(least)) * unit)
        highest = None if most is None else int(Decimal(str(most)) * unit)
        size = high - low
        if lowest is not None and (low < lowest or high < lowest):
            low, high = lowest, max(high, lowest if highest is not None else lowest + size)
        if highest is not None and (high > highest or low > highest):
            high, low = highest, min(low, highest if lowest is not None else highest - size)
        return (low, high) if low <= high else (high, high)


def is_user(model: Model) -> bool:
    """Return True for the project's user model."""
    return model._meta.label_lower == settings.AUTH_USER_MODEL.lower()


def bounds_of(f: Field[Any, Any]) -> tuple[Bound | None, Bound | None]:
    """Return the least and the greatest value that validators and check constraints allow, as far as known."""
    lows, highs = [], []
    for validator in f.validators:
        limit = getattr(validator, "limit_value", None)
        limit = limit() if callable(limit) else limit
        if isinstance(limit, int | float | Decimal):
            if isinstance(validator, validators.MinValueValidator):
                lows.append(limit)
            if isinstance(validator, validators.MaxValueValidator):
                highs.append(limit)
    step = Decimal(1).scaleb(-f.decimal_places) if isinstance(f, models.DecimalField) else 1
    for lookup, value in _conditions(f):
        if lookup in ("gte", "gt"):
            lows.append(value + (step if lookup == "gt" else 0))
        elif lookup in ("lte", "lt"):
            highs.append(value - (step if lookup == "lt" else 0))
        elif lookup == "range":
            lows.append(value[0])
            highs.append(value[1])
    return max(lows, default=None), min(highs, default=None)


def allowed_values(f: Field[Any, Any]) -> list[Any]:
    """Return the values that check constraints name as the only ones; none where there is no such constraint."""
    for lookup, value in _conditions(f):
        if lookup == "in":
            return list(value)
        if lookup == "exact":
            return [value]
    return []


def _conditions(f: Field[Any, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the lookups that check constraints ask of the column alone, with their plain values."""
    for constraint in f.model._meta.constraints:
        if isinstance(constraint, models.CheckConstraint) and isinstance(constraint.condition, Q):
            yield from _conditions_in(constraint.condition, f)


def _conditions_in(condition: Q, f: Field[Any, Any]) -> Iterator[tuple[str, Any]]:
    if condition.negated or (condition.connector != Q.AND and len(condition.children) > 1):
        return
    for child in condition.children:
        if isinstance(child, Q):
            yield from _conditions_in(child, f)
        elif isinstance(child, tuple):
            name, _, lookup = child[0].partition("__")
            if name in (f.name, f.attname) and _is_plain(child[1]):
                yield lookup or "exact", child[1]
        elif (
            isinstance(child, Lookup) and getattr(child.lhs, "name", "") in (f.name, f.attname) and _is_plain(child.rhs)
        ):
            yield str(child.lookup_name), child.rhs


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_plain, value))
    return isinstance(value, int | float | Decimal | str)
