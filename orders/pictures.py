"""Pictures of what the table of orders holds: how far the orders have come, orders a month, how dear they are.

Up to a million keys they count all orders. Above that the keys that came first are the sample, a fair one where orders
are not sorted by anything else: it gives shares and averages, never a sum, and the number of orders is an estimate of
the database. Four queries at most, none of which reads more than those keys.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connections, models
from django.db.models.functions import Cast, Floor

from .charts import Chart, Column, Part, part_of, tables_of
from .models import OrderQuerySet, Status

WHOLE_KEYS = 1_000_000  # up to here all orders are counted
SAMPLE_KEYS = 100_000  # of more; shares of them are exact to a third of a percent
MONTHS = 18  # the last ones
BIN = 50  # of the totals
BINS = 10  # the last one is open
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Pictures:
    """The charts, and the figures above them."""

    orders: int  # that were counted: all, or the sample
    statuses: dict[Status, int]
    revenue: Decimal  # of the completed ones among them
    estimate: int | None  # of all orders, where those counted are a sample
    charts: tuple[Chart, ...]

    @property
    def is_sample(self) -> bool:
        return self.estimate is not None

    @property
    def sample_size(self) -> str:
        return f"{self.orders:,}"

    @property
    def completed(self) -> int:
        return self.statuses[Status.COMPLETED]

    @property
    def total(self) -> str:
        """How many orders there are, in words."""
        return f"{self.orders:,}" if self.estimate is None else f"about {_rounded(self.estimate):,}"

    @property
    def shares(self) -> list[tuple[str, str, str]]:
        """Each status, its label, and how many of the orders have come that far."""
        return [(s.value, s.label.lower(), f"{n / self.orders:.1%}") for s, n in self.statuses.items()]

    @property
    def figures(self) -> list[tuple[str, str]]:
        average = self.revenue / self.completed if self.completed else Decimal(0)
        revenue = [] if self.is_sample else [("revenue", f"{self.revenue:,.2f}")]
        return [("orders", self.total), *revenue, ("average completed order", f"{average:,.2f}")]


def pictures_of(orders: OrderQuerySet) -> Pictures | None:
    """Return the pictures; None where there are no orders."""
    keys = orders.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    if keys["first"] is None:
        return None
    is_sample = keys["last"] - keys["first"] >= WHOLE_KEYS
    sample = orders.filter(pk__lt=keys["first"] + SAMPLE_KEYS) if is_sample else orders
    # Two queries, each with what the other hasn't, so that neither takes long; not sorted by the database: that would
    # sort all rows.
    by_month: Any = sample.by_month("status")  # mypy's plugin doesn't see the columns that it adds
    months = by_month.order_by().values("month", "status", "orders")
    bins = sample.annotate(bin=Floor(Cast("total", models.FloatField()) / BIN)).values("bin", "status").order_by()
    counts = {(row["month"], row["status"]): row["orders"] for row in months}
    totals, statuses, revenue = Counter[int](), dict.fromkeys(Status, 0), Decimal(0)
    for row in bins.annotate(orders=models.Count("*"), sum=models.Sum("total")):
        totals[min(int(row["bin"]), BINS - 1)] += row["orders"]
        statuses[Status(row["status"])] += row["orders"]
        revenue += row["sum"] if row["status"] == Status.COMPLETED else 0
    if not counts or not totals:  # deleted meanwhile
        return None
    counted = sum(statuses.values())
    whole = counted if is_sample else None
    return Pictures(
        orders=counted,
        statuses=statuses,
        revenue=revenue,
        estimate=max(counted, _estimate(orders.db) or keys["last"] - keys["first"] + 1) if is_sample else None,
        charts=(_by_month(counts, whole), _by_total(totals, whole)),
    )


def _estimate(using: str) -> int | None:
    """Return how many orders there are as PostgreSQL's planner knows it, since it last looked through the table."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass('orders')")
        row = cursor.fetchone()
    return row[0] if row and row[0] > 0 else None


def _rounded(number: int) -> int:
    """Return the number with its first three digits only: an estimate knows no more."""
    unit: int = 10 ** max(0, len(str(number)) - 3)
    return round(number / unit) * unit


def _by_month(counts: dict[tuple[date, str], int], whole: int | None) -> Chart:
    months = _months(min(month for month, _ in counts), max(month for month, _ in counts))[-MONTHS:]
    found = [(month, [counts.get((month, status), 0) for status in Status]) for month in months]
    busiest, most = max(found, key=lambda pair: sum(pair[1]))
    today = datetime.now(UTC).date()
    unfinished = [month for month in months if (month.year, month.month) == (today.year, today.month)]
    words = {month: f"{month:%b %Y}" + (", so far" if month in unfinished else "") for month in months}
    return Chart(
        key="months",
        title="Orders a month",
        summary=f"most in {words[busiest]}: {part_of(sum(most), whole)}",
        heads=("Month (UTC)", "All", *(status.label for status in Status)),
        rows=tables_of([(words[month], sum(by_status), *by_status) for month, by_status in found], whole),
        columns=tuple(
            Column(
                _tick(month, months, unfinished),
                words[month],
                tuple(Part(status.value, n) for status, n in zip(Status, by_status, strict=True) if n),
                is_open=month in unfinished,
            )
            for month, by_status in found
        ),
        legend=tuple((status.value, status.label) for status in Status),
        whole=whole,
    )


def _tick(month: date, months: list[date], unfinished: list[date]) -> str:
    """Return what stands below the column of a month: enough to find one's way, and no two that touch."""
    if month in unfinished:
        return "so far"
    if unfinished and month == months[-2]:
        return ""
    if month.month == 1:
        return f"{month:%Y}"
    return f"{month:%b}" if month.month % 3 == 1 or len(months) < 5 else ""


def _by_total(totals: Counter[int], whole: int | None) -> Chart:
    names = [f"{BIN * i:,} to {BIN * (i + 1) - CENT:,}" for i in range(BINS - 1)] + [f"{BIN * (BINS - 1):,} and more"]
    common = max(range(BINS), key=lambda i: totals[i])
    return Chart(
        key="totals",
        title="Orders by their total",
        summary=f"most cost {names[common]}: {part_of(totals[common], whole)}",
        heads=("Total", "Orders"),
        rows=tables_of([(name, totals[i]) for i, name in enumerate(names)], whole),
        columns=tuple(Column("", name, (Part("total", totals[i]),)) for i, name in enumerate(names)),
        edges=(*(f"{BIN * i:,}" for i in range(BINS)), "more"),
        whole=whole,
    )


def _months(first: date, last: date) -> list[date]:
    """Return all months from the first to the last, also those without orders."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]
