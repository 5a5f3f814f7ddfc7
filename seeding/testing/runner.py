"""Django's test runner, for suites with seeded tests."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from django.db import connections
from django.test.runner import DiscoverRunner
from django.test.utils import iter_test_cases  # type: ignore[attr-defined]

from ..errors import SeedError
from .cases import SeededMixin
from .databases import databases, leave_out_plain, used
from .wanted import Wanted


class SeededRunnerMixin:
    """Builds the templates before the tests, creates plain test databases only if need be, and drops all clones."""

    _wanted: list[Wanted]
    _needs_plain: bool
    parallel: int

    def get_databases(self, suite: Any) -> Any:
        cases = list(iter_test_cases(suite))
        self._wanted = list(dict.fromkeys(case.wanted() for case in cases if isinstance(case, SeededMixin)))
        others = [case for case in cases if not isinstance(case, SeededMixin)]
        self._needs_plain = any(getattr(case, "databases", None) for case in others)
        return super().get_databases(suite)  # type: ignore[misc]

    def setup_databases(self, **options: Any) -> Any:
        aliases = {wanted.using for wanted in self._wanted}
        is_copied_by_django = self.parallel > 1 and multiprocessing.get_start_method() != "fork"
        if len(aliases) == 1 and not (self._needs_plain or is_copied_by_django):
            leave_out_plain(*aliases)
        old_config = super().setup_databases(**options)  # type: ignore[misc]
        for wanted in self._wanted:
            with suppress(SeedError):  # the tests that want this say it
                databases.build(wanted)
        return old_config

    def run_checks(self, aliases: Iterable[str]) -> None:
        if not self._wanted or self._needs_plain:
            super().run_checks(aliases)  # type: ignore[misc]
            return
        with used(self._wanted[0]):
            super().run_checks(aliases)  # type: ignore[misc]

    def teardown_databases(self, old_config: Any, **options: Any) -> None:
        databases.close()
        for using in {wanted.using for wanted in self._wanted}:
            creation = connections[using].creation
            names = [creation.get_test_db_clone_settings(str(n + 1))["NAME"] for n in range(self.parallel)]
            databases.drop_clones_of(using, names if self.parallel > 1 else [])
        super().teardown_databases(old_config, **options)  # type: ignore[misc]


class SeededRunner(SeededRunnerMixin, DiscoverRunner):
    """Django's own runner, for `TEST_RUNNER`."""
