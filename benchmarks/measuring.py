"""What both benchmarks share: whole processes are measured in turns, and told as a table."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLES = ("users", "orders", "payments")
CHECK = "manage.py check"


@dataclass
class Measurement:
    """One way at one size."""

    size: str
    way: str
    rows: int
    seconds: list[float] = field(default_factory=list)
    memory_mb: float = 0.0  # peak of the client's process

    @property
    def median_s(self) -> float:
        return statistics.median(self.seconds)


def manage(*arguments: str) -> list[str]:
    """Return the command for one of `manage.py`'s."""
    return [sys.executable, "manage.py", *arguments]


def environment(url: str, settings: str = "config.settings") -> dict[str, str]:
    """Return this process's environment, for `manage.py` on that database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SEED_")}
    return {**kept, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": settings, "SEED_ENABLED": "on"}


def run(command: Sequence[str], variables: Mapping[str, str]) -> tuple[float, float]:
    """Run a command; return its seconds and the peak memory of its process in MB."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=variables, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"failed: {' '.join(command)}")
    return seconds, usage.ru_maxrss / 1024


def in_turns(
    size: str, rows: int, ways: Mapping[str, Callable[[], tuple[float, float]]], runs: int, slow: Mapping[str, int]
) -> list[Measurement]:
    """Measure the ways in turns, so that a busy moment of the machine hits all alike; slow ones less often."""
    found = {way: Measurement(size, way, 0 if way == CHECK else rows) for way in ways}
    for turn in range(runs):
        for way, measure in ways.items():
            if turn < slow.get(way, runs):
                seconds, memory_mb = measure()
                found[way].seconds.append(seconds)
                found[way].memory_mb = max(found[way].memory_mb, memory_mb)
    return list(found.values())


def table(measurements: Sequence[Measurement], reference: str) -> str:
    """Return the figures as a Markdown table; ratios are to the way that begins with `reference`."""
    lines = [
        f"| size | way | rows | seconds | rows/s | peak MB | ratio to {reference} |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for m in measurements:
        other = next(r for r in measurements if r.size == m.size and r.way.startswith(reference))
        rows, rate = (f"{m.rows:,}", f"{m.rows / m.median_s:,.0f}") if m.rows else ("", "")
        cells = (m.size, m.way, rows, f"{m.median_s:.2f}", rate, f"{m.memory_mb:.0f}")
        lines.append(f"| {' | '.join(cells)} | {m.median_s / other.median_s:.2f} |")
    return "\n".join(lines)
