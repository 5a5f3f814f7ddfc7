"""The record is the engine's: its columns are nobody else's, and its times are whole."""

from pathlib import Path

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, plan_of, verified
from tests.support.project import IS_POSTGRESQL, Project

ROOT = Path(__file__).resolve().parents[2]
COUNTED = ["row_count_orders", "row_count_users"]
PERSON = """
class Person(models.Model):
    name = models.CharField(max_length=20)

class Badge(models.Model):
    person = models.ForeignKey(Person, models.CASCADE)
"""
PEOPLE = """
@register(Person, count=3)
def people(rows):
    return {"name": "x"}
"""
SIZES = ("--users", "20", "--orders", "100")


def counted_columns(project: Project) -> list[str]:
    """Return the columns of `seed_metadata` that count the rows of one table."""
    if IS_POSTGRESQL:
        sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'seed_metadata'"
    else:
        sql = "SELECT name FROM pragma_table_xinfo('seed_metadata')"
    return sorted(name for (name,) in project.query(sql) if name.startswith("row_count_"))


# Columns of this project's own


def test_columns__of_another_project_are_the_engines_alone(sketch: Write) -> None:
    shop = sketch(PERSON, PEOPLE)
    assert counted_columns(shop) == []
    shop.seed()
    assert counted_columns(shop) == []
    done = shop.run("makemigrations", "seeding", "--check", "--dry-run")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def test_columns__of_this_project_count_users_and_orders(project: Project) -> None:
    assert counted_columns(project) == COUNTED
    project.seed(*SIZES)
    project.seed("--users", "7", "--orders", "9", "--seed-version", "v2")
    assert project.history() == [("v2", 7, 9, "success"), ("v1", 20, 100, "replaced")]
    project.query("UPDATE seed_metadata SET row_counts = '{}' WHERE seed_version = 'v1'")  # a failed attempt has none
    assert project.history()[1] == ("v1", None, None, "replaced")
    done = project.run("makemigrations", "--check", "--dry-run")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout


def as_before(project: Project, apps: list[str]) -> None:
    """Migrate as the first release did: `apps`, and the engine's tables with the two columns."""
    script = "from django.core.management import call_command\n"
    script += "".join(f"call_command('migrate', *{app.split()}, verbosity=0)\n" for app in apps)
    done = project.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr
    apply(project, "postgresql.sql" if IS_POSTGRESQL else "sqlite.sql")
    project.query(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('seeding', '0001_initial', '2026-01-01 00:00:00')"
    )


def apply(project: Project, file: str) -> None:
    for statement in (Path(__file__).parent / "applied_before" / file).read_text().split(";\n"):
        if statement.strip():
            project.query(statement)


def test_upgrade__of_this_project(bare_project: Project) -> None:
    """A database that the first release migrated and seeded keeps its columns, its history, and its rows."""
    sizes = ("--users", "5", "--orders", "10")
    as_before(bare_project, ["accounts 0002", "orders 0003", "admin", "sessions"])
    apply(bare_project, "v1.sql")
    content = bare_project.content()
    assert bare_project.history() == [("v1", 5, 10, "success")]
    done = bare_project.run("migrate", "-v0")
    assert (done.returncode, done.stderr) == (0, "")
    assert bare_project.run("migrate", "--check").returncode == 0
    assert counted_columns(bare_project) == COUNTED
    assert bare_project.history() == [("v1", 5, 10, "success")]
    assert bare_project.content() == content
    assert bare_project.seed(*sizes) == "Seed already applied (version v1). Skipping."
    plan = plan_of(bare_project, *sizes, "--seed-version", "v2")
    assert [(table["table"], table["delete"]) for table in plan["tables"]] == [
        ("users", 5),
        ("orders", 10),
        ("payments", 10),
    ]
    assert plan["losses"] == []
    bare_project.seed(*sizes, "--seed-version", "v2")
    verified(bare_project, "--seed-version", "v2")
    assert bare_project.history() == [("v2", 5, 10, "success"), ("v1", 5, 10, "replaced")]


