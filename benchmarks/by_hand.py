"""What a hand-written script does to load CSV files into SQLite: `by_hand live|recipe FILE DIRECTORY`.

`live` is `executemany` into live indexes. `recipe` is what speeds up bulk loads there: no look at foreign keys row by
row, indexes dropped before and created again after, a larger page cache; then a check of the foreign keys.
"""

import csv
import sqlite3
import sys
from pathlib import Path

from benchmarks.measuring import TABLES


def main(way: str, file: str, directory: str) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute(f"PRAGMA foreign_keys = {'ON' if way == 'live' else 'OFF'}")
    connection.execute("PRAGMA cache_size = -32768")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA defer_foreign_keys = ON")
    indexes = []
    if way == "recipe":
        names = ", ".join(f"'{table}'" for table in TABLES)
        found = (
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({names})"
        )
        indexes = connection.execute(found).fetchall()
        for name, _ in indexes:
            connection.execute(f'DROP INDEX "{name}"')
    for table in reversed(TABLES):
        connection.execute(f"DELETE FROM {table}")
    for table in TABLES:
        with Path(directory, f"{table}.csv").open(encoding="utf-8", newline="") as lines:
            rows = csv.reader(lines)
            columns = next(rows)
            places = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
    for _, definition in indexes:
        connection.execute(definition)
    for table in TABLES if way == "recipe" else ():
        if connection.execute(f"PRAGMA foreign_key_check({table})").fetchone():
            raise SystemExit(f"a row of {table} references nothing")
    connection.execute("COMMIT")
    connection.execute("ANALYZE")


if __name__ == "__main__":
    main(*sys.argv[1:])
