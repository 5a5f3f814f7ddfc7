"""Columns of moments, dates, times of day and durations."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from .expressions import Attribute, Expression, rows
from .places import Place

_FIRST = (
    "created", "added", "joined", "registered", "placed", "ordered", "published", "sent", "started", "opened", "posted",
    "inserted", "submitted", "start", "begin", "begins", "starts", "from", "hired", "received", "made",
)  # fmt: skip
_LATER = (
    "updated", "modified", "changed", "last", "seen", "edited", "completed", "closed", "finished", "ended", "paid",
    "shipped", "delivered", "resolved", "cancelled", "canceled", "processed", "read", "answered", "approved", "deleted",
    "archived", "confirmed", "verified", "accepted", "returned", "left", "reviewed",
)  # fmt: skip
_COMING = (
    "expires", "expiry", "expire", "expiration", "expired", "due", "valid_until", "until", "end", "ends", "to",
    "deadline", "scheduled", "next", "renews", "renew", "planned", "upcoming", "valid_to", "available_until",
)  # fmt: skip
_US = 1_000_000


def moment(place: Place) -> Iterator[Expression]:
    """Yield moments: with a rhythm where something happened, later ones after it, and those to come."""
    if place.is_unique:
        yield rows("unique_integers", place.name, 1, 364 * 86_400 * _US)
    elif place.has(*_COMING):
        yield rows("future", place.name, days=180)
    elif place.has(*_LATER) and (first := _first_moment(place)) is not None:
        yield rows("after", place.name, first, days=30)
    else:
        yield rows("past", place.name, **_lately(place))


def date(place: Place) -> Iterator[Expression]:
    """Yield dates: of birth, past ones, and those to come."""
    if place.is_unique:
        yield Attribute("numbers")
    elif place.has("birth", "born", "dob", "birthday", "birthdate"):
        yield rows("birth_date", *([] if place.name == "birth_date" else [place.name]))
    elif place.has(*_COMING):
        yield rows("integers", place.name, -180, -1)  # days before the anchor: after it
    else:
        yield rows("past_date", place.name, **_lately(place))


def clock(place: Place) -> Iterator[Expression]:
    """Yield times of day."""
    if place.is_unique:
        yield rows("unique_integers", place.name, 0, 86_400 * _US - 1)
    else:
        yield rows("time_of_day", place.name)


def duration(place: Place) -> Iterator[Expression]:
    """Yield durations of minutes to hours, in microseconds."""
    if place.is_unique:
        yield rows("unique_integers", place.name, 0, 86_400 * _US - 1)
    else:
        yield rows("log_normal", place.name, 60 * _US, 4 * 3600 * _US)


def _lately(place: Place) -> dict[str, int]:
    return {"days": 90} if place.has(*_LATER) else {}


def _first_moment(place: Place) -> Expression | None:
    """Return the column of the row's first moment, such as `created_at`."""
    for name, expression in place.taken.items():
        field = place.field.model._meta.get_field(name)
        if isinstance(field, models.DateTimeField) and Place(field).has(*_FIRST):
            return expression
    return None
