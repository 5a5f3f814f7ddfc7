"""A Citus cluster: the same commands, whole versions on all nodes, and what its nodes can do to a seed.

TEST_CITUS_URL names a database with the extension on the coordinator, of a role that may create databases on all nodes.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.support.cluster import URL, WHY_NOT, Cluster, cluster, connection_of, join
from tests.support.project import Project

from .databases import LARGE, SIZES, V2, refused, until, within

pytestmark = pytest.mark.skipif(not URL, reason=WHY_NOT)

RUNS = int(os.environ.get("CHAOS_RUNS", "3"))
NEW = "(email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
REBUILT = ("--users", "300", "--orders", "25000")  # constraints and indexes are dropped and recreated


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    with cluster("citus") as made:
        done = made.coordinator.run("migrate", "-v0")
        assert (done.returncode, done.stderr) == (0, "")
        yield made


@pytest.fixture
def shop(nodes: Cluster) -> Cluster:
    """A cluster with v1: 20 users, 100 orders, and no row but those."""
    nodes.coordinator.query("TRUNCATE users, seed_metadata, seed_key_ranges CASCADE")
    nodes.coordinator.seed(*SIZES)
    return nodes


def user(address: str, *, staff: bool = False) -> str:
    return f"INSERT INTO users {NEW} VALUES ('{address}', '', '', '!', {staff}, {staff}, true, now()) RETURNING id"


def ordered(key: int) -> str:
    return f"INSERT INTO orders (user_id, total, status, created_at) VALUES ({key}, 5, 'pending', now()) RETURNING id"


def verified(project: Project, *arguments: str) -> None:
    done = project.run("seed", "--verify", *arguments)
    assert done.returncode == 0, done.stderr


def test_migrate__puts_the_tables_on_the_nodes(nodes: Cluster) -> None:
    kinds = nodes.coordinator.query("SELECT logicalrelid::text, partmethod, repmodel FROM pg_dist_partition")
    spread = {name: (method, model) for name, method, model in kinds}
    assert (spread["users"], spread["orders"], spread["payments"]) == (("n", "t"), ("h", "s"), ("h", "s"))
    assert "django_migrations" not in spread
    assert nodes.coordinator.run("migrate", "--check").returncode == 0
    before = nodes.catalogues()
    for migration in ("0004", "0005"):  # once more, which finds everything there
        assert nodes.coordinator.run("migrate", "-v0", "orders", migration).returncode == 0
    assert nodes.catalogues() == before


@pytest.mark.parametrize("loader", ["copy", "bulk_create"])
def test_seed__as_on_one_server(shop: Cluster, loader: str) -> None:
    project, before = shop.coordinator, shop.catalogues()
    sizes = REBUILT if loader == "copy" else LARGE
    assert project.seed(*SIZES) == "Seed already applied (version v1). Skipping."
    project.seed(*sizes, *V2, "--loader", loader)
    verified(project, *V2)
    plan = json.loads(project.run("seed", "--plan", *sizes, *V2, "--format", "json").stdout)
    assert [node["node"] for node in plan["nodes"]] == shop.names
    assert [table["delete"] for table in plan["tables"]] == [int(sizes[1]), *[int(sizes[3])] * 2]
    assert (plan["losses"], plan["obstacles"]) == ([], [])
    project.seed("--force", *sizes, *V2, "--loader", loader)
    verified(project, *V2)
    assert shop.catalogues() == before
    for worker in shop.workers:
        pages = "SELECT sum(relallvisible), sum(relpages) FROM pg_class WHERE relname ~ '^orders_[0-9]+$'"
        with connection_of(worker) as connection:
            ((frozen, there),) = connection.execute(pages).fetchall()
            known = connection.execute("SELECT count(*) FROM pg_stats WHERE tablename ~ '^orders_[0-9]+$'").fetchone()
        assert frozen == there > 0
        assert known is not None
        assert known[0] > 0
    nodes_of_orders = {node for node, rows in shop.shards("orders") if rows}
    assert len(nodes_of_orders) == len(shop.names)
    assert sum(rows for _, rows in shop.shards("orders")) == int(sizes[3])
    status = json.loads(project.run("seed", "--status", "--format", "json").stdout)
    assert all(node["bytes"] > 0 for node in status["nodes"])
    assert project.seed("--clear").startswith(f"Cleared v2: {int(sizes[1]):,} users")
    assert project.query("SELECT count(*) FROM users") == project.query("SELECT count(*) FROM orders") == [(0,)]


def test_seed__the_same_rows_by_both_loaders(shop: Cluster) -> None:
    found = []
    for loader in ("copy", "bulk_create"):
        shop.coordinator.query("TRUNCATE users, seed_metadata, seed_key_ranges CASCADE")
        shop.coordinator.seed(*SIZES, "--loader", loader, SEED_ANCHOR="2026-01-05")
        found.append(shop.coordinator.content())
    assert found[0] == found[1]


def test_migrate__a_database_that_is_there(tmp_path: Any) -> None:
    """Migrated and seeded on one server, with kept staff and rows made by hand, before there were nodes."""
    with cluster("grown", joined=False) as made:
        project = made.coordinator
        assert project.run("migrate", "-v0").returncode == 0
        project.seed(*LARGE)
        ((staff,),) = project.query(user("boss@shop.example", staff=True))
        ((customer,),) = project.query(user("by-hand@shop.example"))
        ((order,),) = project.query(ordered(customer))
        project.query("INSERT INTO auth_group (name) VALUES ('a')")
        project.query(f"INSERT INTO users_groups (user_id, group_id) SELECT {staff}, id FROM auth_group")
        rows, before = project.content(), foreign_keys(project)
        join(made)
        for migration in ("0004", "0005"):
            done = project.run("migrate", "-v0", "orders", migration)
            assert (done.returncode, done.stderr) == (0, "")
        assert (project.content(), foreign_keys(project)) == (rows, before)
        assert sum(n for _, n in made.shards("orders")) == 5_001
        verified(project)
        assert "users: 1 row not created by a seed" in refused(project, *LARGE, *V2)
        project.seed(*LARGE, *V2, "--overwrite")
        verified(project, *V2)
        assert project.query("SELECT email FROM users WHERE id > 500 AND is_staff") == [("boss@shop.example",)]
        assert project.query("INSERT INTO auth_group (name) VALUES ('b') RETURNING id") == [(2,)]
        assert project.query(user("new@shop.example"))[0][0] > customer
        assert project.query(f"SELECT count(*) FROM orders WHERE id = {order}") == [(0,)]


def foreign_keys(project: Project) -> list[tuple[Any, ...]]:
    return project.query(
        "SELECT r.relname, conname, pg_get_constraintdef(c.oid), convalidated FROM pg_constraint AS c"
        " JOIN pg_class AS r ON r.oid = conrelid WHERE contype = 'f' ORDER BY 1, 2"
    )


def test_guard__keeps_staff_and_refuses_to_lose_rows(shop: Cluster) -> None:
    project = shop.coordinator
    ((staff,),) = project.query(user("boss@shop.example", staff=True))
    project.query(ordered(staff))
    project.query("UPDATE orders SET total = 1 WHERE id = 7")  # which stays the seed's
    project.seed(*LARGE, *V2)
    assert project.query(
        "SELECT email, count(*) FROM users JOIN orders ON user_id = users.id WHERE is_staff GROUP BY 1"
    ) == [("boss@shop.example", 1)]
    verified(project, *V2)
    ((customer,),) = project.query(user("by-hand@shop.example"))
    said = refused(project, *LARGE)
    assert f"users: 1 row not created by a seed (key {customer})" in said


def test_guard__knows_a_row_that_took_a_seeded_ones_place(shop: Cluster) -> None:
    """Rows of shards have no transaction's number to go by: their content does it."""
    project = shop.coordinator
    project.query("DELETE FROM payments WHERE order_id = 7")
    project.query("DELETE FROM orders WHERE id = 7")
    project.query("INSERT INTO orders (id, user_id, total, status, created_at) VALUES (7, 3, 77, 'pending', now())")
    assert "orders: 1 row not created by a seed (key 7)" in refused(project, *SIZES, *V2)


