"""A column of every kind, in the forms that a seeder may give."""

import datetime
import ipaddress
import uuid
from decimal import Decimal
from typing import Any

import numpy as np
from django.conf import settings

from seeding import Categorical, Columns, Rows, register, register_kind
from seeding.declare.kinds import Text

from .models import Lookalike, Point, PointField, Thing

SECOND_US = 1_000_000
DAY_US = 24 * 3600 * SECOND_US


@register_kind
class Points(Text):
    """Points, stored as text."""

    fields = (PointField,)
    title = "points"
    example = "[Point(n, 0) for n in rows.numbers]"

    def number(self, value: Any) -> str:
        return super().number(f"{value.x},{value.y}" if isinstance(value, Point) else value)

    def python(self, column: Any) -> list[Any]:
        return [None if text is None else Point(*map(int, text.split(","))) for text in super().python(column)]


@register(Thing, count="things")
def things(rows: Rows) -> Columns:
    numbers = rows.numbers.tolist()
    return {
        "code": rows.uuid("code"),
        "maybe_code": [None if n % 3 else uuid.UUID(int=n) for n in numbers],
        "document": {
            "colour": rows.choice("colour", {"red": 2, '50 % "off"': 1, None: 1}),
            "size": rows.integers("size", -5, 2**40),
            "nested": {
                "ratio": rows.integers("ratio", 0, 999) / 7,
                "name": rows.code("é-{n}"),
                "list": [1, rows.numbers],
            },
            "is_new": rows.numbers % 2 == 0,
            "pair": np.stack([rows.numbers, rows.numbers + 1], axis=1),
            "maybe": np.ma.array(rows.numbers, mask=rows.numbers % 2 == 0),
            "constant": [None, True, 1.5, "\n\t\x7f\u2028\\"],
        },
        "kind_of_document": Categorical(rows.numbers % 3, ({"b": 1, "a": [1.0, 1e-7, 1e23, -0.0]}, None, ["x"])),
        "any_document": [
            [None, "text", 5, 0.1, {"when": datetime.date(2026, 1, 5), "is": Decimal("1.50")}, [], {}][n % 7]
            for n in numbers
        ],
        "text_document": np.strings.add(np.strings.add('{"z": 1, "a":', rows.numbers.astype("U9")), ', "z":2.50}'),
        "clock": rows.time_of_day("clock"),
        "maybe_clock": [None if n % 2 else datetime.time(n % 24, 59, 59, 999_999) for n in numbers],
        "duration": rows.integers("duration", -(10**13), 10**13),
        "maybe_duration": [None if n % 2 else datetime.timedelta(days=-n, microseconds=n) for n in numbers],
        "address": [
            ["192.0.2.1", "2001:DB8::0:1", "::ffff:192.0.2.7", ipaddress.ip_address("::1")][n % 4] for n in numbers
        ],
        "address_4": np.ma.array(rows.integers("address_4", 0, 2**32 - 1), mask=rows.numbers % 4 == 0),
        "address_6": rows.ip_address("address_6", version=6),
        "blob": [bytes(range(n % 5)) + b"\0" for n in numbers],
        "maybe_blob": Categorical(rows.numbers % 3, (b"\0", None, b"")),
        "path": np.strings.add("/srv/", rows.numbers.astype("U9")),
        "image": rows.file_name("image"),
        "point": [Point(n, -n) for n in numbers],
        "short": rows.choice("short", {"a": 1, "b": 1}),
        "like": rows.code("like {n}"),
    }


@register(Lookalike, count="things")
def lookalikes(rows: Rows) -> Columns:
    return {
        "blocks": [[{"type": "heading", "value": f"é {n}"}] * (n % 3) for n in rows],
        "host": rows.ip_address("host"),
    }


def natives(rows: Rows) -> Columns:
    from django.db.backends.postgresql.psycopg_any import NumericRange

    numbers = rows.numbers.tolist()
    first = rows.integers("first", -50, 50)
    at = datetime.datetime(2026, 1, 5, 12, 0, 0, 1, tzinfo=datetime.UTC)
    return {
        "numbers": [list(range(n % 4)) for n in numbers],
        "pairs": np.stack([rows.numbers, -rows.numbers], axis=1),
        "words": [None if n % 5 == 0 else ["a", None, 'é "', "NULL", ""][: n % 5] for n in numbers],
        "words_for_all": ["one", "two"],
        "grid": [[[n / 8, 0.5], [1e300, -0.25]] if n % 3 else [] for n in numbers],
        "prices": Categorical(rows.numbers % 2, ([Decimal("1.50"), 1], [])),
        "moments": [[n, n * SECOND_US] for n in numbers],
        "days": [[datetime.date(2000, 1, 1), None] for n in numbers],
        "uuids": [[uuid.UUID(int=n)] * (n % 3) for n in numbers],
        "flags": [[True, None, False]] * len(rows),
        "span": (first, first + 5),
        "big_span": [[NumericRange(1, n + 2, "(]"), None, NumericRange(empty=True), (None, n)][n % 4] for n in numbers],
        "share": [(Decimal(n) / 8, None if n % 2 else Decimal("10000.10")) for n in numbers],
        "season": (rows.numbers + 7, rows.numbers),
        "shift": (rows.numbers * DAY_US + 5, rows.numbers * DAY_US),
        "fixed_shift": [None if n % 2 else (at, at + datetime.timedelta(days=n)) for n in numbers],
        "attributes": {"colour": rows.colour_name("colour"), "b": "2", "ä": None, "long": rows.code("{n}")},
        "maybe_attributes": [[None, {}, {"k": 'a "quoted" \\ value'}][n % 3] for n in numbers],
        "search": Categorical(rows.numbers % 3, ("'fat':2,4B 'cat':3 rat:5A", None, "'it''s' 'a \\\\ b':1 é")),
    }


if settings.DATABASES["default"]["ENGINE"].endswith("postgresql"):
    from .models import Native

    register(Native, count="things")(natives)
