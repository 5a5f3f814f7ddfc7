"""What seeded orders and payments look like: those of a shop that opened a year ago."""

import numpy as np

from accounts.models import User
from accounts.seeds import signed_up
from seeding import Categorical, Columns, Rows, register
from seeding.generate.values.rhythm import moment

from .models import Order, Payment, Status

_ONE = np.uint64(1 << 32)  # 1, as a fraction in units of 2**-32
_HALF = np.uint64(32)
_SOON = np.uint64(32 + 13)  # within 2**-13 of the user's time, which is an hour of a year
_LONGEST_S = 60 * 24 * 3600
_LONGEST_PAYMENT_US = 15 * 60 * 1_000_000

# What the shop sells, in cents: many cheap articles, few expensive ones. An order is for one article. Every second
# order is for a small one as well, every fourth for one more. All these combinations are equally frequent.
_ARTICLE = np.arange(256)
_ENDINGS = np.array([99, 50, 99, 0, 99, 95, 99, 49])
_PRICES = (3 + _ARTICLE // 5 + 2400 // (264 - _ARTICLE)) * 100 + _ENDINGS[_ARTICLE % 8]
_SMALL = _PRICES[:144:9]
_SECOND = np.concatenate([np.zeros(16, np.int64), _SMALL])
_THIRD = np.concatenate([np.zeros(6, np.int64), _SMALL[4:6]])
_TOTALS = (_PRICES[:, None, None] + _SECOND[:, None] + _THIRD).ravel()
_TOTAL_BITS = np.uint64(16)  # there are 2**16 of them


@register(Order, count="orders")
def orders(rows: Rows) -> Columns:
    """Orders that come after their user; the older an order is, the more likely it is completed."""
    own = rows.numbers < rows.count(User)
    user, since = _customers(rows, own)
    created_at = moment(_ordered(rows, own, since))
    return {
        "user": user,
        "total": _TOTALS[(rows.fraction("total") >> _TOTAL_BITS).view(np.int64)],
        "status": _status(rows, created_at),
        "created_at": created_at,
    }


@register(Payment, count=Order)
def payments(rows: Rows) -> Columns:
    """Payment i is that of order i: its amount and status, up to a quarter of an hour later."""
    order = orders(rows.of(Order))
    longest_us = np.minimum(order["created_at"], _LONGEST_PAYMENT_US).astype(np.uint64)
    return {
        "amount": order["total"],
        "status": order["status"],
        "created_at": order["created_at"] - (longest_us * rows.fraction("created_at") >> _HALF).astype(np.int64),
    }


def _customers(rows: Rows, own: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each order's user and when the user signed up, as a fraction of the year's business.

    The first orders, `own`, are one of every user. All others belong to the earlier one of two users: one who orders
    often, and any other. So the number of a user's orders is proportional to the time since the sign-up.
    """
    one, other = rows.reference("user", User), rows.integers("other user", 0, rows.count(User) - 1)
    since_one, since_other = signed_up(rows.of(User, one)), signed_up(rows.of(User, other))
    is_other = (since_other < since_one) & ~own
    return np.where(is_other, other, one), np.where(is_other, since_other, since_one)


def _ordered(rows: Rows, own: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Return when each order came, as a fraction of the year's business: any time from `since` on.

    A user's own order comes at any time of the year, or with the sign-up where that is later. Both ways, orders become
    more frequent at the same even pace, so that any part of the rows shows the same year.
    """
    drawn = rows.fraction("created_at")
    share = (_ONE - since) * drawn
    return np.where(own & (drawn > since), drawn, since + (share >> np.where(own, _SOON, _HALF)))


def _status(rows: Rows, age_us: np.ndarray) -> Categorical:
    """Return how far each order has come: half of them are processed at once, the others wait for half of their time.

    An order takes up to 60 days, every second one less than four: the fourth power of a uniform fraction.
    """
    bits = rows.bits("status")
    square = _squared(bits >> _HALF)
    takes_us = (_squared(square) * np.uint64(_LONGEST_S) >> _HALF).astype(np.int64) * 1_000_000
    waits = bits & np.uint64(1) == 1
    codes = (age_us < takes_us).astype(np.intp) + (waits & (2 * age_us < takes_us))
    return Categorical(codes, (Status.COMPLETED, Status.PROCESSING, Status.PENDING))


def _squared(fraction: np.ndarray) -> np.ndarray:
    square: np.ndarray = fraction * fraction >> _HALF
    return square