def test_lock__held_through_a_worker_is_waited_for_within_the_timeout(shop: Cluster) -> None:
    before = shop.coordinator.content()
    with psycopg.connect(**shop.workers[0].parameters) as reader:
        reader.execute("SELECT count(*) FROM orders").fetchone()
        done, seconds = within(9, shop.coordinator, "seed", "--force", *REBUILT, SEED_LOCK_TIMEOUT="2")
        assert (done.returncode, len(done.stderr.splitlines())) == (5, 1), done.stderr
        assert "Could not acquire the lock on" in done.stderr
        assert seconds > 2
    assert shop.coordinator.content() == before
    shop.coordinator.seed("--force", *SIZES)


def test_keys__of_rows_that_were_added_through_a_worker(shop: Cluster) -> None:
    """They are far above, and the next seed's are not: the coordinator's own sequence would meet them later."""
    with connection_of(shop.workers[0]) as worker:
        ((key,),) = worker.execute(user("through-a-worker@shop.example", staff=True)).fetchall()  # staff is kept
    assert key > 1 << 48
    shop.coordinator.seed(*SIZES, *V2)
    ((last,),) = shop.coordinator.query("SELECT max(id) FROM users WHERE NOT is_staff")
    ((later,),) = shop.coordinator.query(user("later@shop.example"))
    assert last < later < 1 << 32
    assert "users: 1 row not created by a seed" in refused(shop.coordinator, *SIZES)


