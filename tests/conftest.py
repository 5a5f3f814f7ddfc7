"""What every tier shares: a clean environment, databases of one's own, chance that can be replayed."""

import os
import random
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from hypothesis import settings as hypothesis_settings

from tests.sketch import sketch, sketch_templates  # noqa: F401  (fixtures)
from tests.support.chance import chance_of, seed_of_the_run
from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

pytest_plugins = ["seeding.testing.plugin"]  # as if the package were installed

hypothesis_settings.register_profile("default", deadline=None)
hypothesis_settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "default")


def pytest_configure() -> None:
    """Choose the seed before workers start, and test databases that no other run uses."""
    seed_of_the_run()
    if IS_POSTGRESQL:
        django_settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = f"test_{os.getpid()}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how to have the same random instants again."""
    terminalreporter.write_line(f"Random instants come from TEST_SEED={seed_of_the_run()}.")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("SEED_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SEED_ENABLED", "on")


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """Random numbers of this test's own, which TEST_SEED replays."""
    return chance_of(request.node.nodeid)


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    template = create_database("template_migrated", tmp_path_factory.mktemp("template"))
    done = template.run("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    yield template
    drop_database(template)


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, migrated: Project) -> Iterator[Project]:
    template = create_database("template_seeded", tmp_path_factory.mktemp("seeded"), migrated)
    template.seed("--users", "20", "--orders", "100", SEED_ANCHOR="2026-01-05")
    yield template
    drop_database(template)


@pytest.fixture
def project(tmp_path_factory: pytest.TempPathFactory, migrated: Project) -> Iterator[Project]:
    """A migrated, empty database; on SQLite its path has a blank and a quote."""
    created = create_database("project", tmp_path_factory.mktemp("it's a project"), migrated)
    yield created
    drop_database(created)


@pytest.fixture
def seeded_project(tmp_path_factory: pytest.TempPathFactory, seeded: Project) -> Iterator[Project]:
    """A database with v1: 20 users, 100 orders, anchored at 2026-01-05."""
    created = create_database("seeded_project", tmp_path_factory.mktemp("it's a project"), seeded)
    yield created
    drop_database(created)


@pytest.fixture
def bare_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A database that isn't migrated."""
    created = create_database("bare", tmp_path_factory.mktemp("bare"))
    yield created
    drop_database(created)
