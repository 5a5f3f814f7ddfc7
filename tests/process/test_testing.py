"""The kit for tests of other projects: the pytest plugin, Django's runner, templates and their clean-up."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.support.project import IS_POSTGRESQL
from tests.support.suite import Suite

SEEDED = """
import pytest

from seeding.testing import assert_seeded, seeded
from shop.models import Book

pytestmark = pytest.mark.seeded


def test_rows_are_there():
    assert Book.objects.count() == 30
    Book.objects.all().delete()


def test_rows_are_there_again():
    assert_seeded()
    assert [seeded(Book, 29).title, seeded(Book, "third").title] == ["v1 29", "v1 2"]
"""

MANY = """@pytest.mark.parametrize("n", range(8))
def test_rows_are_there(n):"""
UNCHANGED = """
import pytest

from seeding.testing import assert_seeded


@pytest.mark.seeded
def test_it():
    assert_seeded()
"""
CHANGES = {  # what to edit: a file, a text in it, and what takes its place
    "a migration": ("shop/migrations/0001_initial.py", "def count", "# changed\ndef count"),
    "a seeder": ("shop/seeds.py", '"U10"', '"U11"'),
    "what a seeder imports": ("shop/words.py", '" "', '": "'),
    "a count": ("suite_settings.py", '"books": 30', '"books": 31'),
    "the version": ("suite_settings.py", "SEED_ANCHOR", 'SEED_VERSION = "v2"\nSEED_ANCHOR'),
    "the anchor": ("suite_settings.py", "2026-01-05", "2026-01-12"),
}
ANOTHER_MIGRATION = """
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunSQL("SELECT 1")]
"""


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Suite]:
    made = Suite(tmp_path / "it's a suite")
    made.write("test_seeded.py", SEEDED)
    yield made
    made.close()


# What a test gets


def test_plugin__gives_each_test_its_database(suite: Suite) -> None:
    """Rows, rolled back or cloned again; other versions and counts; and an empty database to those that want none."""
    suite.write(
        "test_all.py",
        """
        from urllib.request import urlopen

        import pytest
        from django.db import connection
        from django.test import LiveServerTestCase, TestCase, TransactionTestCase

        from seeding.testing import SeededMixin, SeededTestCase, SeededTransactionTestCase, assert_seeded, seeded
        from shop.models import Book

        sessions = []


        def test_plain(db):
            assert Book.objects.count() == 0
            Book.objects.create(title="mine")

        @pytest.mark.seeded("v2", books=7)
        def test_another_version():
            assert [book.title for book in Book.objects.all()] == [f"v2 {n}" for n in range(7)]

        @pytest.mark.seeded
        @pytest.mark.django_db(transaction=True)
        @pytest.mark.parametrize("n", [1, 2])
        def test_real_transactions(n):
            assert not connection.in_atomic_block
            assert_seeded()
            Book.objects.all().delete()
            sessions.append(connection.copy())  # which nobody closes
            sessions[-1].ensure_connection()

        def test_asks_by_a_fixture(seeded_db, client):
            assert Book.objects.count() == 30

        def test_asks_for_real_transactions_by_a_fixture(seeded_db, transactional_db):
            assert_seeded()
            Book.objects.all().delete()

        def test_plain_with_real_transactions(transactional_db):
            assert Book.objects.count() == 0
            Book.objects.create(title="mine")

        @pytest.mark.seeded(books=3)
        class TestsOfDjango(TestCase):
            @classmethod
            def setUpTestData(cls):
                Book.objects.create(title="mine")

            def test_a(self):
                self.assertEqual(Book.objects.count(), 4)
                Book.objects.all().delete()

            def test_b(self):
                self.assertEqual(Book.objects.count(), 4)

        class PlainTestsOfDjango(TestCase):
            def test_a(self):
                self.assertEqual(Book.objects.count(), 0)

        class SeededTests(SeededTestCase):
            seed_version, seed_counts = "v3", {"books": 5}

            def test_a(self):
                self.assertEqual(seeded(Book, "first").title, "v3 0")
                Book.objects.all().delete()

            def test_b(self):
                assert_seeded()

        class SeededTransactionTests(SeededTransactionTestCase):
            def test_a(self):
                assert_seeded()
                Book.objects.all().delete()

            def test_b(self):
                assert_seeded()
                Book.objects.all().delete()

        @pytest.mark.seeded(books=11)
        def test_server(live_server):
            assert urlopen(f"{live_server}/count").read() == b"11 books"
            Book.objects.all().delete()

        class ServerTests(SeededMixin, LiveServerTestCase):
            def test_a(self):
                self.assertEqual(urlopen(f"{self.live_server_url}/count").read(), b"30 books")
                Book.objects.all().delete()

            def test_b(self):
                self.test_a()

        def test_without_a_database():
            with pytest.raises(RuntimeError):
                Book.objects.count()
        """,
    )
    assert "20 passed" in suite.pytest()
    assert "20 passed" in suite.pytest("-n", "2")
    assert len(suite.templates()) == 5
    assert not [name for name in suite.databases() if "clone" in name or "test_" in name]


@pytest.mark.skipif(IS_POSTGRESQL, reason="test databases of SQLite can be files")
def test_plugin__clones_files(suite: Suite) -> None:
    named = "DATABASES['default']['TEST'] = {'NAME': 'a test.sqlite3'}\nINSTALLED_APPS"
    suite.edit("suite_settings.py", "INSTALLED_APPS", named)
    suite.write("test_plain.py", "def test_plain(transactional_db):\n    pass\n")
    assert "3 passed" in suite.pytest()
    assert len(suite.templates()) == 1
    assert not [name for name in suite.databases() if "clone" in name or "test" in name]


def test_plugin__creates_no_plain_database_where_all_tests_are_seeded(suite: Suite) -> None:
    assert "2 passed" in suite.pytest()
    assert suite.migrations == 1
    assert "2 passed" in suite.pytest()
    assert suite.migrations == 1
    suite.write("test_plain.py", "def test_plain(db):\n    pass\n")
    assert "3 passed" in suite.pytest()
    assert suite.migrations == 2


def test_plugin__creates_the_plain_database_that_a_project_fills(suite: Suite) -> None:
    suite.write(
        "conftest.py",
        """
        import pytest

        @pytest.fixture(scope="session")
        def django_db_setup(django_db_setup, django_db_blocker):
            from shop.models import Book
            with django_db_blocker.unblock():
                Book.objects.create(title="mine")
        """,
    )
    assert "2 passed" in suite.pytest()


def test_plugin__builds_once_though_several_workers_start_at_once(suite: Suite) -> None:
    many = SEEDED.replace("def test_rows_are_there():", MANY)
    suite.write("test_seeded.py", many)
    assert "9 passed" in suite.pytest("-n", "4")
    assert suite.migrations == 1


def test_plugin__says_what_is_wrong_once_and_briefly(suite: Suite) -> None:
    """A count that nobody knows; and a build that fails, which isn't tried again for each test."""
    suite.write("test_seeded.py", SEEDED.replace("pytest.mark.seeded", "pytest.mark.seeded(boks=3)"))
    done = suite.run(*suite.pytest_command())
    assert (done.returncode, done.stdout.count("Traceback")) == (1, 0)
    assert "row_counts names boks: it may name books." in done.stdout
    suite.write("test_seeded.py", SEEDED)
    suite.edit("shop/migrations/0001_initial.py", '"once\\n")', '"once\\n")\n    raise ValueError("not today")')
    done = suite.run(*suite.pytest_command())
    assert "2 errors" in done.stdout
    assert done.stdout.count("Traceback") <= 1
    assert "Building the seeded database for this test failed before: not today." in done.stdout
    assert suite.migrations == 1
    assert [name for name in suite.databases() if "lock" not in name] == []


