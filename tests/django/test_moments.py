"""Moments: what somebody writes between two looks is never missed."""

import time
from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from seeding.database.moments import is_untouched_since, quiet_moment
from tests.faults.databases import until
from tests.support.project import IS_POSTGRESQL

pytestmark = pytest.mark.django_db(transaction=True)
on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no such moments")
USER = (
    "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
    " VALUES ('a@shop.example', '', '', '', false, false, true, now())"
)


@pytest.fixture
def other() -> Iterator[psycopg.Connection]:
    """Another session of the same database."""
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as session:
        yield session


def moment() -> str:
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


@pytest.mark.skipif(IS_POSTGRESQL, reason="what SQLite has")
def test_moment__on_sqlite() -> None:
    assert quiet_moment(connection) is None
    assert not is_untouched_since(connection, None)
