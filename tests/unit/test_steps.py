"""What is shown while a command works: steps with names, elapsed time, and a line each at the end."""

import time
from collections.abc import Callable, Iterator

import pytest

from seeding.report.progress import Progress
from seeding.report.steps import Steps, clock_time
from seeding.report.terminal import Bar, Log, bar_line
from seeding.report.wording import duration

LONG = "orders_with_a_very_long_name_of_an_index_created_at_91ec19d2"


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def steps(clock: Clock) -> Steps:
    return Steps(clock)


def rows(stage: str, done: int, total: int, table: str = "orders") -> Progress:
    return Progress(stage, table=table, done=done, total=total)  # type: ignore[arg-type]


def test_steps__a_step_has_a_line_once_it_took_five_seconds(steps: Steps, clock: Clock) -> None:
    assert steps.update(Progress("step", "Dropping 15 constraints and indexes")) == ""
    clock.now += 4.9
    assert steps.update(Progress("step", "Recreating 15 constraints and indexes")) == ""
    clock.now += 44.04
    assert steps.update(Progress("step", "Committing")) == "  Recreating 15 constraints and indexes     44.0 s"
    assert steps.end() == ""


def test_steps__names_the_index_and_its_own_time(steps: Steps, clock: Clock) -> None:
    steps.update(Progress("step", "Recreating 15 constraints and indexes"))
    clock.now += 60
    steps.update(Progress("recreating", "Recreating indexes 7 of 15: orders_created_at", done=7, total=15))
    clock.now += 9.8
    assert steps.in_words() == "Recreating indexes 7 of 15: orders_created_at, 0:09"
    assert steps.end() == "  Recreating 15 constraints and indexes     69.8 s"


def test_steps__of_a_table_says_how_far_and_how_long(steps: Steps, clock: Clock) -> None:
    steps.update(rows("loading", 0, 10_000_000))
    assert (steps.in_words(), steps.left()) == ("orders: 0 of 10,000,000 rows, 0:00", "")
    clock.now += 8
    assert steps.update(rows("loading", 2_000_000, 10_000_000)) == ""
    assert (steps.in_words(), steps.left()) == ("orders: 2,000,000 of 10,000,000 rows, 0:08", "0:32")
    assert steps.update(rows("loaded", 10_000_000, 10_000_000)) == ""  # which has a line of its own
    assert steps.current is None


def test_steps__of_a_comparison_have_lines_like_tables(steps: Steps, clock: Clock) -> None:
    steps.update(rows("comparing", 0, 1_234_567))
    clock.now += 20
    steps.update(rows("comparing", 1_234_567, 1_234_567))
    line = steps.update(rows("comparing", 0, 5, "payments"))
    assert line == "  orders          1,234,567 rows     20.0 s"
    assert steps.end() == ""


def test_steps__a_wait_is_a_step_without_a_line(steps: Steps, clock: Clock) -> None:
    steps.update(Progress("waiting", "Waiting for the seed lock: pid 7 holds it."))
    clock.now += 70
    assert steps.in_words() == "Waiting for the seed lock: pid 7 holds it, 1:10"
    assert steps.end() == ""


