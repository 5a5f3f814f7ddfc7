"""What seeded orders and payments look like."""

import numpy as np

from accounts.models import User
from accounts.seeds import signed_up
from seeding import Categorical, Columns, Rows, register
from seeding.generate.values.rhythm import moment

from .models import Order, Payment, Status

_ONE = np.uint64(1 << 32)  # 1, as a fraction in units of 2**-32
_HALF = np.uint64(32)
_CHEAPEST_CENTS, _DEAREST_CENTS = 10_00, 500_00
_LONGEST_PAYMENT_US = 15 * 60 * 1_000_000


@register(Order, count="orders")
def orders(rows: Rows) -> Columns:
    """Orders that come after their user; the unfinished ones are mostly recent."""
    user = rows.reference("user", User)
    status = rows.choice("status", {Status.COMPLETED: 6, Status.PENDING: 1, Status.PROCESSING: 1})
    return {
        "user": user,
        "total": _total_cents(rows),
        "status": status,
        "created_at": moment(_ordered(rows, signed_up(rows.of(User, user)), status)),
    }


@register(Payment, count=Order)
def payments(rows: Rows) -> Columns:
    """Payment i is that of order i: its amount and status, up to a quarter of an hour later."""
    order = orders(rows.of(Order))
    delay_us = rows.integers("created_at", 1, _LONGEST_PAYMENT_US)
    return {
        "amount": order["total"],
        "status": order["status"],
        "created_at": np.maximum(order["created_at"] - delay_us, 0),
    }


def _total_cents(rows: Rows) -> np.ndarray:
    """Many small orders, few dear ones: the cube of a uniform fraction, between the cheapest and the dearest."""
    fraction = rows.fraction("total")
    cube = (fraction * fraction >> _HALF) * fraction >> _HALF
    return (cube * np.uint64(_DEAREST_CENTS - _CHEAPEST_CENTS + 1) >> _HALF).astype(np.int64) + _CHEAPEST_CENTS


def _ordered(rows: Rows, since: np.ndarray, status: Categorical) -> np.ndarray:
    """Return when each order came, as a fraction of the year's business, from `since` on.

    Finished orders lie towards the user's start, as customers are busiest in the beginning; unfinished ones in the last
    eighth of the user's time.
    """
    fraction = rows.fraction("created_at")
    finished = fraction * fraction >> _HALF
    unfinished = _ONE - np.uint64(1) - (fraction >> np.uint64(3))
    passed = np.where(status.codes == 0, finished, unfinished)
    instants: np.ndarray = since + ((_ONE - since) * passed >> _HALF)
    return instants
