"""No statement waits without a bound, and nobody waits long behind a seed that waits."""

import contextlib
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LARGE, LOADERS, SIZES, V2, connect, until, within

pytestmark = pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one lock, and test_sqlite_files.py its tests")

TIMEOUT_S = 2
SETTINGS = {"SEED_LOCK_TIMEOUT": str(TIMEOUT_S)}
LONGEST_S = TIMEOUT_S + 5  # with the start of the process, on a machine that has other things to do
LONGEST_HOLD_UP_S = 1.5


@contextlib.contextmanager
def holding(project: Project, *statements: str) -> Iterator[int]:
    """Run the statements in a transaction that stays open; yield the process id of its session."""
    with connect(project) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection.info.backend_pid
        connection.rollback()


@dataclass
class Bystander:
    """Does its work again and again while a seed waits, and takes the time."""

    project: Project
    statement: str
    times: list[float] = field(default_factory=list)
    error: str = ""

    def __enter__(self) -> "Bystander":
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(20)
        assert not self._thread.is_alive()

    def _work(self) -> None:
        with connect(self.project, autocommit=True) as connection:
            connection.execute("SET statement_timeout = '15s'")
            while not self._over.is_set():
                started = time.monotonic()
                try:
                    connection.execute(self.statement)
                except psycopg.Error as exc:
                    self.error = str(exc)
                self.times.append(time.monotonic() - started)
                time.sleep(0.005)


ALL_SEED_ROWS = """
DO $$ DECLARE name regclass; BEGIN
  FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relname LIKE 'seed\\_%' AND relname <> 'seed_metadata'
  LOOP EXECUTE format('SELECT 1 FROM %s FOR UPDATE', name); END LOOP;
END $$"""

# What another session has done and not committed, and what it says of it, so that the holder can be told.
HOLDERS = {
    "ALTER TABLE orders": ("ALTER TABLE orders ADD COLUMN more integer",),
    "ALTER TABLE users": ("ALTER TABLE users ADD COLUMN more integer",),
    "a key to payments": ("CREATE TABLE more (id bigint REFERENCES payments)",),
    "DELETE FROM seed_metadata": ("DELETE FROM seed_metadata",),
    "UPDATE seed_metadata": ("UPDATE seed_metadata SET host = 'x'",),
    "LOCK TABLE seed_metadata": ("LOCK TABLE seed_metadata",),
    "rows of the seed's other tables": (ALL_SEED_ROWS,),
    "ALTER SEQUENCE": ("ALTER SEQUENCE orders_id_seq CACHE 2",),
    "a row of orders": ("SELECT 1 FROM orders WHERE id = 5 FOR UPDATE",),
    "a new user": (
        "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at) "
        "VALUES ('x@shop.example', '', '', '', false, false, true, now())",
    ),
}


def assert_timed_out(project: Project, pid: int, *arguments: str) -> None:
    """Seed, which must give up in time and say who is in the way."""
    done, seconds = within(LONGEST_S, project, "seed", *arguments, **SETTINGS)
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert f"server process {pid}" in done.stderr
    assert f"within {TIMEOUT_S} s" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert seconds > TIMEOUT_S


@pytest.mark.parametrize(
    ("loader", "sizes"), [("bulk_create", SIZES), ("copy", LARGE)], ids=["bulk_create-small", "copy-large"]
)
@pytest.mark.parametrize("held", HOLDERS.values(), ids=HOLDERS)
def test_seed__gives_up_in_time(
    seeded_project: Project, held: tuple[str, ...], loader: str, sizes: tuple[str, ...]
) -> None:
    """And others read and write meanwhile as if it weren't there."""
    with holding(seeded_project, *held) as pid:
        blocked = [table for table in ("users", "orders") if any(f"ALTER TABLE {table}" in one for one in held)]
        other = "users" if "orders" in blocked else "orders"
        reads = f"SELECT count(*) FROM {other if blocked else 'users JOIN orders ON user_id = users.id'}"
        key = 20 if other == "users" else 99
        changed = "is_active" if other == "users" else "total"
        write = f"UPDATE {other} SET {changed} = {changed} WHERE id = {key}"
        with Bystander(seeded_project, reads) as reader, Bystander(seeded_project, write) as writer:
            assert_timed_out(seeded_project, pid, *V2, *sizes, "--loader", loader, "--overwrite")
    assert (reader.error, writer.error) == ("", "")
    assert max(reader.times) < LONGEST_HOLD_UP_S
    assert max(writer.times) < LONGEST_HOLD_UP_S
    assert seeded_project.history() == [("v1", 20, 100, "success")]
    assert seeded_project.seed(*V2, *sizes, "--loader", loader).startswith("Seeded v2: ")


