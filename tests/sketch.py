"""A Django project that a test writes: models, seeds and settings are text, in a folder and a database of its own.

It knows nothing of this project's apps, as the project of somebody who installs `seeding` does.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import environ
import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

LOADERS = ["bulk_create", "copy" if IS_POSTGRESQL else "insert"]
SETTINGS = """
import environ

SECRET_KEY = "a sketch"
DATABASES = {"default": environ.Env().db_url("DATABASE_URL")}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "seeding", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
"""
MODELS = """
import datetime, decimal, os, uuid
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy
"""
SEEDS = """
import os
import numpy as np
from django.db.models import Q
from seeding import Categorical, Rows, register, seeded_password
from .models import *
"""


class Sketch(Project):
    """A migrated database, and `manage.py` run on it with the settings and the app `shop` that a test wrote."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__(url)
        self.folder = folder

    def environment(self, changes: dict[str, str | None]) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "sketch_settings", "PYTHONPATH": str(self.folder)}
        # Files are written again within the second that bytecode is dated by.
        return super().environment({**own, "PYTHONDONTWRITEBYTECODE": "1", "SEED_ANCHOR": "2026-01-05", **changes})

    def write(self, *, models: str | None = None, seeds: str | None = None, settings: str | None = None) -> None:
        """Write what is given over what is there."""
        shop = self.folder / "shop"
        shop.mkdir(parents=True, exist_ok=True)
        (shop / "__init__.py").touch()
        if models is not None:
            (shop / "models.py").write_text(MODELS + models)
        if seeds is not None:
            (shop / "seeds.py").write_text(SEEDS + seeds)
        if settings is not None:
            (self.folder / "sketch_settings.py").write_text(SETTINGS + settings)

    def plan(self, *arguments: str, **changes: str | None) -> dict[str, Any]:
        return plan_of(self, *arguments, **changes)

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        return self.query(f"SELECT * FROM {table} ORDER BY 1")


def plan_of(project: Project, *arguments: str, **changes: str | None) -> dict[str, Any]:
    """Return what `--plan --format json` prints."""
    done = project.run("seed", "--plan", "--format", "json", *arguments, **changes)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return dict(json.loads(done.stdout))


def lost_rows(plan: dict[str, Any]) -> dict[str, int]:
    """Return how many rows the plan says would be lost, by table."""
    found: dict[str, int] = {}
    for loss in plan["losses"]:
        found[loss["table"]] = found.get(loss["table"], 0) + loss["rows"]
    return found


def failure(project: Project, *arguments: str, code: int = 1, lines: bool = False, **changes: str | None) -> str:
    """Run `manage.py`, which must fail with this code and no traceback; return what it says on stderr.

    That is one line where the code is 1, but for `lines` that are there to be pasted.
    """
    done = project.run(*arguments, **changes)
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    if code == 1 and not lines:
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def verified(project: Project, *arguments: str, **changes: str | None) -> None:
    done = project.run("seed", "--verify", *arguments, **changes)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr


def same_in_any_batch_size(
    project: Project, loader: str = "auto", content: Callable[[Any], Any] = lambda _: None, **changes: str | None
) -> None:
    """Seed in batches of 1, 7 and 10,000 rows, and verify: they must give the same digests, those rows and content."""
    found = []
    for size in (1, 7, 10_000):
        script = (
            f"from seeding import seed, verify\nprint(seed(batch_size={size}, force=True, loader={loader!r}).digests,"
            " verify().same)"
        )
        done = project.run("shell", "-v0", "-c", script, **changes)
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(" True\n"), done.stdout
        found.append((done.stdout, content(project)))
    assert found[0] == found[1] == found[2]


def session(project: Project) -> Any:
    """Return another connection to the project's database, on which each statement stands for itself."""
    if not IS_POSTGRESQL:
        return sqlite3.connect(project.url.removeprefix("sqlite:///"), isolation_level=None)
    config = environ.Env.db_url_config(project.url)
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    return psycopg.connect(**{name: config[key] for name, key in names.items() if config[key]}, autocommit=True)


Write = Callable[..., Sketch]


class Templates:
    """Migrated databases, by the texts of models and settings: a copy is quicker than a migration."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._made: dict[tuple[str, str], Project] = {}

    def get(self, models: str, settings: str) -> Project:
        if (models, settings) not in self._made:
            # What a table of the app references is there before the app's tables are, which have no migrations.
            base = self.get("", "") if models or settings else None
            number = len(self._made)
            database = create_database(f"sketch_template{number}", self._directory, base)
            shop = Sketch(database.url, self._directory / f"folder{number}")
            shop.write(models=models, settings=settings)
            done = shop.run("migrate", "--run-syncdb", "-v0")
            if done.returncode:
                drop_database(database)
            assert done.returncode == 0, done.stderr
            self._made[models, settings] = database
        return self._made[models, settings]

    def drop(self) -> None:
        for template in self._made.values():
            drop_database(template)


@pytest.fixture(scope="session")
def sketch_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Templates]:
    templates = Templates(tmp_path_factory.mktemp("sketch_templates"))
    yield templates
    templates.drop()


@pytest.fixture
def sketch(tmp_path: Path, sketch_templates: Templates) -> Iterator[Write]:
    """Return a function that writes a project, and migrates its database."""
    made: list[Sketch] = []

    def write(models: str, seeds: str | None, settings: str = "") -> Sketch:
        database = create_database(f"sketch{len(made)}", tmp_path, sketch_templates.get(models, settings))
        shop = Sketch(database.url, tmp_path / f"sketch{len(made)}")
        made.append(shop)
        shop.write(models=models, seeds=seeds, settings=settings)
        return shop

    yield write
    for shop in made:
        drop_database(shop)
