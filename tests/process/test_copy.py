"""The `copy` loader, and the schema around it."""

import signal
import threading
import time
from collections.abc import Iterator

import pytest

from tests.support.catalogue import connect, schema
from tests.support.project import IS_POSTGRESQL, Project, seen_by_a_new_role

pytestmark = pytest.mark.skipif(not IS_POSTGRESQL, reason="COPY is PostgreSQL's")

SMALL = ("--users", "20", "--orders", "100")  # loaded into the live constraints
LARGE = ("--users", "500", "--orders", "5000")  # keys and indexes are dropped and recreated
ANCHOR = {"SEED_ANCHOR": "2026-01-05"}


@pytest.mark.parametrize("sizes", [SMALL, LARGE])
def test_copy__writes_the_same_rows_as_bulk_create(project: Project, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes, "--loader", "bulk_create", **ANCHOR)
    rows = project.content()
    project.seed(*sizes, "--loader", "copy", "--force", **ANCHOR)
    assert project.content() == rows
    (first, second) = project.query("SELECT loader, digests FROM seed_metadata ORDER BY id")
    assert (first[0], second[0]) == ("bulk_create", "copy")
    assert first[1] == second[1]


@pytest.mark.parametrize("sizes", [SMALL, LARGE])
def test_copy__works_where_django_records_queries(project: Project, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes, "--loader", "copy", DEBUG="on")
    done = project.run("seed", "--verify", *sizes, DEBUG="on")
    assert (done.returncode, done.stderr) == (0, "")


def test_copy__writes_the_same_rows_of_all_kinds_of_fields(project: Project) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.library.settings", **ANCHOR}
    assert project.run("migrate", "-v0", **settings).returncode == 0
    found = []
    for loader in ("bulk_create", "copy"):
        project.seed(*SMALL, "--force", "--loader", loader, "--books", "3000", **settings)
        tables = ("author", "book", "cover")
        found.append([project.query(f"SELECT * FROM library_{table} ORDER BY 1") for table in tables])
    assert found[0] == found[1]
    assert [len(rows) for rows in found[0]] == [7, 3000, 3000]


def test_copy__leaves_the_schema_as_it_was(project: Project) -> None:
    before = schema(project)
    assert "ADD CONSTRAINT payments_order_id_" in before
    project.seed(*LARGE)
    assert schema(project) == before
    project.seed(*LARGE, "--seed-version", "v2")
    assert schema(project) == before


def test_copy__leaves_alone_what_the_catalogue_can_not_recreate(project: Project) -> None:
    for statement in (
        "COMMENT ON INDEX users_email_unique IS 'one person, one address'",
        "ALTER TABLE users ADD CONSTRAINT users_once UNIQUE (email, id)",
        "COMMENT ON CONSTRAINT users_once ON users IS 'a key with a comment'",
        "ALTER TABLE orders CLUSTER ON orders_pkey",
        "ALTER TABLE payments ADD CONSTRAINT payments_loose UNIQUE (order_id, status) WITH (fillfactor = 60)",
        "COMMENT ON CONSTRAINT orders_user_id_7e2523fb_fk_users_id ON orders IS 'stays, with its deferred checks'",
        "CREATE INDEX orders_dear ON orders (total) WITH (fillfactor = 70) WHERE total > 400",
        "COMMENT ON INDEX orders_dear IS 'dear ones'",
        "CREATE INDEX payments_half ON payments ((amount / 2)) INCLUDE (status)",
        "ALTER INDEX payments_half ALTER COLUMN 1 SET STATISTICS 500",
        "CREATE VIEW spent AS SELECT o.*, count(*) FROM orders o JOIN payments ON order_id = o.id GROUP BY o.id",
        "CREATE VIEW paid AS SELECT p.*, count(*) FROM payments p GROUP BY p.order_id",
        "ALTER TABLE users REPLICA IDENTITY USING INDEX users_pkey",
        "CREATE TABLE note (order_id bigint CONSTRAINT note_order REFERENCES orders ON DELETE CASCADE)",
    ):
        project.query(statement)
    before = schema(project)
    done = project.run("seed", *LARGE, "-v2")
    assert done.returncode == 0, done.stderr
    note = next(line for line in done.stdout.splitlines() if line.startswith("Left as they are, as the catalogue"))
    for name in (
        "users_email_unique",
        "users_once",
        "users_pkey",
        "orders_pkey",
        "orders_dear",
        "payments_half",
        "payments_pkey",
        "payments_loose",
    ):
        assert name in note
    assert schema(project) == before
    assert project.seed(*LARGE, "--seed-version", "v2").startswith("Seeded v2: 500 users, 5,000 orders")
    assert schema(project) == before
    project.query("INSERT INTO note VALUES (5)")


