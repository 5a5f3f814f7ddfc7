"""A seed in a caller's transaction, while a question is open, between busy writers, and at the moment of COMMIT."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, ROOT, Project, connection_parameters, on_server

from .databases import LARGE, LOADERS, SIZES, V2, connect, until, within

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="a fault of PostgreSQL's")
NEW_USER = (
    "INSERT INTO users (id, email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at) "
    "VALUES ({}, '{}@shop.example', 'Real', 'Customer', 'x', false, false, true, '2026-02-03 04:05:06+00:00')"
)

IN_A_TRANSACTION = """
import json
from django.db import connection, transaction
from seeding import SeedError, seed
try:
    with transaction.atomic():
        connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL {level}")
        connection.cursor().execute("SELECT count(*) FROM users")
        print("ready", flush=True)
        input()
        result = seed({version!r}, row_counts={counts}, loader={loader!r})
    print(json.dumps(["done", result.skipped]))
except SeedError as exc:
    print(json.dumps(["error", exc.exit_code, str(exc)]))
"""


def seeds_in_a_transaction(
    project: Project, level: str, loader: str, meanwhile: Sequence[str], *, large: bool, version: str = "v2"
) -> list[object]:
    """Seed in a transaction that has looked already; commit something else in between; return how it ended."""
    counts = {"users": 500, "orders": 5000} if large else {"users": 20, "orders": 100}
    script = IN_A_TRANSACTION.format(level=level, counts=counts, loader=loader, version=version)
    process = project.start("shell", "-v0", "-c", script, SEED_LOCK_TIMEOUT="4")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    for statement in meanwhile:
        project.query(statement)
    stdout, stderr = process.communicate("\n", timeout=60)
    assert process.returncode == 0, stderr
    assert "Traceback" not in stderr
    ended: list[object] = json.loads(stdout.splitlines()[-1])
    return ended


@on_postgresql
@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("level", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_callers_transaction__while_a_customer_signs_up(project: Project, level: str, loader: str, large: bool) -> None:
    """What the transaction can't see any more isn't deleted."""
    project.seed(*(LARGE if large else SIZES))
    ended = seeds_in_a_transaction(project, level, loader, [NEW_USER.format(9999, "new")], large=large)
    assert project.query("SELECT id FROM users WHERE email = 'new@shop.example'") == [(9999,)], ended
    if ended[0] == "error":
        assert ended[1] in (1, 6), ended
        assert project.history()[-1] == ("v1", *(int(n) for n in (LARGE if large else SIZES)[1::2]), "success")
    else:  # it saw the customer, or could leave the row alone without having seen it
        assert level != "READ COMMITTED"
        assert project.run("seed", "--verify", "--seed-version", "v2").returncode == 0


@on_postgresql
@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_callers_transaction__while_an_order_refers_to_a_seeded_user(
    project: Project, level: str, loader: str, large: bool
) -> None:
    """It neither goes nor is another user's afterwards, who happens to have the same key."""
    project.seed(*(LARGE if large else SIZES))
    order = "INSERT INTO orders VALUES (9999, 12.5, 'pending', '2026-02-03 04:05:06+00:00', 5)"
    ended = seeds_in_a_transaction(project, level, loader, [order], large=large)
    assert project.query("SELECT user_id FROM orders WHERE id = 9999") == [(5,)], ended
    assert ended[0] == "error"


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_callers_transaction__while_another_seed_commits(project: Project, level: str, loader: str) -> None:
    """It is told as an error of the seed's, or done again; never half of each."""
    project.seed(*SIZES)
    counts = {"users": 20, "orders": 100}
    script = IN_A_TRANSACTION.format(level=level, counts=counts, loader=loader, version="v2")
    process = project.start("shell", "-v0", "-c", script, SEED_LOCK_TIMEOUT="4")
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    project.seed("--seed-version", "v3", *SIZES)
    stdout, stderr = process.communicate("\n", timeout=60)
    assert process.returncode == 0, stderr
    assert "Traceback" not in stderr
    ended = json.loads(stdout.splitlines()[-1])
    version = "v3" if ended[0] == "error" else "v2"
    assert [row for row in project.history() if row[3] == "success"] == [(version, 20, 100, "success")]
    assert project.run("seed", "--verify", "--seed-version", version).returncode == 0


