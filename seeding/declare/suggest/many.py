"""Many-to-many relations: how many rows of the other model a row has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser

from .expressions import Expression, rows
from .places import Model

_MOST = 3


def relations(model: Model) -> list[Any]:
    """Return the relations that `rows.some` can fill: no symmetrical ones, and none to the model itself."""
    return [f for f in model._meta.local_many_to_many if is_plain(f)]


def is_plain(f: Any) -> bool:
    """Return True for a relation to another model whose table has no columns of its own."""
    through = f.remote_field.through
    return bool(through._meta.auto_created) and f.related_model._meta.concrete_model is not f.model


def gives_rights(f: Any) -> bool:
    """Return True for the groups and permissions of users: they are for somebody to give."""
    return issubclass(f.model, AbstractBaseUser) and f.related_model._meta.app_label == "auth"


def column(f: Any, row_counts: Mapping[Model, int], exist: Callable[[Model], bool]) -> Expression | None:
    """Return some rows of the other model: of existing ones one at most, and none that would give a user rights."""
    other: Model = f.related_model._meta.concrete_model
    low = int(not f.blank)
    if row_counts.get(other):
        return rows("some", other, low, max(low, min(_MOST, row_counts[other])))
    if exist(other) and not gives_rights(f):
        return rows("some", rows("existing", other), low, 1)
    return None