def test_plugin__builds_again_what_is_dropped_meanwhile(suite: Suite) -> None:
    suite.write(
        "test_seeded.py",
        """
        import pytest
        from django.core.management import call_command

        from seeding.testing import assert_seeded

        @pytest.mark.seeded
        @pytest.mark.django_db(transaction=True)
        @pytest.mark.parametrize("n", [1, 2])
        def test_it(n):
            assert_seeded()
            call_command("seed_templates", "--drop")
        """,
    )
    assert "2 passed" in suite.pytest()
    assert suite.migrations == 2
    assert suite.templates() == []


def test_lock__is_waited_for_no_longer_than_the_timeout(suite: Suite) -> None:
    wait = Path(f"{suite.migrated}.wait")
    wait.touch()
    builder = suite.start(*suite.pytest_command())
    while not suite.migrations:
        assert builder.poll() is None
        time.sleep(0.05)
    suite.edit("suite_settings.py", "SEED_ANCHOR", "SEED_LOCK_TIMEOUT = 1\nSEED_ANCHOR")
    done = suite.run(*suite.pytest_command())
    assert "within 1 s: another test run is building it. Try again later, or raise SEED_LOCK_TIMEOUT." in done.stdout
    wait.unlink()
    stdout, _ = builder.communicate(timeout=60)
    assert "2 passed" in stdout
    suite.pytest()
    assert suite.migrations == 1


# What a template depends on


