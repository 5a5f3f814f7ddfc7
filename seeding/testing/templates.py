"""Templates: seeded databases that are kept between test runs, one for each fingerprint, to be cloned from.

One is built by whoever comes first, under a lock that the system frees however its holder ends, and under another name
until it is complete. So what bears a template's name is whole, and what a killed process leaves behind is known by its
name, too: the next build of the same template replaces it, and `manage.py seed_templates --drop` removes it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import django
from django.conf import settings
from django.db import connections

from ..apply.seed import seed_as
from ..database.connections import check_alias, describe
from ..errors import LockTimeout, SeedError
from .wanted import Content


@dataclass(frozen=True)
class Found:
    """A database that test runs have left: a template, or what a killed run left behind."""

    name: str
    size: int  # bytes
    version: str = ""
    row_counts: Mapping[str, int] | None = None  # None: it isn't a template
    built_at: datetime | None = None


class Templates(ABC):
    """The templates that one database alias may use, and how they are built and cloned."""

    def __init__(self, using: str) -> None:
        self._using = using
        self._connection: Any = connections[using]

    @property
    @abstractmethod
    def server(self) -> str:
        """The version of the server, whose files an older or newer one may not read."""

    @property
    @abstractmethod
    def place(self) -> str:
        """Where the templates are, in words."""

    @abstractmethod
    def has(self, fingerprint: str) -> bool:
        """Return True if there is a complete template."""

    @abstractmethod
    def lock(self, fingerprint: str, timeout_s: float) -> AbstractContextManager[None]:
        """Let one process at a time run the block, on all processes that share the templates. Raises LockTimeout."""

    @abstractmethod
    def switch(self, name: str) -> None:
        """Let the alias mean the database of this name from now on."""

    @abstractmethod
    def clone_name(self, test_name: str) -> str:
        """Return the name of the clone that belongs to a test database."""

    @abstractmethod
    def clone(self, fingerprint: str, name: str, *, is_own: bool) -> bool:
        """Make a database of this name what the template is, and let the alias mean it; or return False without one.

        Where this process made the database that is there, whoever is in it has to go.
        """

    @abstractmethod
    def drop_clone(self, name: str, *, is_own: bool) -> None:
        """Drop a clone, if there is one."""

    @abstractmethod
    def found(self) -> Sequence[Found]:
        """Return the templates, and what killed runs left behind."""

    @abstractmethod
    def drop(self, found: Found) -> bool:
        """Drop one of them; return False where it is in use."""

    @abstractmethod
    def _discard(self, fingerprint: str) -> None:
        """Drop what is there of a template that isn't complete; nobody else is building it."""

    @abstractmethod
    def _build_name(self, fingerprint: str) -> str:
        """Return the name of the template until it is complete."""

    @abstractmethod
    def _complete(self, content: Content) -> None:
        """Give the template its name, whole and at once."""

    def ensure(self, content: Content) -> bool:
        """Build the template unless it is there; return whether it was built now. Raises SeedError."""
        if self.has(content.fingerprint):
            return False
        with self.lock(content.fingerprint, content.config.lock_timeout_s):
            if self.has(content.fingerprint):
                return False
            self._discard(content.fingerprint)
            try:
                self._build(content)
            except BaseException:
                self._discard(content.fingerprint)
                raise
        return True

    def _build(self, content: Content) -> None:
        with self._named(self._build_name(content.fingerprint)):
            try:
                creation = self._connection.creation
                options: dict[str, Any] = {"serialize": False} if django.VERSION < (6, 0) else {}  # since then never
                type(creation).create_test_db(creation, verbosity=0, autoclobber=True, **options)
            except SystemExit as exc:
                raise SeedError(
                    f"Can't create a database for tests beside {describe(self._using)}: see the message above."
                ) from exc
            seed_as(content.config, overwrite=True)
        self._complete(content)

    @contextmanager
    def _named(self, name: str) -> Iterator[None]:
        """Let Django create its test database under this name in the block, and let the alias mean it."""
        test = self._connection.settings_dict["TEST"]
        before, test_name = self._connection.settings_dict["NAME"], test["NAME"]
        test["NAME"] = name
        self.switch(name)
        try:
            yield
        finally:
            test["NAME"] = test_name
            self.switch(before)

    def _rename(self, name: str) -> None:
        """Let new connections of the alias and its mirrors, in all threads, go to the database of this name."""
        self._connection.settings_dict["NAME"] = settings.DATABASES[self._using]["NAME"] = name
        for alias in connections:
            mirror: Any = connections[alias]
            if mirror.settings_dict["TEST"]["MIRROR"] == self._using:
                mirror.close()
                mirror.connection, mirror.settings_dict["NAME"] = None, name


def templates_of(using: str) -> Templates:
    """Return the templates of a database alias. Raises ConfigurationError where it can't be seeded."""
    check_alias(using)
    if connections[using].vendor == "postgresql":
        from .postgresql import PostgresTemplates

        return PostgresTemplates(using)
    from .sqlite import SqliteTemplates

    return SqliteTemplates(using)


def lock_timeout(what: str, timeout_s: float) -> LockTimeout:
    """Return the error for a lock that another process has held for too long."""
    return LockTimeout(
        f"Could not acquire the lock on {what} within {timeout_s:g} s: another test run is building it. "
        "Try again later, or raise SEED_LOCK_TIMEOUT."
    )