def test_seed__gives_up_behind_an_uncommitted_row(seeded_project: Project) -> None:
    """Somebody puts the deleted row back, which is in the way of the one row that may be applied."""
    found = seeded_project.query(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_name = 'seed_metadata' AND is_generated = 'NEVER' AND column_name <> 'id'"
    )
    columns = ", ".join(name for (name,) in found)
    seeded_project.query(f"CREATE TABLE saved AS SELECT {columns} FROM seed_metadata")
    seeded_project.query("DELETE FROM seed_metadata")
    with (
        holding(seeded_project, f"INSERT INTO seed_metadata ({columns}) SELECT * FROM saved") as pid,
        Bystander(seeded_project, "SELECT count(*) FROM users") as reader,
    ):
        assert_timed_out(seeded_project, pid, *V2, *SIZES)
    assert max(reader.times) < LONGEST_HOLD_UP_S
    assert seeded_project.seed(*V2, *SIZES).startswith("Seeded v2: ")


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("sizes", [SIZES, LARGE], ids=["small", "large"])
def test_seed__gives_up_when_a_row_to_overwrite_is_locked(
    seeded_project: Project, loader: str, sizes: tuple[str, ...]
) -> None:
    seeded_project.query("CREATE TABLE note (n integer, order_id bigint REFERENCES orders (id))")
    seeded_project.query("INSERT INTO note VALUES (1, 5)")
    with (
        holding(seeded_project, "SELECT 1 FROM note FOR UPDATE") as pid,
        Bystander(seeded_project, "SELECT count(*) FROM users JOIN orders ON user_id = users.id") as reader,
    ):
        assert_timed_out(seeded_project, pid, *V2, *sizes, "--loader", loader, "--overwrite")
    assert max(reader.times) < LONGEST_HOLD_UP_S
    assert seeded_project.query("SELECT * FROM note") == [(1, 5)]


MODES = {
    "plan": ("--plan", *V2, *SIZES),
    "verify": ("--verify",),
    "check": ("--check", *SIZES),
    "status": ("--status",),
    "skip": SIZES,
}
IN_THE_WAY = [
    ("plan", "ALTER TABLE orders ADD COLUMN more integer"),
    ("plan", "ALTER TABLE users ADD COLUMN more integer"),
    ("plan", "LOCK TABLE users_groups"),
    ("plan", "LOCK TABLE seed_metadata"),
    ("verify", "ALTER TABLE orders ADD COLUMN more integer"),
    ("verify", "LOCK TABLE seed_metadata"),
    ("check", "LOCK TABLE seed_metadata"),
    ("status", "LOCK TABLE seed_metadata"),
    ("skip", "LOCK TABLE seed_metadata"),
]


@pytest.mark.parametrize(("mode", "statement"), IN_THE_WAY)
def test_modes__give_up_in_time(seeded_project: Project, mode: str, statement: str) -> None:
    with holding(seeded_project, statement) as pid:
        assert_timed_out(seeded_project, pid, *MODES[mode])
    assert seeded_project.run("seed", *MODES[mode]).returncode == 0


@pytest.mark.parametrize("mode", ["check", "status", "skip"])
def test_modes__need_no_seeded_table(seeded_project: Project, mode: str) -> None:
    with holding(seeded_project, "LOCK TABLE users, orders, payments"):
        done, _ = within(LONGEST_S, seeded_project, "seed", *MODES[mode], **SETTINGS)
    assert done.returncode == 0, done.stderr


