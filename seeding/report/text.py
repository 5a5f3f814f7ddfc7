"""Plans and histories as text for a terminal, and as JSON for programs."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..database.connections import printable
from ..models import SeedMetadata
from .results import SeedPlan, SeedStatus

SHOWN_ATTEMPTS = 20
_NUMBERS = (3, 4)  # columns of the table, aligned to the right


def plan_as_json(plan: SeedPlan) -> str:
    """Return the plan as a JSON object."""
    return _json(
        {
            "version": plan.version,
            "applied": plan.applied,
            "enabled": plan.enabled,
            "loader": plan.loader,
            "database": plan.database,
            "clashes": list(plan.clashes),
            "tables": [{"table": t.table, "delete": t.delete, "keep": t.keep, "create": t.create} for t in plan.tables],
            "losses": [
                {"table": loss.table, "why": loss.why, "rows": loss.rows, "keys": [str(k) for k in loss.examples]}
                for loss in plan.losses
            ],
        }
    )


def plan_as_text(plan: SeedPlan) -> str:
    """Return the plan in words."""
    lines = [f"{plan.database}: {plan.version} is {'applied' if plan.applied else 'not applied'}."]
    lines.append(
        f"A seed would skip. With --force, by the loader {plan.loader}, it would:"
        if plan.applied
        else f"A seed, by the loader {plan.loader}, would:"
    )
    names = max((len(t.table) for t in plan.tables), default=0) + 1
    deleted = max((len(f"{t.delete:,}") for t in plan.tables), default=0)
    kept = max((len(f"{t.keep:,}") for t in plan.tables), default=0)
    created = max((len(f"{t.create:,}") for t in plan.tables), default=0)
    lines += [
        f"  {t.table + ':':<{names}} delete {t.delete:>{deleted},} seeded rows, keep {t.keep:>{kept},}, "
        f"create {t.create:>{created},}"
        for t in plan.tables
    ]
    if plan.losses:
        lines.append(
            "It would be refused without --overwrite, as these rows were created by no seed and would be deleted:"
        )
        lines += [f"  {loss}" for loss in plan.losses]
    if plan.clashes:
        lines.append("It would be refused, as rows that stay have what new rows need:")
        lines += [f"  {clash}" for clash in plan.clashes]
    if not plan.enabled:
        lines.append("It would be refused: seeding isn't enabled here (SEED_ENABLED).")
    return "\n".join(lines)


def status_as_json(status: SeedStatus) -> str:
    """Return the history as a JSON object, its attempts newest first."""
    return _json(
        {
            "database": status.database,
            "running": status.running,
            "in_force": status.in_force.seed_version if status.in_force else None,
            "attempts": [_attempt(row) for row in status.attempts],
        }
    )


def status_as_text(status: SeedStatus, width: int, colours: Mapping[str, Callable[[str], str]]) -> str:
    """Return the history as a table of at most `width` characters, newest first.

    `colours` colour the line of an attempt, by its status.
    """
    state = f"{status.in_force.seed_version} is in force" if status.in_force else "nothing is in force"
    lines = [f"{status.database}: {state}, {'a seed is' if status.running else 'no seed is'} running."]
    if not status.attempts:
        return "\n".join([*lines, "No seed was applied yet."])
    heads = ("version", "status", "seeded at (UTC)", "rows", "seconds", "loader")
    shown = status.attempts[:SHOWN_ATTEMPTS]
    cells = [heads, *(_cells(row) for row in shown)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(heads))]
    widths[0] = min(widths[0], max(len("version"), width - sum(widths[1:]) - 2 * (len(widths) - 1)))
    table = [_line(row, widths) for row in cells]
    lines += ["", table[0], _line(["-" * w for w in widths], widths)]
    for row, line in zip(shown, table[1:], strict=True):
        lines.append(colours.get(row.status, str)(line))
        lines += textwrap.wrap(
            printable(row.error), width - 4, initial_indent="    ", subsequent_indent="    ", max_lines=4
        )
    if len(status.attempts) > len(shown):
        lines.append(f"and {len(status.attempts) - len(shown):,} earlier ones; --format json lists all.")
    return "\n".join(lines)


def _cells(row: SeedMetadata) -> tuple[str, ...]:
    return (
        row.seed_version,
        row.status,
        _utc(row.seeded_at).strftime("%Y-%m-%d %H:%M:%S"),
        f"{sum(row.row_counts.values()):,}" if row.row_counts else "-",
        "-" if row.duration_ms is None else f"{row.duration_ms / 1000:.1f}",
        row.loader or "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    version = cells[0] if len(cells[0]) <= widths[0] else f"{cells[0][: widths[0] - 3]}..."
    aligned = [str.rjust if i in _NUMBERS else str.ljust for i in range(len(cells))]
    padded = [align(cell, w) for align, cell, w in zip(aligned, (version, *cells[1:]), widths, strict=True)]
    return "  ".join(padded).rstrip()


def _attempt(row: SeedMetadata) -> dict[str, Any]:
    return {
        "id": row.pk,
        "seed_version": row.seed_version,
        "seeded_at": _utc(row.seeded_at).isoformat(),
        "status": row.status,
        "row_counts": row.row_counts,
        "digests": row.digests,
        "anchored_at": _utc(row.anchored_at).isoformat() if row.anchored_at else None,
        "duration_ms": row.duration_ms,
        "loader": row.loader,
        "error": row.error,
        "host": row.host,
        "pid": row.pid,
        "database_user": row.database_user,
    }


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True)
