"""Columns of documents, addresses of machines, identifiers, bytes, and PostgreSQL's own: arrays, maps, ranges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..kinds import Kind
from ..kinds.numbers import Integer
from ..kinds.text import Text
from ..kinds.times import Day, Moment
from .expressions import Categories, Constant, Expression, rows
from .places import Place


def identifier(place: Place) -> Iterator[Expression]:
    """Yield random UUIDs."""
    yield rows("uuid", place.name)


def address(place: Place) -> Iterator[Expression]:
    """Yield IP addresses."""
    version = {"version": 6} if place.field.protocol.lower() == "ipv6" or place.is_unique else {}  # type: ignore[attr-defined]
    yield rows("ip_address", place.name, **version, **({"unique": True} if place.is_unique else {}))


def document(place: Place) -> Iterator[Expression]:
    """Yield a document with the row's own values in it."""
    if place.is_unique:
        yield Constant({"number": rows("integers", place.name, 0, 1 << 40)})
    yield Constant({})
    yield Categories(rows("integers", place.name, 0, 0), ([],))  # a field that wants a list


def binary(place: Place) -> Iterator[Expression]:
    """Yield a few bytes."""
    yield Constant(b"\x00")


def of_postgresql(place: Place, kind: Kind) -> Iterator[Expression]:
    """Yield what a column of PostgreSQL's own kinds may hold."""
    if not any(base.__module__.startswith("django.contrib.postgres.") for base in type(place.field).__mro__):
        return
    from ..kinds.arrays import Array
    from ..kinds.ranges import Range
    from ..kinds.words import Map, SearchVector

    if isinstance(kind, Array):
        yield from _array(place, kind.element)
    elif isinstance(kind, Range):
        yield from _range(place, kind.bound)
    elif isinstance(kind, Map):
        yield Constant({"colour": rows("colour_name", place.name)})
    elif isinstance(kind, SearchVector):
        yield Constant("")


def _array(place: Place, element: Kind) -> Iterator[Expression]:
    """Yield arrays of no, one and two elements."""
    labels: tuple[Any, ...] = ([],)
    if isinstance(element, Text):
        labels = ([], ["amber"], ["amber", "quiet"])
    elif isinstance(element, Integer):
        labels = ([], [1], [1, 2])
    yield Categories(rows("integers", place.name, 0, len(labels) - 1), labels)
    yield Categories(rows("integers", place.name, 0, 0), ([],))


def _range(place: Place, bound: Kind) -> Iterator[Expression]:
    """Yield ranges around the anchor, or of small numbers."""
    low, high = f"{place.name}_from", f"{place.name}_to"
    if isinstance(bound, Moment):
        yield Constant((rows("past", low), rows("future", high)))
    elif isinstance(bound, Day):
        yield Constant((rows("past_date", low), rows("integers", high, -180, -1)))
    else:
        yield Constant((rows("integers", low, 0, 99), rows("integers", high, 100, 999)))
