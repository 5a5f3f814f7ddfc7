"""What a seeder may give for each kind of column, and what comes out of it; without a database."""

from __future__ import annotations

import datetime
import ipaddress
import json
import uuid
from typing import Any

import numpy as np
import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from hypothesis import given
from hypothesis import strategies as st

from seeding.declare.kinds import Kind, kind_of, register_kind
from seeding.declare.kinds.text import Text
from seeding.declare.target import Target
from seeding.errors import RegistrationError
from seeding.generate.columns import Categorical
from seeding.generate.digests import TableDigest
from seeding.generate.marks import marks_of
from seeding.generate.rows import Rows
from seeding.generate.streams import Dataset

TARGET = Target("default", {}, datetime.datetime(2026, 1, 5, tzinfo=datetime.UTC))
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda part: st.lists(part, max_size=4) | st.dictionaries(TEXTS, part, max_size=4),
    max_leaves=12,
)


def kind(field: models.Field[Any, Any]) -> Kind:
    field.set_attributes_from_name("column")
    found = kind_of(field)
    assert found is not None
    return found


def values(of: Kind, given: Any, count: int) -> list[Any]:
    """Return what the ORM gets for what a seeder gives; check on the way that a database's values are known again."""
    stored = of.stored(of.column(given, count), TARGET)
    python = of.python(stored)
    assert marks_of(of.read(python)).tolist() == marks_of(stored).tolist()
    return python


def digest(of: Kind, *batches: Any) -> str:
    made = TableDigest(["column"])
    for batch in batches:
        made.update({"column": of.column(batch, len(batch))}, len(batch))
    return made.hexdigest()


@pytest.mark.parametrize(
    ("field", "strategy"),
    [
        (models.UUIDField(null=True), st.uuids()),
        (models.TimeField(null=True), st.times()),
        (
            models.DurationField(null=True),
            st.timedeltas(min_value=datetime.timedelta(days=-(10**8)), max_value=datetime.timedelta(days=10**8)),
        ),
        (models.BinaryField(null=True), st.binary(max_size=20)),
        (models.GenericIPAddressField(null=True), st.ip_addresses(v=4).map(str)),
        (models.FilePathField(path="/", null=True), TEXTS),
    ],
    ids=lambda value: type(value).__name__,
)
@given(st.data())
def test_column__keeps_python_values(field: Any, strategy: Any, data: st.DataObject) -> None:
    """In a list, as categories and as one value for all; whatever the batches, the digest is the same."""
    of = kind(field)
    given = data.draw(st.lists(st.none() | strategy, min_size=1, max_size=8))
    assert values(of, given, len(given)) == given
    codes = np.arange(len(given))[::-1]
    assert values(of, Categorical(codes, tuple(given)), len(given)) == given[::-1]
    assert values(of, given[0], 3) == [given[0]] * 3
    cut = data.draw(st.integers(0, len(given)))
    forms = {
        digest(of, given),
        digest(of, given[:cut], given[cut:]),
        digest(of, Categorical(codes[::-1], tuple(given))),
    }
    assert len(forms) == 1


@given(st.lists(JSON, min_size=1, max_size=5))
def test_document__is_what_json_makes_of_it(documents: list[Any]) -> None:
    of = kind(models.JSONField(null=True))
    assert values(of, documents, len(documents)) == [_as_numeric(document) for document in documents]
    texts = [json.dumps(document) for document in documents if document is not None]
    if texts:
        again = values(of, np.array(texts), len(texts))
        assert again == [_as_numeric(document) for document in documents if document is not None]


def _as_numeric(value: Any) -> Any:
    """Return a document as PostgreSQL's numbers have it: large ones have no exponent, and are whole."""
    if isinstance(value, float):
        return (
            int(repr(value).partition("e+")[0].replace(".", "")) * 10 ** _zeros(value) if "e+" in repr(value) else value
        )
    if isinstance(value, dict):
        return {key: _as_numeric(part) for key, part in value.items()}
    return [_as_numeric(part) for part in value] if isinstance(value, list) else value


def _zeros(value: float) -> int:
    digits, _, exponent = repr(value).partition("e+")
    return int(exponent) - len(digits.partition(".")[2])


@given(st.data())
def test_document__of_a_template_is_that_of_its_values(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 5))

    def column(of: Any) -> list[Any]:
        return data.draw(st.lists(of, min_size=rows, max_size=rows))

    numbers, texts, flags = column(st.integers(-(2**63), 2**63 - 1)), column(TEXTS.filter(bool)), column(st.booleans())
    floats, constant, key = column(st.floats(-1e15, 1e15)), data.draw(JSON), data.draw(TEXTS)
    labels = [f"%{text}" for text in texts]
    template = {
        key: np.array(numbers),
        "parts": [Categorical(np.arange(rows), tuple(labels)), {"flag": np.array(flags)}, constant],
        "float": np.array(floats),
        "texts": np.array(texts),
    }
    expected = [
        {key: numbers[i], "parts": [labels[i], {"flag": flags[i]}, constant], "float": floats[i], "texts": texts[i]}
        for i in range(rows)
    ]
    of = kind(models.JSONField())
    if key not in ("parts", "float", "texts"):
        assert of.column(template, rows).tolist() == of.column(expected, rows).tolist()