CLIENT = """
from django.test import Client
from accounts.models import User
client = Client(HTTP_HOST="localhost")
client.force_login(User.objects.create_superuser("boss@example.com", "a pass phrase"))
print("ready", flush=True)
input()
answer = client.{request}
print(answer.status_code, flush=True)
"""
REQUESTS = {
    "verify": (
        "post('/admin/seeding/seedmetadata/1/verify/', follow=True)",
        "ALTER TABLE orders ADD COLUMN more integer",
    ),
    "health": ("get('/health')", "LOCK TABLE seed_metadata"),
}


@pytest.mark.parametrize(
    ("request_", "statement", "status"),
    [
        pytest.param(*REQUESTS["verify"], "200", id="verify"),
        pytest.param(*REQUESTS["health"], "503", id="health"),
    ],
)
def test_pages__answer_in_time(seeded_project: Project, request_: str, statement: str, status: str) -> None:
    process = seeded_project.start("shell", "-v0", "-c", CLIENT.format(request=request_), **SETTINGS)
    try:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == "ready\n"
        with holding(seeded_project, statement):
            process.stdin.write("\n")
            process.stdin.flush()
            answered = threading.Event()
            lines: list[str] = []
            stdout = process.stdout

            def read() -> None:
                lines.append(stdout.readline())
                answered.set()

            threading.Thread(target=read).start()
            in_time = answered.wait(LONGEST_S)
        answered.wait(20)
        assert in_time
        assert lines == [f"{status}\n"]
    finally:
        process.kill()
        process.communicate()


def test_analyze__gives_up_in_time(project: Project) -> None:
    """The seed is applied by then, so that it is told as a warning."""
    project.seed("--users", "300", "--orders", "30000")
    seeding = "SELECT 1 FROM pg_locks WHERE relation = 'orders'::regclass AND granted AND mode = 'ExclusiveLock'"
    process = project.start("seed", *V2, "--users", "300", "--orders", "30000", "--loader", "bulk_create", **SETTINGS)
    with connect(project) as other:

        def locked() -> bool:
            found = other.execute(seeding).fetchone()
            other.rollback()
            return found is not None

        until(locked)
        other.execute("LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")  # once the seed is committed
        with contextlib.suppress(Exception):
            process.wait(LONGEST_S)
        in_time = process.poll() is not None
        other.rollback()
    stdout, stderr = process.communicate(timeout=30)
    assert in_time
    assert process.returncode == 0
    assert stdout.splitlines()[-1].startswith("Seeded v2: ")
    assert stderr.startswith("Warning: The seed is applied, but ANALYZE failed: ")
    assert len(stderr.splitlines()) == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["INT", "TERM"])
@pytest.mark.parametrize(
    "arguments", [(*V2, *SIZES), ("--plan", *V2, *SIZES), ("--verify",)], ids=["seed", "plan", "verify"]
)
def test_waits__end_with_a_signal(seeded_project: Project, arguments: tuple[str, ...], number: signal.Signals) -> None:
    with holding(seeded_project, "ALTER TABLE orders ADD COLUMN more integer"):
        process = seeded_project.start("seed", *arguments, SEED_LOCK_TIMEOUT="60")
        time.sleep(2)
        process.send_signal(number)
        started = time.monotonic()
        _, stderr = process.communicate(timeout=20)
        assert time.monotonic() - started < 4
    assert process.returncode == 128 + number
    assert "Traceback" not in stderr


def test_seed__beside_an_idle_reader_leaves_the_others_their_time(seeded_project: Project) -> None:
    """Between two tries, readers have at least as long as a try takes."""
    with (
        holding(seeded_project, "SELECT count(*) FROM orders"),
        Bystander(seeded_project, "SELECT count(*) FROM users JOIN orders ON user_id = users.id") as reader,
    ):
        time.sleep(0.5)
        reader.times.clear()
        done, _ = within(12, seeded_project, "seed", *V2, *LARGE, SEED_LOCK_TIMEOUT="6")
    assert done.returncode == 5, done.stderr
    held_up = sum(seconds for seconds in reader.times if seconds > 0.05)
    assert max(reader.times) < LONGEST_HOLD_UP_S
    assert held_up < 3.6, f"held up for {held_up:.1f} of 6 s"
