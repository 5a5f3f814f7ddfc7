"""Plans and histories as text for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from .results import Node, SeedPlan, SeedStatus, cluster_in_words
from .wording import duration, number_of, printable

if TYPE_CHECKING:
    from ..models import SeedMetadata

SHOWN_ATTEMPTS = 20
SHOWN_OF_A_VERSION = 16  # characters, before a column is left out for more of them
_HEADS = ("version", "status", "seeded at (UTC)", "rows", "took", "loader")
_NUMBERS = ("rows", "took")  # aligned to the right
_NEEDED_LEAST = ("loader", "took", "rows")  # left out in this order where the terminal is narrow


def plan_as_text(plan: SeedPlan) -> str:
    """Return the plan in words."""
    if plan.clears:
        return _clearing_as_text(plan)
    lines = [f"{plan.database}: {plan.version} is {'applied' if plan.applied else 'not applied'}."]
    lines += _cluster(plan.nodes)
    lines.append(
        f"The seed would be skipped. With --force and the loader {plan.loader}, it would:"
        if plan.applied
        else f"A seed with the loader {plan.loader} would:"
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
    lines += _losses(plan)
    if plan.clashes:
        lines.append("It would be refused. These kept rows hold unique values that new rows need:")
        lines += [f"  {clash}" for clash in plan.clashes]
    return "\n".join([*lines, *_refusals(plan)])


def _clearing_as_text(plan: SeedPlan) -> str:
    state = f"{plan.version} is applied" if plan.applied else "nothing is applied"
    lines = [f"{plan.database}: {state}.", *_cluster(plan.nodes)]
    if not any(t.delete for t in plan.tables):
        return "\n".join([*lines, "There are no seeded rows to clear."])
    names = max(len(t.table) for t in plan.tables) + 1
    deleted = max(len(f"{t.delete:,}") for t in plan.tables)
    lines.append("Clearing would do only this:")
    lines += [
        f"  {t.table + ':':<{names}} delete {t.delete:>{deleted},} seeded rows, keep {t.keep:,}" for t in plan.tables
    ]
    return "\n".join([*lines, *_losses(plan), *_refusals(plan)])


def _cluster(nodes: Sequence[Node]) -> list[str]:
    return [cluster_in_words(nodes)] if nodes else []


def _losses(plan: SeedPlan) -> list[str]:
    lines = []
    if plan.losses:
        lines.append(
            "It would be refused without --overwrite, as these rows were not created by a seed and would be deleted:"
        )
        lines += [f"  {loss}" for loss in plan.losses]
    if plan.disposable:
        lines.append("These rows may be deleted with the rows that they reference:")
        lines += [f"  {loss}" for loss in plan.disposable]
    return lines


def _refusals(plan: SeedPlan) -> list[str]:
    lines = [f"It would be refused: {printable(obstacle)}" for obstacle in plan.obstacles]
    if not plan.enabled:
        lines.append("It would be refused: seeding isn't enabled here (SEED_ENABLED).")
    return lines


def status_as_text(status: SeedStatus, width: int, colours: Mapping[str, Callable[[str], str]]) -> str:
    """Return the history as a table of at most `width` characters, newest first.

    `colours` colour the line of an attempt, by its status.
    """
    state = f"{printable(status.applied.seed_version)} is applied" if status.applied else "nothing is applied"
    lines = [f"{status.database}: {state}, {'a seed is' if status.running else 'no seed is'} running."]
    lines += _cluster(status.nodes)
    if not status.attempts:
        return "\n".join([*lines, "No seed has been applied yet."])
    shown = status.attempts[:SHOWN_ATTEMPTS]
    cells = [dict(zip(_HEADS, row, strict=True)) for row in (_HEADS, *map(_cells, shown))]
    widths = _widths(cells, width)
    table = [_line(row, widths) for row in cells]
    lines += ["", table[0], _line({head: "-" * w for head, w in widths.items()}, widths)]
    for attempt, line in zip(shown, table[1:], strict=True):
        lines.append(colours.get(attempt.status, str)(line))
        lines += textwrap.wrap(
            printable(attempt.error), width - 4, initial_indent="    ", subsequent_indent="    ", max_lines=4
        )
    if status.attempt_count > len(shown):
        lines.append(f"and {number_of(status.attempt_count - len(shown), 'earlier attempt')}; --format json lists all.")
    return "\n".join(lines)


def _cells(attempt: SeedMetadata) -> tuple[str, ...]:
    return (
        printable(attempt.seed_version),
        attempt.state.lower(),
        _utc(attempt.seeded_at).strftime("%Y-%m-%d %H:%M:%S"),
        f"{sum(attempt.counts.values()):,}" if attempt.counts else "-",
        "-" if attempt.duration_ms is None else duration(attempt.duration_ms / 1000),
        printable(attempt.loader) or "-",
    )


def _widths(cells: Sequence[Mapping[str, str]], width: int) -> dict[str, int]:
    """Return the width of each column that has room."""
    widths = {head: max(len(row[head]) for row in cells) for head in _HEADS}
    whole = widths["version"]

    def rest() -> int:
        others = [w for head, w in widths.items() if head != "version"]
        return width - sum(others) - 2 * len(others)

    for head in _NEEDED_LEAST:
        if rest() < min(whole, SHOWN_OF_A_VERSION):
            del widths[head]
    widths["version"] = min(whole, max(len("version"), rest()))
    return widths


def _line(cells: Mapping[str, str], widths: Mapping[str, int]) -> str:
    shown = dict(cells)
    if len(cells["version"]) > widths["version"]:
        shown["version"] = f"{cells['version'][: widths['version'] - 3]}..."
    aligned = (f"{shown[head]:{'>' if head in _NUMBERS else '<'}{w}}" for head, w in widths.items())
    return "  ".join(aligned).rstrip()


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
