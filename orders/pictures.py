"""Pictures of what the table of orders holds: how far the orders have come, orders a month, how dear they are.

Up to a million keys they count all orders; above that the first million keys, which are a fair sample where orders are
not sorted by anything else. Three queries, none of which reads more than those keys.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.functions import Cast, Floor

from .charts import Chart, Column, Part, tables_of
from .models import OrderQuerySet, Status

SAMPLE_KEYS = 1_000_000
MONTHS = 18  # the last ones
BIN = 50  # of the totals
BINS = 10  # the last one is open


@dataclass(frozen=True)
class Pictures:
    """The charts, and the figures above them."""

    orders: int
    completed: int
    revenue: Decimal  # of the completed orders
    is_sample: bool
    charts: tuple[Chart, ...]

    @property
    def figures(self) -> list[tuple[str, str]]:
        average = self.revenue / self.completed if self.completed else Decimal(0)
        return [
            ("orders", f"{self.orders:,}"),
            ("completed", f"{self.completed / self.orders:.1%}"),
            ("revenue", f"{self.revenue:,.2f}"),
            ("average completed order", f"{average:,.2f}"),
        ]


def pictures_of(orders: OrderQuerySet) -> Pictures | None:
    """Return the pictures; None where there are no orders."""
    keys = orders.aggregate(first=models.Min("pk"), last=models.Max("pk"))
    if keys["first"] is None:
        return None
    end = keys["first"] + SAMPLE_KEYS
    is_sample = keys["last"] >= end
    sample = orders.filter(pk__lt=end)
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
    return Pictures(
        orders=sum(statuses.values()),
        completed=statuses[Status.COMPLETED],
        revenue=revenue,
        is_sample=is_sample,
        charts=(_by_status(statuses), _by_month(counts), _by_total(totals)),
    )


def _by_status(statuses: dict[Status, int]) -> Chart:
    orders = sum(statuses.values())
    shares = [f"{count / orders:.1%}" for count in statuses.values()]
    return Chart(
        key="status",
        title="Status",
        summary=", ".join(f"{s.label.lower()} {share}" for s, share in zip(statuses, shares, strict=True)),
        heads=("Status", "Orders", "Share"),
        rows=tables_of([(s.label, n, share) for (s, n), share in zip(statuses.items(), shares, strict=True)]),
        columns=tuple(Column(s.label, s.label, (Part(s.value, n),)) for s, n in statuses.items()),
    )


def _by_month(counts: dict[tuple[date, str], int]) -> Chart:
    months = _months(min(month for month, _ in counts), max(month for month, _ in counts))[-MONTHS:]
    found = [(month, [counts.get((month, status), 0) for status in Status]) for month in months]
    busiest, most = max(found, key=lambda pair: sum(pair[1]))
    return Chart(
        key="months",
        title="Orders a month",
        summary=f"{_name(months[0])} to {_name(months[-1])}; most, {sum(most):,}, in {_name(busiest)}",
        heads=("Month (UTC)", "All", *(status.label for status in Status)),
        rows=tables_of([(_name(month), sum(by_status), *by_status) for month, by_status in found]),
        columns=tuple(
            Column(
                f"{month:%Y}" if month.month == 1 else f"{month:%b}" if month.month % 3 == 1 or len(months) < 5 else "",
                _name(month),
                tuple(Part(status.value, n) for status, n in zip(Status, by_status, strict=True) if n),
            )
            for month, by_status in found
        ),
        legend=tuple((status.value, status.label) for status in Status),
    )


def _by_total(totals: Counter[int]) -> Chart:
    names = [f"{BIN * i:,} to {BIN * (i + 1):,}" for i in range(BINS - 1)] + [f"{BIN * (BINS - 1):,} and more"]
    common = max(range(BINS), key=lambda i: totals[i])
    return Chart(
        key="totals",
        title="Totals",
        summary=f"orders by their total; most, {totals[common]:,}, from {names[common]}",
        heads=("Total from", "Orders"),
        rows=tables_of([(name, totals[i]) for i, name in enumerate(names)]),
        columns=tuple(Column(f"{BIN * i:,}", name, (Part("total", totals[i]),)) for i, name in enumerate(names)),
    )


def _months(first: date, last: date) -> list[date]:
    """Return all months from the first to the last, also those without orders."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def _name(month: date) -> str:
    return f"{month:%b %Y}"
