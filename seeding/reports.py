"""Plans and histories as text for a terminal, and as JSON for programs."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from .models import SeedMetadata
from .results import SeedPlan, SeedStatus


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
    state = "is applied: a seed skips; with --force it" if plan.applied else "is not applied: a seed"
    lines = [f"{plan.database}: {plan.version} {state} would, with {plan.loader},"]
    lines += [
        f"  {t.table}: delete {t.delete:,} seeded, keep {t.keep:,}, create {t.create:,} rows" for t in plan.tables
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
            "attempts": [_attempt(row) for row in status.attempts],
        }
    )


def status_as_text(status: SeedStatus) -> str:
    """Return the history as a table, newest first."""
    lines = [f"{status.database}: a seed is running now." if status.running else f"{status.database}:"]
    if not status.attempts:
        return "\n".join([*lines, "No seed was applied yet."])
    heads = ("version", "status", "seeded at (UTC)", "rows", "seconds", "loader")
    rows = [
        (
            row.seed_version,
            row.status,
            _utc(row.seeded_at).strftime("%Y-%m-%d %H:%M:%S"),
            f"{sum(row.row_counts.values()):,}" if row.row_counts else "-",
            "-" if row.duration_ms is None else f"{row.duration_ms / 1000:.1f}",
            row.loader or "-",
        )
        for row in status.attempts
    ]
    widths = [max(len(row[i]) for row in [heads, *rows]) for i in range(len(heads))]
    table = [heads, tuple("-" * width for width in widths), *rows]
    lines += ["  ".join(map(str.ljust, row, widths)).rstrip() for row in table]
    return "\n".join(lines)


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
