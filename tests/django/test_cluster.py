"""Clusters: what can be told of them without one. `tests/faults/test_citus.py` has one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.management.base import CommandError
from django.core.management.sql import emit_pre_migrate_signal
from django.db import DatabaseError, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from seeding import plan, seed, status
from seeding.database import locks
from seeding.database.catalogue import Table
from seeding.database.cluster import KEYS_OF_A_NODE, SETTINGS, Cluster, nodes
from seeding.database.errors import explained
from seeding.declare.keys import new_keys
from seeding.declare.registry import registry
from seeding.errors import LockTimeout
from seeding.generate.streams import Dataset
from seeding.operations import Distribute
from seeding.report.progress import Progress, ignore
from seeding.report.results import Node, SeedStatus, cluster_in_words
from seeding.report.text import status_as_text
from tests.support.project import IS_POSTGRESQL

pytestmark = pytest.mark.django_db
on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL has clusters")
SIZES = {"users": 3, "orders": 5}


@pytest.mark.parametrize(
    "operation",
    [Distribute("users", reference=True), Distribute("orders", by="id"), Distribute("x", by="y", beside="z")],
)
@pytest.mark.django_db(transaction=True)
def test_distribute__does_nothing_where_there_is_no_cluster(operation: Distribute) -> None:
    state = ProjectState()
    operation.state_forwards("orders", state)
    assert state == ProjectState()
    with CaptureQueriesContext(connection) as asked, connection.schema_editor() as editor:
        for move in (operation.database_forwards, operation.database_backwards):
            move("orders", editor, state, state)
        assert editor.deferred_sql == []
    done = [query["sql"] for query in asked if not query["sql"].startswith(("BEGIN", "COMMIT", "PRAGMA"))]
    assert done == (["SELECT FROM pg_extension WHERE extname = 'citus'"] if IS_POSTGRESQL else [])


@pytest.mark.parametrize(
    "wrong", [{}, {"by": "id", "reference": True}, {"beside": "orders"}, {"beside": "orders", "reference": True}]
)
def test_distribute__takes_a_column_or_reference(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="takes a column, by, or reference=True"):
        Distribute("orders", **wrong)


@pytest.mark.parametrize(
    ("found", "is_atomic", "said"),
    [
        (Cluster(("w:1",), "c:1", is_worker=True), True, "connect to its coordinator, c:1, instead"),
        (Cluster(("w:1",), None, is_worker=False), True, "run SELECT citus_set_coordinator_host"),
        (Cluster(("w:1",), "c:1", is_worker=False), False, "let the migration be atomic"),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_distribute__refuses_what_would_be_half_done(
    monkeypatch: pytest.MonkeyPatch, found: Cluster, is_atomic: bool, said: str
) -> None:
    monkeypatch.setattr("seeding.operations.cluster_of", lambda _: found)
    state = ProjectState()
    with connection.schema_editor(atomic=is_atomic) as editor, pytest.raises(CommandError, match=said):
        Distribute("orders", by="id").database_forwards("orders", editor, state, state)


def test_migrate__refuses_a_worker_before_it_leaves_a_table_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seeding.database.cluster.cluster_of", lambda _: Cluster(("w:1",), "c:1", is_worker=True))
    emit_pre_migrate_signal(0, False, "default", plan=[])  # there is nothing to migrate
    with pytest.raises(CommandError, match="is a worker of a Citus cluster"):
        emit_pre_migrate_signal(0, False, "default", plan=[(Migration("0001", "orders"), False)])


def test_distribute__describes_itself_and_can_be_written_into_a_migration() -> None:
    users, orders = Distribute("users", reference=True), Distribute("orders", by="id")
    assert users.describe() == "Distribute users on all nodes of a cluster"
    assert orders.describe() == "Distribute orders by id over the nodes of a cluster"
    assert users.deconstruct() == ("Distribute", ("users",), {"reference": True})


def settings() -> list[str | None]:
    with connection.cursor() as cursor:
        return [cursor.execute("SELECT current_setting(%s, true)", [name]).fetchone()[0] for name in SETTINGS]


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_settings__come_before_anything_is_read_and_go_with_the_transaction() -> None:
    with CaptureQueriesContext(connection) as asked:
        seed(row_counts=SIZES)
    statements = [query["sql"] for query in asked]
    locked = [n for n, sql in enumerate(statements) if "LOCK TABLE" in sql]
    for n in (locked[0], next(n for n in locked if "EXCLUSIVE" in statements[n])):
        begin = max(i for i, sql in enumerate(statements[:n]) if sql == "BEGIN")
        first = next(i for i, sql in enumerate(statements) if i > begin and "SET" not in sql and "SHOW" not in sql)
        assert all(any(name in sql for sql in statements[begin:first]) for name in SETTINGS)
    assert set(settings()) <= {None, ""}


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_settings__come_before_the_guard_looks_in_a_transaction_of_the_callers() -> None:
    found = []

    def report(event: Progress) -> None:
        if event.stage in ("start", "step"):
            found.append(settings())

    with transaction.atomic():
        with CaptureQueriesContext(connection) as asked:
            seed(row_counts=SIZES, report=report)
        statements = [query["sql"] for query in asked]
        guarded = next(n for n, sql in enumerate(statements) if 'FROM ONLY "public"."users"' in sql)
        assert any("citus.multi_shard_modify_mode" in sql for sql in statements[:guarded])
    assert found[-1] == list(SETTINGS.values())
    assert set(settings()) <= {None, ""}


@pytest.mark.parametrize(("distributed", "first"), [((), KEYS_OF_A_NODE + 8), (("users",), 4)])
def test_keys__are_below_those_of_a_worker(distributed: tuple[str, ...], first: int) -> None:
    User.objects.create(pk=3, email="by-the-coordinator@shop.example")
    User.objects.create(pk=KEYS_OF_A_NODE + 7, email="by-a-worker@shop.example")
    seeders = registry.discover()
    keys = new_keys(seeders, Dataset("v1", {"users": 2, "orders": 2, "payments": 2}), "default", distributed)
    assert (keys["users"].first, keys["users"].count) == (first, 2)


@on_postgresql
@pytest.mark.django_db(transaction=True)
def test_lock__is_waited_for_on_other_nodes_no_longer_than_here() -> None:
    """A wait that the session's lock_timeout doesn't end, as one for a lock on a worker: here for the clock."""
    slow = Table("slow", "users IN ACCESS SHARE MODE; SELECT pg_sleep(20); LOCK TABLE users")
    started = datetime.now(UTC)
    with transaction.atomic():
        with pytest.raises(LockTimeout, match="Could not acquire the lock on slow"):
            locks.lock_tables(connection, {locks.READ: [slow]}, locks.Deadline(0.5), ignore)
        with connection.cursor() as cursor:
            assert cursor.execute("SHOW statement_timeout").fetchone() == ("0",)
    assert (datetime.now(UTC) - started).total_seconds() < 5


@on_postgresql
def test_lock__leaves_no_limit_behind() -> None:
    with transaction.atomic():
        locks.lock_tables(connection, {locks.READ: [Table("users", "users")]}, locks.Deadline(5), ignore)
        with connection.cursor() as cursor:
            assert cursor.execute("SHOW statement_timeout").fetchone() == ("0",)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> tuple[Node, ...]:
    found = (Node("w1:5432", 12_340_000), Node("w2:5432", None))
    monkeypatch.setattr("seeding.database.cluster.nodes", lambda *_, **__: found)
    return found


def test_words__of_a_cluster(cluster: tuple[Node, ...]) -> None:
    assert cluster_in_words(()) == ""
    assert cluster_in_words(cluster[:1]) == "A Citus cluster of 1 node: w1:5432 (12.3 MB)."
    assert cluster_in_words(cluster) == "A Citus cluster of 2 nodes: w1:5432 (12.3 MB), w2:5432."
    found = Cluster(("w1:5432",), "c:5432", is_worker=True)
    assert str(found) == "a Citus cluster of 1 node"
    said = "db is a worker of a Citus cluster: connect to its coordinator, c:5432, instead."
    assert found.refusal("db") == said


def test_status_and_plan__name_the_nodes(cluster: tuple[Node, ...]) -> None:
    text = status_as_text(SeedStatus("db", False, [], None, 0, cluster), 80, {})
    assert text.splitlines()[1] == "A Citus cluster of 2 nodes: w1:5432 (12.3 MB), w2:5432."
    assert tuple(status().nodes) == tuple(plan().nodes) == cluster


def test_nodes__are_none_where_there_is_no_cluster() -> None:
    assert nodes("default") == ()
    assert status().nodes == ()


@on_postgresql
@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("08006", "connection to the remote node postgres@w2:5432 failed with the following error: no route"),
        ("57P01", "connection to the remote node @w2:5432 failed"),
        ("XX000", "failure on connection marked as essential: w2:5432"),
    ],
)
def test_error__names_a_node_that_is_down_as_a_node(code: str, why: str) -> None:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION '{why}' USING ERRCODE = '{code}'; END $$")
    said = str(explained(caught.value, "default"))
    assert said.startswith("The node w2:5432 of the cluster of PostgreSQL database")
    assert why in said
