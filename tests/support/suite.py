"""Another project with tests of its own: models, migrations, seeds and tests are text, in a folder and on a server.

On PostgreSQL it has a role of its own, so that its templates are nobody else's.
"""

import os
import re
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen, run
from typing import Any

from tests.support.checkout import ROOT
from tests.support.hermetic import is_ours
from tests.support.project import IS_POSTGRESQL, SERVER_URL, on_server

SETTINGS = """
import environ

SECRET_KEY = "a suite"
DATABASES = {"default": environ.Env().db_url("DATABASE_URL")}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "seeding", "shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
ROOT_URLCONF = "shop.views"
STATIC_URL = "static/"
TEST_RUNNER = "seeding.testing.SeededRunner"
SEED_ROW_COUNTS = {"books": 30}
SEED_ANCHOR = "2026-01-05"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
"""
MODELS = """
from django.db import models


class Book(models.Model):
    title = models.CharField(max_length=100)
"""
MIGRATION = """
import os, time

from django.db import migrations, models


def count(apps, schema_editor):
    with open(os.environ["MIGRATED"], "a") as file:
        file.write("once\\n")
    while os.path.exists(f"{os.environ['MIGRATED']}.wait"):
        time.sleep(0.05)


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Book", [
            ("id", models.BigAutoField(primary_key=True)),
            ("title", models.CharField(max_length=100)),
        ]),
        migrations.RunPython(count),
    ]
"""
SEEDS = """
import numpy as np

from seeding import Columns, Rows, register

from .models import Book


@register(Book, count="books", named={"first": 0, "third": 2})
def books(rows: Rows) -> Columns:
    return {"title": np.strings.add(f"{rows.version} ", rows.numbers.astype("U10"))}
"""
VIEWS = """
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from .models import Book


def book(request):
    return render(request, "book.html")


def count(request):
    return HttpResponse(f"{Book.objects.count()} books")


urlpatterns = [path("", book), path("count", count)]
"""


class Suite:
    """The project, and runs of its tests."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.migrated = folder / "migrated"
        self.role = f"suite_{os.getpid()}_{abs(hash(str(folder))) % 10**9}"
        self.url = f"sqlite:///{folder / 'shop.sqlite3'}"
        if IS_POSTGRESQL:
            on_server(f"CREATE ROLE {self.role} LOGIN CREATEDB PASSWORD 'secret'")
            self.url = f"postgres://{self.role}:secret@{SERVER_URL.rpartition('@')[2]}/shop"
        files = {"models": MODELS, "migrations/0001_initial": MIGRATION, "seeds": SEEDS, "views": VIEWS}
        for name, text in {**files, "__init__": "", "migrations/__init__": ""}.items():
            self.write(f"shop/{name}.py", text)
        self.write("shop/templates/book.html", "<h1>A book</h1>")
        self.write("suite_settings.py", SETTINGS)
        self.write("manage.py", "import django.core.management as m, sys\nm.execute_from_command_line(sys.argv)\n")

    def write(self, path: str, text: str) -> None:
        """Write one file."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text))

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace a text in one file, which must have it."""
        text = (self.folder / path).read_text()
        assert old in text
        (self.folder / path).write_text(text.replace(old, new))

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not is_ours(name) and "PYTEST" not in name}
        own = {"DJANGO_SETTINGS_MODULE": "suite_settings", "DATABASE_URL": self.url, "MIGRATED": str(self.migrated)}
        paths = {"PYTHONPATH": f"{self.folder}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
        return {**kept, **own, **paths}

    def start(self, *command: str, **options: Any) -> Popen[str]:
        """Start Python in the project's folder."""
        streams: dict[str, Any] = {"stdout": PIPE, "stderr": PIPE, **options}
        return Popen([sys.executable, *command], cwd=self.folder, env=self.environment, text=True, **streams)

    def run(self, *command: str) -> CompletedProcess[str]:
        """Run Python in the project's folder to its end."""
        environment = self.environment
        return run(
            [sys.executable, *command], cwd=self.folder, env=environment, text=True, capture_output=True, check=False
        )

    def pytest_command(self, *arguments: str) -> Sequence[str]:
        """Return the call of pytest with the plugin, as if the package were installed."""
        return (
            "-m",
            "pytest",
            "-W",
            "error",
            "-p",
            "seeding.testing.plugin",
            "-p",
            "no:cacheprovider",
            "-q",
            *arguments,
        )

    def pytest(self, *arguments: str) -> str:
        """Run the project's tests, which must pass; return the last line."""
        done = self.run(*self.pytest_command(*arguments))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()[-1]

    def manage(self, *arguments: str) -> str:
        """Run `manage.py`, which must succeed; return what it prints."""
        done = self.run("manage.py", *arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def migrations(self) -> int:
        """How often databases were migrated."""
        return len(self.migrated.read_text().splitlines()) if self.migrated.exists() else 0

    def databases(self) -> list[str]:
        """Return the names of all databases that tests have left."""
        if IS_POSTGRESQL:
            query = "SELECT datname FROM pg_database WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = %s)"
            return [name for (name,) in on_server(query, [self.role])]
        return sorted(path.name for path in self.folder.rglob("*") if ".sqlite3" in path.name or ".lock" in path.name)

    def templates(self) -> list[str]:
        """Return the names of those that are complete templates."""
        return [name for name in self.databases() if re.fullmatch(r"(seeded_)?[0-9a-f]{20}(\.sqlite3)?", name)]

    def leave_behind(self, name: str) -> None:
        """Create a database of this name, as a killed run leaves one."""
        if IS_POSTGRESQL:
            on_server(f'CREATE DATABASE "{name}" OWNER {self.role}')
        else:
            (self.folder / ".seeded" / name).touch()

    def close(self) -> None:
        """Drop what is on the server."""
        if IS_POSTGRESQL:
            for name in self.databases():
                on_server(f'DROP DATABASE "{name}" WITH (FORCE)')
            on_server(f"DROP ROLE {self.role}")
