"""Around a seed the schema is what it was, whatever settings the role or the database has."""

import contextlib
import os
from collections.abc import Iterator

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, Project, connection_parameters, on_server

from .databases import LARGE, LOADERS, SIZES, V2, as_role, connect, indexes, role, schema

pytestmark = pytest.mark.skipif(not IS_POSTGRESQL, reason="a fault of PostgreSQL's")

SHAPES = [
    pytest.param("bulk_create", SIZES, id="bulk_create-small"),
    pytest.param("copy", SIZES, id="copy-small"),
    pytest.param("copy", LARGE, id="copy-large"),
]


def set_for_all(project: Project, setting: str) -> None:
    on_server(f'ALTER DATABASE "{project.url.rsplit("/", 1)[1]}" SET {setting}')


@pytest.fixture
def tablespace() -> Iterator[str]:
    name = f"other_{os.getpid()}"
    with psycopg.connect(**connection_parameters("postgres"), autocommit=True) as connection:
        connection.execute("SET allow_in_place_tablespaces = on")
        connection.execute(f"CREATE TABLESPACE {name} LOCATION ''")
    yield name
    on_server(f"DROP TABLESPACE {name}")


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("moved", ["nothing", "an index", "a table"])
def test_schema__under_a_default_tablespace(
    project: Project, tablespace: str, moved: str, loader: str, sizes: tuple[str, ...]
) -> None:
    project.seed(*sizes)
    if moved == "an index":
        project.query(f"ALTER INDEX orders_unfinished SET TABLESPACE {tablespace}")
    elif moved == "a table":
        project.query(f"ALTER TABLE orders SET TABLESPACE {tablespace}")
    before = schema(project)
    set_for_all(project, f"default_tablespace = '{tablespace}'")
    try:
        project.seed(*V2, *sizes, "--loader", loader)
        assert schema(project) == before
    finally:
        for name, kind in (("orders_unfinished", "INDEX"), ("orders", "TABLE")):
            project.query(f"ALTER {kind} {name} SET TABLESPACE pg_default")
        set_for_all(project, "default_tablespace = ''")
        database = project.url.rsplit("/", 1)[1]
        for (name,) in project.query(
            "SELECT pg_class.oid::regclass::text FROM pg_class JOIN pg_tablespace ON pg_tablespace.oid = reltablespace "
            f"WHERE spcname = '{tablespace}' AND relkind = 'i'"
        ):  # what a seed moved, so that the tablespace can be dropped
            on_server(f'ALTER DATABASE "{database}" RESET default_tablespace')
            project.query(f"ALTER INDEX {name} SET TABLESPACE pg_default")


def cancelled_index(project: Project) -> None:
    """Leave the invalid index of a CREATE INDEX CONCURRENTLY that was cancelled while it waited for a writer."""
    _cancel_index(project, "UPDATE orders SET total = total WHERE id = 1")


