"""Plans and histories as JSON, for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC
from typing import TYPE_CHECKING, Any

from .results import Loss, Node, SeedPlan, SeedStatus

if TYPE_CHECKING:
    from ..models import SeedMetadata


def plan_as_json(plan: SeedPlan) -> str:
    """Return the plan as a JSON object."""
    return _json(
        {
            "version": plan.version,
            "clears": plan.clears,
            "applied": plan.applied,
            "enabled": plan.enabled,
            "loader": plan.loader,
            "database": plan.database,
            "clashes": list(plan.clashes),
            "obstacles": list(plan.obstacles),
            "tables": [{"table": t.table, "delete": t.delete, "keep": t.keep, "create": t.create} for t in plan.tables],
            "losses": [_loss(loss) for loss in plan.losses],
            "disposable": [_loss(loss) for loss in plan.disposable],
            **_nodes(plan.nodes),
        }
    )


def _loss(loss: Loss) -> dict[str, Any]:
    return {"table": loss.table, "why": loss.why, "rows": loss.rows, "keys": [str(key) for key in loss.examples]}


def _nodes(nodes: Sequence[Node]) -> dict[str, Any]:
    """Return the nodes of a cluster; nothing elsewhere."""
    return {"nodes": [{"node": node.name, "bytes": node.bytes} for node in nodes]} if nodes else {}


def status_as_json(status: SeedStatus) -> str:
    """Return the history as a JSON object, its attempts newest first."""
    return _json(
        {
            "database": status.database,
            "running": status.running,
            "in_force": status.applied.seed_version if status.applied else None,
            "attempts": [_attempt(attempt) for attempt in status.attempts],
            **_nodes(status.nodes),
        }
    )


def _attempt(attempt: SeedMetadata) -> dict[str, Any]:
    return {
        "id": attempt.pk,
        "seed_version": attempt.seed_version,
        "seeded_at": attempt.seeded_at.astimezone(UTC).isoformat(),
        "status": attempt.status,
        "row_counts": attempt.row_counts,
        "digests": attempt.digests,
        "anchored_at": attempt.anchored_at.astimezone(UTC).isoformat() if attempt.anchored_at else None,
        "duration_ms": attempt.duration_ms,
        "loader": attempt.loader,
        "error": attempt.error,
        "host": attempt.host,
        "pid": attempt.pid,
        "database_user": attempt.database_user,
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=True)
