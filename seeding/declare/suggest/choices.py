"""Columns with few values: those that `choices` or a check constraint name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import models

from .expressions import Attribute, Categories, Expression, rows
from .places import Place, allowed_values

_MOST = 8  # of many choices, such as all countries, some are enough
_MOST_IN_TURN = 30
NAMED = {
    ("currency",): ("EUR", "USD", "GBP", "CHF", "JPY", "SEK"),
    ("language", "lang", "locale"): ("en", "de", "fr", "es", "it", "nl", "pl", "pt"),
    ("timezone", "time_zone", "tz"): ("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"),
}
_KNOWN = ("en", "de", "fr", "es", "DE", "FR", "GB", "US", "EUR", "USD", "GBP", "UTC", "Europe/Berlin", "Europe/London")


def values_of(place: Place) -> list[Any]:
    """Return the values to choose from, the default first; none where the column has no choices."""
    f = place.field
    found = [value for value, _ in f.flatchoices if value not in (None, "")] or allowed_values(f)
    values = [_plain(value) for value in dict.fromkeys(found)] or (_named(place) if place.is_unique else [])
    if place.is_unique:
        return values[:_MOST_IN_TURN]
    if len(values) > _MOST:
        values = ([value for value in values if value in _KNOWN] or values)[:_MOST]
    default = _plain(f.default) if f.has_default() and not callable(f.default) else None
    return sorted(values, key=lambda value: value != default)


def choice(place: Place) -> Iterator[Expression]:
    """Yield a choice of the values, the default as often as all others together; of a unique column, one by one."""
    values = values_of(place)
    if values and place.is_unique:
        yield Categories(Attribute("numbers"), tuple(values))
    elif values:
        has_default = place.field.has_default() and _plain(place.field.default) == values[0]
        yield _chosen(place.name, values, has_default)


def _chosen(stream: str, values: Sequence[Any], has_default: bool) -> Expression:
    if len(values) == 1:
        return Categories(rows("integers", stream, 0, 0), tuple(values))
    if all(isinstance(value, str) for value in values):
        most = {values[0]: len(values) - 1} if has_default else {}
        return rows("choice", stream, {**dict.fromkeys(values, 1), **most})
    return Categories(rows("integers", stream, 0, len(values) - 1), tuple(values))


def _named(place: Place) -> list[Any]:
    """Return the values of a column that has few different ones, as its name says."""
    if not isinstance(place.field, models.CharField):
        return []
    named = (values for words, values in NAMED.items() if place.has(*words))
    return [value for value in next(named, ()) if len(value) <= place.room]


def _plain(value: Any) -> Any:
    """Return the value of an enumeration's member; any other as it is."""
    value = getattr(value, "value", value)
    return str.__str__(value) if isinstance(value, str) else value
