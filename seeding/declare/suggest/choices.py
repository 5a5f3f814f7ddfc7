"""Columns with few values: those that `choices` or a check constraint name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from .expressions import Categories, Expression, rows
from .places import Place, allowed_values

_MOST = 8  # of many choices, such as all countries, some are enough
_KNOWN = ("en", "de", "fr", "es", "DE", "FR", "GB", "US", "EUR", "USD", "GBP", "UTC", "Europe/Berlin", "Europe/London")


def values_of(place: Place) -> list[Any]:
    """Return the values to choose from, the default first; none where the column has no choices."""
    f = place.field
    found = [value for value, _ in f.flatchoices if value not in (None, "")] or allowed_values(f)
    values = [_plain(value) for value in dict.fromkeys(found)]
    if len(values) > _MOST:
        values = ([value for value in values if value in _KNOWN] or values)[:_MOST]
    default = _plain(f.default) if f.has_default() and not callable(f.default) else None
    return sorted(values, key=lambda value: value != default)


def choice(place: Place) -> Iterator[Expression]:
    """Yield a choice of the values, the default as often as all others together."""
    values = values_of(place)
    if values and not place.is_unique:
        has_default = place.field.has_default() and _plain(place.field.default) == values[0]
        yield _chosen(place.name, values, has_default)


def _chosen(stream: str, values: Sequence[Any], has_default: bool) -> Expression:
    if len(values) == 1:
        return Categories(rows("integers", stream, 0, 0), tuple(values))
    if all(isinstance(value, str) for value in values):
        most = {values[0]: len(values) - 1} if has_default else {}
        return rows("choice", stream, {**dict.fromkeys(values, 1), **most})
    return Categories(rows("integers", stream, 0, len(values) - 1), tuple(values))


def _plain(value: Any) -> Any:
    """Return the value of an enumeration's member; any other as it is."""
    value = getattr(value, "value", value)
    return str.__str__(value) if isinstance(value, str) else value
