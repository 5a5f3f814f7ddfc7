"""The zoo: models as other people have them, by both loaders, on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sketch import LOADERS, failure, lost_rows, plan_of, same_in_any_batch_size, verified
from tests.support.project import IS_POSTGRESQL, Project, create_database, drop_database

BIRDS = '"aviary"."Bird"' if IS_POSTGRESQL else '"Bird"'
STOPS = '"Trip Stops"'
OWN = """
    animal animal_friends berth bill branch declaredstamp default herd item note passport ring stamp ticket trip
    trip_next_trips
"""
KEYS = """
    award cell chiefranger hall product ranger region reserve room sale sheet shift shop skill worker worker_skills
"""
TABLES = {  # the columns to compare, without password hashes
    "auth_user": "id, username, first_name, last_name, email, is_staff, is_superuser, date_joined, last_login",
    '"Zoo Enclosures"': "*",
    BIRDS: "*",
    STOPS: "*",
    "auth_user_user_permissions": "*",
    **{f"zoo_{name}": "*" for name in OWN.split()},
    **{f"keys_{name}": "*" for name in KEYS.split()},
    '"Keys Vets"': "*",
}


class Zoo(Project):
    """A project with the settings of the zoo."""

    def environment(self, changes: dict[str, str | None]) -> dict[str, str]:
        own = {"DJANGO_SETTINGS_MODULE": "tests.zoo.settings", "SEED_ANCHOR": "2026-01-05"}
        return super().environment({**own, **changes})

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of the seeded tables."""
        return {table: self.query(f"SELECT {columns} FROM {table} ORDER BY 1") for table, columns in TABLES.items()}

    def digests(self) -> dict[str, str]:
        ((found,),) = self.query("SELECT digests FROM seed_metadata WHERE status = 'success'")
        digests = found if isinstance(found, dict) else json.loads(found)
        return {table.rpartition(".")[2].strip('"'): digest for table, digest in digests.items()}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zoo]:
    made = Zoo(create_database("zoo_template", tmp_path_factory.mktemp("zoo")).url)
    done = made.run("migrate", "--run-syncdb", "-v0")
    assert done.returncode == 0, done.stderr
    yield made
    drop_database(made)


@pytest.fixture
def zoo(template: Zoo, tmp_path: Path) -> Iterator[Zoo]:
    made = Zoo(create_database("zoo", tmp_path, template).url)
    yield made
    drop_database(made)


