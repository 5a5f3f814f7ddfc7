"""Rows: what a seeder's function is given, and what it makes columns from.

Each subject's values stand in a file of `values/`; a new one is a method there, or a new class that is named here.
"""

from __future__ import annotations

from .values.base import table_of
from .values.numbers import NumberValues
from .values.references import ReferenceValues

__all__ = ["Rows", "table_of"]


class Rows(NumberValues, ReferenceValues):
    """Some rows of one table: consecutive ones, or the ones that `numbers` picks."""