def test_upgrade__the_same_rows_are_generated(bare_project: Project) -> None:
    """`--verify` finds no row that differs, and seeding again gives the rows that the first release gave."""
    as_before(bare_project, ["accounts 0002", "orders 0003", "admin", "sessions"])
    apply(bare_project, "v1.sql")
    content = bare_project.content()
    assert bare_project.run("migrate", "-v0").returncode == 0
    done = bare_project.run("seed", "--verify")
    assert "differ" not in done.stderr.replace("differs from what was generated", "")
    assert "missing" not in done.stderr
    bare_project.seed("--users", "5", "--orders", "10", "--force", SEED_ANCHOR="2026-01-05")
    assert bare_project.content() == content


def test_upgrade__rows_added_since_are_nobodys(bare_project: Project) -> None:
    as_before(bare_project, ["accounts 0002", "orders 0003", "admin", "sessions"])
    apply(bare_project, "v1.sql")
    bare_project.query(
        "INSERT INTO users (id, email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
        " VALUES (6, 'me@example.com', '', '', '!', false, false, true, '2026-01-01 00:00:00')"
    )
    assert bare_project.run("migrate", "-v0").returncode == 0
    assert "users: 1 " in failure(bare_project, "seed", "--seed-version", "v2", code=6)


def test_upgrade__of_another_project_drops_them(sketch: Write, bare_project: Project) -> None:
    shop = Sketch(bare_project.url, sketch(PERSON, PEOPLE).folder)
    as_before(shop, ["contenttypes", "auth"])
    assert counted_columns(shop) == COUNTED
    done = shop.run("migrate", "--run-syncdb", "-v0")
    assert (done.returncode, done.stderr) == (0, "")
    assert counted_columns(shop) == []
    shop.seed("--seed-version", "v2")
    verified(shop, "--seed-version", "v2")


def test_engine__names_nothing_of_this_project() -> None:
    """Neither its tables, nor its default counts, nor commands and variables that other projects haven't got."""
    words = ("row_count_users", "row_count_orders", "docker", "DATABASE_URL", "SEED_USERS", '"users": 1_000')
    found = []
    for path in sorted((ROOT / "seeding").rglob("*.*")):
        if path.suffix in (".py", ".html", ".css") and "migrations" not in path.parts:
            text = path.read_text()
            found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert found == []


# Times and errors up to the end of COMMIT


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite checks nothing at COMMIT that could be slow")
@pytest.mark.parametrize("loader", LOADERS)
def test_duration__includes_commit(project: Project, loader: str) -> None:
    """A trigger that is deferred to COMMIT, as foreign keys are, sleeps there."""
    project.query(
        "CREATE FUNCTION sleep() RETURNS trigger AS 'BEGIN PERFORM pg_sleep(1.5); RETURN NULL; END' LANGUAGE plpgsql"
    )
    project.query(
        "CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON seed_metadata DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION sleep()"
    )
    last = project.seed(*SIZES, "--loader", loader)
    ((duration_ms,),) = project.query("SELECT duration_ms FROM seed_metadata WHERE status = 'success'")
    assert duration_ms >= 1500
    assert float(last.split()[-2]) >= 1.5


@pytest.mark.parametrize("loader", LOADERS)
def test_foreign_key__that_dangles_is_the_loaders_error(sketch: Write, loader: str) -> None:
    """It names the table, and nothing is left of the attempt but its record."""
    shop = sketch(
        PERSON, f"{PEOPLE}\n@register(Badge, count=2)\ndef badges(rows):\n    return {{'person': rows.numbers + 2}}\n"
    )
    said = failure(shop, "seed", "--loader", loader)
    assert "badge" in said
    assert "person" in said
    assert shop.rows("shop_person") == []
    assert shop.query("SELECT status FROM seed_metadata WHERE status <> 'failed'") == []
