"""Check constraints on several columns of a row: which of them must have a value, and which must not."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from ...generate.rows import Rows
from ..defaults import constant_of
from ..kinds import kind_of
from . import fit
from .expressions import Call, Expression

if TYPE_CHECKING:
    from .models import Draft

_MOST = 5  # columns that may be NULL, of one constraint
_LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, among: value in among,
    "range": lambda value, ends: ends[0] <= value <= ends[1],
    "startswith": lambda value, start: str(value).startswith(start),
    "endswith": lambda value, end: str(value).endswith(end),
    "contains": lambda value, part: part in value,
}
Row = Mapping[str, Any]


def keep(found: Draft, some: Sequence[Rows]) -> None:
    """Let the draft's columns keep the model's check constraints, as far as that takes values, or NULL, in all rows.

    The first way is taken in which the rows keep all constraints; the names of those that they don't are noted.
    """
    kept: list[Q] = []
    for check in found.model._meta.constraints:
        if not isinstance(check, models.CheckConstraint) or not isinstance(check.condition, Q):
            continue
        kept.append(check.condition)
        if not _holds(check.condition, found.columns, found, some):
            names = [name for name in _names(check.condition) if _may_be_null(name, found)][:_MOST]
            for ways in product((_always, _never, _drafted), repeat=len(names)):
                tried = dict(found.columns)
                for name, way in zip(names, ways, strict=True):
                    way(tried, name)
                if all(_holds(condition, tried, found, some) for condition in kept):
                    found.columns = tried
                    break
            else:
                found.broken.append(check.name)
                kept.pop()


def _always(columns: dict[str, Expression], name: str) -> None:
    """Give each row a value, where the column has one."""
    expression = columns.get(name)
    if isinstance(expression, Call) and expression.method == "optional":
        columns[name] = expression.args[1]


def _never(columns: dict[str, Expression], name: str) -> None:
    """Leave the column NULL."""
    columns.pop(name, None)


def _drafted(columns: dict[str, Expression], name: str) -> None:
    """Leave the column as it is drafted."""


def _may_be_null(name: str, found: Draft) -> bool:
    return any(f.name == name and f.null and f.get_default() is None for f in found.model._meta.concrete_fields)


def _names(condition: Q) -> Iterator[str]:
    """Yield the names of the columns that a condition speaks of, each once."""
    yield from dict.fromkeys(_all_names(condition))


def _all_names(condition: Q) -> Iterator[str]:
    for child in condition.children:
        if isinstance(child, Q):
            yield from _all_names(child)
        elif isinstance(child, tuple):
            yield child[0].partition("__")[0]


def _holds(condition: Q, columns: Mapping[str, Expression], found: Draft, some: Sequence[Rows]) -> bool:
    """Return True if no row violates the condition, as far as it can be told."""
    names = list(_names(condition))
    values = {name: _values(name, columns, found, some) for name in names}
    count = sum(map(len, some))
    rows = [{name: values[name][place] for name in names} for place in range(count)]
    return all(_is_true(condition, row) is not False for row in rows)


def _values(name: str, columns: Mapping[str, Expression], found: Draft, some: Sequence[Rows]) -> Sequence[Any]:
    """Return the column's values in some rows; an object that equals nothing where they aren't known."""
    count, unknown = sum(map(len, some)), object()
    f = next((f for f in found.model._meta.concrete_fields if name in (f.name, f.attname)), None)
    kind = kind_of(f) if f is not None else None
    if f is None or kind is None:
        return [unknown] * count
    if f.name in columns:
        try:
            return list(fit.values(kind, columns[f.name], some))
        except fit.MISFITS:
            return [unknown] * count
    constant = constant_of(f)
    return [unknown if constant is None or constant.is_anchor else constant.value] * count


def _is_true(condition: Q, row: Row) -> bool | None:
    """Return what the condition is for a row, as SQL has it; None where that is unknown, or can't be told."""
    parts = [_is_true(child, row) if isinstance(child, Q) else _lookup(child, row) for child in condition.children]
    if condition.connector == Q.OR:
        found = True if True in parts else None if None in parts else False
    elif condition.connector == Q.AND:
        found = False if False in parts else None if None in parts else True
    else:
        found = None if None in parts else bool(sum(map(bool, parts)) % 2)
    return found if found is None or not condition.negated else not found


def _lookup(child: Any, row: Row) -> bool | None:
    if not isinstance(child, tuple):
        return None
    name, _, lookup = child[0].partition("__")
    value, other = row.get(name), child[1]
    if type(value) is object or (isinstance(other, F) and other.name not in row):  # type: ignore[attr-defined]
        return None
    if hasattr(other, "resolve_expression") and not isinstance(other, F):
        return None
    other = row[other.name] if isinstance(other, F) else other  # type: ignore[attr-defined]
    if lookup == "isnull":
        return (value is None) == bool(other)
    if value is None or other is None or (lookup or "exact") not in _LOOKUPS:
        return None
    try:
        return bool(_LOOKUPS[lookup or "exact"](value, other))
    except TypeError:
        return None
