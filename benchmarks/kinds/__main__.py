"""Measures tables with UUID keys, documents, arrays and times, on a throwaway PostgreSQL: `make bench-kinds`.

As in `make bench`, (c) is psql with text files on disk and the manual's whole recipe, (d) the same with binary files.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.__main__ import Bench
from benchmarks.measuring import in_turns, manage, run, table
from tests.support.postgres import server

TABLES, ROWS = ("kinds_shop", "kinds_product"), 1_100_000  # by SEED_ROW_COUNTS of the settings


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kinds", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="of each way (5); the median counts")
    runs = parser.parse_args().runs
    seed = manage("seed", "--force", "--loader", "copy")
    with tempfile.TemporaryDirectory() as directory, server() as url:
        bench = Bench(url, Path(directory), "benchmarks.kinds.settings", TABLES)
        run(manage("migrate", "--run-syncdb", "--verbosity", "0"), bench.environment)
        bench.refill = seed
        run(seed, bench.environment)
        bench.write_files()
        ways: dict[str, Callable[[], list[str]]] = {
            "(c) psql, manual": bench.manual,
            "(d) psql, binary": bench.binary,
            "`seed`, copy": lambda: seed,
        }
        measured = {way: lambda way=way, command=command: bench.measure(way, command) for way, command in ways.items()}
        found = in_turns("kinds", ROWS, measured, runs, {})
        version = bench.sql("SHOW server_version")
    when = datetime.now(UTC).date().isoformat()
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {version}, {when}"
    print(f"{machine}, median of {runs}\n\n{table(found, '(c)')}")  # noqa: T201


if __name__ == "__main__":
    main()
