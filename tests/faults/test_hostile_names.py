"""Names that come from the catalogue are data, whatever is in them.

NAMES_SEED says which random names come along (2026), NAMES_RUNS how many (6).
"""

import os
import random
import subprocess
from collections.abc import Iterator

import pytest
from psycopg import sql

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LARGE, LOADERS, SIZES, V2, connect, identifier, refused, role, schema, within

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="only PostgreSQL has roles, sequences and schemas")

FIXED = [
    'o";ALTER ROLE {role} SUPERUSER;COMMIT;--',
    'o")IN(SELECT 1);ALTER ROLE {role} SUPERUSER;--',
    'o" FROM users;ALTER ROLE {role} SUPERUSER;--',
    "o';ALTER ROLE {role} SUPERUSER;--",
    "o);ALTER ROLE {role} SUPERUSER;--",
    'o"."o',
    '"quoted"',
    '"',
    '""',
    '"; COMMIT; CREATE TABLE pwned (); --',
    "it's",
    "100%",
    "%s",
    "%(tables)s",
    "%%",
    "%",
    "{}",
    "{0}",
    "{index}",
    "{",
    "$1",
    "$$",
    "a.b",
    ".",
    "a b",
    " ",
    "?",
    ":name",
    ";",
    "--",
    "/*",
    "back\\slash",
    "E'\\n'",
    "tab\tand\nline",
    "\x1b[31mred",
    "\u202egnal",
    "select",
    "user",
    "ORDERS",
    "Users",
    "таблица",
    "注文",
    "ÄPFEL",
    "👍",
    "x" * 63,
    "ä" * 31,
    '"' * 63,
    "%" * 63,
]
ALPHABET = [*"""ab'"%{}()$;.,:?-/\\ \n\t[]""", "%s", "--", '")', "ß", "İ", "字", "🙂", "\u200b"]


def random_names() -> list[str]:
    chance = random.Random(os.environ.get("NAMES_SEED", "2026"))
    made = []
    for _ in range(int(os.environ.get("NAMES_RUNS", "6"))):
        name = "".join(chance.choices(ALPHABET, k=chance.randint(1, 40)))
        made.append(name.encode()[:63].decode(errors="ignore"))
    return made


@pytest.fixture
def mallory() -> Iterator[str]:
    if not IS_POSTGRESQL:
        yield "mallory"
        return
    with role("m") as name:
        yield name


def names_of(mallory: str) -> list[str]:
    names = [name.replace("{role}", mallory) for name in FIXED] + random_names()
    assert all(len(name.encode()) <= 63 for name in names)
    return list(dict.fromkeys(names))


def run(project: Project, *statements: str, by: str | None = None) -> None:
    """Run the statements, on PostgreSQL as the role."""
    if not IS_POSTGRESQL:
        for statement in statements:
            project.query(statement)
        return
    with connect(project) as connection:
        if by:
            connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(by)))
        for statement in statements:
            connection.execute(statement)


def may_refer(project: Project, mallory: str) -> None:
    """Let the role do no more than create tables, and refer to those that are seeded."""
    if IS_POSTGRESQL:
        run(
            project,
            f'GRANT CREATE ON SCHEMA public TO "{mallory}"',
            f'GRANT CREATE ON DATABASE "{project.url.rsplit("/", 1)[1]}" TO "{mallory}"',
            f'GRANT REFERENCES, SELECT ON users, orders TO "{mallory}"',
        )


def assert_nothing_was_run(project: Project, mallory: str) -> None:
    if IS_POSTGRESQL:
        assert project.query(f"SELECT rolsuper FROM pg_roles WHERE rolname = '{mallory}'") == [(False,)]
        assert project.query("SELECT 1 FROM pg_class WHERE relname = 'pwned'") == []
    else:
        assert project.query("SELECT 1 FROM sqlite_master WHERE name = 'pwned'") == []


