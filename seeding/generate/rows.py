"""Rows: what a seeder's function is given, and what it makes columns from.

Each subject's values stand in a file of `values/`; a new one is a method there, or a new class that is named here.
"""

from __future__ import annotations

from .values.base import table_of
from .values.codes import CodeValues
from .values.numbers import NumberValues
from .values.people import PeopleValues
from .values.references import ReferenceValues
from .values.text import TextValues

__all__ = ["Rows", "table_of"]


class Rows(CodeValues, NumberValues, PeopleValues, ReferenceValues, TextValues):
    """Some rows of one table: consecutive ones, or the ones that `numbers` picks."""
