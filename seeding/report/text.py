"""Plans and histories as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .results import SeedPlan, SeedStatus
from .wording import printable

if TYPE_CHECKING:
    from ..models import SeedMetadata

SHOWN_ATTEMPTS = 20
_NUMBERS = (3, 4)  # columns of the table, aligned to the right


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
            "It would be refused without --overwrite, as these rows were not created by a seed and would be deleted:"
        )
        lines += [f"  {loss}" for loss in plan.losses]
    if plan.disposable:
        lines.append("These rows may be deleted with the rows that they reference:")
        lines += [f"  {loss}" for loss in plan.disposable]
    if plan.clashes:
        lines.append("It would be refused. These kept rows hold unique values that new rows need:")
        lines += [f"  {clash}" for clash in plan.clashes]
    lines += [f"It would be refused: {printable(obstacle)}" for obstacle in plan.obstacles]
    if not plan.enabled:
        lines.append("It would be refused: seeding isn't enabled here (SEED_ENABLED).")
    return "\n".join(lines)


def status_as_text(status: SeedStatus, width: int, colours: Mapping[str, Callable[[str], str]]) -> str:
    """Return the history as a table of at most `width` characters, newest first.

    `colours` colour the line of an attempt, by its status.
    """
    state = f"{printable(status.applied.seed_version)} is applied" if status.applied else "nothing is applied"
    lines = [f"{status.database}: {state}, {'a seed is' if status.running else 'no seed is'} running."]
    if not status.attempts:
        return "\n".join([*lines, "No seed has been applied yet."])
    heads = ("version", "status", "seeded at (UTC)", "rows", "seconds", "loader")
    shown = status.attempts[:SHOWN_ATTEMPTS]
    cells = [heads, *(_cells(attempt) for attempt in shown)]
    widths = [max(len(line[i]) for line in cells) for i in range(len(heads))]
    widths[0] = min(widths[0], max(len("version"), width - sum(widths[1:]) - 2 * (len(widths) - 1)))
    table = [_line(row, widths) for row in cells]
    lines += ["", table[0], _line(["-" * w for w in widths], widths)]
    for attempt, line in zip(shown, table[1:], strict=True):
        lines.append(colours.get(attempt.status, str)(line))
        lines += textwrap.wrap(
            printable(attempt.error), width - 4, initial_indent="    ", subsequent_indent="    ", max_lines=4
        )
    if status.attempt_count > len(shown):
        lines.append(f"and {status.attempt_count - len(shown):,} earlier ones; --format json lists all.")
    return "\n".join(lines)


def _cells(attempt: SeedMetadata) -> tuple[str, ...]:
    return (
        printable(attempt.seed_version),
        "applied" if attempt.status == "success" else attempt.status,
        _utc(attempt.seeded_at).strftime("%Y-%m-%d %H:%M:%S"),
        f"{sum(attempt.counts.values()):,}" if attempt.counts else "-",
        "-" if attempt.duration_ms is None else f"{attempt.duration_ms / 1000:.1f}",
        printable(attempt.loader) or "-",
    )


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    version = cells[0] if len(cells[0]) <= widths[0] else f"{cells[0][: widths[0] - 3]}..."
    aligned = [str.rjust if i in _NUMBERS else str.ljust for i in range(len(cells))]
    padded = [align(cell, w) for align, cell, w in zip(aligned, (version, *cells[1:]), widths, strict=True)]
    return "  ".join(padded).rstrip()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
