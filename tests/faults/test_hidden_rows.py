"""Rows that a seed doesn't see, deletions that somebody listens to, and rows that never arrive.

Each is handled, or refused by name before anything is changed: never silently done wrong.
"""

from collections.abc import Iterator

import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LARGE, LOADERS, SIZES, V2, as_role, losses, refused_by_name, role

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL has it")
SHAPES = [pytest.param("bulk_create", SIZES, id="bulk_create-small")]
if IS_POSTGRESQL:
    SHAPES += [pytest.param("copy", SIZES, id="copy-small"), pytest.param("copy", LARGE, id="copy-large")]


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("table", ["users", "orders", "payments"])
def test_inheritance__rows_of_a_child_stay(project: Project, table: str, loader: str, sizes: tuple[str, ...]) -> None:
    """Their keys lie in the range, but they are the child's: what the parent's name shows isn't all the parent's."""
    project.seed(*sizes)
    project.query(f"CREATE TABLE child () INHERITS ({table})")
    project.query(f"INSERT INTO child SELECT * FROM ONLY {table} ORDER BY 1 LIMIT 3")
    rows, before = project.query("SELECT * FROM child ORDER BY 1"), project.content()
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    assert project.query("SELECT * FROM child ORDER BY 1") == rows
    if not refused_by_name(project, "child", done, before):
        assert project.query(f"SELECT count(*) FROM ONLY {table}") == [(int(sizes[1 if table == "users" else 3]),)]


@pytest.fixture
def owner() -> Iterator[str]:
    with role("owner") as name:
        yield name


