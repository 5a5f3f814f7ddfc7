"""Amounts that come twice, with and without tax: one is made of the other, and both are there, or none."""

from __future__ import annotations

from .expressions import Call, Expression, Operation
from .places import Place

_PAIRS = (("excl_tax", "incl_tax"), ("net", "gross"), ("without_tax", "with_tax"), ("before_tax", "after_tax"))


def column(place: Place) -> Expression | None:
    """Return an amount by the other one, which is chosen already: a fifth more with tax than without it."""
    for lesser, greater in _PAIRS:
        for own, other, ratio in ((lesser, greater, (5, 6)), (greater, lesser, (6, 5))):
            if not place.has(own):
                continue
            twin = place.taken.get(place.name.replace(own, other))
            if isinstance(twin, Call) and twin.method == "optional":
                has, amount, *part = twin.args
                return Call("optional", (has, _times(amount, *ratio), *part))
            if isinstance(twin, Call):
                return _times(twin, *ratio)
    return None


def _times(amount: Expression, factor: int, divisor: int) -> Expression:
    return Operation(Operation(amount, "*", factor), "//", divisor)