def test_template__is_built_again_only_when_it_must_be(suite: Suite) -> None:
    """Not for code that no database sees; for migrations, seeders, what they import, counts, version and anchor."""
    suite.write("test_seeded.py", UNCHANGED)
    suite.write("shop/words.py", 'BETWEEN = " "\n')
    suite.edit("shop/seeds.py", "from .models", "from .words import BETWEEN\nfrom .models")
    suite.edit("shop/seeds.py", '{rows.version} "', '{rows.version}{BETWEEN}"')
    suite.pytest()
    assert suite.migrations == 1
    suite.edit("shop/views.py", "book.html", "books.html")
    suite.edit("shop/templates/book.html", "A book", "Books")
    suite.edit("shop/models.py", "title =", "price, title = 3,")
    suite.pytest()
    assert suite.migrations == 1, "nothing of this is in the database"
    for number, (what, change) in enumerate(CHANGES.items(), 2):
        suite.edit(*change)
        suite.pytest()
        assert suite.migrations == number, what
        suite.pytest()
        assert suite.migrations == number, what
    suite.write("shop/migrations/0002_more.py", ANOTHER_MIGRATION)
    suite.pytest()
    assert suite.migrations == number + 1
    suite.write("shop/migrations/more.sql", "SELECT 1")
    suite.pytest()
    assert suite.migrations == number + 2


KEYED = """
import uuid

from django.contrib.contenttypes.models import ContentType
from django.db import models


class Shelf(models.Model):
    code = models.CharField(max_length=10, primary_key=True)


class Book(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    title = models.CharField(max_length=100)
    shelf = models.ForeignKey(Shelf, models.CASCADE)
    about = models.ForeignKey(ContentType, models.CASCADE, db_constraint=False)  # whose table comes later


class Novel(Book):
    hero = models.CharField(max_length=100)
"""
KEYED_SEEDS = """
from django.contrib.contenttypes.models import ContentType

from seeding import Columns, Rows, register

from .models import Novel, Shelf


@register(Shelf, count=4, named={"top": 3})
def shelves(rows: Rows) -> Columns:
    return {"code": [f"S{n}" for n in rows]}


@register(Novel, count="books")
def novels(rows: Rows) -> Columns:
    return {
        "title": [f"Volume {n}" for n in rows],
        "hero": [f"Hero {n}" for n in rows],
        "shelf": rows.reference("shelf", Shelf),
        "about": rows.existing(ContentType),
    }
"""
KEYED_TESTS = """
import pytest

from seeding.testing import assert_seeded, seeded
from shop.models import Book, Novel, Shelf

pytestmark = pytest.mark.seeded


def test_it():
    assert [seeded(Shelf, "top").pk, seeded(Novel, 7).hero, seeded(Book, 29).title] == ["S3", "Hero 7", "Volume 29"]
    assert_seeded()
"""


def test_template__of_an_app_without_migrations(suite: Suite) -> None:
    """Keys that are texts and UUIDs, an inherited table, and rows not created by a seed; the models make the schema."""
    shutil.rmtree(suite.folder / "shop" / "migrations")
    suite.write("shop/models.py", KEYED)
    suite.write("shop/seeds.py", KEYED_SEEDS)
    suite.write("test_seeded.py", KEYED_TESTS)
    suite.pytest()
    (built,) = suite.templates()
    suite.edit("shop/views.py", "book.html", "books.html")
    suite.pytest()
    assert suite.templates() == [built]
    suite.edit("shop/models.py", "hero = models.CharField(max_length=100)", "hero = models.CharField(max_length=101)")
    suite.pytest()
    assert len(suite.templates()) == 2


def test_template__of_another_database(suite: Suite) -> None:
    others = "DATABASES['other'] = {**DATABASES['default'], 'NAME': 'another'}\n"
    others += "DATABASES['replica'] = {**DATABASES['other'], 'TEST': {'MIRROR': 'other'}}\n"
    suite.edit("suite_settings.py", "INSTALLED_APPS", f"{others}INSTALLED_APPS")
    suite.write(
        "test_seeded.py",
        """
        import pytest

        from seeding.testing import assert_seeded, seeded
        from shop.models import Book

        @pytest.mark.seeded(using="other")
        def test_other():
            assert seeded(Book, 3, using="other").title == "v1 3"
            assert_seeded(using="other")

        @pytest.mark.seeded(using="other")
        @pytest.mark.django_db(databases=["default", "other"])
        def test_both():
            assert Book.objects.count() == 0
            assert Book.objects.using("other").count() == 30

        @pytest.mark.seeded(using="other")
        @pytest.mark.django_db(databases=["other", "replica"], transaction=True)
        @pytest.mark.parametrize("n", [1, 2])
        def test_mirror(n):
            assert Book.objects.using("replica").count() == 30
            Book.objects.using("other").all().delete()
            assert Book.objects.using("replica").count() == 0

        @pytest.mark.seeded(books=3)
        def test_default():
            assert_seeded()
            assert Book.objects.count() == 3
        """,
    )
    assert "5 passed" in suite.pytest()
    assert len(suite.templates()) == 2
    assert not [name for name in suite.databases() if "clone" in name or "test_" in name]