# While the question is open: (what was announced, what comes in its place, what must be there afterwards)
SWAPS = {
    "another user": (
        [NEW_USER.format(21, "announced")],
        ["DELETE FROM users WHERE id = 21", NEW_USER.format(22, "other")],
        "SELECT id, email FROM users WHERE email LIKE '%shop.example'",
        [(22, "other@shop.example")],
    ),
    "another user of the same key": (
        [NEW_USER.format(21, "announced")],
        ["DELETE FROM users WHERE id = 21", NEW_USER.format(21, "other")],
        "SELECT id, email FROM users WHERE email LIKE '%shop.example'",
        [(21, "other@shop.example")],
    ),
    "other users of the same sum": (
        [NEW_USER.format(key, f"announced{key}") for key in (21, 23, 26, 28)],
        [
            "DELETE FROM users WHERE id IN (23, 26)",
            NEW_USER.format(24, "other24"),
            NEW_USER.format(25, "other25"),
        ],
        "SELECT id FROM users WHERE email LIKE 'other%' ORDER BY id",
        [(24,), (25,)],
    ),
    "another row without a model": (
        [
            "CREATE TABLE note (n integer PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE)",
            "INSERT INTO note VALUES (1, 5)",
        ],
        ["DELETE FROM note", "INSERT INTO note VALUES (2, 5)"],
        "SELECT n FROM note",
        [(2,)],
    ),
    "another row without a key": (
        [
            "CREATE TABLE note (n integer, order_id bigint REFERENCES orders (id) ON DELETE CASCADE)",
            "INSERT INTO note VALUES (1, 5)",
        ],
        ["DELETE FROM note", "INSERT INTO note VALUES (2, 5)"],
        "SELECT n FROM note",
        [(2,)],
    ),
}


@pytest.mark.parametrize(("announced", "swap", "look", "expected"), SWAPS.values(), ids=SWAPS)
def test_question__while_it_is_open_another_row_comes(
    seeded_project: Project, announced: list[str], swap: list[str], look: str, expected: list[tuple[object, ...]]
) -> None:
    """Yes was said to other rows."""
    for statement in announced:
        seeded_project.query(statement)
    ours, theirs = os.openpty()
    command = [sys.executable, "manage.py", "seed", *V2, *SIZES]
    environment = seeded_project.environment({})
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(ours, 1000)
        for statement in swap:
            seeded_project.query(statement)
        os.write(ours, b"y\n")
        with contextlib.suppress(OSError):  # its end, on Linux
            while some := os.read(ours, 4096):
                said += some
        code = process.wait(timeout=60)
    os.close(ours)
    assert seeded_project.query(look) == expected
    assert code == 6, said.decode()
    assert seeded_project.history() == [("v1", 20, 100, "success")]


class Writer:
    """Changes an order, then its user, again and again, as an application does."""

    def __init__(self, project: Project, number: int, over: threading.Event) -> None:
        self._project, self._number, self._over = project, number, over
        self.commits = 0
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def join(self) -> None:
        self._thread.join(30)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        with connect(self._project) as connection:
            connection.execute("SET statement_timeout = '20s'")
            connection.commit()
            while not self._over.is_set():
                try:
                    connection.execute(f"UPDATE orders SET status = status WHERE id = {self._number}")
                    time.sleep(0.05)
                    connection.execute(f"UPDATE users SET is_active = is_active WHERE id = {self._number}")
                    connection.commit()
                    self.commits += 1
                except psycopg.Error:
                    connection.rollback()


