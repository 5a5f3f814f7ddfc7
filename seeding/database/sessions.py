"""Who holds a lock: other sessions of a PostgreSQL server, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..report.wording import printable
from .catalogue import Table
from .names import run

ADVISORY_KEY = 0x5EED_DA7A  # any number that no other program locks; pg_locks shows it as objid


def holder_of_seed_lock(using: str) -> str:
    """Return who holds the seed lock; empty where nobody does, or nobody can tell."""
    condition = "l.locktype = 'advisory' AND l.classid = %s::bigint AND l.objid = %s::bigint AND l.objsubid = 1"
    return _sessions(connections[using], condition, [ADVISORY_KEY >> 32, ADVISORY_KEY & 0xFFFFFFFF])


def users_of(connection: BaseDatabaseWrapper, written: Sequence[Table], unread: Sequence[Table]) -> str:
    """Return who writes to tables that are to be written, or to a sequence of theirs, and who uses the `unread` ones.

    Writers come before readers, and the server's own workers, which end by themselves, last.
    """
    owned = "SELECT objid FROM pg_depend WHERE refobjid = ANY(%s::oid[]) AND deptype IN ('a', 'i')"
    condition = (
        "l.locktype = 'relation' AND (l.relation = ANY(%s::oid[]) OR l.mode <> 'AccessShareLock'"
        f" AND (l.relation = ANY(%s::oid[]) OR l.relation IN ({owned})))"
    )
    oids, unread_oids = [table.oid for table in written], [table.oid for table in unread]
    return _sessions(connection, condition, [unread_oids, oids, oids])


def writers(using: str) -> str:
    """Return who holds locks on any table of the database that readers or writers may have to wait for."""
    if connections[using].vendor != "postgresql" or connections[using].in_atomic_block:
        return ""
    condition = "l.locktype = 'relation' AND l.relation >= 16384 AND l.mode <> 'AccessShareLock'"
    return _sessions(connections[using], condition, [])


def _sessions(connection: BaseDatabaseWrapper, condition: str, parameters: Sequence[Any]) -> str:
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        run(
            cursor,
            "SELECT l.pid, a.usename, a.application_name, host(a.client_addr), left(a.query, 60)"
            " FROM pg_locks AS l LEFT JOIN pg_stat_activity AS a USING (pid)"
            " WHERE l.granted AND l.pid <> pg_backend_pid()"
            " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            f" AND ({condition}) GROUP BY 1, 2, 3, 4, 5, a.backend_type, a.xact_start"
            " ORDER BY a.backend_type = 'autovacuum worker' NULLS FIRST, bool_and(l.mode = 'AccessShareLock'),"
            " a.xact_start, l.pid LIMIT 3",
            parameters,
        )
        return "; ".join(_session(*row) for row in cursor.fetchall())


def _session(pid: int, user: str | None, application: str | None, host: str | None, query: str | None) -> str:
    parts = [f"server process {pid}"]
    parts += [f"user {user}"] if user else []
    parts += [application] if application else []
    parts += [f"from {host}"] if host else []
    parts += [f"running {' '.join(query.split())!r}"] if query else []
    return printable(", ".join(parts))