def cancelled_index_of_a_reader(project: Project) -> None:
    """Leave the invalid index of one that was cancelled while it waited for a reader: it was filled already."""
    _cancel_index(project, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM users")


def _cancel_index(project: Project, statement: str) -> None:
    with connect(project) as other, connect(project, autocommit=True) as administrator:
        other.execute(statement)
        administrator.execute("SET statement_timeout = '300ms'")
        with contextlib.suppress(psycopg.errors.QueryCanceled):
            administrator.execute("CREATE INDEX CONCURRENTLY orders_half ON orders (total, status)")


def failed_unique_index(project: Project) -> None:
    """Leave the invalid index of a CREATE UNIQUE INDEX CONCURRENTLY that met duplicates."""
    with (
        connect(project, autocommit=True) as administrator,
        contextlib.suppress(psycopg.errors.UniqueViolation),
    ):
        administrator.execute("CREATE UNIQUE INDEX CONCURRENTLY orders_half ON orders (status)")


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
@pytest.mark.parametrize("leave", [cancelled_index, cancelled_index_of_a_reader, failed_unique_index])
def test_schema__with_an_invalid_index(project: Project, leave: object, loader: str, sizes: tuple[str, ...]) -> None:
    """It stays as it is, or the seed is refused by its name; it never becomes valid."""
    project.seed(*sizes)
    assert callable(leave)
    leave(project)
    before, rows = schema(project), project.content()
    assert [row[1] for row in indexes(project) if not row[3]] == ["orders_half"]
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    assert schema(project) == before
    if done.returncode:
        assert done.returncode in (1, 6)
        assert "orders_half" in done.stderr
        assert project.content() == rows


@pytest.mark.parametrize("failing", ["COMMIT", "the record", "the load"])
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_sequences__after_a_seed_that_failed(
    project: Project, loader: str, sizes: tuple[str, ...], failing: str
) -> None:
    """Sequences are raised by no rollback's leave: they must not be raised before all else has gone well."""
    project.seed("--users", "5", "--orders", "10")
    project.query(
        "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.status = 'success' THEN RAISE 'no success today'; END IF; RETURN NULL; END $$"
    )
    if failing == "COMMIT":
        project.query(
            "CREATE CONSTRAINT TRIGGER stop AFTER INSERT ON seed_metadata DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION stop()"
        )
    elif failing == "the record":
        project.query("CREATE TRIGGER stop AFTER INSERT ON seed_metadata FOR EACH ROW EXECUTE FUNCTION stop()")
    else:
        project.query("ALTER TABLE payments ADD CONSTRAINT stop CHECK (order_id < 15)")
    states = "SELECT last_value, is_called FROM {}"
    sequences = ("users_id_seq", "orders_id_seq")
    before, rows = [project.query(states.format(name)) for name in sequences], project.content()
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    assert done.returncode == 1
    assert ("no success today" in done.stderr) == (failing != "the load")
    assert project.content() == rows
    assert [project.query(states.format(name)) for name in sequences] == before
    assert project.history()[0][3] == "failed"


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_schema__of_an_owner_who_may_create_nothing(project: Project, loader: str, sizes: tuple[str, ...]) -> None:
    """Where constraints and indexes couldn't be recreated, they are loaded into."""
    project.seed(*sizes)
    with role("owner") as owner:
        for (table,) in project.query(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ):
            project.query(f'ALTER TABLE {table} OWNER TO "{owner}"')
        project.query("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        before = schema(project)
        done = as_role(project, owner).run("seed", *V2, *sizes, "--loader", loader)
        assert (done.returncode, done.stderr) == (0, "")
        assert schema(project) == before


TIMEOUTS = [
    "transaction_timeout",
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("name", TIMEOUTS)
def test_timeouts__of_the_role(project: Project, name: str, loader: str) -> None:
    """They are overridden; or the seed fails at once, and the message names the setting."""
    ((version,),) = project.query("SELECT current_setting('server_version_num')::integer")
    if name == "transaction_timeout" and version < 170000:
        pytest.skip("PostgreSQL 17 brought it")
    sizes = ("--users", "300", "--orders", "20000")
    project.seed("--users", "20", "--orders", "100")
    rows = project.content()
    set_for_all(project, f"{name} = '250ms'")
    done = project.run("seed", *V2, *sizes, "--loader", loader)
    set_for_all(project, f"{name} = 0")
    if done.returncode:
        assert done.returncode == 1
        assert name in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert project.content() == rows
    else:
        assert project.run("seed", "--verify", "--seed-version", "v2").returncode == 0


@pytest.mark.parametrize("mode", [("--verify",), ("--plan", *V2)], ids=["verify", "plan"])
def test_timeouts__of_the_role_in_other_modes(project: Project, mode: tuple[str, ...]) -> None:
    sizes = ("--users", "300", "--orders", "40000")
    project.seed(*sizes)
    set_for_all(project, "transaction_timeout = '100ms'")
    done = project.run("seed", *mode)
    set_for_all(project, "transaction_timeout = 0")
    assert done.returncode == 0 or (done.returncode == 1 and "transaction_timeout" in done.stderr), done.stderr
