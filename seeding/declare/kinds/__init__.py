"""Kinds of columns, found by the field's class; a new one is a class in one of these files, and a line here."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import Field

from ...errors import RegistrationError
from .base import Kind
from .documents import Document
from .identifiers import Identifier
from .numbers import Boolean, Decimals, Float, Integer
from .objects import Binary
from .references import Reference
from .text import Address, FileName, Text
from .times import Clock, Day, Duration, Moment

__all__ = [
    "KINDS",
    "Address",
    "Binary",
    "Boolean",
    "Clock",
    "Day",
    "Decimals",
    "Document",
    "Duration",
    "FileName",
    "Float",
    "Identifier",
    "Integer",
    "Kind",
    "Moment",
    "Reference",
    "Text",
    "kind_of",
    "register_kind",
]

K = TypeVar("K", bound=type[Kind])

KINDS: tuple[type[Kind], ...] = (
    Address,
    Binary,
    Boolean,
    Clock,
    Day,
    Decimals,
    Document,
    Duration,
    FileName,
    Float,
    Identifier,
    Integer,
    Moment,
    Reference,
    Text,
)

_BY_FIELD = {field: kind for kind in KINDS for field in kind.fields}
_BY_TYPE: dict[str, type[Kind]] = {
    **dict.fromkeys(("char", "character varying", "citext", "text", "varchar"), Text),
    **dict.fromkeys(("bigint", "integer", "smallint"), Integer),
    **dict.fromkeys(("bool", "boolean"), Boolean),
    **dict.fromkeys(("double precision", "real"), Float),
    **dict.fromkeys(("blob", "bytea"), Binary),
    **dict.fromkeys(("datetime", "timestamp with time zone", "timestamptz"), Moment),
    "date": Day,
    "inet": Address,
    "interval": Duration,
    "time": Clock,
    "uuid": Identifier,
}


def kind_of(field: Field[Any, Any]) -> Kind | None:
    """Return the kind of the field's column: that of its nearest class which one serves, else that of its `db_type`.

    None if there is none.
    """
    found = _by_class(field) or _by_type(field)
    kind = found(field) if found is not None else None
    return kind if kind is not None and kind.is_known else None


def register_kind(kind: K) -> K:
    """Let a kind serve the classes of fields that it names; for use as a decorator, in a `seeds.py`.

    A field class of one's own needs it where it is no subclass of one of Django's, and the values that its column holds
    aren't what its Python code takes and gives. The kind says how one becomes the other; most subclass the kind whose
    values are stored, and override two methods:

        from seeding.declare.kinds import Text, register_kind

        @register_kind
        class Hands(Text):
            fields = (HandField,)
            title = "hands of cards"
            example = '[Hand.parse("2♣ 3♣") for n in rows.numbers]'

            def number(self, value):  # what a seeder gives, as what is stored
                return super().number(value.as_text() if isinstance(value, Hand) else value)

            def python(self, column):  # what is stored, as what the ORM takes and gives
                return [None if text is None else Hand.parse(text) for text in super().python(column)]

    Where the kind's own bytes aren't what the field's `get_prep_value` makes, COPY is sent what that makes. Raises
    RegistrationError where another kind serves one of the classes.
    """
    for field in kind.fields:
        there = _BY_FIELD.get(field)
        if there is not None and (there.__module__, there.__qualname__) != (kind.__module__, kind.__qualname__):
            raise RegistrationError(
                f"{kind.__module__}.{kind.__qualname__} serves {field.__name__}, which "
                f"{there.__module__}.{there.__qualname__} already does: name a subclass of the field instead.",
                id="seeding.E115",
            )
    _BY_FIELD.update(dict.fromkeys(kind.fields, kind))
    return kind


def _by_class(field: Field[Any, Any]) -> type[Kind] | None:
    classes = type(field).__mro__
    if any(base.__module__.startswith("django.contrib.postgres.") for base in classes):
        _register_kinds_of_postgresql()
    return next((_BY_FIELD[base] for base in classes if base in _BY_FIELD), None)


def _register_kinds_of_postgresql() -> None:
    """Import the kinds whose fields need psycopg, where a model has such a field: so it is installed."""
    from .arrays import Array
    from .ranges import Range
    from .words import Map, SearchVector

    for kind in (Array, Map, Range, SearchVector):
        _BY_FIELD.update(dict.fromkeys(kind.fields, kind))


def _by_type(field: Field[Any, Any]) -> type[Kind] | None:
    """Return the kind of a class of field that is none of Django's, by the field it says to be like, or by its type."""
    like = getattr(models, field.get_internal_type(), None)
    if like in _BY_FIELD:
        return _BY_FIELD[like]
    db_type = field.db_type(connections[DEFAULT_DB_ALIAS])
    return _BY_TYPE.get(db_type.partition("(")[0].strip().lower()) if isinstance(db_type, str) else None