# The command


def test_command__lists_and_drops_templates_and_what_killed_runs_left_behind(suite: Suite) -> None:
    assert suite.manage("seed_templates").startswith("No templates in ")
    suite.pytest()
    first, second = suite.manage("seed_templates").splitlines()
    assert first.startswith("1 template in ")
    assert re.fullmatch(r"  (seeded_)?[0-9a-f]{20}\S* +[\d.]+ MB  v1: 30 shop_book, built at [\d-]+ [\d:]+", second)
    (template,) = suite.templates()
    suite.leave_behind(template.removesuffix(".sqlite3") + ("_building" if IS_POSTGRESQL else ".building.sqlite3"))
    suite.leave_behind("seeded_clone_test_x" if IS_POSTGRESQL else f"clone_{'0' * 20}.sqlite3")
    suite.leave_behind("seeded_by_hand" if IS_POSTGRESQL else "by_hand.sqlite3")
    listed = suite.manage("seed_templates")
    assert listed.startswith("3 templates in ")
    assert listed.count("left behind by a killed test run") == 2
    assert suite.manage("seed_templates", "--drop", "--older-than", "1").startswith("Dropped 2 templates in ")
    assert "2 passed" in suite.pytest()
    assert suite.migrations == 1
    assert suite.manage("seed_templates", "--drop").startswith("Dropped 1 template in ")
    assert ["hand" in name for name in suite.databases()] == [True]
    assert suite.manage("seed_templates").startswith("No templates in ")


# Django's runner


DJANGO = """
from django.db import connection
from django.test import TestCase

from seeding.testing import SeededTestCase, SeededTransactionTestCase, assert_seeded, seeded
from shop.models import Book


class First(SeededTestCase):
    def test_a(self):
        self.assertEqual(seeded(Book, 29).title, "v1 29")
        Book.objects.all().delete()

    def test_b(self):
        assert_seeded()


class Second(SeededTestCase):
    seed_version, seed_counts = "v2", {"books": 7}

    def test_a(self):
        self.assertEqual(Book.objects.count(), 7)


class Third(SeededTransactionTestCase):
    def test_a(self):
        assert_seeded()
        Book.objects.all().delete()

    def test_b(self):
        assert_seeded()
        Book.objects.all().delete()
"""
PLAIN = """

class Plain(TestCase):
    def test_a(self):
        self.assertEqual(Book.objects.count(), 0)
"""


@pytest.mark.parametrize("arguments", [(), ("--parallel", "3")], ids=["one process", "parallel"])
def test_runner__gives_each_class_its_database(suite: Suite, arguments: tuple[str, ...]) -> None:
    suite.write("test_seeded.py", DJANGO)
    done = suite.run("manage.py", "test", *arguments)
    assert (done.returncode, "Ran 5 tests" in done.stderr) == (0, True), done.stderr
    assert suite.migrations == 2, "one for each template"
    suite.write("test_seeded.py", DJANGO + PLAIN)
    done = suite.run("manage.py", "test", *arguments)
    assert (done.returncode, "Ran 6 tests" in done.stderr) == (0, True), done.stderr
    assert suite.migrations == 3
    assert len(suite.templates()) == 2
    assert not [name for name in suite.databases() if "clone" in name or "test_" in name]


# Where nobody asks for it


def test_plugin__costs_nothing_where_nobody_asks_for_it(tmp_path: Path) -> None:
    """Neither pytest-django nor Django nor NumPy is needed, or imported."""
    (tmp_path / "test_it.py").write_text(
        """
import sys

def test_imports():
    assert "seeding.testing.plugin" in sys.modules
    assert not {"django", "numpy", "seeding.testing.databases"} & {*sys.modules}
"""
    )
    command = [sys.executable, "-m", "pytest", "-p", "seeding.testing.plugin"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (tmp_path / "test_it.py").write_text("import pytest\n\n@pytest.mark.seeded\ndef test_it():\n    pass\n")
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "@pytest.mark.seeded needs pytest-django: install django-seeded[test]." in done.stderr
    assert "Traceback" not in done.stderr


def test_plugin__leaves_fixtures_of_the_same_name_to_the_project(suite: Suite) -> None:
    suite.write(
        "test_seeded.py",
        """
        import pytest

        @pytest.fixture
        def seeded_db():
            return "mine"

        def test_it(seeded_db):
            assert seeded_db == "mine"
        """,
    )
    assert "1 passed" in suite.pytest()
    assert suite.databases() == []
