"""Columns of numbers and of booleans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.backends.base.operations import BaseDatabaseOperations

from .expressions import Attribute, Cents, Expression, Operation, rows
from .places import Place, bounds_of

_NUMBERS = Attribute("numbers")
_RARE = (
    "deleted", "archived", "hidden", "banned", "blocked", "spam", "locked", "closed", "cancelled", "canceled", "draft",
    "private", "internal", "test", "expired", "suspended", "muted", "disabled", "failed", "revoked", "unpublished",
)  # fmt: skip
_COMMON = (
    "active", "enabled", "published", "public", "visible", "verified", "confirmed", "approved", "available", "valid",
    "in_print",
)  # fmt: skip
_MONEY = (
    "price", "amount", "total", "subtotal", "cost", "fee", "balance", "salary", "budget", "revenue", "sum", "charge",
    "paid", "tax", "vat", "deposit", "value", "credit", "debit", "net", "gross",
)  # fmt: skip
_SHARES = (
    "percent", "percentage", "discount", "rate", "share", "ratio", "probability", "progress", "vat_rate", "tax_rate",
)  # fmt: skip


def boolean(place: Place) -> Iterator[Expression]:
    """Yield how often a column of booleans may be true."""
    default = place.field.default
    if place.has(*_RARE):
        part = 5
    elif place.has(*_COMMON):
        part = 90
    else:
        part = 85 if default in (True, 1) else 15 if default in (False, 0) else 50
    yield rows("chance", place.name, part)


def integer(place: Place) -> Iterator[Expression]:
    """Yield what a column of whole numbers may hold, the best first."""
    f = place.field
    low, high = BaseDatabaseOperations.integer_field_ranges.get(f.get_internal_type(), (-(1 << 63), (1 << 63) - 1))
    if place.is_unique:
        least, most = bounds_of(f)
        for apart in (1_000_000, 1_000):  # from numbers of other models in the same table
            yield Operation(_NUMBERS, "+", max(1, int(least or 1)) + apart * place.heir_number)
        yield rows("unique_integers", place.name, *_within(place, int(most or high) // 2 if low < 0 else low, high))
        return
    if place.has("rating", "stars", "star"):
        least, most = bounds_of(f)
        if (least is None or least <= 1) and (most is None or most == 5 or most >= high):
            yield rows("rating", place.name)
    if place.has("quantity", "qty", "amount", "num", "count", "copies", "items", "seats", "guests"):
        yield rows("log_normal", place.name, *_within(place, 1 if place.has("quantity", "qty") else 0, 20))
    if place.has("views", "hits", "likes", "downloads", "visits", "votes", "plays", "followers", "size", "bytes"):
        yield rows("log_normal", place.name, *_within(place, 0, min(high, 100_000)))
    if place.has("stock", "inventory", "num_in_stock"):
        yield rows("log_normal", place.name, *_within(place, 0, 500))
    if place.has("age"):
        yield rows("integers", place.name, *_within(place, 18, 90))
    if place.has("year"):
        yield rows("integers", place.name, *_within(place, 1990, 2026))
    if place.has("month"):
        yield rows("integers", place.name, *_within(place, 1, 12))
    if place.has("day", "weekday"):
        yield rows("integers", place.name, *_within(place, 1, 28 if place.has("day") else 6))
    if place.has("cents") or place.has(*_MONEY):
        yield rows("money", place.name, *_within(place, 1_00, min(high, 500_00)))
    if place.has(*_SHARES):
        yield rows("integers", place.name, *_within(place, 0, 100))
    if place.has("width", "height", "length", "weight", "depth"):
        yield rows("integers", place.name, *_within(place, 10, 2_000))
    if place.has("position", "order", "ordering", "rank", "sort", "sort_order", "priority", "index", "level", "weight"):
        yield rows("integers", place.name, *_within(place, 0, 99))
    yield rows("integers", place.name, *_within(place, 0, min(high, 999)))
    yield rows("integers", place.name, max(low, 0), min(high, 9))


def decimal(place: Place) -> Iterator[Expression]:
    """Yield what a column of decimals may hold, in units of its last decimal place."""
    f: Any = place.field
    unit, most = 10**f.decimal_places, 10 ** min(18, f.max_digits) - 1
    whole = Cents if f.decimal_places == 2 else int

    def within(low: int, high: int) -> tuple[int, int]:
        found = place.between(low, min(high, most), unit)
        return whole(found[0]), whole(found[1])

    if place.is_unique:
        yield rows("unique_integers", place.name, *within(0, most))
        return
    if place.has("latitude", "lat"):
        yield rows("latitude", place.name, places=f.decimal_places)
    if place.has("longitude", "lng", "lon", "long"):
        yield rows("longitude", place.name, places=f.decimal_places)
    if place.has("rating", "stars", "score"):
        yield rows("integers", place.name, *within(unit, 5 * unit))
    if place.has(*_SHARES):
        yield rows("integers", place.name, *within(0, min(100 * unit, most // 2 + 1)))
    if place.has("price", "cost", "fee") and f.decimal_places == 2:
        yield rows("price", place.name, *within(min(5_00, most), 500_00))
    if place.has(*_MONEY):
        yield rows("money", place.name, *within(min(unit, most), 500 * unit))
    yield rows("integers", place.name, *within(0, 100 * unit))


def floating(place: Place) -> Iterator[Expression]:
    """Yield what a column of floating point numbers may hold."""
    if place.has("latitude", "lat"):
        yield Operation(rows("latitude", place.name), "/", 1_000_000)
    if place.has("longitude", "lng", "lon", "long"):
        yield Operation(rows("longitude", place.name), "/", 1_000_000)
    if place.is_unique:
        yield Operation(rows("unique_integers", place.name, 0, 1_000_000_000), "/", 1000)
        return
    if place.has("rating", "stars"):
        yield Operation(rows("integers", place.name, *place.between(100, 500, 100)), "/", 100)
    low, high = place.between(0, 10_000 if not place.has(*_SHARES) else 100, 100)
    yield Operation(rows("integers", place.name, low, high), "/", 100)


def _within(place: Place, low: int, high: int) -> tuple[int, int]:
    return place.between(low, high)