@pytest.mark.parametrize("loader", ["copy", "bulk_create"])
def test_shards__are_locked_while_a_seed_writes(shop: Cluster, loader: str) -> None:
    """Else those of a node that commits later than others would show old rows meanwhile: for long, if it was down."""
    process = shop.coordinator.start("seed", *SIZES, *V2, "-v2", "--loader", loader)
    assert process.stdout is not None
    while "Deleting rows" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGSTOP)
    try:
        for worker in shop.workers:
            with connection_of(worker) as connection:
                ((free,),) = connection.execute(UNLOCKED).fetchall()
            assert free == 0
    finally:
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=60)
    verified(shop.coordinator, *V2)


UNLOCKED = """
SELECT count(*) FROM pg_class AS c WHERE relkind = 'r' AND relname ~ '^(users|orders|payments)_[0-9]+$' AND NOT EXISTS
(SELECT FROM pg_locks AS l WHERE l.relation = c.oid AND mode = 'AccessExclusiveLock' AND granted
 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


def test_moment__of_the_nodes(shop: Cluster) -> None:
    """What is written on one of them is never missed, through whichever server."""
    (key,) = shop.coordinator.query("SELECT min(id) FROM orders")[0]
    for server in shop.all:
        until(lambda: asked(shop, "pass") == "True", within_s=60)
        assert asked(shop, f"other.execute('UPDATE orders SET total = 6 WHERE id = {key}')", server) == "False"
        assert asked(shop, f"other.execute('BEGIN; UPDATE orders SET total = 7 WHERE id = {key}')", server) == "True"


def asked(shop: Cluster, meanwhile: str, server: Project | None = None) -> str:
    """Return whether the nodes are untouched after what another session does meanwhile."""
    code = f"""
import psycopg
from django.db import connection
from seeding.database.moments import are_nodes_untouched_since, quiet_moment_of_nodes
with psycopg.connect(**{(server or shop.coordinator).parameters!r}, autocommit=True) as other:
    before = quiet_moment_of_nodes(connection)
    {meanwhile}
    print(are_nodes_untouched_since(connection, before))
"""
    done = shop.coordinator.run("shell", "-v0", "-c", code)
    assert done.stderr == ""
    return done.stdout.strip()


def test_seeds__two_at_once(shop: Cluster) -> None:
    processes = [shop.coordinator.start("seed", *LARGE, "--seed-version", version) for version in ("v2", "v2")]
    ended = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ended
    assert sorted(stdout.splitlines()[-1][:15] for stdout, _ in ended) == ["Seed already ap", "Seeded v2: 500 "]
    verified(shop.coordinator, *V2)


PAGES = """
from django.test import Client
from accounts.models import User
from orders.models import with_lifetime_value
boss = User.objects.create_superuser("pages@shop.example", "x")
client = Client()
client.force_login(boss)
pages = ["", "accounts/user/", "accounts/user/?q=a", "accounts/user/?q=3", "accounts/user/5/change/", "orders/order/",
  "orders/order/?q=7", "orders/order/?user=5", "orders/order/?status__exact=pending", "orders/order/7/change/",
  "orders/payment/", "orders/payment/7/change/", "accounts/user/5/delete/", "orders/order/7/delete/",
  "orders/order/?created_at__since=2026-01-01", "seeding/seedmetadata/", "seeding/seedmetadata/seed-again/"]
