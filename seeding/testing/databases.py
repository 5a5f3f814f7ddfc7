"""The seeded databases of this process: a clone for each alias, which the alias means while seeded tests run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connections

from ..errors import SeedError
from ..report.wording import in_one_line
from .templates import Templates, templates_of
from .wanted import Content, Wanted, content_of


@dataclass
class _Clone:
    """The clone of one alias, beside the plain test database, whose name the alias has otherwise."""

    templates: Templates
    plain_name: str
    name: str
    fingerprint: str = ""  # of what is in it; empty: nothing, or a test has changed it
    is_in_use: bool = False
    is_own: bool = False  # this process has made it, so that nobody else's run can be in it


class SeededDatabases:
    """The seeded databases of a process, and of each process that is forked from it."""

    def __init__(self) -> None:
        self._pid = os.getpid()
        self._clones: dict[str, _Clone] = {}
        self._contents: dict[Wanted, Content | SeedError] = {}

    def build(self, wanted: Wanted) -> None:
        """Make sure that there is a template. Raises SeedError, at once where it did so before."""
        content = self._content(wanted)
        with self._remembering_failure(wanted):
            self._clone(wanted.using).templates.ensure(content)

    def use(self, wanted: Wanted) -> None:
        """Let the alias mean a database that holds what is wanted, as it was generated. Raises SeedError."""
        clone, content = self._clone(wanted.using), self._content(wanted)
        if content.fingerprint == clone.fingerprint:
            self._switch(clone, clone.name, wanted.using)
            return
        self.restore(wanted.using)
        clone.fingerprint = ""
        while not clone.templates.clone(content.fingerprint, clone.name, is_own=clone.is_own):
            self.build(wanted)  # there is none, or somebody has dropped it
        clone.fingerprint, clone.is_in_use, clone.is_own = content.fingerprint, True, True

    def spoil(self, using: str) -> None:
        """Note that the clone isn't as it was generated any more: who uses it next gets a new one."""
        self._clone(using).fingerprint = ""

    def restore(self, using: str) -> None:
        """Let the alias mean the plain test database again."""
        if using in self._own_clones:
            clone = self._clones[using]
            self._switch(clone, clone.plain_name, using)

    def close(self) -> None:
        """Drop the clones of this process."""
        for using, clone in self._own_clones.items():
            self.restore(using)
            if clone.is_own:
                clone.templates.drop_clone(clone.name, is_own=True)
        self._clones = {}

    def drop_clones_of(self, using: str, test_names: Iterable[str]) -> None:
        """Drop the clones that other processes made beside these test databases."""
        templates = self._clone(using).templates
        for name in test_names:
            templates.drop_clone(templates.clone_name(name), is_own=False)

    def _content(self, wanted: Wanted) -> Content:
        known = self._contents.get(wanted)
        if isinstance(known, SeedError):
            raise known
        if known is None:
            with self._remembering_failure(wanted):
                self._contents[wanted] = known = content_of(wanted, self._clone(wanted.using).templates.server)
        return known

    @contextmanager
    def _remembering_failure(self, wanted: Wanted) -> Iterator[None]:
        """Let what fails in the block fail at once for the next test that wants the same."""
        try:
            yield
        except Exception as exc:
            again = SeedError(f"Building the seeded database for this test failed before: {in_one_line(exc)}.")
            self._contents[wanted] = exc if isinstance(exc, SeedError) else again
            raise

    @property
    def _own_clones(self) -> dict[str, _Clone]:
        if self._pid != os.getpid():  # forked: the clones are the parent's
            self._pid, self._clones = os.getpid(), {}
        return self._clones

    def _clone(self, using: str) -> _Clone:
        clones = self._own_clones
        if using not in clones:
            templates = templates_of(using)
            plain_name = connections.settings[using]["NAME"]
            clones[using] = _Clone(templates, plain_name, templates.clone_name(plain_name))
        return clones[using]

    def _switch(self, clone: _Clone, name: str, using: str) -> None:
        is_clone = name == clone.name
        if clone.is_in_use == is_clone:
            return
        if connections[using].in_atomic_block:
            raise SeedError(f"The test is in a transaction, in which the database {using!r} can't be switched.")
        clone.templates.switch(name)
        clone.is_in_use = is_clone


databases = SeededDatabases()


def leave_out_plain(using: str) -> None:
    """Let Django create no plain test database for this alias from now on, as all its tests are seeded.

    The alias gets its name all the same, so that nothing can reach the database that isn't for tests.
    """
    creation: Any = connections[using].creation

    def rename(name: str) -> None:
        creation.connection.close()
        creation.connection.settings_dict["NAME"] = settings.DATABASES[using]["NAME"] = name

    def create_test_db(*args: Any, **options: Any) -> str:
        name: str = creation._get_test_db_name()
        rename(name)
        return name

    def destroy_test_db(old_database_name: str | None = None, *args: Any, **options: Any) -> None:
        if old_database_name is not None:
            rename(old_database_name)

    creation.create_test_db, creation.destroy_test_db = create_test_db, destroy_test_db
    creation.clone_test_db = lambda *args, **options: None
    creation.serialize_db_to_string = lambda: "[]"


@contextmanager
def used(wanted: Wanted) -> Iterator[None]:
    """Let the alias mean a database that holds what is wanted, in the block."""
    databases.use(wanted)
    try:
        yield
    finally:
        databases.restore(wanted.using)
