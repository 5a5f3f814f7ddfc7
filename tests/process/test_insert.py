"""The `insert` loader, and the indexes around it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from tests.support.project import IS_POSTGRESQL, Project

pytestmark = pytest.mark.skipif(IS_POSTGRESQL, reason="for SQLite")

SMALL = ("--users", "20", "--orders", "100")  # loaded with the indexes
LARGE = ("--users", "500", "--orders", "5000")  # indexes are dropped and recreated
ANCHOR = {"SEED_ANCHOR": "2026-01-05"}


@contextmanager
def connect(project: Project) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(project.url.removeprefix("sqlite:///"))) as connection:
        yield connection


def schema(project: Project) -> list[tuple[str, ...]]:
    return project.query(
        "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name <> 'sqlite_stat1' ORDER BY 1, 2"
    )


def stored(project: Project) -> dict[str, list[tuple[object, ...]]]:
    """Return what SQLite itself has, with the types of each value."""
    found = {}
    with connect(project) as connection:
        for table in ("users", "orders", "payments"):
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "password"]
            wanted = ", ".join(f"+{column}, typeof({column})" for column in columns)
            found[table] = connection.execute(f"SELECT {wanted} FROM {table} ORDER BY 1").fetchall()
    return found


@pytest.mark.parametrize("sizes", [SMALL, LARGE])
def test_insert__stores_what_bulk_create_stores(project: Project, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes, "--loader", "bulk_create", **ANCHOR)
    before = stored(project), schema(project)
    project.query("DELETE FROM sqlite_sequence")
    project.seed(*sizes, "--loader", "insert", "--force", **ANCHOR)
    (first, second) = project.query("SELECT loader, digests FROM seed_metadata ORDER BY id")
    assert (first[0], second[0]) == ("bulk_create", "insert")
    assert first[1] == second[1]
    assert (stored(project), schema(project)) == before


def test_insert__drops_and_recreates_indexes_of_all_kinds(project: Project) -> None:
    with connect(project) as connection:
        connection.execute('CREATE UNIQUE INDEX "an %s ""odd"" name" ON orders (id, lower(status)) WHERE total > 0')
        connection.execute(
            "CREATE INDEX descending ON orders (total DESC, status COLLATE NOCASE) WHERE status LIKE '%e%'"
        )
        connection.commit()
    before = schema(project)
    project.seed(*LARGE, "-v2")
    assert schema(project) == before
    with connect(project) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert project.run("seed", "--verify", *LARGE).returncode == 0


def test_insert__leaves_indexes_and_rows_as_they_were_when_it_fails(project: Project) -> None:
    project.seed(*LARGE)
    project.query("UPDATE orders SET total = id")
    project.query("CREATE UNIQUE INDEX one_of_each ON orders (total)")
    before = schema(project), project.content()
    done = project.run("seed", *LARGE, "--seed-version", "v2")
    assert done.returncode == 1
    assert "orders.total" in done.stderr
    assert (schema(project), project.content()) == before


def test_insert__refuses_references_to_nothing(project: Project) -> None:
    """Foreign keys are looked at only once, and all the same; in tables that have to do with the seeded ones."""
    project.query("INSERT INTO users VALUES (7, '!', NULL, 1, 'ada@shop.example', '', '', 1, 1, '2026-01-05')")
    project.query("CREATE TABLE notes (user_id bigint REFERENCES users, other_id bigint REFERENCES elsewhere)")
    project.query("CREATE TABLE elsewhere (id integer PRIMARY KEY)")
    project.query("CREATE TABLE unrelated (other_id bigint REFERENCES elsewhere)")
    project.query("INSERT INTO unrelated VALUES (99)")
    project.seed(*LARGE)
    project.query("INSERT INTO notes VALUES (7, 99)")
    before = project.content()
    done = project.run("seed", *LARGE, "--seed-version", "v2")
    assert done.returncode == 1
    assert "row 1 of notes references a row of elsewhere that isn't there" in done.stderr
    assert project.content() == before


def test_insert__in_a_transaction_of_the_caller(project: Project) -> None:
    before = schema(project)
    script = (
        "from django.db import connection, transaction\n"
        "from seeding import seed, verify\n"
        "with transaction.atomic():\n"
        "    print(seed(row_counts={'users': 500, 'orders': 5000}).loader)\n"
        "print(verify().same, connection.cursor().execute('PRAGMA foreign_keys').fetchone())"
    )
    done = project.run("shell", "-v0", "-c", script)
    assert done.stdout.split("\n")[:2] == ["insert", "True (1,)"], done.stderr
    assert schema(project) == before