def test_document__is_written_as_jsonb_writes_it() -> None:
    of = kind(models.JSONField(encoder=DjangoJSONEncoder))
    given = {"bb": [1.0, 1e-7, 1e17, -0.0], "a": None, "é": '\n\x01"\\/é', "C": datetime.date(2026, 1, 5)}
    assert of.column([given], 1).tolist() == [
        '{"C": "2026-01-05", "a": null, "bb": [1.0, 0.0000001, 100000000000000000, 0.0], "é": "\\n\\u0001\\"\\\\/é"}'
    ]


NUMBERS_OF: dict[str, tuple[Any, Any, list[Any]]] = {
    "uuid": (models.UUIDField(), np.array([0, 7]), [uuid.UUID(int=0), uuid.UUID(int=7)]),
    "clock": (models.TimeField(), np.array([1, 86_399_999_999]), [datetime.time(0, 0, 0, 1), datetime.time.max]),
    "clock, numpy": (models.TimeField(), np.array([1, 60], "m8[s]"), [datetime.time(0, 0, 1), datetime.time(0, 1)]),
    "duration": (models.DurationField(), [-1, 0], [datetime.timedelta(microseconds=-1), datetime.timedelta()]),
    "duration, numpy": (
        models.DurationField(),
        np.array([1, -2], "m8[D]"),
        [datetime.timedelta(1), datetime.timedelta(-2)],
    ),
    "address": (models.GenericIPAddressField(), np.array([1, 2**32 - 1]), ["0.0.0.1", "255.255.255.255"]),
    "bytes, numpy": (models.BinaryField(), np.array([258, 1], ">u2").view("V2"), [b"\1\2", b"\0\1"]),
    "document, numpy": (models.JSONField(), np.array([True, False]), [True, False]),
}


@pytest.mark.parametrize("name", NUMBERS_OF)
def test_column__of_numbers(name: str) -> None:
    field, given, expected = NUMBERS_OF[name]
    assert values(kind(field), given, 2) == expected


ADDRESSES = ["2001:DB8::0:1", "::ffff:192.0.2.7", ipaddress.ip_address("::1"), "0:0:0:0:0:0:0:0"]


def test_address__is_written_as_django_writes_it() -> None:
    found = values(kind(models.GenericIPAddressField()), ADDRESSES, 4)
    assert found == ["2001:db8::1", "::ffff:192.0.2.7", "::1", "::"]
    unpacked = kind(models.GenericIPAddressField(unpack_ipv4=True))
    assert values(unpacked, ADDRESSES[1:2], 1) == ["192.0.2.7"]


@given(st.ip_addresses(v=6) | st.integers(0, 2**32 - 1).map(lambda n: ipaddress.IPv6Address(n | 0xFFFF << 32)))
def test_address__of_version_6_is_written_as_django_writes_it(address: ipaddress.IPv6Address) -> None:
    given = [address, address.exploded, address.compressed.upper()]
    found = values(kind(models.GenericIPAddressField()), given, 3)
    assert found == [models.GenericIPAddressField().clean(str(address), None)] * 3


@given(st.integers(0, 2**32 - 1))
def test_address__of_version_4_may_be_a_number(number: int) -> None:
    assert values(kind(models.GenericIPAddressField()), np.array([number]), 1) == [str(ipaddress.IPv4Address(number))]


