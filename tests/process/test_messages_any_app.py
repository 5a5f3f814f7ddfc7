"""What `manage.py` says in anybody's project: what is wrong, all of it, and what to do next."""

import ast
import re

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, verified
from tests.support.project import IS_POSTGRESQL

PERSON = """
class Person(models.Model):
    name = models.CharField(max_length=20)

class Badge(models.Model):
    name = models.CharField(max_length=20)
"""
PEOPLE = """
@register(Person, count={count})
def people(rows):
    return {{"name": "x"}}
"""
BADGES = """
@register(Badge, count=2)
def badges(rows):
    return {"name": "x"}
"""
SKIP = "Seed already applied (version v1). Skipping.\n"


def ids(text: str) -> set[str]:
    return set(re.findall(r"seeding\.E\d+", text))


# Nothing to seed, and something else to seed


@pytest.mark.parametrize("seeds", [None, ""], ids=["no seeds.py", "an empty one"])
def test_seed__without_any_seeder_is_refused(sketch: Write, seeds: str | None) -> None:
    """It doesn't apply nothing as v1, for good."""
    shop = sketch(PERSON, seeds)
    said = failure(shop, "seed")
    assert "seeds.py" in said
    assert shop.query("SELECT count(*) FROM seed_metadata WHERE status = 'success'") == [(0,)]
    shop.write(seeds=PEOPLE.format(count=3))
    assert shop.seed().startswith("Seeded v1: 3 shop_person in ")


