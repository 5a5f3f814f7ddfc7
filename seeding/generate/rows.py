"""Rows: what a seeder's function is given, and what it makes columns from.

Each subject's values stand in a file of `values/`; a new one is a method there, or a new class that is named here.
"""

from __future__ import annotations

from .values.base import table_of
from .values.business import BusinessValues
from .values.codes import CodeValues
from .values.distributions import DistributionValues
from .values.identifiers import IdentifierValues
from .values.moments import MomentValues
from .values.numbers import NumberValues
from .values.people import PeopleValues
from .values.places import PlaceValues
from .values.references import ReferenceValues
from .values.text import TextValues
from .values.web import WebValues

__all__ = ["Rows", "table_of"]


class Rows(
    BusinessValues,
    CodeValues,
    DistributionValues,
    IdentifierValues,
    MomentValues,
    PeopleValues,
    PlaceValues,
    ReferenceValues,
    NumberValues,
    TextValues,
    WebValues,
):
    """Some rows of one table: consecutive ones, or the ones that `numbers` picks."""
