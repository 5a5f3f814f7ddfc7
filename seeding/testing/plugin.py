"""The pytest plugin: `@pytest.mark.seeded`, on top of pytest-django. Where nobody asks for it, it does nothing.

Seeded tests run on a database of their own, a clone beside pytest-django's test database, which other tests have as
ever. It becomes the alias's before a seeded test is set up, and is replaced once a test has changed it for good.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any
from unittest import TestCase

import pytest

if TYPE_CHECKING:
    from .databases import SeededDatabases
    from .wanted import Wanted

MARKER = (
    "seeded(version=None, *, using='default', **row_counts): run the test on a database seeded with this version and "
    "these counts. What isn't given comes from the SEED_* settings."
)
_DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}
_wanted: pytest.StashKey[Wanted] = pytest.StashKey()
_has_used: pytest.StashKey[bool] = pytest.StashKey()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    seeded = [item for item in items if _note(item)]
    if seeded:
        _prepare(config, items)
    return (yield)


@pytest.fixture
def seeded_db() -> None:
    """Run the test on a seeded database, as `@pytest.mark.seeded()` does."""


@pytest.fixture(scope="session")
def _seeded_databases(
    request: pytest.FixtureRequest,
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: Any,
) -> Generator[SeededDatabases, None, None]:
    from .databases import databases, leave_out_plain

    aliases = {item.stash[_wanted].using for item in request.session.items if _wanted in item.stash}
    if len(aliases) == 1 and not _needs_plain(request):
        leave_out_plain(*aliases)
    request.getfixturevalue("django_db_setup")
    yield databases
    with django_db_blocker.unblock():
        databases.close()


@pytest.fixture
def _seeded_database(
    request: pytest.FixtureRequest, _seeded_databases: SeededDatabases, django_db_blocker: Any
) -> None:
    from ..errors import SeedError

    request.node.stash[_has_used] = True
    try:
        with django_db_blocker.unblock():
            _seeded_databases.use(request.node.stash[_wanted])
    except SeedError as exc:
        pytest.fail(str(exc), pytrace=False)


class _Switch:
    """Gives the alias back its plain test database after the last of several seeded tests."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, None, None]:
        wanted = item.stash.get(_wanted, None)
        if wanted is None or not item.stash.get(_has_used, False):  # it may have been skipped
            return (yield)
        from django.db import connections

        from .databases import databases

        if not connections[wanted.using].in_atomic_block:  # what the test did is committed
            databases.spoil(wanted.using)
        try:
            return (yield)
        finally:
            following = nextitem.stash.get(_wanted, None) if nextitem is not None else None
            if following is None or following.using != wanted.using:
                databases.restore(wanted.using)


def _note(item: pytest.Item) -> bool:
    """Note what the test wants, if it wants to be seeded."""
    marker, case = item.get_closest_marker("seeded"), _case(item)
    if marker is None and case is None and not _asks_for_fixture(item):
        return False
    if not item.config.pluginmanager.hasplugin("django"):
        raise pytest.UsageError("@pytest.mark.seeded needs pytest-django: install django-seeded[test].")
    from .wanted import Wanted

    try:
        arguments = (marker.args, marker.kwargs) if marker is not None else ((), {})
        item.stash[_wanted] = case.wanted() if case is not None else Wanted.of(*arguments[0], **arguments[1])
    except TypeError as exc:
        raise pytest.UsageError(f"{item.nodeid}: @pytest.mark.seeded takes a version and row counts ({exc})") from exc
    return True


def _case(item: pytest.Item) -> Any:
    """Return the test's class, if it is seeded by itself, as for Django's runner."""
    cases = sys.modules.get("seeding.testing.cases")
    cls = getattr(item, "cls", None)
    return cls if cases is not None and isinstance(cls, type) and issubclass(cls, cases.SeededMixin) else None


def _is_unittest(item: pytest.Item) -> bool:
    cls = getattr(item, "cls", None)
    return isinstance(cls, type) and issubclass(cls, TestCase)


def _asks_for_fixture(item: pytest.Item) -> bool:
    if "seeded_db" not in getattr(item, "fixturenames", ()):
        return False
    definitions = item._fixtureinfo.name2fixturedefs.get("seeded_db", ())  # type: ignore[attr-defined]
    return bool(definitions) and definitions[-1].func.__module__ == __name__  # a project may have one of its own


def _prepare(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give seeded tests their database before all else, and let those that want the same follow one another."""
    places: dict[Wanted | None, int] = {}
    for item in items:
        wanted = item.stash.get(_wanted, None)
        places.setdefault(wanted, len(places))
        if wanted is None:
            continue
        item.fixturenames = ["_seeded_database", *item.fixturenames]  # type: ignore[attr-defined]
        if not _is_unittest(item) and item.get_closest_marker("django_db") is None:
            item.add_marker(pytest.mark.django_db(databases=[wanted.using]))
    items.sort(key=lambda item: places[item.stash.get(_wanted, None)])
    config.pluginmanager.register(_Switch())


def _needs_plain(request: pytest.FixtureRequest) -> bool:
    """Return True if a test that isn't seeded has a database, or the project makes something of the plain one."""
    definitions = request.session._fixturemanager.getfixturedefs("django_db_setup", request.node)
    others = [item for item in request.session.items if _wanted not in item.stash]
    return len(definitions or ()) != 1 or any(map(_has_database, others))


def _has_database(item: pytest.Item) -> bool:
    names: Sequence[str] = getattr(item, "fixturenames", ())
    if item.get_closest_marker("django_db") is not None or not _DATABASE_FIXTURES.isdisjoint(names):
        return True
    return bool(getattr(getattr(item, "cls", None), "databases", ()))
