"""The lock that lets one seed run at a time in a database, and the locks on the seeded tables.

PostgreSQL: a transaction-level advisory lock, so that it holds behind PgBouncer in transaction mode and is gone with
its transaction, however that ends. SQLite: the database's one write lock. Both are polled, so that a wait can be told
of and ended by a signal, and never keeps other sessions waiting behind it for longer than a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import LockTimeout
from ..report.progress import Progress, Report
from .connections import LOCK_NOT_AVAILABLE, describe, sqlstate

ADVISORY_KEY = 0x5EED_DA7A  # any number that no other program locks; pg_locks shows it as objid
POLL_S = 0.1
TABLE_TRY_S = 1.2  # a little above deadlock_timeout's default, after which the server cancels an autovacuum in the way


class Deadline:
    """How long all the waiting for locks of one seed may take together."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._end = time.monotonic() + timeout_s

    @property
    def remaining_s(self) -> float:
        return max(0.0, self._end - time.monotonic())


@contextmanager
def exclusive(using: str, deadline: Deadline, report: Report) -> Iterator[None]:
    """Run the block in a transaction that holds the seed lock of the database `using`.

    Raises LockTimeout at the deadline, naming the holder as far as it is known.
    """
    connection = connections[using]
    with ExitStack() as held:
        if connection.vendor == "sqlite":
            held.enter_context(_busy_timeout(connection, POLL_S))  # short, so that a signal is noticed
            wait = _Wait("the write lock", connection, deadline, report, lambda: "another process")
            wait.until(lambda: _begin_sqlite(connection, held))
            _set_busy_timeout(connection, deadline.remaining_s)  # COMMIT may wait for readers
        else:
            outermost = not connection.in_atomic_block
            held.enter_context(transaction.atomic(using))
        if connection.vendor == "postgresql":
            if outermost:
                _read_committed(connection)
            _notice_vanished_client(connection)
            wait = _Wait("the seed lock", connection, deadline, report, lambda: holder(using))
            wait.until(lambda: _try_advisory_lock(connection))
        yield


def lock_tables(using: str, tables: Sequence[str], mode: str, deadline: Deadline, report: Report) -> None:
    """Lock the tables on PostgreSQL, in tries of a second, so that nobody queues behind a waiting lock for longer.

    `tables` are names as SQL has them. Elsewhere the transaction holds what it needs already. Raises LockTimeout at the
    deadline.
    """
    connection = connections[using]
    if connection.vendor == "postgresql":
        what = f"the lock on {', '.join(tables)}".replace('"', "")
        wait = _Wait(what, connection, deadline, report, lambda: _users(using, tables, mode))
        wait.until(lambda: _try_table_locks(connection, tables, mode, min(TABLE_TRY_S, deadline.remaining_s)))


class _Wait:
    """Tries something again and again, until it works or the time is over."""

    def __init__(
        self,
        what: str,
        connection: BaseDatabaseWrapper,
        deadline: Deadline,
        report: Report,
        holder: Callable[[], str],
    ) -> None:
        self._what, self._connection, self._deadline = what, connection, deadline
        self._report, self._holder = report, holder

    def until(self, attempt: Callable[[], bool]) -> None:
        told = False
        while not attempt():
            who = self._holder() or "another session"
            if not self._deadline.remaining_s:
                raise LockTimeout(
                    f"Didn't get {self._what} of {describe(self._connection.alias)} within "
                    f"{self._deadline.timeout_s:g} s: {who} holds it. Try again later, or raise SEED_LOCK_TIMEOUT."
                )
            if not told:
                self._report(Progress("waiting", f"Waiting for {self._what}: {who} holds it."))
                told = True
            time.sleep(min(POLL_S, self._deadline.remaining_s))


def _try_advisory_lock(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_KEY])
        return bool(cursor.fetchone()[0])


