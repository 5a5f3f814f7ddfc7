"""Where a command is: the step that it is at, for how long, and a line for each step that took its time."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from .progress import Progress
from .wording import duration, printable, row_line

TOLD_FROM_S = 5.0  # a step that takes as long as this has a line when it ends


@dataclass
class Step:
    """A named piece of work; of a table's rows, or of something that nobody can count."""

    name: str
    began: float
    is_told: bool = True  # has a line when it ends
    detail: str = ""  # what it is at
    detail_began: float = 0.0
    table: str = ""
    done: int = 0
    total: int = 0
    rate: float = field(default=0.0)  # rows a second so far


class Steps:
    """Follows the progress events of a command."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.current: Step | None = None

    def update(self, event: Progress) -> str:
        """Take in an event; return the line of the step that it ends, if it has one."""
        now = self._clock()
        if event.stage == "recreating" and self.current is not None:
            self.current.detail, self.current.detail_began = printable(event.message), now
        elif event.stage in ("step", "waiting"):
            line = self.end()
            self.current = Step(printable(event.message).removesuffix("."), now, is_told=event.stage == "step")
            return line
        elif event.stage in ("loading", "comparing"):
            return self._rows(event, now)
        elif event.stage in ("start", "loaded", "deleted"):
            line = self.end() if event.stage == "start" else ""
            self.current = None
            return line
        return ""

    def _rows(self, event: Progress, now: float) -> str:
        name = "Loading" if event.stage == "loading" else "Comparing"
        line = ""
        if self.current is None or (self.current.name, self.current.table) != (name, event.table):
            line = self.end()
            self.current = Step(name, now, is_told=event.stage == "comparing", table=printable(event.table))
        step = self.current
        step.done, step.total = event.done, event.total
        step.rate = step.done / (now - step.began) if now > step.began else 0.0
        return line

    def end(self) -> str:
        """End the step; return its line, where it took long enough for one."""
        step, self.current = self.current, None
        if step is None or not step.is_told or self._clock() - step.began < TOLD_FROM_S:
            return ""
        took = duration(self._clock() - step.began)
        if step.table:
            return row_line(step.table, step.done, took)
        return f"  {step.name:<30} {took:>10}"

    def in_words(self) -> str:
        """Return where the command is, in a line: `orders: 3,200,000 of 10,000,000 rows, 0:09`."""
        step = self.current
        if step is None:
            return "Working"
        if step.table:
            return f"{step.table}: {step.done:,} of {step.total:,} rows, {self.elapsed()}"
        return f"{step.detail or step.name}, {self.elapsed()}"

    def elapsed(self) -> str:
        """Return how long the step, or what it is at, has taken: `0:09`."""
        step = self.current
        return clock_time(self._clock() - (step.detail_began or step.began) if step else 0)

    def left(self) -> str:
        """Return how long the table's other rows will take at this rate; nothing where there is no telling yet."""
        step = self.current
        return clock_time((step.total - step.done) / step.rate) if step and step.rate else ""


def clock_time(seconds: float) -> str:
    """Return a time as clocks show it: `0:09`, `1:02:03`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
