"""Test cases of Django's own: a class says what its tests are seeded with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import connections
from django.test import TestCase, TransactionTestCase

from .databases import databases
from .wanted import Wanted


class SeededMixin:
    """Runs a class of Django's tests on a seeded database; stands before `TestCase` and its relatives.

    What isn't given comes from the `SEED_*` settings.
    """

    seed_version: ClassVar[str | None] = None
    seed_counts: ClassVar[Mapping[str, int]] = {}
    seed_using: ClassVar[str] = "default"

    @classmethod
    def wanted(cls) -> Wanted:
        """Return what the tests of the class want."""
        return Wanted.of(cls.seed_version, using=cls.seed_using, **cls.seed_counts)

    @classmethod
    def setUpClass(cls) -> None:
        databases.use(cls.wanted())
        cls.addClassCleanup(databases.restore, cls.seed_using)  # type: ignore[attr-defined]
        super().setUpClass()  # type: ignore[misc]

    def __call__(self, result: Any = None) -> Any:
        databases.use(self.wanted())
        try:
            return super().__call__(result)  # type: ignore[misc]
        finally:
            if not connections[self.seed_using].in_atomic_block:  # what the test did is committed
                databases.spoil(self.seed_using)


class SeededTestCase(SeededMixin, TestCase):
    """A `TestCase` on a seeded database: what a test changes is rolled back."""


class SeededTransactionTestCase(SeededMixin, TransactionTestCase):
    """A `TransactionTestCase` on a seeded database: each test gets a new clone."""
