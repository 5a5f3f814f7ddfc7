"""All rows of a model's table, whatever its managers hide."""

from __future__ import annotations

from typing import Any

from django.db.models import Model, QuerySet


def all_rows(model: type[Model], using: str) -> QuerySet[Any]:
    """Return every row of the model's table, in no order."""
    return QuerySet(model, using=using).order_by()
