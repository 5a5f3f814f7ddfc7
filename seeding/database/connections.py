"""Which database this is, whether the engine can work with it, and how a connection is prepared."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import ConfigurationError, Refused, SeedError
from ..report.wording import printable, shown

VANISHED_AFTER_S = 60  # without an answer, the other side of a TCP connection is given up

DATESTYLE = "ISO, YMD"  # the only style in which psycopg reads times

# Settings that a role or a database may have, and that could make a seed fail, hang or lie; for the transaction only.
_SETTINGS = {
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "default_tablespace": "",
    "row_security": "off",  # what a policy would hide is an error then, not a lie
    "datestyle": DATESTYLE,
    "intervalstyle": "postgres",
    "array_nulls": "on",
    "transform_null_equals": "off",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": str(VANISHED_AFTER_S * 1000),
}
_SETTINGS_SINCE_17 = {"transaction_timeout": "0"}


def describe(using: str = "default") -> str:
    """Return the database's kind, name and host; never a password."""
    config = connections.settings[using]
    name = printable(str(config["NAME"]))
    if connections[using].vendor == "sqlite":
        here = name.removeprefix(f"{Path.cwd()}/")
        return f"SQLite database {here}"
    host = str(config["HOST"] or "localhost")
    where = host if host.startswith("/") else f"{host}:{config['PORT'] or 5432}"
    return f"{connections[using].display_name} database {name} at {where}"


def check_alias(using: str) -> None:
    """Raise ConfigurationError where no database has this alias, or the engine can't work with it."""
    if using not in connections.settings:
        raise ConfigurationError(
            f"The database alias {shown(using)} doesn't exist: use one of {', '.join(connections.settings)}.",
            source="--database",
        )
    if django.VERSION < (5, 2):
        raise ConfigurationError(f"Django {django.get_version()} is too old for seeding: use Django 5.2 or newer.")
    if not settings.USE_TZ:
        raise ConfigurationError("USE_TZ is False, and seeded times are moments in UTC: set USE_TZ = True.")
    connection = connections[using]
    if connection.vendor not in ("postgresql", "sqlite"):
        raise ConfigurationError(
            f"{using!r} is {connection.display_name}, which can't be seeded: use PostgreSQL or SQLite."
        )
    if connection.vendor == "postgresql" and not _is_psycopg_3():
        raise ConfigurationError(f"{using!r} is reached through psycopg2, which can't copy: install psycopg 3.")


def _is_psycopg_3() -> bool:
    from django.db.backends.postgresql.psycopg_any import is_psycopg3

    return bool(is_psycopg3)


def prepare_transaction(connection: BaseDatabaseWrapper) -> None:
    """Override, until the transaction ends, what the role's or the database's settings could spoil."""
    if connection.vendor != "postgresql":
        return
    from . import cluster  # not with every start: settings are checked without it

    wanted = _SETTINGS | cluster.SETTINGS | (_SETTINGS_SINCE_17 if connection.pg_version >= 170000 else {})  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in wanted.items()))
    _notice_vanished_server(connection)


def refuse_unsuitable_session(connection: BaseDatabaseWrapper) -> None:
    """Raise Refused for a setting that makes PostgreSQL skip foreign keys and triggers, or misread text."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('session_replication_role'), current_setting('client_encoding'),"
            " pg_is_in_recovery()"
        )
        role, encoding, in_recovery = cursor.fetchone()
    database = describe(connection.alias)
    from . import cluster

    cluster.refuse_worker(connection, database)
    if in_recovery:
        raise SeedError(f"{database} is a replica and can't be written: name the primary server.")
    if role != "origin":
        raise Refused(
            f"session_replication_role is {role!r} in {database}, so it checks no foreign keys: reset it for this role."
        )
    if encoding != "UTF8":
        raise Refused(f"client_encoding is {encoding!r} in {database}: set it to UTF8 for this role or connection.")


def _notice_vanished_server(connection: BaseDatabaseWrapper) -> None:
    """Let this side notice within a minute or so that the server behind TCP is gone."""
    options = {"SO_KEEPALIVE": 1, "TCP_KEEPIDLE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}
    options["TCP_USER_TIMEOUT"] = VANISHED_AFTER_S * 1000
    raw: Any = connection.connection
    with suppress(OSError, AttributeError), socket.socket(fileno=raw.fileno()) as peer:
        try:
            if peer.family in (socket.AF_INET, socket.AF_INET6):
                for name, value in options.items():
                    level = socket.SOL_SOCKET if name.startswith("SO_") else socket.IPPROTO_TCP
                    if hasattr(socket, name):
                        peer.setsockopt(level, getattr(socket, name), value)
        finally:
            peer.detach()  # the driver's, which goes on


@contextmanager
def busy_timeout(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    """Let SQLite wait that long for a lock in the block."""
    before_ms = pragma(connection, "busy_timeout")
    set_busy_timeout(connection, seconds)
    try:
        yield
    finally:
        if connection.is_usable():
            set_busy_timeout(connection, before_ms / 1000)


_IN_BULK = {"foreign_keys": 0, "cache_size": -8_192}  # KiB; more is slower


@contextmanager
def in_bulk(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Let SQLite, in a transaction in the block, look at no foreign key, and keep more pages in memory.

    Whoever changes rows then checks the foreign keys at the end. A transaction that began before changes nothing.
    """
    if connection.in_atomic_block:
        yield
        return
    before = {name: pragma(connection, name) for name in _IN_BULK}
    for name, value in _IN_BULK.items():
        _set_pragma(connection, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            _set_pragma(connection, name, value)


def pragma(connection: BaseDatabaseWrapper, name: str) -> int:
    """Return the value of one of SQLite's settings."""
    with connection.cursor() as cursor:
        return int(cursor.execute(f"PRAGMA {name}").fetchone()[0])


def _set_pragma(connection: BaseDatabaseWrapper, name: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name} = {value}")


def set_busy_timeout(connection: BaseDatabaseWrapper, seconds: float) -> None:
    """Let SQLite wait that long for a lock from now on."""
    _set_pragma(connection, "busy_timeout", int(seconds * 1000))
