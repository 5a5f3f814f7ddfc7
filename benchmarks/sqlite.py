"""Measures `manage.py seed` on SQLite against hand-written ways, in one run: `make bench-sqlite`.

Every way replaces a full table by the same rows, whole process, start to exit. The ways:

    insert, bulk_create     `manage.py seed --force`
    verify                  `manage.py seed --verify`
    (e) executemany, live   a script loads CSV files into live indexes
    (f) executemany, recipe the same with all that speeds up a bulk load (benchmarks/by_hand.py)
    (g) sqlite3 .import     SQLite's shell loads the CSV files with the same recipe, where it is installed
"""

import argparse
import csv
import os
import platform
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import CHECK, TABLES, Measurement, environment, in_turns, manage, run, table

SIZES = {"S": (1_000, 10_000), "L": (100_000, 1_000_000), "XL": (500_000, 5_000_000)}
BULK_CREATE = "`seed`, bulk_create"


def write_files(database: Path, directory: Path) -> None:
    """Write the rows that are in the tables to CSV files."""
    with closing(sqlite3.connect(database)) as connection:
        for name in TABLES:
            rows = connection.execute(f"SELECT * FROM {name} ORDER BY 1")
            with (directory / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow([column[0] for column in rows.description])
                writer.writerows(rows)


def imported(database: Path, directory: Path) -> list[str]:
    """Return the command by which SQLite's shell loads the files."""
    with closing(sqlite3.connect(database)) as connection:
        names = ", ".join(f"'{name}'" for name in TABLES)
        wanted = f"type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
        indexes = connection.execute(f"SELECT name, sql FROM sqlite_master WHERE {wanted}").fetchall()
    lines = [
        "PRAGMA foreign_keys = OFF;",
        "PRAGMA cache_size = -32768;",
        "BEGIN IMMEDIATE;",
        *(f'DROP INDEX "{name}";' for name, _ in indexes),
        *(f"DELETE FROM {name};" for name in reversed(TABLES)),
        *(f".import --csv --skip 1 {directory / name}.csv {name}" for name in TABLES),
        *(f"{definition};" for _, definition in indexes),
        *(f"PRAGMA foreign_key_check({name});" for name in TABLES),
        "COMMIT;",
        "ANALYZE;",
    ]
    script = directory / "import.sql"
    script.write_text("".join(f"{line}\n" for line in lines))
    return ["sqlite3", "-bail", "-init", str(script), str(database), ".exit"]


def measure(size: str, runs: int, directory: Path) -> list[Measurement]:
    """Measure every way at one size."""
    database, (users, orders) = directory / "bench.sqlite3", SIZES[size]
    variables, counts = environment(f"sqlite:///{database}"), ("--users", str(users), "--orders", str(orders))
    run(manage("migrate", "--verbosity", "0"), variables)
    run(manage("seed", "--force", *counts), variables)
    write_files(database, directory)
    by_hand = [sys.executable, "-m", "benchmarks.by_hand"]
    ways: dict[str, Callable[[], list[str]]] = {
        "(f) executemany, recipe": lambda: [*by_hand, "recipe", str(database), str(directory)],
        "`seed`, insert": lambda: manage("seed", "--force", "--overwrite", "--loader", "insert", *counts),
        "`seed --verify`": lambda: manage("seed", "--verify"),
        "(e) executemany, live": lambda: [*by_hand, "live", str(database), str(directory)],
    }
    if shutil.which("sqlite3"):
        ways["(g) sqlite3 .import"] = lambda: imported(database, directory)
    if size != "XL":
        ways["`seed`, bulk_create"] = lambda: manage(
            "seed", "--force", "--overwrite", "--loader", "bulk_create", *counts
        )
    if size == "S":
        ways[CHECK] = lambda: manage("check")
    measured = {way: lambda command=command: run(command(), variables) for way, command in ways.items()}
    return in_turns(size, users + 2 * orders, measured, runs, {} if size == "S" else {BULK_CREATE: 1})


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sqlite", description=__doc__)
    parser.add_argument("--sizes", default="S,L", help="of S, L and XL (S,L)")
    parser.add_argument("--runs", type=int, default=5, help="of each way (5); the median counts")
    options = parser.parse_args()
    found: list[Measurement] = []
    for size in options.sizes.split(","):
        with tempfile.TemporaryDirectory() as directory:
            found += measure(size, options.runs, Path(directory))
    when = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {when}"
    print(f"{machine}, median of {options.runs}\n\n{table(found, '(f)')}")  # noqa: T201


if __name__ == "__main__":
    main()
