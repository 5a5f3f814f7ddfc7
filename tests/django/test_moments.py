"""Moments: what somebody writes between two looks is never missed."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from seeding.database.moments import Moment, is_untouched_since, quiet_moment
from tests.faults.databases import until
from tests.support.project import IS_POSTGRESQL

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="what PostgreSQL has")
USER = (
    "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
    " VALUES ('a@shop.example', '', '', '', false, false, true, now())"
)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Another session of the same database."""
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as session:
        yield session


def moment() -> Moment:
    """Wait for a moment at which nobody is writing."""
    end = time.monotonic() + 30
    while (found := quiet_moment(connection)) is None:
        assert time.monotonic() < end
        time.sleep(0.01)
    return found


@on_postgresql
def test_moment__of_a_server_to_which_nobody_writes(other: psycopg.Connection) -> None:
    def is_untouched() -> bool:
        before = moment()
        other.execute("SELECT count(*) FROM users")
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            cursor.execute("ALTER SEQUENCE users_id_seq CACHE 1")
            return is_untouched_since(connection, before)

    until(is_untouched)  # other tests write to the same server


@on_postgresql
@pytest.mark.parametrize(
    "statement",
    [
        USER,
        "UPDATE users SET email = email",
        "TRUNCATE users CASCADE",
        "CREATE INDEX of_somebody ON users (email) WHERE false; DROP INDEX of_somebody",
        "GRANT SELECT ON users TO PUBLIC",
        "DO $$ BEGIN BEGIN CREATE TABLE t (id int); RAISE 'x'; EXCEPTION WHEN OTHERS THEN END; "
        "UPDATE users SET email = email; END $$",
    ],
)
def test_moment__before_another_session_writes(other: psycopg.Connection, statement: str) -> None:
    other.execute(USER.replace("a@", "b@"))
    before = moment()
    other.execute(statement)
    assert not is_untouched_since(connection, before)


@on_postgresql
@pytest.mark.parametrize("is_oldest", [True, False])
@pytest.mark.parametrize("ends", ["COMMIT", "PREPARE"])
def test_moment__while_another_session_has_written(other: psycopg.Connection, ends: str, is_oldest: bool) -> None:
    """It commits later, whatever numbers others have got meanwhile."""
    if ends == "PREPARE" and other.execute("SHOW max_prepared_transactions").fetchone() == ("0",):
        pytest.skip("the server lets nobody prepare transactions")
    other.execute("BEGIN")
    other.execute(USER)
    if is_oldest:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE of_somebody (id int); DROP TABLE of_somebody")
    if ends == "PREPARE":
        other.execute("PREPARE TRANSACTION 'mine'")
    before = quiet_moment(connection)
    assert before is None or not is_oldest
    other.execute("COMMIT" if ends == "COMMIT" else "COMMIT PREPARED 'mine'")
    assert not is_untouched_since(connection, before)


@on_postgresql
def test_moment__in_a_transaction_that_may_write() -> None:
    """What it writes later has the number of a transaction that hasn't ended."""
    with transaction.atomic():
        assert quiet_moment(connection) is None
    transaction.set_autocommit(False)
    try:
        assert quiet_moment(connection) is None
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
        until(lambda: quiet_moment(connection) is not None)


on_sqlite = pytest.mark.skipif(IS_POSTGRESQL, reason="what SQLite has")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[tuple[BaseDatabaseWrapper, sqlite3.Connection]]:
    """A database with a table, as Django and as somebody else is connected to it."""
    created = connection.copy(alias="shop")
    created.settings_dict = {**connection.settings_dict, "NAME": str(tmp_path / "shop.sqlite3")}
    with closing(sqlite3.connect(tmp_path / "shop.sqlite3", isolation_level=None)) as other:
        other.execute("CREATE TABLE users (id integer PRIMARY KEY, email text)")
        other.execute("INSERT INTO users (email) VALUES ('a@shop.example'), ('b@shop.example')")
        yield created, other
    created.close()


@on_sqlite
@pytest.mark.parametrize("mode", ["WAL", "DELETE"])
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (email) VALUES ('c@shop.example')",
        "UPDATE users SET email = 'x' WHERE id = 1",
        "DELETE FROM users",
        "CREATE TABLE of_somebody (id integer)",
        "BEGIN; UPDATE users SET email = ''; SAVEPOINT s; DELETE FROM users; ROLLBACK TO s; COMMIT",
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_moment__on_sqlite(
    shop: tuple[BaseDatabaseWrapper, sqlite3.Connection], statement: str, mode: str, is_own: bool
) -> None:
    connected, other = shop
    other.execute(f"PRAGMA journal_mode = {mode}")
    before = quiet_moment(connected)
    other.execute("SELECT count(*) FROM users").fetchall()
    with transaction_of(connected):
        assert is_untouched_since(connected, before)
    for each in statement.split("; "):
        if is_own:
            with connected.cursor() as cursor:
                cursor.execute(each)
        else:
            other.execute(each)
    with transaction_of(connected):
        assert not is_untouched_since(connected, before)


@contextmanager
def transaction_of(connected: BaseDatabaseWrapper) -> Iterator[None]:
    """The transaction in which a seed looks again."""
    with connected.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        yield
        cursor.execute("ROLLBACK")


@on_sqlite
def test_moment__of_another_connection(shop: tuple[BaseDatabaseWrapper, sqlite3.Connection]) -> None:
    """A new one counts from the beginning."""
    connected, _ = shop
    before = quiet_moment(connected)
    connected.close()
    assert not is_untouched_since(connected, before)


@on_sqlite
def test_moment__in_a_transaction() -> None:
    """What the caller may roll back was counted."""
    with transaction.atomic():
        assert quiet_moment(connection) is None
    assert not is_untouched_since(connection, None)
