"""Progress as a person at a terminal sees it: a bar with rate and time left, once a seed takes longer than a moment."""

from __future__ import annotations

import time
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING

from .progress import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

SHOW_AFTER_S = 1.0


def has_bar() -> bool:
    """Return True if the package that draws the bar is installed."""
    return find_spec("rich") is not None


class Bar:
    """A bar over all rows of a seed. It is gone when the block ends, so that the lines above it read on."""

    def __init__(self) -> None:
        self._bar: RichProgress | None = None
        self._task: TaskID | None = None
        self._total = 0
        self._earlier = 0  # rows of the tables that are done
        self._started = time.monotonic()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def update(self, event: Progress) -> None:
        """Show a progress event."""
        if event.stage == "start":
            self._total, self._earlier, self._started = event.total, 0, time.monotonic()
        if event.stage == "loaded":
            self._earlier += event.done
        if self._bar is None and self._total and time.monotonic() - self._started > SHOW_AFTER_S:
            self._show()
        if self._bar is None or self._task is None:
            return
        if event.stage == "loading":
            done = self._earlier + event.done
            rate = f"{done / (time.monotonic() - self._started):,.0f} rows/s"
            self._bar.update(self._task, completed=done, description=event.table, rate=rate)
        elif event.stage == "recreating":
            what = f"index {event.done} of {event.total}"
            self._bar.update(self._task, completed=self._total, description=what, rate=event.message[:24])

    def print(self, line: str) -> bool:
        """Print a line above the bar; say False where there is none."""
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
        return self._bar is not None

    def _show(self) -> None:
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        self._bar = RichProgress(
            TextColumn("  {task.description:<16}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            transient=True,
        )
        self._task = self._bar.add_task("", total=self._total, rate="")
        self._bar.start()