def test_migrations__are_complete(zoo: Zoo) -> None:
    done = zoo.run("makemigrations", "--check", "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__is_verified_at_once(zoo: Zoo, loader: str) -> None:
    assert plan_of(zoo)["losses"] == []
    last = zoo.seed("--loader", loader)
    assert "6 auth_user" in last
    assert "40 zoo_animal" in last
    verified(zoo)
    check = zoo.run("seed", "--check")
    assert (check.returncode, check.stderr) == (0, "")
    assert zoo.seed() == "Seed already applied (version v1). Skipping."


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__stores_what_is_declared(zoo: Zoo, loader: str) -> None:
    """Neither `pre_save`, nor a receiver of signals, nor a manager that hides rows changes what is stored."""
    zoo.seed("--loader", loader)
    animals = zoo.query("SELECT id, nickname, slug, code, tags, chip, collar, rival_id FROM zoo_animal ORDER BY id")
    assert animals[:3] == [
        (1, "No. 0", "slug-0", "code-0", "wild,old", 0, None, 1),
        (2, "No. 1", "slug-1", "code-1", "tame", None, "collar 1", None),
        (3, "No. 2", "slug-2", "code-2", "wild,old", None, "collar 2", None),
    ]
    assert len(animals) == 40
    enclosures = zoo.query('SELECT "User", "camelCase" FROM "Zoo Enclosures"')
    assert {(1 <= keeper <= 6, bool(camel)) for keeper, camel in enclosures} == {(True, True)}
    days = zoo.query("SELECT CAST(made_on AS varchar), CAST(changed_on AS varchar) FROM zoo_declaredstamp ORDER BY id")
    assert days == [("2026-01-04", "2026-01-06"), ("2026-01-03", "2026-01-07"), ("2026-01-02", "2026-01-08")]
    times = "made_at, changed_at, seen_at, maybe_at"
    for time in [time for row in zoo.query(f"SELECT {times} FROM zoo_stamp") for time in row]:
        assert str(time).startswith("2026-01-05 00:00:00"), time
    assert (
        zoo.query("SELECT CAST(made_on AS varchar), CAST(changed_on AS varchar) FROM zoo_stamp")
        == [("2026-01-05", "2026-01-05")] * 3
    )


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__children_add_up(zoo: Zoo, loader: str) -> None:
    zoo.seed("--loader", loader)
    bills = zoo.query("SELECT id, total, count FROM zoo_bill ORDER BY id")
    assert {count for _, _, count in bills} == set(range(7))
    for bill, total, count in bills:
        items = zoo.query(f"SELECT position, price FROM zoo_item WHERE bill_id = {bill} ORDER BY id")
        assert [position for position, _ in items] == list(range(count))
        assert sum(price for _, price in items) == pytest.approx(total)


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__many_to_many(zoo: Zoo, loader: str) -> None:
    """Distinct, as many for each row as asked for, seen by Django, and counted like any other table."""
    last = zoo.seed("--loader", loader)
    script = (
        "from django.contrib.auth.models import User\n"
        "from tests.zoo.models import *\n"
        "for name, low, high in [('stops', 0, 3), ('next_trips', 1, 2)]:\n"
        "    found = [list(getattr(t, name).values_list('pk', flat=True)) for t in Trip.objects.all()]\n"
        "    assert all(len(f) == len(set(f)) for f in found)\n"
        "    assert {len(f) for f in found} == {*range(low, high + 1)}\n"
        "assert len({(b.trip_id, b.animal_id) for b in Berth.objects.all()}) == Berth.objects.count()\n"
        "friends = {(f.from_animal_id, f.to_animal_id) for f in Animal.friends.through.objects.all()}\n"
        "assert len(friends) == 60 and {(b, a) for a, b in friends} == friends and all(a != b for a, b in friends)\n"
        "assert {p.content_type.app_label for u in User.objects.all() for p in u.user_permissions.all()} == {'auth'}\n"
    )
    done = zoo.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr
    assert "60 zoo_animal_friends" in last


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__relations_lead_to_rows_of_heirs(zoo: Zoo, loader: str) -> None:
    zoo.seed("--loader", loader)
    script = (
        "from tests.zoo.keys.models import *\n"
        "assert all(bool(a.winner.as_ranger if hasattr(a.winner, 'as_ranger') else a.winner.veterinarian)"
        " for a in Award.objects.all())\n"
        "assert all(a.runner_up.as_ranger for a in Award.objects.exclude(runner_up=None))\n"
        "skilled = {w.pk for w in Worker.objects.exclude(skills=None)}\n"
        "assert 0 < len(skilled) and skilled <= {v.pk for v in Veterinarian.objects.all()}\n"
        "paths = {r.path: r.numchild for r in Room.objects.all()}\n"
        "assert all(n == sum(p[:-4] == path for p in paths) for path, n in paths.items())\n"
        "assert all(c.path[:-4] == c.inside.path for c in Cell.objects.all()) and Cell.objects.count() > 5\n"
    )
    done = zoo.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__generic_relations_lead_to_rows(zoo: Zoo, loader: str) -> None:
    zoo.seed("--loader", loader)
    zoo.seed("--loader", loader, "--seed-version", "v2")  # under other keys
    script = (
        "from collections import Counter\n"
        "from tests.zoo.models import *\n"
        "hidden = Animal._meta.default_manager\n"
        "notes = list(Note.objects.all())\n"
        "models = Counter(n.subject_type.model for n in notes)\n"
        "assert set(models) == {'animal', 'enclosure', 'note', 'passport', 'herd'} and models['animal'] > 15, models\n"
        "for n in notes:\n"
        "    model = n.subject_type.model_class()\n"
        "    assert models_QuerySet(model).filter(pk=n.subject_id).exists(), n.__dict__\n"
        "sources = Counter(n.source and type(n.source).__name__ for n in notes)\n"
        "assert set(sources) == {'Bird', 'User', None}, sources\n"
        "assert all((n.source_id is None) == (n.source_type is None) for n in notes)\n"
    ).replace("models_QuerySet", "__import__('django.db.models').db.models.QuerySet")
    done = zoo.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__trees_are_whole(zoo: Zoo, loader: str) -> None:
    """What tree libraries look for: orphans, wrong depths and numbers of children, gaps in nested sets."""
    zoo.seed("--loader", loader)
    columns = "id, parent_id, path, depth, numchild, lft, rght, tree_id, level, url_path"
    nodes = {row[0]: row for row in zoo.query(f"SELECT {columns} FROM zoo_branch")}
    children = {key: [node for node in nodes.values() if node[1] == key] for key in (None, *nodes)}
    assert len(nodes) == 90
    assert len(children[None]) == 2
    for key, parent, path, depth, numchild, left, right, tree, level, url_path in nodes.values():
        assert (numchild, depth, level, len(path)) == (
            len(children[key]),
            level + 1,
            path.count("") // 4 - 1,
            4 * depth,
        )
        inside = sorted((child[5], child[6]) for child in children[key])
        ends = [left, *(end for pair in inside for end in pair), right]
        assert [b - a for a, b in zip(ends[::2], ends[1::2], strict=True)] == [1] * (len(inside) + 1)
        if parent is not None:
            above = nodes[parent]
            assert (path[:-4], tree, level, url_path[:-2]) == (above[2], above[7], above[8] + 1, above[9])


def test_seed__equal_rows_by_both_loaders(zoo: Zoo) -> None:
    zoo.seed("--loader", LOADERS[0])
    rows, digests = zoo.rows(), zoo.digests()
    zoo.seed("--loader", LOADERS[1], "--force")
    found = zoo.rows()
    for table in rows:
        assert found[table] == rows[table], table
    assert zoo.digests() == digests


@pytest.mark.skipif(not IS_POSTGRESQL, reason="compares PostgreSQL with SQLite")
def test_seed__equal_digests_on_both_databases(zoo: Zoo, tmp_path: Path) -> None:
    other = Zoo(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    assert other.run("migrate", "--run-syncdb", "-v0").returncode == 0
    zoo.seed()
    other.seed()
    assert zoo.digests() == other.digests()


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__does_not_depend_on_the_batch_size(zoo: Zoo, loader: str) -> None:
    same_in_any_batch_size(zoo, loader)


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__bumping_the_version_to_and_fro(zoo: Zoo, loader: str) -> None:
    zoo.seed("--loader", loader)
    rows, digests = zoo.rows(), zoo.digests()
    zoo.seed("--loader", loader, "--seed-version", "v2")
    verified(zoo, "--seed-version", "v2")
    second = zoo.rows()
    assert {table: len(there) for table, there in second.items()} == {
        table: len(there) for table, there in rows.items()
    }
    assert second["auth_user"] != rows["auth_user"]
    zoo.seed("--loader", loader)
    verified(zoo)
    assert zoo.rows() == rows
    assert zoo.digests() == digests
    assert zoo.query("SELECT name FROM zoo_country ORDER BY 1") == [("Atlantis",), ("Kiwiland",), ("Zion",)]


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__what_stays(zoo: Zoo, loader: str) -> None:
    """A superuser, and nobody else's rows; the guard sees hidden rows not created by a seed."""
    zoo.query(
        "INSERT INTO auth_user (username, password, first_name, last_name, email, is_staff, is_superuser, is_active,"
        " date_joined) VALUES ('root', '!', '', '', '', true, true, true, '2026-01-01 00:00:00')"
    )
    for version in ("v1", "v2"):
        zoo.seed("--loader", loader, "--seed-version", version)
        verified(zoo, "--seed-version", version)
    assert zoo.query("SELECT id, username FROM auth_user WHERE is_superuser") == [(1, "root")]
    zoo.query(
        "INSERT INTO zoo_animal (herd_id, name, nickname, code, tags, slug, is_hidden, born)"
        " SELECT \"Nr\", 'mine', '', 'mine', '', '', true, '2026-01-01' FROM zoo_herd LIMIT 1"
    )
    assert lost_rows(plan_of(zoo, "--seed-version", "v3")) == {"zoo_animal": 1}
    said = failure(zoo, "seed", "--seed-version", "v3", code=6)
    assert "zoo_animal: 1 " in said
    zoo.seed("--seed-version", "v3", "--overwrite", "--loader", loader)
    verified(zoo, "--seed-version", "v3")


@pytest.mark.parametrize("loader", LOADERS)
def test_guard__names_that_are_hostile(zoo: Zoo, loader: str) -> None:
    """Names from the catalogue are data: quotes, percent signs, spaces, the table's own schema."""
    zoo.seed("--loader", loader)
    zoo.query(
        'CREATE TABLE "50% ""off"" %s" ("per cent %d" integer PRIMARY KEY, "of" bigint'
        f' REFERENCES "Zoo Enclosures" (id) ON DELETE CASCADE, "select" bigint REFERENCES {BIRDS} ON DELETE CASCADE)'
    )
    zoo.query('INSERT INTO "50% ""off"" %s" VALUES (1, 2, NULL), (2, NULL, 3), (3, NULL, NULL)')
    assert sum(lost_rows(plan_of(zoo, "--seed-version", "v2")).values()) == 2
    assert "50%" in failure(zoo, "seed", "--seed-version", "v2", code=6)
    zoo.seed("--seed-version", "v2", "--overwrite", "--loader", loader)
    assert zoo.query('SELECT * FROM "50% ""off"" %s"') == [(3, None, None)]
    verified(zoo, "--seed-version", "v2")


@pytest.mark.parametrize("loader", LOADERS)
def test_guard__a_reference_that_only_the_database_has(zoo: Zoo, loader: str) -> None:
    """`seen_with` is a column of animals that no model has."""
    zoo.seed("--loader", loader)
    insert = (
        "INSERT INTO zoo_animal (herd_id, name, nickname, code, tags, slug, is_hidden, born, seen_with)"
        " SELECT \"Nr\", 'mine', '', '{0}', '', '', true, '2026-01-01', {1} FROM zoo_herd LIMIT 1"
    )
    zoo.query(insert.format("one", 7))
    zoo.query(insert.format("two", 41))
    assert lost_rows(plan_of(zoo, "--seed-version", "v2")) == {"zoo_animal": 2}
    failure(zoo, "seed", "--seed-version", "v2", code=6)
    assert zoo.query("SELECT count(*) FROM zoo_animal") == [(42,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__of_many_rows(zoo: Zoo, loader: str) -> None:
    """Enough for constraints and indexes to be dropped and recreated, where the loader does that."""
    many = ("--beasts", "6000")
    zoo.seed(*many, "--loader", loader)
    verified(zoo)
    zoo.seed(*many, "--loader", loader, "--seed-version", "v2")
    verified(zoo, "--seed-version", "v2")
    assert zoo.query("SELECT count(*) FROM zoo_animal") == [(6000,)]
