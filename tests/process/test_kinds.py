"""A column of every kind: the same rows by both loaders, the same digests on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sketch import LOADERS, same_in_any_batch_size, verified
from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

TABLES = ["kinds_thing", "kinds_lookalike", *(["kinds_native"] if IS_POSTGRESQL else [])]
GOLDEN = {
    "v1": {
        "kinds_thing": "12c818938da3bb70227361e99d663af3594b2599309f613c6a0e8d9b7522ac84",
        "kinds_lookalike": "62fa6472404a2471d828f48a9ed0e9d3d56f61d148838b8931cf4c613b622ec4",
        "kinds_native": "245d27530ecc53a55b4a7828012e354de2b6530d5c85cf4cfe744a40d439ebd0",
    },
    "v2": {
        "kinds_thing": "96593dceda95818286ad9fc96a616a1df7f37eaa7c97d378eecaea7aaa0ff649",
        "kinds_lookalike": "0b3446a2a14bb97004c3186cb57eacd85a8ac1b1e524d83fbbc64974b76296b7",
        "kinds_native": "84ce0c0be2fe6d09d282e23fa65d6e723a3719798b79f5b21b56efac31007bfc",
    },
}


class Kinds(Project):
    """A project with a column of every kind."""

    def environment(self, changes: dict[str, str | None]) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "tests.kinds.settings", "SEED_ANCHOR": "2026-01-05"}
        return super().environment({**own, **changes})

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of the seeded tables, as the database writes them."""
        return {
            table: self.query(
                f"SELECT {table}::text FROM {table} ORDER BY id"
                if IS_POSTGRESQL
                else f"SELECT * FROM {table} ORDER BY id"
            )
            for table in TABLES
        }

    def digests(self) -> dict[str, str]:
        ((found,),) = self.query("SELECT digests FROM seed_metadata WHERE status = 'success'")
        return dict(found) if isinstance(found, dict) else dict(json.loads(found))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kinds]:
    made = Kinds(create_database("kinds_template", tmp_path_factory.mktemp("kinds")).url)
    if IS_POSTGRESQL:
        made.query("CREATE EXTENSION hstore")
    done = made.run("migrate", "--run-syncdb", "-v0")
    assert done.returncode == 0, done.stderr
    yield made
    drop_database(made)


@pytest.fixture
def kinds(template: Kinds, tmp_path: Path) -> Iterator[Kinds]:
    made = Kinds(create_database("kinds", tmp_path, template).url)
    yield made
    drop_database(made)


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__bumping_the_version_to_and_fro(kinds: Kinds, loader: str) -> None:
    golden = {version: {table: digests[table] for table in TABLES} for version, digests in GOLDEN.items()}
    kinds.seed("--loader", loader)
    rows = kinds.rows()
    assert {table: len(found) for table, found in rows.items()} == dict.fromkeys(TABLES, 40)
    verified(kinds)
    assert kinds.digests() == golden["v1"]
    kinds.seed("--loader", loader, "--seed-version", "v2")
    verified(kinds, "--seed-version", "v2")
    assert kinds.digests() == golden["v2"]
    kinds.seed("--loader", loader)
    verified(kinds)
    assert kinds.rows() == rows


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__does_not_depend_on_the_batch_size(kinds: Kinds, loader: str) -> None:
    same_in_any_batch_size(kinds, loader)


def test_seed__equal_rows_by_both_loaders(kinds: Kinds) -> None:
    found = []
    for loader in LOADERS:
        kinds.seed("--loader", loader, "--force")
        found.append(kinds.rows())
    assert found[0] == found[1]


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite sends no bytes")
@pytest.mark.parametrize("loader", LOADERS)
def test_verify__compares_bytes(kinds: Kinds, loader: str) -> None:
    """All kinds but the decimal ranges are known in the form in which PostgreSQL sends them."""
    script = (
        "from seeding import seed, verify\n"
        "from seeding.apply import verify as module\n"
        "compared = []\n"
        "compare = module.Comparison._compare\n"
        "def noting(self, seeder, batch):\n"
        "    compared.append(seeder.table)\n"
        "    return compare(self, seeder, batch)\n"
        "module.Comparison._compare = noting\n"
        f"seed(loader={loader!r})\n"
        "print(verify().same, compared)"
    )
    done = kinds.run("shell", "-v0", "-c", script)
    assert (done.returncode, done.stdout) == (0, "True []\n"), done.stderr


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL needs psycopg")
def test_seed__without_psycopg(kinds: Kinds) -> None:
    """Whoever has SQLite needs no driver for PostgreSQL, and what only looks needs no NumPy either."""
    script = (
        "import os, sys\n"
        "sys.modules['psycopg'] = sys.modules['psycopg2'] = None\n"
        "from seeding import seed\n"
        "from django.core.management import call_command\n"
        "def imported():\n"
        "    return sorted({'numpy', 'seeding.declare.kinds', 'django.contrib.postgres'} & set(sys.modules))\n"
        "call_command('check', stdout=open(os.devnull, 'w'))\n"
        "print(imported(), seed().skipped)\n"
        "print(imported())\n"
    )
    done = kinds.run_alone("shell", "-v0", "--no-imports", "-c", script)
    assert done.stdout == "[] False\n['numpy', 'seeding.declare.kinds']\n", done.stderr
    done = kinds.run_alone("shell", "-v0", "--no-imports", "-c", script)
    assert done.stdout == "[] True\n[]\n", done.stderr


