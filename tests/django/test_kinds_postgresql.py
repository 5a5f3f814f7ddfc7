"""PostgreSQL stores and sends the bytes that a kind says; and what a seeder may give for PostgreSQL's own fields."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.db import connection, models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seeding.database.catalogue import Catalogue
from seeding.declare.kinds import Kind
from seeding.generate.columns import Categorical
from seeding.load.binary import HEADER, TRAILER, encode
from seeding.models import KeyRange
from tests.django.test_kinds_values import JSON, TARGET, TEXTS, digest, kind, values
from tests.support.project import IS_POSTGRESQL

if IS_POSTGRESQL:
    from django.contrib.postgres.fields import (
        ArrayField,
        BigIntegerRangeField,
        DateRangeField,
        DateTimeRangeField,
        DecimalRangeField,
        HStoreField,
        IntegerRangeField,
    )
    from django.contrib.postgres.search import SearchVectorField
    from django.db.backends.postgresql.psycopg_any import Range
else:
    pytest.skip("PostgreSQL's own", allow_module_level=True)

MOMENTS = st.datetimes(datetime.datetime(1, 1, 2), datetime.datetime(9999, 12, 30), timezones=st.just(datetime.UTC))  # noqa: DTZ001
SMALL = st.integers(-(2**15), 2**15 - 1)
SPANS = st.timedeltas(min_value=datetime.timedelta(days=-(10**8)), max_value=datetime.timedelta(days=10**8))
WORDS = st.text("abé'\\: ", min_size=1, max_size=5)


def ranges(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.tuples(st.none() | of, st.none() | of).map(
        lambda pair: tuple(sorted(pair)) if None not in pair else pair
    )
    bounds = st.sampled_from(["[]", "()", "[)", "(]"])
    return st.just(Range(empty=True)) | st.builds(lambda pair, how: Range(*pair, how), pairs, bounds)


def arrays(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | of, max_size=4)


def grids(of: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.integers(1, 3).flatmap(lambda width: st.lists(st.lists(of, min_size=width, max_size=width), max_size=3))


def vector(words: dict[str, list[tuple[int, str]]]) -> str:
    parts = []
    for word, places in words.items():
        quoted = word.replace("\\", "\\\\").replace("'", "''")
        parts.append(f"'{quoted}'" + ":" * bool(places) + ",".join(f"{place}{weight}" for place, weight in places))
    return " ".join(parts)


VECTORS = st.dictionaries(
    WORDS, st.lists(st.tuples(st.integers(1, 20_000), st.sampled_from("ABCD")), max_size=3), max_size=3
).map(vector)

CASES: dict[str, tuple[Callable[[], models.Field[Any, Any]], st.SearchStrategy[Any]]] = {
    "uuid": (models.UUIDField, st.uuids()),
    "json": (models.JSONField, JSON.filter(lambda value: value is not None)),
    "time": (models.TimeField, st.times()),
    "duration": (models.DurationField, SPANS),
    "address": (models.GenericIPAddressField, st.ip_addresses(v=4) | st.ip_addresses(v=6)),
    "bytes": (models.BinaryField, st.binary(max_size=9)),
    "integers": (lambda: ArrayField(models.IntegerField()), arrays(SMALL)),
    "texts": (lambda: ArrayField(models.TextField()), arrays(TEXTS)),
    "grid": (lambda: ArrayField(ArrayField(models.SmallIntegerField())), grids(SMALL)),
    "moments": (lambda: ArrayField(models.DateTimeField()), arrays(MOMENTS)),
    "days": (lambda: ArrayField(models.DateField()), arrays(st.dates())),
    "uuids": (lambda: ArrayField(models.UUIDField()), arrays(st.uuids())),
    "flags": (lambda: ArrayField(models.BooleanField()), arrays(st.booleans())),
    "prices": (
        lambda: ArrayField(models.DecimalField(max_digits=6, decimal_places=2)),
        arrays(st.decimals(-9999, 9999, places=2)),
    ),
    "int4range": (IntegerRangeField, ranges(SMALL)),
    "int8range": (BigIntegerRangeField, ranges(SMALL)),
    "daterange": (DateRangeField, ranges(st.dates(datetime.date(2, 1, 1), datetime.date(9999, 12, 30)))),
    "tstzrange": (DateTimeRangeField, ranges(MOMENTS)),
    "numrange": (DecimalRangeField, ranges(st.decimals(-9999, 9999, places=2))),
    "ranges": (lambda: ArrayField(IntegerRangeField()), arrays(ranges(SMALL))),
    "hstore": (HStoreField, st.dictionaries(TEXTS, st.none() | TEXTS, max_size=4)),
    "tsvector": (SearchVectorField, VECTORS),
}


@pytest.fixture
def _hstore(transactional_db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION IF NOT EXISTS hstore")


@pytest.mark.usefixtures("_hstore")
@pytest.mark.parametrize("case", CASES)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_cells__are_what_the_server_stores_and_sends(case: str, data: st.DataObject) -> None:
    make, strategy = CASES[case]
    field = make()
    field.null = True
    of = kind(field)
    given = data.draw(st.lists(st.none() | strategy, min_size=1, max_size=6))
    stored = of.stored(of.column(given, len(given)), TARGET)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sample")
        cursor.execute(f"CREATE TABLE sample (n serial, c {field.db_type(connection)})")
        column_type = Catalogue("default").of_models(["sample"])["sample"].columns["c"]
        of.check_type(column_type)
        sent = HEADER + encode([of.cells(stored, column_type, connection)], len(given)) + TRAILER
        with cursor.copy("COPY sample (c) FROM STDIN (FORMAT binary)") as copy:
            copy.write(sent)
        expected = HEADER + encode([of.cells(stored, column_type, connection, canonical=True)], len(given)) + TRAILER
        with cursor.copy("COPY (SELECT c FROM sample ORDER BY n) TO STDOUT (FORMAT binary)") as copy:
            found = b"".join(copy)
        assert found == expected
        if case != "hstore":  # whose adapter comes with django.contrib.postgres
            cursor.execute("SELECT c FROM sample ORDER BY n")
            there = [_loaded(field, row[0]) for row in cursor.fetchall()]
            assert there == of.python(stored)


def _loaded(field: Any, value: Any) -> Any:
    convert = getattr(field, "from_db_value", None)
    return convert(value, None, connection) if convert is not None else value


AT = datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC)
GIVEN: dict[str, tuple[Any, Any, list[Any]]] = {
    "one array for all": (lambda: ArrayField(models.TextField()), ["a", None], [["a", None], ["a", None]]),
    "an empty array for all": (lambda: ArrayField(models.TextField()), [], [[], []]),
    "a grid for all": (lambda: ArrayField(ArrayField(models.TextField())), [["a"], ["b"]], [[["a"], ["b"]]] * 2),
    "arrays as categories": (
        lambda: ArrayField(models.IntegerField()),
        Categorical(np.array([1, 0]), ([1], [2, 3])),
        [[2, 3], [1]],
    ),
    "arrays of NumPy": (lambda: ArrayField(models.IntegerField()), np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    "grids of NumPy": (
        lambda: ArrayField(ArrayField(models.IntegerField())),
        np.arange(8).reshape(2, 2, 2),
        [[[0, 1], [2, 3]], [[4, 5], [6, 7]]],
    ),
    "moments before the anchor": (
        lambda: ArrayField(models.DateTimeField()),
        [[0, 1_000_000], [-1]],
        [[AT, AT - datetime.timedelta(seconds=1)], [AT + datetime.timedelta(microseconds=1)]],
    ),
    "arrays of documents": (
        lambda: ArrayField(models.JSONField()),
        [[{"a": 1}], ["x", None]],
        [[{"a": 1}], ["x", None]],
    ),
    "a pair of columns": (IntegerRangeField, (np.array([1, 2]), np.array([3, 2])), [Range(1, 3), Range(empty=True)]),
    "a column and a bound for all": (
        IntegerRangeField,
        (np.array([1, 2]), None),
        [Range(1, None), Range(2, None)],
    ),
    "one range for all": (IntegerRangeField, Range(1, 4, "(]"), [Range(2, 5)] * 2),
    "one pair for all": (IntegerRangeField, (1, 4), [Range(1, 4)] * 2),
    "pairs": (DecimalRangeField, [(1, None), (Decimal("0.5"), 1)], [Range(1, None, "[)"), Range(Decimal("0.5"), 1)]),
    "other default bounds": (
        lambda: DecimalRangeField(default_bounds="[]"),
        [(1, 1), (1, 2)],
        [Range(1, 1, "[]"), Range(1, 2, "[]")],
    ),
    "a range of moments before the anchor": (
        DateTimeRangeField,
        (np.array([1_000_000, 5]), np.array([0, 5])),
        [Range(AT - datetime.timedelta(seconds=1), AT), Range(empty=True)],
    ),
    "a map for all": (HStoreField, {"b": "1", "a": None}, [{"a": None, "b": "1"}] * 2),
    "a map of columns": (
        HStoreField,
        {"b": np.array(["x", "y"]), "a": Categorical(np.array([0, 1]), ("z", None)), "c": "1"},
        [{"a": "z", "b": "x", "c": "1"}, {"a": None, "b": "y", "c": "1"}],
    ),
    "search vectors": (SearchVectorField, ["b a:2 b:3,1A", "plain words"], ["'a':2 'b':1A,3", "'plain' 'words'"]),
}


@pytest.mark.parametrize("name", GIVEN)
def test_column__takes(name: str) -> None:
    make, given, expected = GIVEN[name]
    assert values(kind(make()), given, 2) == expected


UNFIT: dict[str, tuple[Any, Any, str]] = {
    "an array of another kind": (
        lambda: ArrayField(models.IntegerField()),
        [["a"]],
        "'a', and this column holds whole",
    ),
    "an element that doesn't fit": (lambda: ArrayField(models.SmallIntegerField()), [[2**15]], "it holds 32768"),
    "too many elements": (lambda: ArrayField(models.IntegerField(), size=2), [[1, 2, 3]], "an array of 3 elements"),
    "no array": (lambda: ArrayField(models.IntegerField()), [[1], 2], "2, and this column holds arrays"),
    "a ragged grid": (lambda: ArrayField(ArrayField(models.IntegerField())), [[[1], [1, 2]]], "of different lengths"),
    "a range that ends first": (IntegerRangeField, [(3, 1)], "(3, 1), which ends before it begins"),
    "moments that end first": (DateTimeRangeField, (np.array([0]), np.array([1])), "which ends before it begins"),
    "a bound that doesn't fit": (IntegerRangeField, [Range(1, 2**31 - 1, "[]")], "it holds 2147483648"),
    "no range": (IntegerRangeField, [5], "5, and this column holds ranges"),
    "a map of numbers": (HStoreField, [{"a": 1}], "1, and a map's keys and values are text"),
    "a map with NUL": (HStoreField, [{"a": "\0"}], "NUL characters"),
    "no map": (HStoreField, ["a"], "'a', and this column holds maps of texts"),
    "no search vector": (SearchVectorField, ["a:b"], "isn't a search vector as PostgreSQL writes it"),
    "a position before the first": (SearchVectorField, ["a:0"], "the position 0"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_column__names_the_value_that_does_not_fit(name: str) -> None:
    make, given, message = UNFIT[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        kind(make()).column(given, 1)
    assert message in str(caught.value)


@given(st.lists(st.none() | arrays(st.uuids()), min_size=1, max_size=6), st.integers(0, 6))
def test_digest__does_not_depend_on_the_form(given: list[Any], cut: int) -> None:
    of: Kind = kind(ArrayField(models.UUIDField(), null=True))
    categories = Categorical(np.arange(len(given)), tuple(given))
    texts = [value and [item and str(item) for item in value] for value in given]
    forms = {digest(of, given), digest(of, categories), digest(of, texts), digest(of, given[:cut], given[cut:])}
    assert len(forms) == 1


def test_kind_of__an_array_of_what_no_kind_serves() -> None:
    class OwnField(models.Field):
        def db_type(self, connection: Any) -> str:
            return "geometry"

    from seeding.declare.kinds import kind_of

    assert kind_of(ArrayField(OwnField())) is None


@pytest.mark.django_db
@pytest.mark.parametrize("column_type", ["timestamp with time zone", "timestamp"])
def test_moments__are_asked_for_as_what_is_stored(column_type: str) -> None:
    """Those that aren't finite, which no seeder gives, are other moments than any that was generated."""
    one, least = kind(models.DateTimeField(null=True)), np.iinfo(np.int64).min
    given = [datetime.datetime(1, 1, 2), AT, datetime.datetime(1969, 12, 31, 23, 59, 59, 999_999), None]  # noqa: DTZ001
    given += [datetime.datetime(9999, 12, 30, 0, 0, 0, 1), None]  # noqa: DTZ001
    moments = [moment and moment.replace(tzinfo=datetime.UTC) for moment in given]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL timezone = 'Asia/Kathmandu'")
        cursor.execute(f"CREATE TEMPORARY TABLE sample (n serial, c {column_type})")
        for moment in moments:
            sent = moment if "zone" in column_type else moment and moment.replace(tzinfo=None)
            cursor.execute("INSERT INTO sample (c) VALUES (%s)", [sent])
        cursor.execute("INSERT INTO sample (c) VALUES ('infinity'), ('-infinity')")
        type_of_column = Catalogue("default").of_models(["sample"])["sample"].columns["c"]
        asked = one.asked(models.expressions.RawSQL("c", []), type_of_column, connection)
        sql, parameters = asked.as_sql(KeyRange.objects.all().query.get_compiler("default"), connection)
        cursor.execute(f"SELECT {sql} FROM sample ORDER BY n", parameters)
        there = [row[0] for row in cursor.fetchall()]
    assert one.read(there).tolist() == [*one.read(moments).tolist(), least, least]
    assert all(isinstance(number, int) for number in there if number is not None)
