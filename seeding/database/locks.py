"""The lock that lets one seed run at a time in a database, and the locks on tables; none is waited for without a bound.

PostgreSQL: a transaction-level advisory lock, so that it works behind PgBouncer in transaction mode and is gone with
its transaction, however that ends. SQLite: the database's one write lock. All are polled, so that a wait can be told
of and ended by a signal, and never keeps other sessions waiting behind it for much longer than a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import LockTimeout, Refused
from ..report.progress import Progress, Report
from . import cluster
from .catalogue import Table
from .connections import (
    busy_timeout,
    describe,
    in_bulk,
    prepare_transaction,
    refuse_unsuitable_session,
    set_busy_timeout,
)
from .errors import QUERY_CANCELED, is_locked, sqlstate
from .names import quoted, run
from .sessions import ADVISORY_KEY, holder_of_seed_lock, users_of

POLL_S = 0.1
TABLE_TRY_S = 1.2  # a little above deadlock_timeout's default, after which the server cancels an autovacuum in the way

NO_CONSTRAINT = "seeding_has_no_such_constraint"
NODES_MS = 100  # in which the other nodes of a cluster are given up, after the wait for a lock here would have ended

# What a lock of each mode is for. Writers, and whoever locks rows, stand in the way of WRITE; readers of REBUILD, too.
READ, WRITE, REBUILD = "ACCESS SHARE", "EXCLUSIVE", "ACCESS EXCLUSIVE"


class Deadline:
    """How long all the waiting for locks of one command may take together."""

    def __init__(self, timeout_s: float) -> None:
        self.timeout_s = timeout_s
        self._end = time.monotonic() + timeout_s

    @property
    def remaining_s(self) -> float:
        return max(0.0, self._end - time.monotonic())


@contextmanager
def seed_lock(using: str, deadline: Deadline, report: Report) -> Iterator[None]:
    """Run the block in a transaction that holds the seed lock of the database `using`.

    Raises LockTimeout at the deadline, naming the holder as far as it is known; Refused in a caller's transaction that
    wouldn't see what others commit meanwhile.
    """
    connection = connections[using]
    with ExitStack() as held:
        if connection.vendor == "sqlite":
            held.enter_context(in_bulk(connection))
            held.enter_context(busy_timeout(connection, POLL_S))  # short, so that a signal is noticed
            wait = _Wait("the write lock", connection, deadline, report, lambda: "another process")
            wait.until(lambda: _begin_sqlite(connection, held))
            set_busy_timeout(connection, deadline.remaining_s)  # COMMIT may wait for readers
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA defer_foreign_keys = ON")  # all of them, as rows come and go in any order
        else:
            outermost = not connection.in_atomic_block
            held.enter_context(transaction.atomic(using))
            _read_committed(connection, outermost)
            prepare_transaction(connection)
            refuse_unsuitable_session(connection)
            wait = _Wait("the seed lock", connection, deadline, report, lambda: holder_of_seed_lock(using))
            wait.until(lambda: _try_advisory_lock(connection))
        yield


@contextmanager
def reading(using: str, deadline: Deadline, report: Report, tables: Sequence[Table]) -> Iterator[None]:
    """Run the block in a transaction that sees one state of the database, and locks nobody out.

    The tables are locked against changes of their schema first: TRUNCATE and frozen rows don't respect a snapshot.
    Raises LockTimeout at the deadline.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        cluster.configure(connection)  # which can't be done any more once the transaction has read shards in parallel
        yield
    elif connection.vendor == "sqlite":
        with busy_timeout(connection, deadline.remaining_s), connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")  # atomic() would take the write lock, where transactions are immediate
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using):
            prepare_transaction(connection)
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            lock_tables(connection, {READ: tables}, deadline, report)
            yield


def lock_tables(
    connection: BaseDatabaseWrapper, tables: Mapping[str, Sequence[Table]], deadline: Deadline, report: Report
) -> None:
    """Lock PostgreSQL tables, by mode, and the sequences of those to write; all together, or none.

    In tries of a second, with a pause of the same length, so that nobody queues behind a waiting lock for longer, and
    others get through in between. Elsewhere the transaction has what it needs already. Raises LockTimeout.
    """
    wanted = {mode: list(some) for mode, some in tables.items() if some}
    if connection.vendor != "postgresql" or not wanted:
        return
    labels = ", ".join(dict.fromkeys(table.label for some in wanted.values() for table in some))

    def holder() -> str:
        return users_of(connection, [t for some in wanted.values() for t in some], wanted.get(REBUILD, []))

    wait = _Wait(f"the lock on {labels}", connection, deadline, report, holder, pause_s=TABLE_TRY_S)
    wait.until(lambda: _try_table_locks(connection, wanted, min(TABLE_TRY_S, deadline.remaining_s)))
    with connection.cursor() as cursor:  # what is still waited for then is an exception, and bounded, too
        cursor.execute(f"SET LOCAL lock_timeout = {max(1, int(deadline.remaining_s * 1000))}")


