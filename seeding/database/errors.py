"""What the database's errors mean to a person."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connections

from ..errors import LockTimeout, SeedError
from ..report.wording import in_one_line, printable
from .cluster import refuse_worker
from .connections import busy_timeout, describe
from .sessions import writers

# PostgreSQL's error codes, https://www.postgresql.org/docs/current/errcodes-appendix.html
LOCK_NOT_AVAILABLE = "55P03"
UNDEFINED_TABLE = "42P01"
DEADLOCK_DETECTED = "40P01"
SERIALIZATION_FAILURE = "40001"
QUERY_CANCELED = "57014"

_TIMEOUTS = {
    "57P05": "idle_session_timeout",
    "25P03": "idle_in_transaction_session_timeout",
    "25P04": "transaction_timeout",
}

# Of a connection that failed, and of a server that ends or isn't ready; and where Citus names the node.
_LOST = ("08", "57P0")
_NODE = re.compile(r"(?:remote node \S*?@|executing command on |marked as essential: )(\S+:\d+)")
_ESSENTIAL = "failure on connection marked as essential"  # which Citus raises without a code of its own

_WITH_DETAIL = ("23503",)  # of other errors the detail may hold a row's content, and a password's hash with it


def sqlstate(exc: BaseException) -> str:
    """Return the error code that PostgreSQL gave; messages may be in any language. Elsewhere an empty string."""
    return str(getattr(exc.__cause__, "sqlstate", None) or "")


def is_locked(exc: BaseException) -> bool:
    """Return True if the statement failed because it would have had to wait for a lock."""
    return sqlstate(exc) == LOCK_NOT_AVAILABLE or "database is locked" in str(exc) or "table is locked" in str(exc)


def message_of(exc: BaseException) -> str:
    """Return the database's message in one line, without the content of rows."""
    diag: Any = getattr(exc.__cause__, "diag", None)
    if diag is None or not diag.message_primary:
        return in_one_line(exc).rstrip(".?")
    detail = f" ({diag.message_detail})" if sqlstate(exc) in _WITH_DETAIL and diag.message_detail else ""
    return printable(f"{diag.message_primary}{detail}").rstrip(".?")


def explained(exc: DatabaseError | InterfaceError, using: str, timeout_s: float | None = None) -> SeedError:
    """Return the error that says what happened to the database `using`, and what to do next."""
    message, database = message_of(exc), describe(using)
    if sqlstate(exc) == UNDEFINED_TABLE or message.startswith("no such table"):
        return _worker(using) or SeedError(
            f"A table is missing in {database}: run `manage.py migrate` first ({message})."
        )
    if is_locked(exc):
        within = "in time" if timeout_s is None else f"within {timeout_s:g} s"
        who = f": {holder} holds it" if (holder := _holder(using)) else ""
        return LockTimeout(
            f"Could not acquire a lock on {database} {within} ({message}){who}. "
            "Try again later, or raise SEED_LOCK_TIMEOUT."
        )
    if node := lost_node(exc):
        return SeedError(f"The node {node} of the cluster of {database} can't be reached: {message}. Start it.")
    if connections[using].connection is None and isinstance(exc, OperationalError):
        return SeedError(f"Can't reach {database}: {message}. Start it, or correct its settings.")
    if setting := _TIMEOUTS.get(sqlstate(exc)):
        return SeedError(f"{database} ended the session ({message}): raise {setting} for this role.")
    return SeedError(f"{database} reports: {message}.")


def lost_node(exc: BaseException) -> str:
    """Return the address of the node to which the coordinator of a cluster has no connection; else an empty string."""
    diag: Any = getattr(exc.__cause__, "diag", None)
    if diag is None or not (sqlstate(exc).startswith(_LOST) or str(diag.message_primary).startswith(_ESSENTIAL)):
        return ""
    found = _NODE.search(f"{diag.message_primary} {diag.context}")
    return printable(found[1]) if found else ""


def _worker(using: str) -> SeedError | None:
    """Return the refusal of a cluster's worker, which has no tables but those that are distributed."""
    try:
        refuse_worker(connections[using], describe(using))
    except SeedError as exc:
        return exc
    except (DatabaseError, InterfaceError):
        return None
    return None


def _holder(using: str) -> str:
    try:
        return writers(using) or ("another process" if connections[using].vendor == "sqlite" else "")
    except (DatabaseError, InterfaceError):
        return ""


@contextmanager
def translated(using: str, timeout_s: float | None = None) -> Iterator[None]:
    """Turn what the database raises into a SeedError that says what to do; on SQLite, wait for no lock any longer."""
    try:
        with ExitStack() as stack:
            connection = connections[using]
            if timeout_s is not None and connection.vendor == "sqlite" and not connection.in_atomic_block:
                stack.enter_context(busy_timeout(connection, timeout_s))
            yield
    except (DatabaseError, InterfaceError) as exc:
        raise explained(exc, using, timeout_s) from exc
