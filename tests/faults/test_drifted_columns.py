"""Columns whose type in the database isn't the model's any more: what is stored is what is meant, or it is refused."""

import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LOADERS, SIZES, V2, refused_by_name

pytestmark = pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite's columns take what they get")

ANCHOR = {"SEED_ANCHOR": "2026-01-05"}
AMOUNTS = [
    "double precision",
    "real",
    "bigint",
    "integer",
    "smallint",
    "numeric",
    "numeric(14, 4)",
    "numeric(9, 1)",
    "numeric(12, 0)",
    "text",
    "varchar(20)",
    "money",
]
PLACES = {
    "orders": ("id", "total", "orders_total_not_negative"),
    "payments": ("order_id", "amount", "payments_amount_not_negative"),
}
FEW, MANY = ("--users", "20", "--orders", "100"), ("--users", "300", "--orders", "5000")
SHAPES = [
    *((type_, "orders", loader, FEW) for type_ in AMOUNTS for loader in LOADERS),
    ("double precision", "payments", "copy", FEW),
    ("bigint", "payments", "copy", FEW),
    ("double precision", "orders", "copy", MANY),
    ("bigint", "orders", "copy", MANY),
]


@pytest.mark.parametrize(("type_", "table", "loader", "sizes"), SHAPES)
def test_amounts__in_a_column_of_another_type(
    project: Project, type_: str, table: str, loader: str, sizes: tuple[str, ...]
) -> None:
    """They are stored and verified as without the drift, or refused by the column's name."""
    key, column, constraint = PLACES[table]
    project.seed(*V2, *sizes, **ANCHOR)
    expected = project.query(f"SELECT {key}, {column} FROM {table} ORDER BY 1")
    project.seed("--seed-version", "v1", *SIZES, **ANCHOR)
    project.query(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")
    project.query(f"ALTER TABLE {table} ALTER {column} TYPE {type_} USING {column}::{type_}")
    before = project.content()
    done = project.run("seed", *V2, *sizes, "--loader", loader, **ANCHOR)
    if refused_by_name(project, column, done, before):
        return
    assert project.query(f"SELECT {key}, round({column}::numeric, 2) FROM {table} ORDER BY 1") == expected
    verified = project.run("seed", "--verify", "--seed-version", "v2")
    assert (verified.returncode, verified.stderr) == (0, "")


OTHERS = {
    "orders.status": ("char(10)", "rtrim(status)"),
    "orders.created_at": ("timestamp USING created_at AT TIME ZONE 'UTC'", "created_at AT TIME ZONE 'UTC'"),
    "orders.user_id": ("numeric", "user_id::bigint"),
    "users.is_active": ("integer USING is_active::integer", "is_active::boolean"),
    "users.first_name": ("char(150)", "rtrim(first_name)"),
    "users.last_name": ("varchar(3) USING left(last_name, 3)", "last_name"),
    "users.created_at": ("date", "created_at::timestamptz"),
    "payments.created_at": ("timestamptz(0)", "created_at"),
    "payments.status": ("text", "status"),
}


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("place", OTHERS)
def test_columns__of_another_type(project: Project, place: str, loader: str) -> None:
    """By every loader the same, and verified; or refused."""
    table, column = place.split(".")
    type_, cast = OTHERS[place]
    key = "order_id" if table == "payments" else "id"
    project.seed(*V2, *SIZES, **ANCHOR)
    expected = project.query(f"SELECT {key}, {column} FROM {table} ORDER BY 1")
    project.seed("--seed-version", "v1", *SIZES, **ANCHOR)
    for statement in (
        "ALTER TABLE orders DROP CONSTRAINT orders_status_known",
        "ALTER TABLE payments DROP CONSTRAINT payments_status_known",
        "ALTER TABLE orders DROP CONSTRAINT orders_user_id_7e2523fb_fk_users_id",
        "DROP INDEX orders_unfinished, payments_unfinished, users_privileged_or_inactive",
        "DROP STATISTICS orders_month",
    ):
        project.query(statement)
    project.query(f"ALTER TABLE {table} ALTER {column} DROP DEFAULT")
    project.query(f"ALTER TABLE {table} ALTER {column} TYPE {type_}")
    done = project.run("seed", *V2, *SIZES, "--loader", loader, **ANCHOR)
    if done.returncode:
        assert done.returncode in (1, 6), done.stderr
        assert column in done.stderr or "value too long for type character varying(3)" in done.stderr
        assert "Traceback" not in done.stderr
        assert project.query("SELECT count(*) FROM orders") == [(100,)]
        return
    assert project.query(f"SELECT {key}, {cast} FROM {table} ORDER BY 1") == expected
    verified = project.run("seed", "--verify", "--seed-version", "v2")
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("type_", ["double precision", "bigint", "numeric(12, 0)"])
def test_verify__of_a_column_that_drifted_after_the_seed(seeded_project: Project, type_: str) -> None:
    """What the new type holds exactly is the same; what it has rounded differs."""
    seeded_project.query("ALTER TABLE orders DROP CONSTRAINT orders_total_not_negative")
    seeded_project.query(f"ALTER TABLE orders ALTER total TYPE {type_}")
    done = seeded_project.run("seed", "--verify")
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if type_ == "double precision" else 4), done.stderr


@pytest.mark.parametrize("type_", ["double precision", "bigint"])
def test_verify__of_cents_in_the_place_of_amounts(seeded_project: Project, type_: str) -> None:
    seeded_project.query("ALTER TABLE orders DROP CONSTRAINT orders_total_not_negative")
    seeded_project.query(f"ALTER TABLE orders ALTER total TYPE {type_} USING total * 100")
    done = seeded_project.run("seed", "--verify")
    assert "Traceback" not in done.stderr
    assert done.returncode == 4, done.stdout
