"""Names from the catalogue are data: hostile ones come back from the database as they went in."""

import pytest
from django.db import connection

from seeding.database.catalogue import Catalogue
from seeding.database.names import quoted, run, sql_text

pytestmark = pytest.mark.django_db

HOSTILE = ["plain", "Mixed Case", "100%", "%s", "%(x)s", 'a"b', "a'b", "a;--", "übel", "a.b", "select", "tab\there"]


@pytest.mark.parametrize("name", HOSTILE)
def test_quoted__names_are_the_databases_own(name: str) -> None:
    table = f"{name} t"
    with connection.cursor() as cursor:
        run(cursor, f"CREATE TABLE {quoted(connection, table)} ({quoted(connection, name)} integer)")
        run(cursor, f"INSERT INTO {quoted(connection, table)} VALUES (%s)", [7])
        found = run(cursor, f"SELECT {quoted(connection, name)}, %s FROM {quoted(connection, table)}", ["%s"])
        assert found.fetchall() == [(7, "%s")]
        assert found.description[0][0] == name


def test_quoted__is_qualified_by_its_parts() -> None:
    assert quoted(connection, "a.b", 'c"d%') == '"a.b"."c""d%%"'


def test_run__has_doubled_percent_signs_with_and_without_parameters() -> None:
    text = sql_text("'%s'")
    with connection.cursor() as cursor:
        assert run(cursor, "SELECT '%%'").fetchone() == ("%",)
        assert run(cursor, f"SELECT {text}").fetchone() == ("%s",)
        assert run(cursor, "SELECT '%%', %s", ["x"]).fetchone() == ("%", "x")


@pytest.mark.parametrize("name", HOSTILE)
def test_catalogue__finds_columns_and_keys_of_any_name(name: str) -> None:
    table = f"{name} t".replace('"', "")  # Django itself has no tables with a double quote
    with connection.cursor() as cursor:
        run(
            cursor,
            f"CREATE TABLE {quoted(connection, table)} (other integer, {quoted(connection, name)} integer PRIMARY KEY)",
        )
    found = Catalogue("default").of_models([table, "absent"])
    assert list(found) == [table]
    assert found[table].key == (name,)
    assert set(found[table].columns) == {"other", name}
