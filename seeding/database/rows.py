"""All rows of a model's table, whatever its managers hide, and whatever is in them."""

from __future__ import annotations

from typing import Any

from django.db import connections
from django.db.models import Func, Model, QuerySet, TextField
from django.db.models.functions import Cast

from .errors import sqlstate


class Unreadable(str):
    """The text of a value that the driver or the field can't read: an infinite date, a word in a column of numbers."""

    __slots__ = ()


def all_rows(model: type[Model], using: str) -> QuerySet[Any]:
    """Return every row of the model's table, in no order."""
    return QuerySet(model, using=using).order_by()


def values_of(rows: QuerySet[Any], *expressions: Any) -> dict[Any, tuple[Any, ...]]:
    """Return the values of the rows, by primary key; what can't be read is `Unreadable`."""
    try:
        return {key: tuple(values) for key, *values in rows.values_list("pk", *expressions)}
    except Exception as exc:  # from a field of the project's, anything may come
        if sqlstate(exc):  # it comes from the server
            raise
    keys = list(rows.values_list("pk", flat=True))
    if len(keys) > 1:
        parts = keys[: len(keys) // 2], keys[len(keys) // 2 :]
        return {k: v for part in parts for k, v in values_of(rows.filter(pk__in=part), *expressions).items()}
    if len(expressions) > 1:
        values = [values_of(rows, expression) for expression in expressions]
        return {key: tuple(value for found in values for value in found[key]) for key in keys}
    return {key: (_text_of(rows, expressions[0]),) for key in keys}


def _text_of(rows: QuerySet[Any], expression: Any) -> Unreadable:
    if connections[rows.db].vendor == "postgresql":
        return Unreadable(rows.values_list(Cast(expression, TextField())).get()[0])
    stored = rows.values_list(Func(expression, function="hex", output_field=TextField())).get()[0]
    return Unreadable(bytes.fromhex(stored).decode(errors="backslashreplace"))
