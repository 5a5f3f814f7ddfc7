"""Kinds of columns, found by the field's class; a new one is a class in one of these files, and a line here."""

from __future__ import annotations

from typing import Any

from django.db.models import Field

from .base import Kind
from .numbers import Boolean, Decimals, Float, Integer
from .references import Reference
from .text import FileName, Text
from .times import Day, Moment

KINDS: tuple[type[Kind], ...] = (Boolean, Decimals, Day, FileName, Float, Integer, Moment, Reference, Text)

_BY_FIELD = {field: kind for kind in KINDS for field in kind.fields}


def kind_of(field: Field[Any, Any]) -> Kind | None:
    """Return the kind of the field's column, that of its nearest class which one serves; None if there is none."""
    return next((_BY_FIELD[base](field) for base in type(field).__mro__ if base in _BY_FIELD), None)
