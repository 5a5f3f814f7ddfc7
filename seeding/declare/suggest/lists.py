"""Lists: models of a few rows that other rows are sorted by, such as categories, countries and tags."""

from __future__ import annotations

from django.db import models

from .children import owner_of
from .expressions import words_of
from .places import Model

_LISTS = (
    "category", "tag", "type", "kind", "status", "country", "language", "group", "brand", "department", "color",
    "colour", "size", "role", "topic", "label",
    "locale", "currency", "site",
)  # fmt: skip
_FEW_COLUMNS = 4


def is_list(model: Model) -> bool:
    """Return True for a list: by its name, or for few columns, where nothing belongs to its rows."""
    return not set(words_of(model.__name__)).isdisjoint(_LISTS) or _is_small(model)


def _is_small(model: Model) -> bool:
    columns = [f for f in model._meta.concrete_fields if not f.primary_key]
    tells_more = any(f.is_relation or isinstance(f, models.DateField) for f in columns)
    if len(columns) >= _FEW_COLUMNS or tells_more or model._meta.local_many_to_many:
        return False
    referring = [relation.related_model for relation in model._meta.related_objects if relation.one_to_many]
    owners = [owner_of(other) for other in referring if isinstance(other, type)]
    return not any(f is not None and f.related_model is model for f in owners)
