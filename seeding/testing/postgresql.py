"""Templates on a PostgreSQL server: databases that nobody can connect to, and that the server copies."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from hashlib import blake2b
from typing import Any

from django.db import DatabaseError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from ..database.connections import describe
from ..database.errors import LOCK_NOT_AVAILABLE, message_of, sqlstate
from ..database.locks import POLL_S
from ..database.names import run, sql_text
from ..errors import SeedError
from .templates import Found, Templates, lock_timeout
from .wanted import Content

IN_USE = "55006"
BUSY_FOR_S = 10  # how long a killed run's sessions may take to end
LONGEST_NAME = 63  # bytes
_OURS = re.compile(r"seeded_(?P<fingerprint>[0-9a-f]{20})(?P<unfinished>_building)?|seeded_clone_.+")


class PostgresTemplates(Templates):
    """Databases of the server, in which the role may create some. They are known by their names and comments."""

    @property
    def server(self) -> str:
        with self._server() as cursor:
            cursor.execute("SHOW server_version_num")
            return f"PostgreSQL {cursor.fetchone()[0]}"

    @property
    def place(self) -> str:
        return describe(self._using).replace(" database ", " server of ", 1)

    def has(self, fingerprint: str) -> bool:
        with self._server() as cursor:
            return _is_there(cursor, _name(fingerprint))

    @contextmanager
    def lock(self, fingerprint: str, timeout_s: float) -> Iterator[None]:
        key = int.from_bytes(blake2b(_name(fingerprint).encode(), digest_size=8).digest(), signed=True)
        with self._server() as cursor:
            cursor.execute(f"SET lock_timeout = {max(1, int(timeout_s * 1000))}")
            try:
                run(cursor, "SELECT pg_advisory_lock(%s)", [key])
            except OperationalError as exc:
                if sqlstate(exc) == LOCK_NOT_AVAILABLE:
                    raise lock_timeout(f"the template {_name(fingerprint)}", timeout_s) from exc
                raise
            yield  # the end of the session frees it

    def switch(self, name: str) -> None:
        self._connection.close()
        self._connection.close_pool()
        self._rename(name)

    def clone_name(self, test_name: str) -> str:
        name = f"seeded_clone_{test_name}"
        if len(name.encode()) <= LONGEST_NAME:
            return name
        return f"seeded_clone_{blake2b(test_name.encode(), digest_size=16).hexdigest()}"

    def clone(self, fingerprint: str, name: str, *, is_own: bool) -> bool:
        template = _name(fingerprint)
        with self._server() as cursor:
            if not _is_there(cursor, template):
                return False
            self._drop(cursor, name, is_own)
            try:
                self._copy(cursor, template, name)
            except DatabaseError:
                if _is_there(cursor, template):
                    raise
                return False
        self.switch(name)
        return True

    def drop_clone(self, name: str, *, is_own: bool) -> None:
        with self._server() as cursor:
            self._drop(cursor, name, is_own)

    def found(self) -> Sequence[Found]:
        with self._server() as cursor:
            cursor.execute(
                "SELECT d.datname, pg_database_size(d.oid), shobj_description(d.oid, 'pg_database')"
                " FROM pg_database AS d JOIN pg_roles AS r ON r.oid = d.datdba"
                " WHERE r.rolname = current_user AND d.datname LIKE 'seeded%' ORDER BY 1"
            )
            return [_found(*row) for row in cursor.fetchall() if _OURS.fullmatch(row[0])]

    def drop(self, found: Found) -> bool:
        with self._server() as cursor:
            try:
                run(cursor, f"DROP DATABASE IF EXISTS {_quoted(found.name)}")
            except OperationalError as exc:
                if sqlstate(exc) != IN_USE:
                    raise
                return False
        return True

    def _build_name(self, fingerprint: str) -> str:
        return f"{_name(fingerprint)}_building"

    def _discard(self, fingerprint: str) -> None:
        with self._server() as cursor:  # whoever is connected to it is what a killed build left behind
            self._drop(cursor, self._build_name(fingerprint), is_own=True)

    def _complete(self, content: Content) -> None:
        built = _quoted(self._build_name(content.fingerprint))
        with self._server() as cursor:
            run(cursor, f"COMMENT ON DATABASE {built} IS {_comment(content)}")
            run(cursor, f"ALTER DATABASE {built} WITH ALLOW_CONNECTIONS false")  # a copy needs that nobody is in there
            run(cursor, f"ALTER DATABASE {built} RENAME TO {_quoted(_name(content.fingerprint))}")

    def _copy(self, cursor: CursorWrapper, template: str, name: str) -> None:
        """Let the server copy the files, the blocks of which a file system may share."""
        version = cursor.connection.info.server_version
        statement = f"CREATE DATABASE {_quoted(name)} TEMPLATE {_quoted(template)}"
        statement += " STRATEGY FILE_COPY" if version >= 150000 else ""
        if version >= 180000:
            with suppress(DatabaseError):  # neither every build of the server nor every file system can do that
                cursor.execute("SET file_copy_method = clone")
                run(cursor, statement)
                return
            cursor.execute("RESET file_copy_method")
        run(cursor, statement)

    def _drop(self, cursor: CursorWrapper, name: str, is_own: bool) -> None:
        """Drop a database, once the sessions in it have ended. Raises SeedError where they don't.

        Where it `is_own`, they are ended, but for autovacuum's: the server ends those, which WITH (FORCE) may not.
        """
        deadline = time.monotonic() + BUSY_FOR_S
        if is_own:
            mine = "datname = %s AND usename = current_user"
            run(cursor, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {mine}", [name])
        while True:
            try:
                run(cursor, f"DROP DATABASE IF EXISTS {_quoted(name)}")
                return
            except OperationalError as exc:
                if sqlstate(exc) != IN_USE:
                    raise
                if time.monotonic() > deadline:
                    raise SeedError(
                        f"The database {name} of another test run is in use ({message_of(exc)}): end that run, or "
                        "give this one another name in DATABASES[…]['TEST']."
                    ) from exc
            time.sleep(POLL_S)

    @contextmanager
    def _server(self) -> Iterator[CursorWrapper]:
        """Yield a cursor of a new session, in no transaction and in no database of the tests'."""
        with self._connection._nodb_cursor() as cursor:
            cursor.execute("SET statement_timeout = 0")
            yield cursor


def _is_there(cursor: CursorWrapper, name: str) -> bool:
    run(cursor, "SELECT 1 FROM pg_database WHERE datname = %s", [name])
    return cursor.fetchone() is not None


def _name(fingerprint: str) -> str:
    return f"seeded_{fingerprint}"


def _quoted(name: str) -> str:
    from psycopg.sql import Identifier

    return sql_text(Identifier(name).as_string(None))  # whatever state the alias's connection is in


def _comment(content: Content) -> str:
    from psycopg.sql import Literal

    told = {
        "seed_version": content.config.version,
        "row_counts": dict(content.row_counts),
        "built_at": timezone.now().isoformat(),
    }
    return sql_text(Literal(json.dumps(told)).as_string(None))


def _found(name: str, size: int, comment: str | None) -> Found:
    told: Any = None
    with suppress(ValueError):
        told = json.loads(comment or "")
    matched = _OURS.fullmatch(name)
    if not isinstance(told, dict) or matched is None or not matched["fingerprint"] or matched["unfinished"]:
        return Found(name, size)
    built_at = datetime.fromisoformat(told["built_at"])
    return Found(name, size, told["seed_version"], told["row_counts"], built_at)