UNFIT: dict[str, tuple[Any, Any, str]] = {
    "uuid of text": (models.UUIDField(), ["abc"], "'abc', which is not a valid UUID"),
    "uuid below zero": (models.UUIDField(), np.array([-1]), "-1, which is not a valid UUID"),
    "uuid of a fraction": (models.UUIDField(), [0.5], "0.5, and this column holds UUIDs"),
    "uuid of fractions": (models.UUIDField(), np.array([0.5]), "float64 values, and this column holds UUIDs"),
    "clock after midnight": (models.TimeField(), [86_400_000_000], "86400000000 microseconds since midnight"),
    "clock before midnight": (models.TimeField(), [-1], "-1 microseconds since midnight"),
    "clock with a zone": (models.TimeField(), [datetime.time(1, tzinfo=datetime.UTC)], "has no time zone"),
    "clock of a moment": (models.TimeField(), [datetime.datetime(2026, 1, 5)], "holds times of day"),  # noqa: DTZ001
    "duration of text": (models.DurationField(), ["1 day"], "'1 day', and this column holds durations"),
    "duration too long": (models.DurationField(), [2**63], "doesn't fit into 64 bits"),
    "address of text": (models.GenericIPAddressField(), ["localhost"], "'localhost', which is not a valid IP address"),
    "address with an interface": (models.GenericIPAddressField(), ["fe80::1%eth0"], "which is not a valid IP address"),
    "address of the other protocol": (models.GenericIPAddressField(protocol="IPv4"), ["::1"], "addresses of IPv4"),
    "address too large": (models.GenericIPAddressField(), [2**32], "4294967296, which is not a valid IP address"),
    "bytes of text": (models.BinaryField(), ["abc"], "'abc', and this column holds bytes"),
    "too many bytes": (models.BinaryField(max_length=2), [b"abc"], "3 bytes, and max_length is 2"),
    "document that isn't a number": (models.JSONField(), [[float("nan")]], "nan, which is not valid JSON"),
    "document of a set": (models.JSONField(), [{"a": {1}}], "a set, which is not valid JSON"),
    "document with a number as key": (models.JSONField(), [{1: 2}], "the key 1, and JSON's keys are text"),
    "document with NUL": (models.JSONField(), [["a\0"]], "NUL character"),
    "document with half a character": (models.JSONField(), ["\ud800"], "half a character"),
    "text that is no document": (models.JSONField(), np.array(["{"]), "the text '{', which is not valid JSON"),
    "text that is null": (models.JSONField(), np.array(["null"]), "give None, which is stored as NULL"),
    "template of other length": (models.JSONField(), {"a": np.arange(2)}, "a column of 2 values instead of 1"),
    "template of moments": (models.JSONField(), {"a": np.array([0], "M8[s]")}, "JSON has none"),
    "too many": (models.JSONField(), [1, 2], "2 values for 1 row"),
    "too long a path": (models.FilePathField(path="/", max_length=3), ["/abc"], "4 characters, and max_length is 3"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_column__names_the_value_that_does_not_fit(name: str) -> None:
    field, given, message = UNFIT[name]
    with pytest.raises((TypeError, ValueError)) as caught:
        kind(field).column(given, 1)
    assert message in str(caught.value)


def test_uuid__is_of_version_4() -> None:
    rows = Rows(Dataset("v1", {"table": 1_000}), "table", 0, 1_000)
    found = [uuid.UUID(bytes=value) for value in rows.uuid("key").tolist()]
    assert {(value.version, value.variant) for value in found} == {(4, uuid.RFC_4122)}
    assert len(set(found)) == 1_000
    part = Rows(Dataset("v1", {"table": 1_000}), "table", 7, 9).uuid("key").tolist()
    assert part == [value.bytes for value in found[7:9]]


class OwnField(models.Field):
    """A field class that says nothing but its type."""

    def __init__(self, db_type: str) -> None:
        super().__init__()
        self._db_type = db_type

    def db_type(self, connection: Any) -> str:
        return self._db_type


@pytest.mark.parametrize(
    ("db_type", "given"),
    [
        ("varchar(20)", "abc"),
        ("bigint", 5),
        ("boolean", True),
        ("uuid", uuid.UUID(int=5)),
        ("interval", datetime.timedelta(1)),
        ("bytea", b"a"),
        ("time", datetime.time(1)),
        ("double precision", 0.5),
    ],
)
def test_kind_of__a_field_class_of_ones_own_by_its_type(db_type: str, given: Any) -> None:
    assert values(kind(OwnField(db_type)), [given], 1) == [given]


def test_kind_of__unknown_types() -> None:
    for db_type in ("geometry(Point)", "", "money"):
        assert kind_of(OwnField(db_type)) is None


class ShoutedField(models.CharField):
    pass


class Shouted(Text):
    fields = (ShoutedField,)

    def number(self, value: Any) -> str:
        return super().number(value).upper()


def test_kind__another_number_is_asked_for_every_value() -> None:
    made = Shouted(ShoutedField(max_length=9, null=True))
    for texts in (["a", "b"], ["a", None, "b"], Categorical(np.array([0, 1]), ("a", "b"))):
        assert [text for text in made.python(made.column(texts, len(texts))) if text] == ["A", "B"]


def test_text__of_a_list_is_refused_for_one_value() -> None:
    for text, message in (("b\0", "stores no NUL"), ("\ud800", "is not valid Unicode")):
        with pytest.raises(ValueError, match=message):
            kind(models.TextField()).column(["a", text, "c"], 3)


def test_register_kind__refuses_a_class_that_another_serves() -> None:
    class Other(Text):
        fields = (models.UUIDField,)

    with pytest.raises(RegistrationError, match=r"serves UUIDField, which .*Identifier already does"):
        register_kind(Other)
