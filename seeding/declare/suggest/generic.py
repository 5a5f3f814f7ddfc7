"""Generic relations: which models their rows may refer to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..kinds import kind_of
from ..kinds.generic import fits
from .expressions import Expression, rows
from .lists import is_list
from .places import Model

_MOST = 3  # models that one relation refers to


def relations(model: Model) -> list[Any]:
    """Return the generic relations of the model."""
    return [f for f in model._meta.private_fields if hasattr(f, "ct_field")]


def targets(relation: Any, there: Collection[Model]) -> list[Model]:
    """Return the models to refer to: those that say so, else those of the same app, else any that is named or titled.

    None whose keys don't fit into the column.
    """
    model = relation.model
    inner = kind_of(model._meta.get_field(relation.fk_field))
    able = [m for m in there if m is not model and not m._meta.auto_created and inner is not None and fits(inner, m)]
    able.sort(key=lambda m: (is_list(m), m._meta.label))
    saying = [m for m in able if _refers_back(m, model)]
    things = [m for m in able if _is_something(m)]
    near = [m for m in things if m._meta.app_label == model._meta.app_label]
    found = saying or near or things
    return [m for m in found if not is_list(m)][:_MOST] or found[:_MOST]


def column(relation: Any, models: list[Model]) -> Expression:
    """Return rows of several models, of the first one most."""
    weights: dict[Model | None, int] = {model: len(models) - place for place, model in enumerate(models)}
    if relation.model._meta.get_field(relation.ct_field).null:
        weights[None] = 1
    return rows("generic", relation.name, weights)


def _refers_back(model: Model, to: Model) -> bool:
    back = [f for f in model._meta.private_fields if getattr(f, "related_model", None) is to]
    back += [f for f in model._meta.local_many_to_many if getattr(f.remote_field, "through", None) is to]
    return bool(back)


def _is_something(model: Model) -> bool:
    """Return True for a model that has a name or a title."""
    return any(f.name in ("title", "name", "headline", "subject") for f in model._meta.concrete_fields)