def test_copy__a_failed_load_leaves_schema_and_data(project: Project) -> None:
    project.seed("--users", "1", "--orders", "5000", **ANCHOR)
    project.query("CREATE UNIQUE INDEX only_one ON users (is_active)")
    before, rows = schema(project), project.content()
    done = project.run("seed", *LARGE, "--seed-version", "v2")
    assert done.returncode == 1
    assert "only_one" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (schema(project), project.content()) == (before, rows)
    assert project.history()[0] == ("v2", None, None, "failed")


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["KILL", "INT", "TERM"]
)
def test_copy__a_stopped_process_leaves_schema_and_data(project: Project, number: signal.Signals, code: int) -> None:
    project.seed(*LARGE, **ANCHOR)
    before, rows = schema(project), project.content()
    process = project.start("seed", "--force", "--users", "1000", "--orders", "1000000", "-v2")
    assert process.stdout is not None
    for line in process.stdout:
        if "payments: " in line:
            break
    process.send_signal(number)
    started = time.monotonic()
    _, stderr = process.communicate(timeout=60)
    assert time.monotonic() - started < 5
    assert process.returncode == code
    assert "Traceback" not in stderr
    assert (schema(project), project.content()) == (before, rows)
    if number is not signal.SIGKILL:
        assert project.history()[0][3] == "failed"
        assert stderr.startswith("Interrupted while seeding v1; nothing was changed.")
    assert project.run("seed", "--check", *LARGE).returncode == 0


def test_copy__staff_stay(project: Project) -> None:
    project.seed(*LARGE)
    project.query("UPDATE users SET is_staff = true WHERE id IN (7, 8)")
    theirs = "SELECT * FROM orders WHERE user_id IN (7, 8) ORDER BY id"
    kept = project.query(theirs)
    assert len(kept) > 2
    project.seed(*LARGE, "--seed-version", "v2")
    assert project.query(theirs) == kept
    assert project.query("SELECT count(*), max(id) FROM users") == [(502, 508)]
    assert project.query("SELECT count(*) FROM payments") == [(5000 + len(kept),)]


@pytest.fixture
def stranger(project: Project) -> Iterator[Project]:
    """The project as a role sees it that may read and write the tables, but doesn't own them."""
    with seen_by_a_new_role(project) as (seen, role):
        for kind, privileges in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "SELECT, UPDATE, USAGE")):
            project.query(f'GRANT {privileges} ON ALL {kind} IN SCHEMA public TO "{role}"')
        yield seen


def test_copy__a_role_that_owns_nothing_loads_into_the_live_constraints(project: Project, stranger: Project) -> None:
    project.seed(*LARGE)
    before = schema(project)
    done = stranger.run("seed", *LARGE, "--seed-version", "v2", "-v2")
    assert done.returncode == 0, done.stderr
    assert "deleting, and loading into the live constraints." in done.stdout
    assert schema(project) == before
    assert project.history()[0] == ("v2", 500, 5000, "success")


def test_copy__names_all_that_are_in_the_way(project: Project) -> None:
    project.seed(*LARGE, **ANCHOR)
    with connect(project) as reader, connect(project) as analyzer:
        reader.execute("SELECT count(*) FROM orders")
        analyzer.execute("LOCK TABLE orders IN SHARE UPDATE EXCLUSIVE MODE")
        writes, reads = (f"server process {session.info.backend_pid}, user" for session in (analyzer, reader))
        done = project.run("seed", *LARGE, "--force", SEED_LOCK_TIMEOUT="1")
    assert done.returncode == 5
    assert 0 < done.stderr.index(writes) < done.stderr.index(reads)


def test_copy__waits_for_a_reader_and_lets_the_others_through(project: Project) -> None:
    project.seed(*LARGE, **ANCHOR)
    rows = project.content()
    waits: list[float] = []
    over = threading.Event()

    def read() -> None:
        with connect(project) as connection:
            connection.autocommit = True
            while not over.is_set():
                started = time.monotonic()
                connection.execute("SELECT count(*) FROM users JOIN orders ON user_id = users.id")
                waits.append(time.monotonic() - started)
                time.sleep(0.01)

    reader = threading.Thread(target=read)
    with connect(project) as blocker:
        pid = blocker.info.backend_pid
        blocker.execute("SELECT count(*) FROM orders")
        reader.start()
        started = time.monotonic()
        done = project.run("seed", *LARGE, "--force", SEED_LOCK_TIMEOUT="3")
        assert 3 < time.monotonic() - started < 15
        over.set()
        reader.join()
    assert done.returncode == 5
    assert f"server process {pid}" in done.stderr
    assert "within 3 s" in done.stderr
    assert max(waits) < 1.8
    assert len(waits) > 5
    assert project.content() == rows
    assert len(project.history()) == 1


@pytest.mark.parametrize("memory", ["64MB", "1GB"])
def test_copy__leaves_the_settings_of_a_transaction_of_the_caller(project: Project, memory: str) -> None:
    script = (
        "from django.db import connection, transaction\n"
        "from seeding import seed\n"
        "def show(name):\n"
        "    with connection.cursor() as cursor:\n"
        "        cursor.execute(f'SHOW {name}')\n"
        "        return cursor.fetchone()[0]\n"
        "with transaction.atomic():\n"
        f"    connection.cursor().execute(\"SET LOCAL maintenance_work_mem = '{memory}'\")\n"
        "    print(seed(row_counts={'users': 500, 'orders': 5000}).loader)\n"
        "    print(show('maintenance_work_mem'), show('enable_hashjoin'))"
    )
    done = project.run("shell", "-v0", "-c", script)
    assert done.stdout.split("\n")[:2] == ["copy", f"{memory} on"], done.stderr
