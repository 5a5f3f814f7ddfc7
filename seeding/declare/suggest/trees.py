"""Trees: a relation of a model to itself, and what treebeard and mptt keep about each row."""

from __future__ import annotations

from typing import Any

from django.db import models

from .expressions import Attribute, Call, Expression, Variable, rows
from .places import Model

_PARENTS = ("parent", "reply_to", "in_reply_to", "parent_comment", "parent_category", "manager", "mother", "replies_to")
_LIBRARIES = (  # the columns that tell one library's model
    ("path", "depth", "numchild"),
    ("lft", "rgt", "tree_id", "depth"),
    ("lft", "rght", "tree_id", "level"),
)


def columns(model: Model) -> dict[str, Expression]:
    """Return the columns of the model that say where each row stands in a tree; none where it has none."""
    fields: dict[str, Any] = {f.name: f for f in model._meta.concrete_fields}
    library = next((names for names in _LIBRARIES if set(names) <= set(fields) and _is_of_library(model)), ())
    parent = next((f for f in fields.values() if _is_parent(f, model)), None)
    if not library and parent is None:
        return {}
    names = [*library, *([parent.name] if parent is not None else [])]
    tree: Expression = rows("tree")
    if len(names) > 1:
        tree = Variable("tree", tree)
    return {name: _column(name, tree, model) for name in names}


def _column(name: str, tree: Expression, model: Any) -> Expression:
    if name == "path":
        steplen = getattr(model, "steplen", 4)
        return Call("path", (), {} if steplen == 4 else {"steplen": steplen}, on=tree)
    known = ("depth", "numchild", "lft", "rgt", "rght", "tree_id", "level")
    return Attribute(name if name in known else "parent", of=tree)


def _is_parent(f: Any, model: Model) -> bool:
    is_own = isinstance(f, models.ForeignKey) and not f.unique and f.related_model is model and f.null
    return is_own and f.name in _PARENTS


def _is_of_library(model: Model) -> bool:
    return any(base.__module__.partition(".")[0] in ("treebeard", "mptt") for base in model.__mro__)
