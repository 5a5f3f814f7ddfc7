"""One example, in a process of its own: models are made, seeded and looked at; what is wrong is returned in words."""

from __future__ import annotations

import json
import shutil
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import connection, models

SEEDERS: list[tuple[type[models.Model], dict[str, Any], Callable[[Any], Mapping[str, Any]]]] = []
SIDE = "side"  # the name of another schema


def serve(judge: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Answer each line, an example, with a line, what `judge` says in a child process."""
    import os

    import numpy.ma  # noqa: F401  (what a child needs is imported once)

    from seeding import Rows, SeedError, plan, seed, verify  # noqa: F401

    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            try:
                empty()
                answer = judge(json.loads(line))
            except BaseException:  # noqa: BLE001  (it is told)
                answer = {"faults": [traceback.format_exc()]}
            with os.fdopen(writing, "w") as out:
                json.dump(answer, out)
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as answer_of_child:
            text = answer_of_child.read()
        os.waitpid(child, 0)
        print(text or json.dumps({"faults": ["the child died"]}), flush=True)  # noqa: T201


def empty() -> None:
    """Leave nothing of the last example in the database."""
    if connection.vendor == "sqlite":
        path = Path(connection.settings_dict["NAME"])
        for name in (f"{path}-wal", f"{path}-shm"):
            Path(name).unlink(missing_ok=True)
        shutil.copy(f"{path}.template", path)
        return
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SIDE} CASCADE; CREATE SCHEMA {SIDE}")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [name for (name,) in cursor.fetchall()]
        if made := [f'"{name}"' for name in names if name.startswith("g_")]:
            cursor.execute(f"DROP TABLE {', '.join(made)} CASCADE")
        cursor.execute(f"TRUNCATE {', '.join(name for name in names if name.startswith('seed_'))}")


def rows_of(tables: Mapping[str, str]) -> dict[str, dict[Any, tuple[str, ...]]]:
    """Return all rows, by table and key; `tables` names the keys by tables as SQL has them."""
    found = {}
    with connection.cursor() as cursor:
        for table, key in tables.items():
            cursor.execute(f"SELECT {key}, * FROM {table} ORDER BY {key}")
            found[table] = {row[0]: tuple(map(str, row[1:])) for row in cursor.fetchall()}
    return found
