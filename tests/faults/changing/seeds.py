import os

from seeding import Columns, Rows, register

from .models import Ticket

EDITION = int(os.environ.get("CHANGING_EDITION", "1"))


@register(Ticket, count="tickets")
def tickets(rows: Rows) -> Columns:
    return {
        "title": rows.choice("title", {f"edition {EDITION}, kind {kind}": 1 for kind in range(7)}),
        "opened_at": rows.integers("opened_at", EDITION * 10**12, (EDITION + 1) * 10**12),
    }