def test_steps__spell_out_what_a_terminal_would_obey(steps: Steps) -> None:
    steps.update(Progress("step", "Recreating"))
    steps.update(Progress("recreating", "Recreating indexes 1 of 1: a\x1b[31mb"))
    assert steps.in_words() == "Recreating indexes 1 of 1: a\\x1b[31mb, 0:00"
    steps.update(rows("loading", 1, 2, "a\x1b[31mb"))
    assert "\x1b" not in steps.in_words()


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (59.9, "0:59"), (70, "1:10"), (3_723, "1:02:03")])
def test_clock_time(seconds: float, text: str) -> None:
    assert clock_time(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0004, "0 ms"), (0.045, "45 ms"), (0.0994, "99 ms"), (0.1, "0.1 s"), (1_234.56, "1,234.6 s")],
)
def test_duration(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize("total", [1, 10_000, 21_000_000, 999_999_999])
@pytest.mark.parametrize("width", [58, 78, 98, 200])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_bar__fits_and_is_complete(steps: Steps, clock: Clock, total: int, width: int, share: float) -> None:
    done = int(total * share)
    steps.update(rows("loading", 0, total))
    clock.now += 3
    steps.update(rows("loading", done, total))
    line = bar_line(steps, width).plain
    assert len(line) < width
    assert line.startswith("  orders        ━━━━")
    assert f"{done:,} of {total:,}" in line
    assert "rows/s" in line or width < 98
    if total < 99_999_999 or width > 58:
        assert line.endswith(" left")


@pytest.mark.parametrize("width", [48, 58, 98])
def test_bar__of_an_index_with_a_long_name_keeps_the_end_of_it(steps: Steps, width: int) -> None:
    steps.update(Progress("step", "Recreating 15 constraints and indexes"))
    steps.update(Progress("recreating", f"Recreating indexes 7 of 15: {LONG}"))
    line = bar_line(steps, width).plain
    assert len(line) < width
    assert line.startswith("  Recreating indexes 7 of 15: ")
    assert line.endswith("2, 0:00")


def test_bar__of_a_long_table_name_fits(steps: Steps) -> None:
    steps.update(rows("loading", 5, 10, LONG))
    assert len(bar_line(steps, 58).plain) < 58


@pytest.fixture
def lines() -> list[str]:
    return []


@pytest.fixture
def log(lines: list[str]) -> Iterator[Log]:
    with Log(lines.append, every_s=0.2) as display:
        yield display


def until(is_so: Callable[[], bool]) -> bool:
    end = time.monotonic() + 10
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    return is_so()


def test_log__has_a_line_now_and_then_while_a_statement_runs(log: Log, lines: list[str]) -> None:
    """The thread that reports is stuck in the statement meanwhile."""
    log.update(rows("loading", 2_000_000, 10_000_000))
    assert until(lambda: len(lines) >= 2)
    assert lines[0] == "  orders: 2,000,000 of 10,000,000 rows, 0:00"


def test_log__is_silent_while_other_lines_come_or_somebody_is_asked(log: Log, lines: list[str]) -> None:
    for _ in range(10):
        log.print("other")
        time.sleep(0.05)
    assert set(lines) == {"other"}
    with log.paused():
        said = len(lines)
        time.sleep(0.5)
        assert len(lines) == said


def test_log__ends_with_the_block(lines: list[str]) -> None:
    with Log(lines.append, every_s=0.1) as log:
        log.update(Progress("step", "Committing"))
        assert until(lambda: bool(lines))
    said = len(lines)
    time.sleep(0.3)
    assert len(lines) == said


def test_bar__shows_nothing_of_what_is_quick(capsys: pytest.CaptureFixture[str], lines: list[str]) -> None:
    with Bar(lines.append) as bar:
        bar.update(rows("loading", 5, 10))
        bar.print("a line")
    assert capsys.readouterr().out == ""
    assert lines == ["a line"]


def test_bar__is_as_far_as_the_lines_above_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lines: list[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # as at a terminal
    monkeypatch.setenv("TERM", "xterm")
    shown: list[str] = []

    def is_drawn() -> bool:
        shown.append(capsys.readouterr().out)
        return "0 of 10" in "".join(shown)

    with Bar(lines.append) as bar:
        bar.update(rows("loading", 0, 10))
        assert until(is_drawn)
        with bar._lock:  # so that it isn't drawn again meanwhile
            bar.update(rows("loaded", 10, 10))
            bar.print("a line")
            shown_with_it = capsys.readouterr().out.partition("a line")
    assert shown_with_it[1] == "a line"
    assert "0 of 10" not in shown_with_it[2]
