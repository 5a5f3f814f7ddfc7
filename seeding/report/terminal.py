"""Progress while it goes on: a line at a terminal that is drawn again and again, or a line every ten seconds in a log.

Both have a thread of their own, so that they go on while the database works on one long statement.
"""

from __future__ import annotations

import sys
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from types import TracebackType
from typing import TYPE_CHECKING, Self

from .progress import Progress
from .steps import Steps

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

SHOW_AFTER_S = 1.0
REFRESH_EVERY_S = 0.1
LOG_EVERY_S = 10.0
NAME_WIDTH = 12  # characters
BAR_WIDTHS = (4, 30)  # at least and at most
ECHO = 2  # characters: a terminal writes ^C behind the line


def has_bar() -> bool:
    """Return True if the package that draws the bar is installed."""
    return find_spec("rich") is not None


class Display(ABC):
    """Shows where a command is, from its first progress event to the end of the block."""

    def __init__(self, write: Callable[[str], None]) -> None:
        """`write` prints a line."""
        self.steps = Steps()
        self._write = write
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="seeding progress", daemon=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop.set()
        with self._lock:
            line = self.steps.end() if exc is None else ""
            self.close()
        if line:
            self._write(line)

    def update(self, event: Progress) -> None:
        """Take in a progress event; print the line of the step that it ends."""
        with self._lock:
            line = self.steps.update(event)
        if line:
            self.print(line)
        if not self._thread.ident:
            self._thread.start()

    def print(self, line: str) -> None:
        """Print a line that stays."""
        with self._lock:
            self._write(line)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Show nothing in the block, which asks somebody something."""
        with self._lock:
            self.close()
            yield

    @abstractmethod
    def close(self) -> None:
        """Clear away what doesn't stay."""

    @abstractmethod
    def _run(self) -> None:
        """Show it again and again, until `_stop` is set."""


class Log(Display):
    """A line every ten seconds in which no other was printed."""

    def __init__(self, write: Callable[[str], None], every_s: float = LOG_EVERY_S) -> None:
        super().__init__(write)
        self._every_s = every_s
        self._printed = time.monotonic()

    def print(self, line: str) -> None:
        with self._lock:
            self._printed = time.monotonic()
            self._write(line)

    def close(self) -> None:
        """Do nothing: lines stay."""

    def _run(self) -> None:
        while not self._stop.wait(max(0.05, self._printed + self._every_s - time.monotonic())):
            with self._lock:
                if time.monotonic() - self._printed >= self._every_s and not self._stop.is_set():
                    self.print(f"  {self.steps.in_words()}")


class Bar(Display):
    """A line with a bar, once a command takes longer than a moment; it is gone when the block ends."""

    def __init__(self, write: Callable[[str], None]) -> None:
        super().__init__(write)
        self._live: Live | None = None

    def print(self, line: str) -> None:
        with self._lock:
            if self._live is None:
                self._write(line)
            else:
                self._live.refresh()  # or what it last showed would stand below the line
                self._live.console.print(line, markup=False, highlight=False, soft_wrap=True)

    def close(self) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _run(self) -> None:
        if self._stop.wait(SHOW_AFTER_S):
            return
        while not self._stop.wait(REFRESH_EVERY_S):
            with self._lock:
                if self._stop.is_set():
                    return
                if self._live is None:
                    self._live = self._shown()
                self._live.refresh()

    def _shown(self) -> Live:
        from rich.console import Console
        from rich.live import Live

        console = Console(file=sys.stdout)
        live = Live(
            get_renderable=lambda: bar_line(self.steps, console.width - ECHO, is_ascii=console.options.ascii_only),
            console=console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        live.start()
        return live


def bar_line(steps: Steps, width: int, *, is_ascii: bool = False) -> Text:
    """Return the line that a terminal of that width shows."""
    from rich.text import Text

    step = steps.current
    if step is None or not step.table:
        return Text(f"  {_fitting(steps.in_words(), width - 3)}")
    done = f"{step.done:>{len(f'{step.total:,}')},} of {step.total:,}"
    rate, left = f"{step.rate:,.0f} rows/s", f"{steps.left() or '-:--'} left"
    tails = ["  ".join(parts) for parts in ([done, rate, left], [done, left], [done])]
    least = NAME_WIDTH + BAR_WIDTHS[0] + 7  # with the blanks between, and one at the end
    tail = next((tail for tail in tails if least + len(tail) <= width), tails[-1])
    name = _fitting(step.table, max(NAME_WIDTH, width - BAR_WIDTHS[1] - 7 - len(tail)))
    bar = max(BAR_WIDTHS[0], min(BAR_WIDTHS[1], width - 7 - max(NAME_WIDTH, len(name)) - len(tail)))
    filled = bar * step.done // step.total if step.total else bar
    line = Text(f"  {name:<{NAME_WIDTH}}  ")
    full, empty = ("#", "-") if is_ascii else ("━", "━")
    line.append(full * filled, "cyan").append(empty * (bar - filled), "bright_black").append(f"  {tail}")
    line.truncate(width - 1)
    return line


def _fitting(text: str, width: int) -> str:
    """Return the text; where it is longer than that, without the beginning of the name that it ends in."""
    if len(text) <= width:
        return text
    before, colon, name = text.rpartition(": ")
    left = width - len(before) - len(colon) - 3
    return f"{before}{colon}...{name[-left:]}" if left > 0 else f"{text[: width - 3]}..."