@on_postgresql
@pytest.mark.parametrize("sizes", [SIZES, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("loader", LOADERS)
def test_deadlocks__with_busy_writers_are_tried_until_the_deadline(
    seeded_project: Project, loader: str, sizes: tuple[str, ...]
) -> None:
    """It seeds, or it says at the deadline who is in the way; it never gives up before."""
    on_server(f"ALTER DATABASE \"{seeded_project.url.rsplit('/', 1)[1]}\" SET deadlock_timeout = '100ms'")
    over = threading.Event()
    writers = [Writer(seeded_project, number, over) for number in (1, 2)]
    try:
        until(lambda: all(writer.commits for writer in writers))
        done, seconds = within(20, seeded_project, "seed", *V2, *sizes, "--loader", loader, SEED_LOCK_TIMEOUT="12")
    finally:
        over.set()
        for writer in writers:
            writer.join()
    assert "deadlock detected" not in done.stderr
    assert done.returncode in (0, 5), done.stderr
    if done.returncode == 5:
        assert seconds > 12
        assert "server process" in done.stderr


@pytest.fixture
def slow_commit(project: Project) -> Project:
    """A seeded project where the COMMIT of an applied seed takes two seconds."""
    project.seed(*SIZES)
    project.query(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.status = 'success' THEN PERFORM pg_sleep(2); END IF; RETURN NULL; END $$"
    )
    project.query(
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON seed_metadata DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION slow()"
    )
    return project


def committing(project: Project) -> bool:
    return bool(
        project.query(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND wait_event = 'PgSleep'"
        )
    )


def assert_told_what_happened(
    project: Project, process: subprocess.Popen[str], code: int, *, may_not_know: bool = False
) -> None:
    """Assert that exit code and message are what happened; or say how to find out, where the answer was lost."""
    stdout, stderr = process.communicate(timeout=60)
    quiet = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    until(lambda: project.query(quiet) == [])
    ((applied,),) = project.query("SELECT seed_version FROM seed_metadata WHERE status = 'success'")
    assert "Traceback" not in stderr
    if may_not_know and process.returncode and "--check" in stderr:
        assert "nothing was changed" not in stderr.lower()
    elif applied == "v2":
        assert "nothing was changed" not in stderr.lower()
        assert process.returncode == 0, stderr
        assert stdout.splitlines()[-1].startswith("Seeded v2: ")
    else:
        assert process.returncode == code, (stdout, stderr)
        assert "nothing was changed" in stderr.lower()
        assert "Seeded v2" not in stdout
    assert project.run("seed", "--verify", "--seed-version", applied).returncode == 0


@on_postgresql
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
@pytest.mark.parametrize("times", [1, 2, 3])
@pytest.mark.parametrize("loader", LOADERS)
def test_commit__interrupted(slow_commit: Project, loader: str, times: int, number: signal.Signals) -> None:
    """Exit code and message are what happened, however often Ctrl-C is pressed."""
    process = slow_commit.start("seed", *V2, *SIZES, "--loader", loader)
    until(lambda: committing(slow_commit))
    for _ in range(times):
        if process.poll() is None:
            process.send_signal(number)
        time.sleep(0.02)
    assert_told_what_happened(slow_commit, process, 128 + number)


@contextlib.contextmanager
def no_cancel(project: Project) -> Iterator[Project]:
    """Yield the project behind a proxy that loses requests to cancel."""
    parameters = connection_parameters(project.url.rsplit("/", 1)[1])
    host, port = str(parameters["host"]), int(parameters.get("port") or 5432)
    listener = socket.create_server(("127.0.0.1", 0))
    sockets = [listener]

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while some := source.recv(65536):
                sink.sendall(some)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                sockets.append(client)
                first = client.recv(65536)
                if first[4:8] == (80877102).to_bytes(4, "big"):  # CancelRequest
                    client.close()
                    continue
                if host.startswith("/"):
                    server = socket.socket(socket.AF_UNIX)
                    server.connect(f"{host}/.s.PGSQL.{port}")
                else:
                    server = socket.create_connection((host, port))
                sockets.append(server)
                server.sendall(first)
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=pump, args=pair, daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    name = parameters["dbname"]
    user = parameters.get("user", "postgres")
    try:
        yield Project(
            f"postgres://{user}@127.0.0.1:{listener.getsockname()[1]}/{name}?sslmode=disable&gssencmode=disable"
        )
    finally:
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@on_postgresql
@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="the server may ask for a password")
@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("loader", LOADERS)
def test_commit__interrupted_and_the_cancel_lost(slow_commit: Project, loader: str, times: int) -> None:
    with no_cancel(slow_commit) as proxied:
        process = proxied.start("seed", *V2, *SIZES, "--loader", loader)
        until(lambda: committing(slow_commit))
        for _ in range(times):
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            time.sleep(0.2)
        assert_told_what_happened(slow_commit, process, 130, may_not_know=True)