def owned(project: Project, owner: str) -> Project:
    """Give all tables to the role; return the project as it sees it."""
    for (table,) in project.query(
        "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ):
        project.query(f'ALTER TABLE {table} OWNER TO "{owner}"')
    project.query(f'GRANT ALL ON SCHEMA public TO "{owner}"')
    return as_role(project, owner)


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("on_delete", ["CASCADE", "SET NULL", "NO ACTION"])
def test_row_level_security__of_referring_rows(
    project: Project, owner: str, on_delete: str, loader: str, sizes: tuple[str, ...]
) -> None:
    project.seed(*sizes)
    seeder = owned(project, owner)
    for statement in (
        f"CREATE TABLE note (n integer, order_id bigint REFERENCES orders ON DELETE {on_delete})",
        "INSERT INTO note VALUES (1, 5), (2, 6)",
        "ALTER TABLE note ENABLE ROW LEVEL SECURITY",
        f'GRANT SELECT, DELETE ON note TO "{owner}"',
    ):
        project.query(statement)
    before = project.content()
    done = seeder.run("seed", *V2, *sizes, "--loader", loader)
    assert project.query("SELECT * FROM note ORDER BY 1") == [(1, 5), (2, 6)]
    assert done.returncode in (1, 6), done.stderr
    assert "note" in done.stderr
    assert "Traceback" not in done.stderr
    assert project.content() == before


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("forced", ["FORCE", "NO FORCE"])
@pytest.mark.parametrize("hidden", ["by hand", "staff"])
def test_row_level_security__of_seeded_tables(
    project: Project, owner: str, hidden: str, forced: str, loader: str, sizes: tuple[str, ...]
) -> None:
    """A row that the role doesn't see is neither deleted nor lost sight of."""
    project.seed(*sizes)
    seeder = owned(project, owner)
    for statement in (
        "INSERT INTO users (id, email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
        f" VALUES (9999, 'x@shop.example', '', '', '', {hidden == 'staff'}, false, true, now())",
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE users {forced} ROW LEVEL SECURITY",
        "CREATE POLICY most ON users USING (id < 9999)",
    ):
        project.query(statement)
    before = project.content()
    done = seeder.run("seed", *V2, *sizes, "--loader", loader)
    assert project.query("SELECT email FROM users WHERE id = 9999") == [("x@shop.example",)]
    if forced == "NO FORCE" and hidden == "staff":
        assert done.returncode == 0, done.stderr
    elif not refused_by_name(project, "users", done, before):
        assert project.query("SELECT count(*) FROM users") == [(int(sizes[1]) + 1,)]


SUPPRESSORS = {
    "trigger of inserts": "CREATE TRIGGER hush BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION nothing()",
    "trigger of some inserts": (
        "CREATE TRIGGER hush BEFORE INSERT ON payments FOR EACH ROW WHEN (NEW.order_id % 7 = 0) "
        "EXECUTE FUNCTION nothing()"
    ),
    "trigger of deletes": "CREATE TRIGGER hush BEFORE DELETE ON payments FOR EACH ROW EXECUTE FUNCTION nothing()",
    "trigger that changes": "CREATE TRIGGER hush BEFORE INSERT ON payments FOR EACH ROW EXECUTE FUNCTION another()",
    "trigger that deletes": "CREATE TRIGGER hush AFTER INSERT ON payments EXECUTE FUNCTION deletes()",
    "trigger always": "CREATE TRIGGER hush BEFORE INSERT ON orders FOR EACH ROW EXECUTE FUNCTION another_order()",
    "rule of inserts": "CREATE RULE hush AS ON INSERT TO payments DO INSTEAD NOTHING",
    "rule of some inserts": (
        "CREATE RULE hush AS ON INSERT TO payments WHERE (NEW.order_id % 7 = 0) DO INSTEAD NOTHING"
    ),
    "rule of deletes": "CREATE RULE hush AS ON DELETE TO payments DO INSTEAD NOTHING",
}
FUNCTIONS = [
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "CREATE FUNCTION another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.amount := 1; RETURN NEW; END $$",
    "CREATE FUNCTION another_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.total := 1; RETURN NEW; END $$",
    "CREATE FUNCTION deletes() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN DELETE FROM payments WHERE order_id % 2 = 0; RETURN NULL; END $$",
]


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("statement", SUPPRESSORS.values(), ids=SUPPRESSORS)
def test_suppressors__are_seen_through_or_refused(
    project: Project, statement: str, loader: str, sizes: tuple[str, ...]
) -> None:
    project.seed(*sizes)
    for function in FUNCTIONS:
        project.query(function)
    project.query(statement)
    if "another_order" in statement:
        project.query("ALTER TABLE orders ENABLE ALWAYS TRIGGER hush")
    before = project.content(), project.history()
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    if refused_by_name(project, "hush", done, before[0]):
        assert [row for row in project.history() if row[3] == "success"] == before[1]
        return
    assert project.query("SELECT count(*) FROM orders UNION ALL SELECT count(*) FROM payments") == [
        (int(sizes[3]),),
        (int(sizes[3]),),
    ]
    verified = project.run("seed", "--verify", "--seed-version", "v2")
    assert (verified.returncode, verified.stderr) == (0, "")


SQLITE_SUPPRESSORS = {
    "inserts": "CREATE TRIGGER hush BEFORE INSERT ON payments BEGIN SELECT RAISE(IGNORE); END",
    "some inserts": (
        "CREATE TRIGGER hush BEFORE INSERT ON payments WHEN NEW.order_id % 7 = 0 BEGIN SELECT RAISE(IGNORE); END"
    ),
    "deletes": "CREATE TRIGGER hush BEFORE DELETE ON payments BEGIN SELECT RAISE(IGNORE); END",
    "changes": (
        "CREATE TRIGGER hush AFTER INSERT ON payments "
        "BEGIN UPDATE payments SET amount = 1 WHERE order_id = NEW.order_id; END"
    ),
    "deletes others": (
        "CREATE TRIGGER hush AFTER INSERT ON payments BEGIN DELETE FROM payments WHERE order_id = NEW.order_id - 1; END"
    ),
}


@pytest.mark.skipif(IS_POSTGRESQL, reason="SQLite's triggers")
@pytest.mark.parametrize("statement", SQLITE_SUPPRESSORS.values(), ids=SQLITE_SUPPRESSORS)
def test_suppressors__of_sqlite_are_seen_through_or_refused(seeded_project: Project, statement: str) -> None:
    seeded_project.query(statement)
    before = seeded_project.content()
    done = seeded_project.run("seed", *V2, *SIZES)
    if refused_by_name(seeded_project, "hush", done, before):
        return
    assert seeded_project.query("SELECT count(*) FROM payments") == [(100,)]
    verified = seeded_project.run("seed", "--verify", "--seed-version", "v2")
    assert (verified.returncode, verified.stderr) == (0, "")


LISTENERS = {
    "trigger of each row": (
        "CREATE TRIGGER archives AFTER DELETE ON orders FOR EACH ROW EXECUTE FUNCTION archive()"
        if IS_POSTGRESQL
        else "CREATE TRIGGER archives AFTER DELETE ON orders BEGIN INSERT INTO archive VALUES (OLD.id); END"
    )
}
if IS_POSTGRESQL:
    LISTENERS |= {
        "trigger before each row": (
            "CREATE TRIGGER archives BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION archive()"
        ),
        "trigger of the statement": (
            "CREATE TRIGGER archives AFTER DELETE ON orders REFERENCING OLD TABLE AS gone "
            "EXECUTE FUNCTION archive_all()"
        ),
        "rule": "CREATE RULE archives AS ON DELETE TO orders DO ALSO INSERT INTO archive VALUES (OLD.id)",
        "deferred trigger": (
            "CREATE CONSTRAINT TRIGGER archives AFTER DELETE ON orders DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION archive()"
        ),
    }


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("listener", LISTENERS.values(), ids=LISTENERS)
def test_deletions__are_told_to_who_listens(
    project: Project, listener: str, loader: str, sizes: tuple[str, ...]
) -> None:
    """Whatever the size, the archive gets each order that goes; or the seed is refused, by the listener's name."""
    project.seed(*sizes)
    project.query("CREATE TABLE archive (order_id bigint)")
    if IS_POSTGRESQL:
        project.query(
            "CREATE FUNCTION archive() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO archive VALUES (OLD.id); RETURN OLD; END $$"
        )
        project.query(
            "CREATE FUNCTION archive_all() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN INSERT INTO archive SELECT id FROM gone; RETURN NULL; END $$"
        )
    project.query(listener)
    keys, before = project.query("SELECT id FROM orders ORDER BY id"), project.content()
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    if refused_by_name(project, "archives", done, before):
        assert project.query("SELECT * FROM archive") == []
    else:
        assert project.query("SELECT order_id FROM archive ORDER BY order_id") == keys


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_deletions__that_a_statements_trigger_forbids(project: Project, loader: str, sizes: tuple[str, ...]) -> None:
    """A trigger that stops a DELETE stops the seed by every loader and of every size."""
    project.seed(*sizes)
    project.query(
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'orders are for ever'; END $$"
    )
    project.query("CREATE TRIGGER stops BEFORE DELETE ON orders EXECUTE FUNCTION stop()")
    before = project.content()
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    assert done.returncode in (1, 6), done.stderr
    assert "orders are for ever" in done.stderr or "stops" in done.stderr
    assert project.content() == before


@pytest.mark.parametrize("loader", LOADERS)
def test_plan__names_what_is_hidden_no_less_than_the_seed(seeded_project: Project, loader: str) -> None:
    """What `--plan` announces and what a seed refuses are the same."""
    seeded_project.query("CREATE TABLE note (n integer, order_id bigint REFERENCES orders (id) ON DELETE CASCADE)")
    seeded_project.query("INSERT INTO note VALUES (1, 5)")
    assert losses(seeded_project, *V2, *SIZES, "--loader", loader) == {"note": 1}
