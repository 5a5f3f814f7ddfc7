"""What the engine tells about its work: it calls a function with one of these, and never prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from .results import Loss


@dataclass(frozen=True)
class Progress:
    """A progress event.

    `done` and `total` count the rows of `table`; in the stage recreating, constraints and indexes. In the stage start,
    `total` counts all rows. A step is work whose length nobody knows; the next event ends it.
    """

    stage: Literal[
        "start",
        "waiting",
        "replacing",
        "step",
        "loading",
        "loaded",
        "deleted",
        "recreating",
        "comparing",
        "note",
        "warning",
    ]
    message: str = ""
    table: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0


Report = Callable[[Progress], None]  # may raise, to stop the work at a point where that is safe
Confirm = Callable[[Sequence[Loss]], bool]  # may these rows be deleted?


def ignore(_: Progress) -> None:
    """Report to nobody."""
