"""A process that judges examples, on a database of its own."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

ROOT = Path(__file__).resolve().parents[2]


class Worker:
    """Answers examples, one a line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, example: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(example)}\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))


@contextmanager
def worker(module: str, directory: Path) -> Iterator[Worker]:
    """Start the module with a migrated database."""
    project = Project(create_database(module.rpartition(".")[2], directory).url)
    settings: dict[str, str | None] = {
        "DJANGO_SETTINGS_MODULE": "tests.faults.graph.settings",
        "SEED_ANCHOR": "2026-01-05",
    }
    done = project.run("migrate", "-v0", **settings)
    assert done.returncode == 0, done.stderr
    if not IS_POSTGRESQL:
        path = project.url.removeprefix("sqlite:///")
        project.query("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(path, f"{path}.template")
    command = [sys.executable, "-W", "ignore", "-m", module]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=project.environment(settings),
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        yield Worker(process)
    drop_database(project)