def test_verify__finds_what_was_changed(kinds: Kinds) -> None:
    kinds.seed()
    kinds.query("UPDATE kinds_thing SET clock = '01:02:03' WHERE id = 2")
    kinds.query("""UPDATE kinds_thing SET document = '{"a": 1}' WHERE id = 3""")
    done = kinds.run("seed", "--verify")
    assert done.returncode == 4
    assert "clock" in done.stdout + done.stderr
    assert "document" in done.stdout + done.stderr


def test_seed__stores_what_is_declared(kinds: Kinds) -> None:
    kinds.seed()
    script = (
        "from tests.kinds.models import *\n"
        "for t in Thing.objects.order_by('pk')[:3]:\n"
        "    print(t.code.version, t.drawn.version, len(t.drawn_text), len(t.drawn_digits), t.maybe_code)\n"
        "    print(t.document['constant'], t.document['pair'], t.document['nested']['list'], t.document['maybe'])\n"
        "    print(t.kind_of_document, t.any_document, t.text_document, t.empty_document, t.empty_list)\n"
        "    print(t.maybe_clock, t.maybe_duration, t.address, bytes(t.blob), t.maybe_blob and bytes(t.maybe_blob))\n"
        "    print((t.point.x, t.point.y), t.path, t.full_document)\n"
        "assert len({t.drawn for t in Thing.objects.all()}) == len({t.drawn_text for t in Thing.objects.all()}) == 40\n"
    )
    done = kinds.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr
    assert done.stdout == EXPECTED


EXPECTED = r"""
4 4 36 32 00000000-0000-0000-0000-000000000000
[None, True, 1.5, '\n\t\x7f\u2028\\'] [0, 1] [1, 0] None
{'a': [1.0, 1e-07, 100000000000000000000000, 0.0], 'b': 1} None {'a': 0, 'z': 2.5} {} []
00:59:59.999999 0:00:00 192.0.2.1 b'\x00' b'\x00'
(0, 0) /srv/0 {'first': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
4 4 36 32 None
[None, True, 1.5, '\n\t\x7f\u2028\\'] [1, 2] [1, 1] 1
None text {'a': 1, 'z': 2.5} {} []
None None 2001:db8::1 b'\x00\x00' None
(1, -1) /srv/1 {'first': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
4 4 36 32 None
[None, True, 1.5, '\n\t\x7f\u2028\\'] [2, 3] [1, 2] None
['x'] 5 {'a': 2, 'z': 2.5} {} []
02:59:59.999999 -2 days, 0:00:00.000002 ::ffff:192.0.2.7 b'\x00\x01\x00' b''
(2, -2) /srv/2 {'first': [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]}
""".lstrip()


@pytest.mark.parametrize("loader", LOADERS)
def test_verify__finds_the_one_row_that_was_changed(kinds: Kinds, loader: str) -> None:
    """And none of the others, whatever the field makes of what is stored."""
    kinds.seed("--loader", loader)
    value = """'[{"type": "heading", "value": "other"}]'"""
    kinds.query(f"UPDATE kinds_lookalike SET blocks = {value} WHERE id = (SELECT min(id) FROM kinds_lookalike)")
    done = kinds.run("seed", "--verify")
    assert done.returncode == 4
    assert "kinds_lookalike: 40 rows generated, 1 different, 0 missing" in done.stderr
    assert "other" in done.stderr
    assert kinds.query("SELECT count(*) FROM kinds_lookalike WHERE no_blocks = '[]'") == [(40,)]