def test_skip__warns_of_tables_that_the_attempt_has_not(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    shop.seed()
    shop.write(seeds=PEOPLE.format(count=3) + BADGES)
    done = shop.run("seed")
    assert (done.returncode, done.stdout) == (0, SKIP)
    assert done.stderr.startswith("Warning: ")
    assert "shop_badge" in done.stderr
    assert "--force" in done.stderr
    shop.seed("--force")
    assert shop.run("seed").stderr == ""


def test_skip__warns_of_other_counts_by_an_option_unlike_its_table(sketch: Write) -> None:
    settings = 'SEED_ROW_COUNTS = {"people": 3, "badges": 2}\n'
    shop = sketch(PERSON, PEOPLE.format(count='"people"') + BADGES.replace("2", '"badges"'), settings)
    shop.seed()
    done = shop.run("seed", "--people", "5")
    assert (done.returncode, done.stdout) == (0, SKIP)
    assert done.stderr.startswith("Warning: ")
    assert "5 people" in done.stderr
    assert "3" in done.stderr
    assert "badges" not in done.stderr
    assert "--force" in done.stderr
    assert shop.run("seed", SEED_BADGES="7").stderr.count("Warning: ") == 1
    assert shop.run("seed").stderr == ""


def test_skip__an_option_named_like_another_table_warns_of_nothing(sketch: Write) -> None:
    """The names of options and of tables are different things."""
    settings = 'SEED_ROW_COUNTS = {"shop_badge": 3, "shop_person": 2}\n'
    seeds = PEOPLE.format(count='"shop_badge"') + BADGES.replace("2", '"shop_person"')
    shop = sketch(PERSON, seeds, settings)
    shop.seed()
    assert shop.run("seed").stderr == ""


def test_skip__imports_neither_numpy_nor_seeds(sketch: Write) -> None:
    raises = "if os.environ.get('SKIPS'):\n    raise RuntimeError('imported')\n"
    shop = sketch(PERSON, PEOPLE.format(count=3) + raises)
    shop.seed()
    assert shop.seed(SKIPS="1") + "\n" == SKIP
    script = "import sys; from seeding import seed; print(seed().skipped, 'numpy' in sys.modules)"
    assert shop.run_alone("shell", "-v0", "--no-imports", "-c", script, SKIPS="1").stdout == "True False\n"


# All of it at once

MANY = """
class Town(models.Model):
    name = models.CharField(max_length=20, default="x")

class Shop(models.Model):
    name = models.CharField(max_length=20)
    size = models.IntegerField()
    opened_at = models.DateTimeField()
    opened_on = models.DateField()
    rent = models.DecimalField(max_digits=8, decimal_places=2)
    town = models.ForeignKey(Town, models.CASCADE)
    is_open = models.BooleanField()
    note = models.CharField(max_length=20, blank=True)
"""
MISSING = ("name", "size", "opened_at", "opened_on", "rent", "town", "is_open")
SHOPS = """
@register(Town, count=2)
def towns(rows):
    return {}

@register(Shop, count=3)
def shops(rows):
    return %s
"""


def test_missing_columns__come_in_one_message_to_paste(sketch: Write) -> None:
    """What is between the braces of a dict, with the field's type beside each column, or after it."""
    said = failure(sketch(MANY, SHOPS % "{}"), "seed", lines=True)
    assert "Shop" in said
    assert "shops" in said
    assert '"note"' not in said
    assert len(ids(said)) == 1
    body = said[said.index('"name":') : said.rindex("(seeding.E")].strip().removesuffix("}")
    pasted = ast.parse(f"{{\n{body}\n}}", mode="eval").body
    assert isinstance(pasted, ast.Dict)
    assert [key.value for key in pasted.keys if isinstance(key, ast.Constant)] == list(MISSING)
    for kind in ("CharField", "IntegerField", "DateTimeField", "DateField", "DecimalField", "BooleanField"):
        assert kind in said


def test_missing_columns__as_pasted_are_accepted(sketch: Write) -> None:
    shop = sketch(MANY, SHOPS % "{}")
    said = failure(shop, "seed", lines=True)
    body = said[said.index('"name":') : said.rindex("(seeding.E")].strip().removesuffix("}")
    shop.write(seeds=SHOPS % f"{{\n{body}\n}}")
    assert shop.seed().startswith("Seeded v1: 2 shop_town, 3 shop_shop in ")
    verified(shop)


def test_missing_and_unsuitable_columns__come_in_one_message(sketch: Write) -> None:
    """Of all models: a wrong type, a wrong length, a column that isn't there, and one that is missing."""
    columns = '{"name": 5, "size": "big", "opened_at": [1] * 9, "nam": "x", "opened_on": 0, "rent": 0, "town": 0}'
    said = failure(sketch(MANY, SHOPS % columns), "seed", lines=True)
    quoted = set(re.findall(r"""['"](\w+)['"]""", said))
    assert {"name", "size", "opened_at", "nam", "is_open"} <= quoted
    assert not {"opened_on", "rent", "town"} & quoted


ODD = """
class Odd(models.Field):
    def db_type(self, connection):
        return "point" if connection.vendor == "postgresql" else "odd"

class Sample(models.Model):
    number = models.IntegerField(default=1)
    odd = Odd()
"""


def test_missing_column__that_can_not_be_seeded_is_not_asked_for(sketch: Write) -> None:
    """The same message whether it is declared or not: nobody declares a column in vain."""
    found = []
    for columns in ("{}", '{"odd": "(1,2)"}'):
        shop = sketch(ODD, f"@register(Sample, count=3)\ndef samples(rows):\n    return {columns}\n")
        said = failure(shop, "seed", lines=True)
        assert "Odd" in said
        assert "odd" in said
        found.append(ids(said))
    assert found[0] == found[1]


INHERITED = """
class Place(models.Model):
    name = models.CharField(max_length=20)

class Restaurant(Place):
    stars = models.IntegerField()
"""


def test_multi_table_inheritance__works_or_is_named(sketch: Write) -> None:
    seeds = "@register(Restaurant, count=3)\ndef restaurants(rows):\n    return {'name': 'x', 'stars': 3}\n"
    shop = sketch(INHERITED, seeds)
    done = shop.run("seed")
    if done.returncode == 0:
        assert (
            shop.query("SELECT name, stars FROM shop_place JOIN shop_restaurant ON id = place_ptr_id") == [("x", 3)] * 3
        )
        verified(shop)
    else:
        assert "has no table of its own" not in done.stderr
        assert "inherit" in done.stderr
        assert ids(done.stderr)


# A seeds.py that fails

BREAKS = f"""{PEOPLE.format(count=3)}
if os.environ.get("BREAKS"):
    raise RuntimeError("the shop is closed")
"""


def test_broken_seeds__say_the_same_again(sketch: Write) -> None:
    """Also when asked again in the same process, as a shell and a server do, and it is mended by then."""
    shop = sketch(PERSON, BREAKS)
    script = (
        "import os\nfrom seeding import SeedError, plan, seed\n"
        "for ask in (plan, plan, seed):\n"
        "    try:\n        ask()\n    except SeedError as exc:\n        print(exc)\n"
        "del os.environ['BREAKS']\nprint(seed())"
    )
    done = shop.run("shell", "-v0", "-c", script, BREAKS="1")
    assert (done.returncode, done.stderr) == (0, "")
    *errors, last = done.stdout.splitlines()
    assert len(errors) == 3
    assert len(set(errors)) == 1
    assert "the shop is closed" in errors[0]
    assert "shop.seeds" in errors[0]
    assert last.startswith("Seeded v1: 3 shop_person in ")


# Passwords

USERS = """
@register(User, count=3)
def users(rows):
    return {"username": rows.numbers.astype("U9"), "password": seeded_password(), "date_joined": rows.numbers}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_password__leaves_the_digests_by_itself(sketch: Write, loader: str) -> None:
    shop = sketch(PERSON, USERS)
    shop.seed("--loader", loader)
    for changes in ({}, {"SEED_USER_PASSWORD": "another"}):
        check = shop.run("seed", "--check", **changes)
        assert (check.returncode, check.stderr) == (0, "")
        verified(shop, **changes)
    first = shop.query("SELECT digests FROM seed_metadata WHERE status = 'success'")
    assert shop.run("seed", "--force", "--loader", loader, SEED_USER_PASSWORD="another").returncode == 0
    assert shop.query("SELECT digests FROM seed_metadata WHERE status = 'success'") == first


# Settings

OWN_SETTINGS = """
SEED_ROW_COUNTS = {"people": 3}
SEED_VERSION = "v7"
SEED_PEOPLE = 4
SEED_ANCHOR = "2020-01-01"
SEED_LOADER = "bulk_create"
SEED_LOCK_TIMEOUT = 7
SEED_ENABLED = True
"""


def test_settings__are_read_where_the_environment_is_silent(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE.format(count='"people"'), OWN_SETTINGS)
    last = shop.seed(SEED_ENABLED=None, SEED_ANCHOR=None)
    assert last.startswith("Seeded v7: 4 shop_person in ")
    recorded = "SELECT seed_version, loader, CAST(anchored_at AS varchar) FROM seed_metadata WHERE status = 'success'"
    ((version, loader, anchor),) = shop.query(recorded)
    assert (version, loader, anchor[:10]) == ("v7", "bulk_create", "2019-12-30")
    last = shop.seed(SEED_VERSION="v8", SEED_PEOPLE="2")
    assert last.startswith("Seeded v8: 2 shop_person in ")
    last = shop.seed("--seed-version", "v9", "--people", "1", SEED_VERSION="v8", SEED_PEOPLE="2")
    assert last.startswith("Seeded v9: 1 shop_person in ")


def test_settings__can_switch_seeding_off(sketch: Write) -> None:
    settings = "DEBUG = True\nSEED_ENABLED = False\n"
    shop = sketch(PERSON, PEOPLE.format(count=3), settings)
    failure(shop, "seed", code=6, SEED_ENABLED=None)
    shop.seed(SEED_ENABLED="on")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SEED_VERSION", "'v 1'"),
        ("SEED_VERSION", "1"),
        ("SEED_PEOPLE", "-1"),
        ("SEED_PEOPLE", "1.5"),
        ("SEED_PEOPLE", "True"),
        ("SEED_ANCHOR", "'soon'"),
        ("SEED_LOADER", "'psql'"),
        ("SEED_LOCK_TIMEOUT", "'long'"),
        ("SEED_ENABLED", "'maybe'"),
        ("SEED_ROW_COUNTS", "['people']"),
        ("SEED_ROW_COUNTS", "{'people': 'many'}"),
    ],
)
def test_settings__with_a_bad_value_are_named(sketch: Write, name: str, value: str) -> None:
    shop = sketch(PERSON, PEOPLE.format(count='"people"'))
    shop.write(settings=f"SEED_ROW_COUNTS = {{'people': 3}}\n{name} = {value}\n")
    assert name in failure(shop, "seed", SEED_ENABLED=None if name == "SEED_ENABLED" else "on", SEED_ANCHOR=None)


def test_settings__the_password_too(sketch: Write) -> None:
    shop = sketch(PERSON, USERS, "SEED_USER_PASSWORD = 'a pass phrase'\nDEBUG = True\n")
    shop.seed()
    done = shop.run("shell", "-v0", "-c", "print(User.objects.get(username='0').check_password('a pass phrase'))")
    assert done.stdout.strip().endswith("True"), (done.stdout, done.stderr)


# Options

TAKEN = ("plan", "version", "database", "wait", "force", "seed_version", "verbosity", "settings", "help", "no_color")


@pytest.mark.parametrize("name", [*TAKEN, "no-input", "two words", "", "9", "--people", "Péople", "a=b"])
def test_option__with_a_name_that_is_taken_or_impossible(sketch: Write, name: str) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    shop.write(settings=f"SEED_ROW_COUNTS = {{{name!r}: 3}}\n")
    said = failure(shop, "seed")
    assert "SEED_ROW_COUNTS" in said
    assert repr(name) in said
    check = shop.run("check")
    assert check.returncode == 1
    assert "Traceback" not in check.stderr
    assert ids(check.stderr)
    assert repr(name) in check.stderr


def test_option__with_underscores(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE.format(count='"big_people"'), 'SEED_ROW_COUNTS = {"big_people": 3}\n')
    assert shop.seed("--big-people", "2").startswith("Seeded v1: 2 shop_person")


# Other databases and versions

ENGINE = '''
from django.db.backends.sqlite3 import base

class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite that calls itself something else: what is refused by its name needs no server."""

    vendor, display_name = {vendor!r}, {name!r}
'''


def with_engine(shop: Sketch, vendor: str, name: str) -> None:
    engine = shop.folder / "engine"
    engine.mkdir()
    (engine / "__init__.py").touch()
    (engine / "base.py").write_text(ENGINE.format(vendor=vendor, name=name))
    database = shop.folder / "other.sqlite3"
    shop.write(settings=f"DATABASES = {{'default': {{'ENGINE': 'engine', 'NAME': {str(database)!r}}}}}\n")


@pytest.mark.parametrize(
    ("vendor", "name"), [("mysql", "MySQL"), ("mysql", "MariaDB"), ("oracle", "Oracle"), ("microsoft", "SQL Server")]
)
def test_database__other_than_postgresql_and_sqlite_is_refused_by_name(sketch: Write, vendor: str, name: str) -> None:
    """No lock, no seed; and `migrate` doesn't fail halfway."""
    shop = sketch(PERSON, PEOPLE.format(count=3))
    with_engine(shop, vendor, name)
    migrated = shop.run("migrate", "--run-syncdb", "-v0")
    assert migrated.returncode == 1
    assert name in migrated.stderr
    assert "Traceback" not in migrated.stderr
    assert "PostgreSQL" in migrated.stderr
    tables = shop.run(
        "shell", "-v0", "-c", "from django.db import connection as c; print(c.introspection.table_names())"
    )
    assert "seed_metadata" not in tables.stdout
    for arguments in (("seed",), ("seed", "--plan"), ("seed", "--status"), ("seed", "--check"), ("seed", "--verify")):
        said = failure(shop, *arguments)
        assert name in said
        assert "PostgreSQL" in said
        assert "SQLite" in said


def test_database__another_alias_may_be_of_another_kind(sketch: Write) -> None:
    """A project that also uses MySQL isn't hindered in seeding PostgreSQL or SQLite."""
    shop = sketch(PERSON, PEOPLE.format(count=3))
    with_engine(shop, "mysql", "MySQL")
    text = (shop.folder / "sketch_settings.py").read_text().replace("DATABASES = {'default'", "DATABASES |= {'other'")
    (shop.folder / "sketch_settings.py").write_text(text)
    shop.seed()
    assert "MySQL" in failure(shop, "seed", "--database", "other")


@pytest.mark.parametrize("version", ["(4, 2, 16, 'final', 0)", "(5, 1, 9, 'final', 0)"])
def test_django__older_than_5_2_is_refused_by_name(sketch: Write, version: str) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    shop.write(settings=f"import django\ndjango.VERSION = {version}\n")
    for arguments in (("seed",), ("migrate", "-v0"), ("check",)):
        done = shop.run(*arguments)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        assert "5.2" in done.stderr


PSYCOPG2 = """
class Anything:
    def __init__(self, *args, **kwargs): pass
    def __call__(self, *args, **kwargs): return self

__version__ = "2.9.9 (dt dec pq3 ext lo64)"

def __getattr__(name):
    if name.startswith("__") or name in ("errors", "extensions", "extras", "sql"):
        raise AttributeError(name)
    if name.isupper():
        return len(name)
    return type(name, (Exception if name.endswith("Error") else Anything,), {})
"""


@pytest.mark.skipif(not IS_POSTGRESQL, reason="a driver of PostgreSQL's")
def test_psycopg__2_is_refused_by_name(sketch: Write) -> None:
    """Something that Django takes for psycopg 2 stands in for it, where psycopg 3 isn't installed."""
    shop = sketch(PERSON, PEOPLE.format(count=3))
    old = shop.folder / "psycopg2"
    old.mkdir()
    for name in ("__init__", "errors", "extensions", "extras", "sql"):
        (old / f"{name}.py").write_text(PSYCOPG2)
    shop.write(settings="import sys\nsys.modules['psycopg'] = None\n")
    for arguments in (("seed",), ("migrate", "-v0")):
        done = shop.run_alone(*arguments)
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stderr
        assert "psycopg 3" in done.stderr


def test_zone__use_tz_off_works_or_is_refused_by_name(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    shop.write(settings="USE_TZ = False\n")
    done = shop.run("seed")
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        verified(shop)
        assert shop.run("seed", "--status").returncode == 0
    else:
        assert (done.returncode, "USE_TZ" in done.stderr) == (1, True)


CHECKED = "import sys; from django.core.management import call_command; call_command('check'); print(*sys.modules)"
UNSET = dict.fromkeys(("SEED_ANCHOR", "SEED_ENABLED", "SEED_TEMPLATES"))


def test_check__reads_no_settings_where_none_are_set(sketch: Write) -> None:
    """Every command pays for that."""
    shop = sketch(PERSON, PEOPLE.format(count=3))
    done = shop.run("shell", "-v0", "-c", CHECKED, **UNSET)
    assert (done.returncode, "seeding.checks" in done.stdout, "seeding.conf" in done.stdout) == (0, True, False)
    done = shop.run("shell", "-v0", "-c", CHECKED, **UNSET, SEED_LOCK_TIMEOUT="3")
    assert (done.returncode, "seeding.conf" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("SEED_VERSION = 'v 1'", "settings.SEED_VERSION: 'v 1' is not a valid version name"),
        ("USE_TZ = False", "USE_TZ is False, and seeded times are moments in UTC: set USE_TZ = True."),
        (None, "'default' is MySQL, which can't be seeded: use PostgreSQL or SQLite."),
    ],
)
def test_check__refuses_what_can_not_be_seeded(sketch: Write, settings: str | None, said: str) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    if settings is None:
        with_engine(shop, "mysql", "MySQL")
    else:
        shop.write(settings=f"{settings}\n")
    done = shop.run("check", **UNSET)
    assert done.returncode == 1
    assert f"(seeding.E001) {said}" in done.stderr


# Nothing of this project


def test_messages__speak_of_no_other_project(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE.format(count=3))
    help_text = shop.run("seed", "--help").stdout
    assert "--users" not in help_text
    assert "--orders" not in help_text
    unreachable = "DATABASES['default'] |= {'NAME': '/nowhere/at/all'}\n"
    shop.write(settings=unreachable + "if 'HOST' in DATABASES['default']: DATABASES['default']['HOST'] = '/nowhere'\n")
    said = failure(shop, "seed")
    assert "DATABASE_URL" not in said
    assert "docker" not in said
    assert "DATABASES" in said or "settings" in said
