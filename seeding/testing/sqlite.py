"""Templates of SQLite: files in a folder, copied into the test database, in memory or not."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

from .. import conf
from ..models import SeedMetadata
from .templates import Found, Templates, lock_timeout
from .wanted import Content

_OURS = re.compile(r"(?P<fingerprint>[0-9a-f]{20})(?P<unfinished>\.building)?\.sqlite3|clone_[0-9a-f]{20}\.sqlite3")
_BESIDE = ("-journal", "-wal", "-shm")


class SqliteTemplates(Templates):
    """Files of a folder. Where test databases are in memory, as Django's are, so are the clones."""

    def __init__(self, using: str) -> None:
        super().__init__(using)
        self._folder = conf.template_folder()
        self._kept: dict[str, Any] = {}  # connections by which databases in memory live on, while others are in use

    @property
    def server(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    @property
    def place(self) -> str:
        return f"the folder {self._folder}"

    def has(self, fingerprint: str) -> bool:
        return self._path(fingerprint).exists()

    @contextmanager
    def lock(self, fingerprint: str, timeout_s: float) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / ".gitignore").write_text("*\n")
        path = self._folder / f"{fingerprint}.lock"
        with closing(sqlite3.connect(path, timeout=timeout_s, isolation_level=None)) as held:
            try:
                held.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as exc:
                raise lock_timeout(f"the template {self._path(fingerprint)}", timeout_s) from exc
            yield

    def switch(self, name: str) -> None:
        connection = self._connection
        if connection.is_in_memory_db():
            self._kept[connection.settings_dict["NAME"]] = connection.connection
            connection.connection = None
        else:
            connection.close()
        self._rename(name)
        connection.connection = self._kept.pop(str(name), None)

    def clone_name(self, test_name: str) -> str:
        if self._connection.creation.is_in_memory_db(test_name):
            return f"file:seeded_{self._using}?mode=memory&cache=shared"
        digest = blake2b(str(Path(test_name).absolute()).encode(), digest_size=10).hexdigest()
        return str(self._folder / f"clone_{digest}.sqlite3")

    def clone(self, fingerprint: str, name: str, *, is_own: bool) -> bool:
        try:
            source = sqlite3.connect(f"{self._path(fingerprint).as_uri()}?mode=ro", uri=True)
        except sqlite3.OperationalError:
            if self.has(fingerprint):
                raise
            return False
        with closing(source):
            if self._connection.creation.is_in_memory_db(name):
                self.switch(name)
                self._connection.ensure_connection()
                source.backup(self._connection.connection)
            else:
                self.drop_clone(name, is_own=is_own)
                with closing(sqlite3.connect(name)) as target:
                    source.backup(target)
                self.switch(name)
        return True

    def drop_clone(self, name: str, *, is_own: bool) -> None:
        if self._connection.creation.is_in_memory_db(name):
            if (kept := self._kept.pop(name, None)) is not None:
                kept.close()
        else:
            _delete(Path(name))

    def found(self) -> Sequence[Found]:
        paths = sorted(path for path in self._folder.glob("*.sqlite3") if _OURS.fullmatch(path.name))
        return [_found(path) for path in paths]

    def drop(self, found: Found) -> bool:
        path = self._folder / found.name
        matched = _OURS.fullmatch(found.name)
        if matched is None or not matched["fingerprint"]:
            _delete(path)
            return True
        lock = self._folder / f"{matched['fingerprint']}.lock"
        with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as held:
            try:
                held.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return False
            _delete(path)
            lock.unlink(missing_ok=True)
        return True

    def _path(self, fingerprint: str) -> Path:
        return self._folder / f"{fingerprint}.sqlite3"

    def _build_name(self, fingerprint: str) -> str:
        return str(self._folder / f"{fingerprint}.building.sqlite3")

    def _discard(self, fingerprint: str) -> None:
        _delete(Path(self._build_name(fingerprint)))

    def _complete(self, content: Content) -> None:
        built = Path(self._build_name(content.fingerprint))
        with closing(sqlite3.connect(built)) as connection:  # a project's own settings may have made it a WAL
            connection.execute("PRAGMA journal_mode = DELETE")
        built.replace(self._path(content.fingerprint))


def _delete(path: Path) -> None:
    for each in (path, *(path.with_name(f"{path.name}{suffix}") for suffix in _BESIDE)):
        each.unlink(missing_ok=True)


def _found(path: Path) -> Found:
    size = path.stat().st_size
    matched = _OURS.fullmatch(path.name)
    if matched is None or not matched["fingerprint"] or matched["unfinished"]:
        return Found(path.name, size)
    table = SeedMetadata._meta.db_table
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as opened:
        version, row_counts = opened.execute(
            f"SELECT seed_version, row_counts FROM {table} WHERE status = 'success'"
        ).fetchone()
        built_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        return Found(path.name, size, version, json.loads(row_counts), built_at)
    return Found(path.name, size)
