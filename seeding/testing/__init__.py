"""The seeded database in tests: built once, kept as a template, cloned for each process of a test run.

    @pytest.mark.seeded("v1", users=100)
    def test_profile(client):
        ada = seeded(User, 0)

`pytest` finds the marker by itself; for Django's runner there are test cases and a runner.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .cases import SeededMixin as SeededMixin
    from .cases import SeededTestCase as SeededTestCase
    from .cases import SeededTransactionTestCase as SeededTransactionTestCase
    from .rows import assert_seeded as assert_seeded
    from .rows import seeded as seeded
    from .runner import SeededRunner as SeededRunner
    from .runner import SeededRunnerMixin as SeededRunnerMixin

# Imported when first asked for: pytest imports this package in projects that don't use it, and even without Django.
_HOMES = {
    "SeededMixin": "cases",
    "SeededRunner": "runner",
    "SeededRunnerMixin": "runner",
    "SeededTestCase": "cases",
    "SeededTransactionTestCase": "cases",
    "assert_seeded": "rows",
    "seeded": "rows",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