def _read_committed(connection: BaseDatabaseWrapper) -> None:
    """Let what is read after the wait for a lock be what is there then, whatever the role's default is."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED; SET LOCAL statement_timeout = 0")


def _notice_vanished_client(connection: BaseDatabaseWrapper) -> None:
    """Let the server notice within a minute or so that a client behind TCP is gone, and give up its locks."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET LOCAL tcp_keepalives_idle = 30; SET LOCAL tcp_keepalives_interval = 10; "
            "SET LOCAL tcp_keepalives_count = 3"
        )


def _begin_sqlite(connection: BaseDatabaseWrapper, held: ExitStack) -> bool:
    try:
        with ExitStack() as attempt:
            attempt.enter_context(transaction.atomic(connection.alias))
            with connection.cursor() as cursor:  # takes the write lock, where BEGIN didn't
                cursor.execute("UPDATE seed_metadata SET status = status WHERE 0 = 1")
            held.push(attempt.pop_all())
    except OperationalError as exc:
        if "locked" not in str(exc):
            raise
        return False
    return True


@contextmanager
def _busy_timeout(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before_ms = cursor.fetchone()[0]
    _set_busy_timeout(connection, seconds)
    try:
        yield
    finally:
        if connection.is_usable():
            _set_busy_timeout(connection, before_ms / 1000)


def _set_busy_timeout(connection: BaseDatabaseWrapper, seconds: float) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")


def _try_table_locks(connection: BaseDatabaseWrapper, tables: Sequence[str], mode: str, try_s: float) -> bool:
    """Lock all tables within `try_s` seconds together, or none."""
    end = time.monotonic() + try_s
    try:
        with transaction.atomic(connection.alias), connection.cursor() as cursor:
            for table in tables:
                remaining_ms = max(1, int((end - time.monotonic()) * 1000))
                cursor.execute(f"SET LOCAL lock_timeout = {remaining_ms}; LOCK TABLE {table} IN {mode} MODE")
            cursor.execute("SET LOCAL lock_timeout = 0")
    except OperationalError as exc:
        if sqlstate(exc) != LOCK_NOT_AVAILABLE:
            raise
        return False
    return True


def holder(using: str) -> str:
    """Return who holds the seed lock, in words; empty where nobody does, or nobody can tell."""
    key = [ADVISORY_KEY >> 32, ADVISORY_KEY & 0xFFFFFFFF]
    condition = "l.locktype = 'advisory' AND l.classid = %s::bigint AND l.objid = %s::bigint AND l.objsubid = 1"
    return _sessions(connections[using], condition, key) if connections[using].vendor == "postgresql" else ""


def is_running(using: str) -> bool:
    """Say whether a seed is running now; on SQLite, whether any process is writing."""
    connection = connections[using]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return bool(holder(using))
    try:
        with _busy_timeout(connection, 0), ExitStack() as attempt:
            return not _begin_sqlite(connection, attempt)
    except OperationalError:  # nobody writes to a file that can't be written
        return False


def _users(using: str, tables: Sequence[str], mode: str) -> str:
    """Return who holds locks on the tables that stand in the way of `mode`."""
    relations = "l.relation IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)"
    harmless = [] if mode == "ACCESS EXCLUSIVE" else ["AccessShareLock"]
    condition = f"l.locktype = 'relation' AND {relations} AND l.mode <> ALL(%s::text[])"
    return _sessions(connections[using], condition, [list(tables), harmless])


def _sessions(connection: BaseDatabaseWrapper, condition: str, parameters: Sequence[Any]) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT l.pid, a.usename, a.application_name, host(a.client_addr), left(a.query, 60)"
            " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a USING (pid)"
            " WHERE l.granted AND l.pid <> pg_backend_pid()"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            f" AND {condition} ORDER BY l.pid LIMIT 3",
            parameters,
        )
        return "; ".join(_session(*row) for row in cursor.fetchall())


def _session(pid: int, user: str | None, application: str | None, host: str | None, query: str | None) -> str:
    parts = [f"server process {pid}"]
    parts += [f"user {user}"] if user else []
    parts += [application] if application else []
    parts += [f"from {host}"] if host else []
    parts += [f"running {' '.join(query.split())!r}"] if query else []
    return ", ".join(parts)
