"""Trees: a relation of a model to itself, and what treebeard and mptt keep about each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from .expressions import Attribute, Call, Expression, Joined, Operation, Variable, rows
from .places import Model

_PARENTS = ("parent", "reply_to", "in_reply_to", "parent_comment", "parent_category", "manager", "mother", "replies_to")
LIBRARIES = (  # the columns that tell one library's model
    ("path", "depth", "numchild"),
    ("lft", "rgt", "tree_id", "depth"),
    ("lft", "rght", "tree_id", "level"),
)


@dataclass(frozen=True)
class Below:
    """Where the rows of a tree begin, as other rows are there: below one of them, or beside the roots."""

    path: str = ""  # of the row above
    first: int = 1  # the number of the first row below it, or of the first tree
    url_path: str = "/"  # of the row above


def library_of(model: Model) -> tuple[str, ...]:
    """Return the columns that the library of a tree keeps about each of the model's rows; none without a library."""
    names = {f.name for f in model._meta.concrete_fields}
    return next((known for known in LIBRARIES if set(known) <= names and is_of_library(model)), ())


def table_of(model: Model) -> Model | None:
    """Return the model whose table has the tree's columns; it may be one from which the model inherits."""
    library = library_of(model)
    return model._meta.get_field(library[0]).model if library else None


def columns(model: Model, below: Below | None) -> dict[str, Expression]:
    """Return the columns of the model that say where each row stands in a tree; none where it has none."""
    fields: dict[str, Any] = {f.name: f for f in model._meta.concrete_fields}
    library = library_of(model)
    parent = next((f for f in fields.values() if _is_parent(f, model)), None)
    if not library and parent is None:
        return {}
    names = [*library, *([parent.name] if parent is not None else [])]
    tree: Expression = rows("tree")
    if len(names) > 1:
        tree = Variable("tree", tree)
    return {name: _column(name, tree, model, below or Below()) for name in names}


def add_url_path(model: Any, columns: dict[str, Expression], below: Below | None) -> None:
    """Give a page its path by the slugs above it, as wagtail keeps it."""
    path = columns.get("path")
    if is_of_library(model) and {"slug", "url_path"} <= set(columns) and isinstance(path, Call) and path.on is not None:
        columns["url_path"] = Joined(path.on, columns["slug"], (below or Below()).url_path)


def _column(name: str, tree: Expression, model: Any, below: Below) -> Expression:
    steplen = getattr(model, "steplen", 4)
    if name == "path":
        options: dict[str, Any] = {} if steplen == 4 else {"steplen": steplen}
        options |= {"prefix": below.path} if below.path else {}
        return Call("path", (), options | ({"first": below.first} if below.first > 1 else {}), on=tree)
    known = ("depth", "numchild", "lft", "rgt", "rght", "tree_id", "level")
    column = Attribute(name if name in known else "parent", of=tree)
    if name == "depth" and below.path:
        return Operation(column, "+", len(below.path) // steplen)
    if name == "tree_id" and below.first > 1:
        return Operation(column, "+", below.first - 1)
    return column


def _is_parent(f: Any, model: Model) -> bool:
    is_own = isinstance(f, models.ForeignKey) and not f.unique and f.related_model is model and f.null
    return is_own and f.name in _PARENTS


def is_of_library(model: Model) -> bool:
    """Return True for a model of treebeard's or mptt's."""
    return any(base.__module__.partition(".")[0] in ("treebeard", "mptt") for base in model.__mro__)
