"""A database of its own for whoever runs `manage.py` as a user does; on the server that DATABASE_URL names."""

import contextlib
import fcntl
import os
import pty
import re
import shlex
import shutil
import sqlite3
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings

from config.database import from_url
from tests.support import forked
from tests.support.hermetic import is_ours

ROOT = Path(__file__).resolve().parent.parent.parent
QUIET = {"ENV_FILE": os.devnull, "LANG": "C.UTF-8"}


class Project:
    """A migrated database, and `manage.py` run on it."""

    def __init__(self, url: str) -> None:
        self.url = url

    @property
    def path(self) -> Path:
        """The file of an SQLite database."""
        return Path(self.url.removeprefix("sqlite:///"))

    @property
    def database(self) -> str:
        """The name of a PostgreSQL database."""
        return self.url.rsplit("/", 1)[1]

    @property
    def parameters(self) -> dict[str, Any]:
        """What psycopg needs to connect to a PostgreSQL database."""
        config = from_url(self.url)
        names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
        return {name: config[key] for name, key in names.items() if config[key]}

    def environment(self, changes: dict[str, str | None]) -> dict[str, str]:
        """Return this process's environment, with nothing in it that a contributor's shell says of the project."""
        kept = {name: value for name, value in os.environ.items() if not is_ours(name)}
        wanted = {"DATABASE_URL": self.url, "SEED_ENABLED": "on", **QUIET, **changes}
        return kept | {name: value for name, value in wanted.items() if value is not None}

    def start(self, *arguments: str, **changes: str | None) -> subprocess.Popen[str]:
        """Start `manage.py` with pipes to its streams."""
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        return self.popen(arguments, changes, text=True, **pipes)

    def popen(self, arguments: Sequence[str], changes: dict[str, str | None], **options: Any) -> subprocess.Popen[Any]:
        """Start `manage.py` with the options of `subprocess.Popen`."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.Popen(command, cwd=ROOT, env=self.environment(changes), **options)

    def run(self, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` to its end."""
        if forked.suits(changes):
            return forked.run(ROOT, arguments, self.environment(changes), 120)
        return self.run_alone(*arguments, **changes)

    def run_alone(self, *arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` to its end in a process that has imported nothing before."""
        process = self.start(*arguments, **changes)
        stdout, stderr = process.communicate(timeout=120)
        return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)

    def seed(self, *arguments: str, **changes: str | None) -> str:
        """Run `seed`, which must succeed; return its last line."""
        done = self.run("seed", *arguments, **changes)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        return done.stdout.splitlines()[-1]

    def in_shell(self, arguments: Sequence[str], redirections: str) -> int:
        """Run `manage.py` by `sh` with these redirections; return the exit code."""
        command = f"exec {shlex.join([sys.executable, 'manage.py', *arguments])} {redirections}"
        return subprocess.run(["sh", "-c", command], cwd=ROOT, env=self.environment({}), check=False).returncode

    def at_terminal(self, *arguments: str, **changes: str | None) -> str:
        """Run `manage.py`, which must succeed, at a terminal of 80 columns; return what it shows."""
        controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
        streams = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
        process = self.popen(arguments, {"TERM": "xterm", **changes}, **streams)
        os.close(terminal)
        shown = b""
        with contextlib.suppress(OSError):  # its end, on Linux
            while some := os.read(controller, 4096):
                shown += some
        os.close(controller)
        assert process.wait(60) == 0, shown
        return shown.decode()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Run one statement, commit, and return its rows."""
        if self.url.startswith("sqlite"):
            connection: Any = sqlite3.connect(self.path)
        else:
            connection = psycopg.connect(**self.parameters)
        try:
            cursor = connection.execute(sql)
            rows = cursor.fetchall() if cursor.description else []
            connection.commit()
            return [tuple(row) for row in rows]
        finally:
            connection.close()

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of the seeded tables, by key, without password hashes."""
        columns = "id, email, first_name, last_name, is_staff, is_superuser, is_active, created_at, last_login"
        return {
            "users": self.query(f"SELECT {columns} FROM users ORDER BY id"),
            "orders": self.query("SELECT id, user_id, total, status, created_at FROM orders ORDER BY id"),
            "payments": self.query("SELECT order_id, amount, status, created_at FROM payments ORDER BY order_id"),
        }

    def history(self) -> list[tuple[Any, ...]]:
        """Return all attempts, the latest first."""
        return self.query(
            "SELECT seed_version, row_count_users, row_count_orders, status FROM seed_metadata ORDER BY seeded_at DESC"
        )


def without_slow_steps(printed: str) -> str:
    """Return what a seed printed without the lines of steps that took seconds: a busy machine has more of them."""
    return re.sub(r"^  [A-Z][^\n]*  (<seconds>|[\d.,]+ s)\n", "", printed, flags=re.M)


def connection_parameters(database: str) -> dict[str, Any]:
    """Return psycopg's parameters of a database on the server under test."""
    return Project(f"{SERVER_URL}/{database}").parameters


def on_server(sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Run one statement in the server's database postgres; return its rows."""
    with psycopg.connect(**connection_parameters("postgres"), autocommit=True) as connection:
        cursor = connection.execute(sql, parameters)
        return cursor.fetchall() if cursor.description else []


IS_POSTGRESQL = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
SERVER_URL = os.environ.get("DATABASE_URL", "").rpartition("/")[0]


def create_database(name: str, directory: Path, template: Project | None = None) -> Project:
    """Create a database, empty or like the template: a file in the directory, or on the server."""
    if IS_POSTGRESQL:
        name = f"{name}_{os.getpid()}"
        source = template.database if template else "template1"
        on_server(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
        return Project(f"{SERVER_URL}/{name}")
    path = directory / f"{name}.sqlite3"
    if template:
        shutil.copy(template.path, path)
    return Project(f"sqlite:///{path}")


@contextlib.contextmanager
def seen_by_a_new_role(project: Project) -> Iterator[tuple[Project, str]]:
    """Yield the project as a role without any rights sees it, and that role's name; drop the role afterwards."""
    role = f"role_{os.getpid()}"
    on_server(f"CREATE ROLE \"{role}\" LOGIN PASSWORD 'secret'")
    server = project.url.rpartition("@")[2]
    try:
        yield Project(f"postgres://{role}:secret@{server}"), role
    finally:
        project.query(f'DROP OWNED BY "{role}"')
        on_server(f'DROP ROLE "{role}"')


def drop_database(project: Project) -> None:
    """Drop it from the server; a file goes with its directory."""
    if IS_POSTGRESQL:
        on_server(f'DROP DATABASE "{project.database}" WITH (FORCE)')
