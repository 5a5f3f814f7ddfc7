"""Conditions and sets of keys, as both databases understand them."""

from typing import Any

import pytest
from django.db import connection

from seeding.database.catalogue import Catalogue, Table
from seeding.database.foreign_keys import ForeignKey
from seeding.protect.selections import (
    EVERY,
    NO,
    Selection,
    any_of,
    count,
    none_of,
    referred_to_by,
    referring_to,
    referring_to_all_but,
    select_keys,
)

pytestmark = pytest.mark.django_db

SHOPS = [(1, "a'b"), (2, "%s"), (3, "c")]  # a key of two columns
SALES: list[tuple[Any, ...]] = [(10, 1, "a'b"), (11, 2, "%s"), (12, 2, None), (13, None, None), (14, 9, "gone")]


@pytest.fixture
def shops() -> Table:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shops (n integer, name varchar(5), PRIMARY KEY (n, name))")
        cursor.executemany("INSERT INTO shops VALUES (%s, %s)", SHOPS)
    return Catalogue("default").of_models(["shops"])["shops"]


@pytest.fixture
def sales() -> Table:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE sales (id integer PRIMARY KEY, shop_n integer, shop_name varchar(5))")
        cursor.executemany("INSERT INTO sales VALUES (%s, %s, %s)", SALES)
    return Catalogue("default").of_models(["sales"])["sales"]


@pytest.fixture
def key(shops: Table, sales: Table) -> ForeignKey:
    return ForeignKey(sales, ("shop_n", "shop_name"), shops, ("n", "name"), is_enforced=False)


def keys(table: Table, selection: Selection, most: int | None = None) -> list[tuple[Any, ...]]:
    found = select_keys(connection, table, selection, most)
    assert most is not None or count(connection, table, selection) == len(found)
    return found


def test_any_of__and_none_of(shops: Table) -> None:
    some = [(2, "%s"), (1, "a'b"), (7, "x")]
    assert keys(shops, any_of(shops, some)) == [(1, "a'b"), (2, "%s")]
    assert keys(shops, none_of(shops, some)) == [(3, "c")]
    assert keys(shops, any_of(shops, [])) == []
    assert keys(shops, none_of(shops, [])) == SHOPS
    assert keys(shops, EVERY, 2) == SHOPS[:2]


def test_conditions__combine(shops: Table) -> None:
    first, last = Selection("n < %s", (2,)), Selection("n > %s", (2,))
    assert keys(shops, first | last) == [(1, "a'b"), (3, "c")]
    assert keys(shops, first & last) == []
    assert keys(shops, (first | last).negated()) == [(2, "%s")]
    assert keys(shops, (first | last) & any_of(shops, [(3, "c")])) == [(3, "c")]
    assert keys(shops, NO | first) == [(1, "a'b")]


def test_negated__has_the_rows_for_which_the_condition_is_unknown(sales: Table) -> None:
    assert keys(sales, Selection("shop_n = 2").negated()) == [(10,), (13,), (14,)]
    assert keys(sales, Selection("shop_n = 2").negated().negated()) == [(11,), (12,)]


def test_referring_to__rows_with_all_columns(sales: Table, key: ForeignKey) -> None:
    assert keys(sales, referring_to(key, EVERY)) == [(10,), (11,)]
    assert keys(sales, referring_to(key, any_of(key.referenced, [(2, "%s")]))) == [(11,)]
    assert keys(sales, referring_to(key, NO)) == []


@pytest.mark.parametrize("targets", [("n", "name"), ("name", "n")])
def test_referring_to_all_but(shops: Table, sales: Table, targets: tuple[str, ...]) -> None:
    columns = tuple({"n": "shop_n", "name": "shop_name"}[target] for target in targets)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sales WHERE id = 14")
    for is_enforced in (False, True):
        key = ForeignKey(sales, columns, shops, targets, is_enforced)
        assert keys(sales, referring_to_all_but(key, [(2, "%s")])) == [(10,)]
        assert keys(sales, referring_to_all_but(key, [])) == [(10,), (11,)]


def test_referred_to_by(shops: Table, key: ForeignKey) -> None:
    assert keys(shops, referred_to_by(key, EVERY)) == [(1, "a'b"), (2, "%s")]
    assert keys(shops, referred_to_by(key, Selection("id = %s", (11,)))) == [(2, "%s")]


def test_any_of__a_table_without_a_key() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE notes (text varchar(5))")
        cursor.executemany("INSERT INTO notes VALUES (%s)", [("a",), ("b",), ("b",)])
    table = Catalogue("default").of_models(["notes"])["notes"]
    first, *others = keys(table, EVERY)
    assert keys(table, any_of(table, [first])) == [first]
    assert keys(table, none_of(table, [first])) == others