from seeding.models import SeedMetadata
pages.append(f"seeding/seedmetadata/{SeedMetadata.objects.get(status='success').pk}/change/")
for page in pages:
    answer = client.get(f"/admin/{page}", headers={"host": "localhost"})
    print(answer.status_code, "A Citus cluster of" in answer.content.decode(), f"/{page}")
users = with_lifetime_value(User.objects.all())
print(sum(user.order_count for user in users), sum(user.lifetime_value for user in users))
boss.delete()
"""


def test_admin__shows_every_page(shop: Cluster) -> None:
    done = shop.coordinator.run("shell", "-v0", "-c", PAGES)
    *pages, sums = done.stdout.splitlines()
    assert len(pages) == 18, done.stderr
    assert [page for page in pages if not page.startswith("200 ")] == []
    assert [page for page in pages if " True " in page] == ["200 True /", pages[-1]]  # the index, and the attempt
    ((value,),) = shop.coordinator.query("SELECT sum(total) FROM orders WHERE status = 'completed'")
    assert sums == f"100 {value}"


def test_url_of_a_worker__is_refused_with_the_coordinators(shop: Cluster) -> None:
    worker = shop.workers[0]
    place = shop.coordinator.parameters
    said = f"is a worker of a Citus cluster: connect to its coordinator, {place['host']}:{place['port']}, instead."
    for arguments, code in ((("seed",), 6), (("seed", "--status"), 6), (("migrate",), 1)):
        done = worker.run(*arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (code, 1), done.stderr
        assert said in done.stderr
    assert worker.query("SELECT to_regclass('django_migrations')") == [(None,)]


def test_foreign_key_that_stays__is_loaded_into(shop: Cluster) -> None:
    """A comment can't be recreated from the definition, and a cluster checks such a key only at COMMIT."""
    project = shop.coordinator
    ((key,),) = project.query(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'payments'::regclass AND contype = 'f'"
    )
    project.query(f"COMMENT ON CONSTRAINT \"{key}\" ON payments IS 'mine'")
    try:
        done = project.run("seed", *REBUILT, *V2, "-v2")
        assert done.returncode == 0, done.stderr
        assert f"{key} can't be recreated: deleting, and loading into the live constraints." in done.stdout
        verified(project, *V2)
    finally:
        project.query(f'COMMENT ON CONSTRAINT "{key}" ON payments IS NULL')


OF_THE_SEED = (
    "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND application_name LIKE 'citus_internal%' AND state <> 'idle'"
)


def test_worker__whose_backends_are_killed(shop: Cluster, chance: random.Random) -> None:
    """Whatever the seed does at that moment: it fails cleanly or is applied, and one version is whole."""
    project, before = shop.coordinator, shop.catalogues()
    for run in range(RUNS):
        target = ("v2", "v1")[run % 2]
        process = project.start("seed", *LARGE, "--seed-version", target, "--force")
        worker = chance.choice(shop.workers)
        with connection_of(worker) as connection:
            while not connection.execute(f"SELECT {OF_THE_SEED}").fetchone() and process.poll() is None:
                time.sleep(0.01)
            time.sleep(chance.uniform(0, 0.5))
            connection.execute(f"SELECT pg_terminate_backend(pid) {OF_THE_SEED}")
        _, stderr = process.communicate(timeout=120)
        assert process.returncode in (0, 1), stderr
        assert "Traceback" not in stderr
        project.query("SELECT recover_prepared_transactions()")
        ((applied,),) = project.query("SELECT seed_version FROM seed_metadata WHERE status = 'success'")
        assert process.returncode or applied == target
        verified(project, "--seed-version", applied)
        assert shop.catalogues() == before