def assert_shown_safely(done: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in done.stderr
    for text in (done.stdout, done.stderr):
        assert "\x1b" not in text
        assert "\u202e" not in text


def seeds(project: Project, mallory: str, loader: str, sizes: tuple[str, ...], *, losses: int) -> None:
    """Plan, verify, be refused, overwrite and seed again; the schema stays, and nobody gains anything."""
    before = schema(project)
    how = (*V2, *sizes, "--loader", loader)
    try:
        planned = project.run("seed", "--plan", *how)
        assert (planned.returncode, planned.stderr) == (0, "")
        assert_shown_safely(planned)
        if losses:
            assert "--overwrite" in refused(project, *how)
        done = project.run("seed", *how, "--overwrite", "-v2")
        assert done.returncode == 0, done.stderr
        assert_shown_safely(done)
        verified = project.run("seed", "--verify", "--seed-version", "v2")
        assert (verified.returncode, verified.stderr) == (0, "")
        assert schema(project) == before
        done = project.run("seed", "--seed-version", "v1", *sizes, "--loader", loader)
        assert (done.returncode, done.stderr) == (0, "")
    finally:
        assert_nothing_was_run(project, mallory)
    assert schema(project) == before


SHAPES = [
    pytest.param(loader, sizes, id=f"{loader}-{'small' if sizes is SIZES else 'large'}")
    for loader in LOADERS
    for sizes in (SIZES, LARGE)
    if sizes is SIZES or loader == "copy"
]


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_columns(project: Project, mallory: str, loader: str, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes)
    may_refer(project, mallory)
    for number, name in enumerate(names_of(mallory)):
        run(
            project,
            f"CREATE TABLE note_{number} ({identifier(name)} bigint REFERENCES users (id) ON DELETE CASCADE)",
            f"INSERT INTO note_{number} VALUES (5)",
            by=mallory,
        )
    seeds(project, mallory, loader, sizes, losses=1)
    assert project.query("SELECT * FROM note_0") == []


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_tables(project: Project, mallory: str, loader: str, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes)
    may_refer(project, mallory)
    names = [name for name in names_of(mallory) if IS_POSTGRESQL or name not in ("ORDERS", "Users")]
    for name in names:
        run(
            project,
            f"CREATE TABLE {identifier(name)} (id integer PRIMARY KEY, user_id bigint REFERENCES users (id))",
            f"INSERT INTO {identifier(name)} VALUES (1, 5)",
            by=mallory,
        )
    for number, name in enumerate(names):  # rows to which the deletion cascades
        run(
            project,
            f"CREATE TABLE reply_{number} (n integer REFERENCES {identifier(name)} ON DELETE CASCADE)",
            f"INSERT INTO reply_{number} VALUES (1)",
            by=mallory,
        )
    seeds(project, mallory, loader, sizes, losses=1)
    for number, name in enumerate(names):
        assert project.query(f"SELECT user_id FROM {identifier(name)} UNION ALL SELECT n FROM reply_{number}") == []


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("place", ["column", "table", "constraint"])
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_an_attack(  # alone, so that nothing else fails before it
    project: Project, mallory: str, loader: str, sizes: tuple[str, ...], place: str, number: int
) -> None:
    project.seed(*sizes)
    may_refer(project, mallory)
    name = identifier(names_of(mallory)[number])
    column, table, constraint = (name if place == what else "plain" for what in ("column", "table", "constraint"))
    run(
        project,
        f"CREATE TABLE {table} (o bigint CONSTRAINT o REFERENCES users,"
        f" {column} bigint CONSTRAINT {constraint} REFERENCES users ON DELETE CASCADE)",
        f"INSERT INTO {table} VALUES (5, 5)",
        by=mallory,
    )
    seeds(project, mallory, loader, sizes, losses=1)
    assert project.query(f"SELECT * FROM {table}") == []


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_constraints_and_indexes(project: Project, mallory: str, loader: str, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes)
    may_refer(project, mallory)
    for number, name in enumerate(names_of(mallory)):
        run(
            project,
            f"CREATE TABLE note_{number} (user_id bigint CONSTRAINT {identifier(name)} REFERENCES users (id))",
            by=mallory,
        )
        if not IS_POSTGRESQL or number % 3:
            other = identifier(name if name not in ("ORDERS", "Users") or IS_POSTGRESQL else f"{name}_")
            run(project, f"CREATE INDEX {other} ON orders (created_at) WHERE id = {number}")
        else:
            run(project, f"ALTER TABLE orders ADD CONSTRAINT {identifier(name)} UNIQUE (id, total)")
            run(project, f"ALTER TABLE payments ADD CONSTRAINT {identifier(name)} CHECK (amount >= 0)")
    seeds(project, mallory, loader, sizes, losses=0)


@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_columns_of_seeded_tables(
    project: Project, mallory: str, loader: str, sizes: tuple[str, ...]
) -> None:
    """Columns that no model has, in keys and indexes."""
    project.seed(*sizes)
    for name in names_of(mallory):
        if not IS_POSTGRESQL and name.lower() == "user":
            continue
        column = identifier(name)
        run(project, f"ALTER TABLE orders ADD COLUMN {column} integer")
    for number, name in enumerate(names_of(mallory)[:12]):
        run(project, f"CREATE INDEX orders_extra_{number} ON orders ({identifier(name)})")
    seeds(project, mallory, loader, sizes, losses=0)


@on_postgresql
@pytest.mark.parametrize(("loader", "sizes"), SHAPES)
def test_names__of_schemas(project: Project, mallory: str, loader: str, sizes: tuple[str, ...]) -> None:
    project.seed(*sizes)
    may_refer(project, mallory)
    names = names_of(mallory)
    for name in names:
        run(
            project,
            f"CREATE SCHEMA {identifier(name)}",
            f"CREATE TABLE {identifier(name)}.orders (user_id bigint REFERENCES public.users ON DELETE CASCADE)",
            f"INSERT INTO {identifier(name)}.orders VALUES (5)",
            by=mallory,
        )
    seeds(project, mallory, loader, sizes, losses=1)
    assert project.query(f"SELECT * FROM {identifier(names[0])}.orders") == []


@on_postgresql
def test_names__of_sequences(project: Project, mallory: str) -> None:
    """Each in turn is the sequence of the orders' keys, and seeded with some of them."""
    project.seed(*SIZES)
    current = "public.orders_id_seq"
    for number, name in enumerate(names_of(mallory)):
        run(project, f"ALTER SEQUENCE {current} RENAME TO {identifier(name)}")
        current = f"public.{identifier(name)}"
        if number % 8 and number > 3:
            continue
        run(project, f"SELECT setval('{current.replace(chr(39), chr(39) * 2)}', 1)")
        done = project.run("seed", "--force", *SIZES)
        assert_nothing_was_run(project, mallory)
        assert (done.returncode, done.stderr) == (0, ""), name
        assert project.query(f"SELECT last_value + is_called::int FROM {current}") == [(101,)]  # the next key


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("column", ["x%", 'x"', "%s", 'x"); SELECT 1; --'])
def test_names__of_what_a_half_way_commit_would_lose(project: Project, mallory: str, column: str, loader: str) -> None:
    """Whatever fails, foreign keys that were dropped are there again."""
    project.seed(*LARGE)
    run(
        project,
        f"CREATE TABLE note (order_id bigint CONSTRAINT {identifier(column)} REFERENCES orders (id))",
        f"CREATE INDEX {identifier(column + ' of orders')} ON orders (total)",
    )
    before = schema(project)
    done = project.run("seed", *V2, *LARGE, "--loader", loader)
    assert (done.returncode, done.stderr) == (0, "")
    assert schema(project) == before


@on_postgresql
def test_names__that_a_session_gives_itself(project: Project) -> None:
    """Who holds a lock is told, safely."""
    with connect(project, application_name="\x1b[31mred\x07") as holder:
        holder.execute("SET application_name = E'\\x1b[31mred'")
        holder.execute('ALTER TABLE orders ADD COLUMN "\x1b[31mmore" integer')
        done, _ = within(6, project, "seed", *SIZES, SEED_LOCK_TIMEOUT="1")
    assert done.returncode == 5
    assert_shown_safely(done)
