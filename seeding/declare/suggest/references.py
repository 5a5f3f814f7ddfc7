"""Columns that refer to rows: of a seed's, and of those that are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..inheritance import parent_links
from .expressions import Call, Expression, rows
from .places import Model, Place


def reference(place: Place) -> Iterator[Expression]:
    """Yield rows that a seed makes."""
    parent: Any = place.field.related_model
    yield rows("reference", place.name, parent._meta.concrete_model)


def existing(f: Any, model: Model) -> Expression:
    """Return rows that are there before a seed, as the field limits them; a stream tells relations to one model apart.

    The content type of a model that inherits from another with a table is its own: it says what the row is.
    """
    parent: Model = f.related_model._meta.concrete_model
    if parent._meta.label_lower == "contenttypes.contenttype" and parent_links(model):
        return Call("existing", (parent,), {"app_label": model._meta.app_label, "model": model._meta.model_name})
    alike = [g for g in model._meta.concrete_fields if g.is_relation and g.related_model is f.related_model]
    return Call("existing", (parent, *([f.name] if len(alike) > 1 else [])), _limits(f))


def _limits(f: Any) -> dict[str, Any]:
    """Return the field's `limit_choices_to`, where that can be written down: plain values by lookup."""
    limits = f.remote_field.limit_choices_to
    if not isinstance(limits, Mapping) or not all(map(_is_plain, limits.values())):
        return {}
    return {str(name): list(value) if isinstance(value, set | frozenset) else value for name, value in limits.items()}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list | tuple | set | frozenset):
        return all(map(_is_plain, value))
    return isinstance(value, str | int | bool)