class _Wait:
    """Tries something again and again, until it works or the time is over."""

    def __init__(
        self,
        lock: str,
        connection: BaseDatabaseWrapper,
        deadline: Deadline,
        report: Report,
        holder: Callable[[], str],
        pause_s: float = POLL_S,
    ) -> None:
        self._lock, self._connection, self._deadline = lock, connection, deadline
        self._report, self._holder, self._pause_s = report, holder, pause_s

    def until(self, attempt: Callable[[], bool]) -> None:
        told = False
        while not attempt():
            who = self._holder() or "another session"
            if not told:
                self._report(Progress("waiting", f"Waiting for {self._lock}: {who} holds it."))
                told = True
            if not self._deadline.remaining_s:
                raise LockTimeout(
                    f"Could not acquire {self._lock} on {describe(self._connection.alias)} within "
                    f"{self._deadline.timeout_s:g} s: {who} holds it. Try again later, or raise SEED_LOCK_TIMEOUT."
                )
            time.sleep(min(self._pause_s, self._deadline.remaining_s))


def _try_advisory_lock(connection: BaseDatabaseWrapper) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_KEY])
        return bool(cursor.fetchone()[0])


def _read_committed(connection: BaseDatabaseWrapper, outermost: bool) -> None:
    """Let what is read after the wait for a lock be what is there then, whatever the role's default is."""
    with connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
            return
        cursor.execute("SHOW transaction_isolation")
        level = cursor.fetchone()[0]
    if level not in ("read committed", "read uncommitted"):
        raise Refused(
            f"The surrounding transaction is {level.upper()}, and wouldn't see what other sessions commit while the "
            "seed waits for its lock: call seed() outside it, or in a READ COMMITTED transaction."
        )


def _begin_sqlite(connection: BaseDatabaseWrapper, held: ExitStack) -> bool:
    try:
        with ExitStack() as attempt:
            attempt.enter_context(transaction.atomic(connection.alias))
            with connection.cursor() as cursor:  # takes the write lock, where BEGIN didn't
                cursor.execute("UPDATE seed_metadata SET status = status WHERE 0 = 1")
            held.push(attempt.pop_all())
    except OperationalError as exc:
        if not is_locked(exc):
            raise
        return False
    return True


def _try_table_locks(connection: BaseDatabaseWrapper, tables: Mapping[str, Sequence[Table]], try_s: float) -> bool:
    """Lock all tables and sequences within `try_s` seconds together, or none."""
    end = time.monotonic() + try_s
    names = {mode: ", ".join(dict.fromkeys(table.own_rows for table in some)) for mode, some in tables.items()}
    statements = [f"LOCK TABLE {together} IN {mode} MODE" for mode, together in names.items()]
    written = [table for mode in (WRITE, REBUILD) for table in tables.get(mode, ())]
    try:
        with transaction.atomic(connection.alias):
            for statement in statements:
                _bounded(connection, statement, end)
            for statement in (*_sequence_locks(connection, written), *_shard_locks(connection, written)):
                _bounded(connection, statement, end)
    except OperationalError as exc:
        if not is_locked(exc) and sqlstate(exc) != QUERY_CANCELED:
            raise
        return False
    return True


def _bounded(connection: BaseDatabaseWrapper, statement: str, end: float) -> None:
    """Run a statement that waits for locks no longer than that: also for one on another node of a cluster.

    Such a wait knows nothing of this session's lock_timeout, which ends the others a moment before.
    """
    with connection.cursor() as cursor:
        remaining_ms = max(1, int((end - time.monotonic()) * 1000))
        limits = f"SET LOCAL lock_timeout = {remaining_ms}; SET LOCAL statement_timeout = {remaining_ms + NODES_MS}"
        run(cursor, f"{limits}; {statement}; SET LOCAL statement_timeout = 0")


def _sequence_locks(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> list[str]:
    """Return statements that lock the tables' sequences and change nothing: LOCK TABLE doesn't take sequences."""
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT nspname::text, relname::text, seqcache FROM pg_depend AS d JOIN pg_class AS c ON c.oid = d.objid"
            " JOIN pg_namespace AS s ON s.oid = c.relnamespace JOIN pg_sequence AS q ON q.seqrelid = c.oid"
            " WHERE d.refobjid = ANY(%s::oid[]) AND d.deptype IN ('a', 'i') AND d.classid = 'pg_class'::regclass"
            " AND pg_has_role(c.relowner, 'USAGE') ORDER BY 1, 2",
            [[table.oid for table in tables if not table.is_distributed]],  # Citus lets nobody alter the others
        )
        return [
            f"ALTER SEQUENCE {quoted(connection, schema, name)} CACHE {cache}"
            for schema, name, cache in cursor.fetchall()
        ]


def _shard_locks(connection: BaseDatabaseWrapper, tables: Sequence[Table]) -> list[str]:
    """Return statements that lock the shards of tables and change nothing: LOCK TABLE doesn't take shards.

    A node that has promised to commit keeps that lock until it does. So nobody reads its old rows beside new ones of
    other nodes, however long that takes.
    """
    oids = [table.oid for table in tables if table.is_distributed]
    if not oids:
        return []
    with connection.cursor() as cursor:
        run(cursor, "SELECT oid FROM pg_class WHERE oid = ANY(%s::oid[]) AND pg_has_role(relowner, 'USAGE')", [oids])
        owned = {row[0] for row in cursor.fetchall()}
    return [f"ALTER TABLE {t.sql} DROP CONSTRAINT IF EXISTS {NO_CONSTRAINT}" for t in tables if t.oid in owned]


def is_running(using: str) -> bool:
    """Return True if a seed is running now; on SQLite, if any process is writing."""
    connection = connections[using]
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return bool(holder_of_seed_lock(using))
    try:
        with busy_timeout(connection, 0), ExitStack() as attempt:
            return not _begin_sqlite(connection, attempt)
    except OperationalError:  # nobody writes to a file that can't be written
        return False
