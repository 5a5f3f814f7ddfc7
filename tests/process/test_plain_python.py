"""A seeder of plain Python alone: lists, f-strings, and Python's own types, made from the row numbers."""

from collections.abc import Collection
from typing import Any

import pytest

from tests.sketch import LOADERS, Write, verified

MODELS = """
class Thing(models.Model):
    name = models.CharField(max_length=50)
    amount = models.IntegerField()
    price = models.DecimalField(max_digits=8, decimal_places=2)
    share = models.FloatField()
    is_new = models.BooleanField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    opens_at = models.TimeField()
    lasts = models.DurationField()
    token = models.UUIDField()
    data = models.JSONField()
    extra = models.JSONField(null=True)
    address = models.GenericIPAddressField()
    content = models.BinaryField()
    other = models.ForeignKey("self", models.CASCADE, null=True)
"""
COLUMNS = {
    "name": "[f'Thing {n}' for n in ROWS]",
    "amount": "[n * 2 for n in ROWS]",
    "price": "[decimal.Decimal(n) / 4 for n in ROWS]",
    "share": "[n / 8 for n in ROWS]",
    "is_new": "[n % 2 == 0 for n in ROWS]",
    "made_on": "[datetime.date(2026, 1, 1) + datetime.timedelta(days=n) for n in ROWS]",
    "made_at": "[datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC) + datetime.timedelta(hours=n) for n in ROWS]",
    "opens_at": "[datetime.time(n % 24, 30) for n in ROWS]",
    "lasts": "[datetime.timedelta(minutes=n) for n in ROWS]",
    "token": "[uuid.UUID(int=n) for n in ROWS]",
    "data": "[{'number': n, 'tags': ['a', 'b'][: n % 3]} for n in ROWS]",
    "extra": "[None if n % 2 else {'deep': {'number': n}} for n in ROWS]",
    "address": "[f'192.0.2.{n}' for n in ROWS]",
    "content": "[bytes([n]) for n in ROWS]",
    "other": "[None if n == 0 else n - 1 for n in ROWS]",
}


def seeds(rows: str = "rows", names: Collection[str] = COLUMNS) -> str:
    given = {name: code.replace("ROWS", rows) for name, code in COLUMNS.items() if name in names}
    columns = "".join(f'        "{name}": {code},\n' for name, code in given.items())
    return f"@register(Thing, count=9)\ndef things(rows):\n    return {{\n{columns}    }}\n"


def content(shop: Any) -> list[tuple[Any, ...]]:
    columns = "name, amount, price, share, is_new, made_on, opens_at, other_id"
    return [tuple(map(str, row)) for row in shop.query(f"SELECT {columns} FROM shop_thing ORDER BY id")]


@pytest.mark.parametrize("loader", LOADERS)
def test_seeder__of_plain_python(sketch: Write, loader: str) -> None:
    shop = sketch(MODELS, seeds())
    shop.seed("--loader", loader)
    verified(shop)
    third = content(shop)[2]
    assert third[0] == "Thing 2"
    assert (third[1], float(third[2]), float(third[3])) == ("4", 0.5, 0.25)
    assert (third[5], third[6][:5]) == ("2026-01-03", "02:30")
    assert content(shop)[0][7] == "None"


def test_seeder__may_use_the_numbers_of_numpy(sketch: Write) -> None:
    """Where Python itself takes them: a list of them is a column like any other."""
    models = MODELS.replace("Field()", "Field(null=True)").replace("=2)", "=2, null=True)")
    shop = sketch(models, seeds("rows.numbers", ("name", "amount", "share", "is_new", "data")))
    shop.seed()
    verified(shop)
    assert shop.query("SELECT name, amount, share FROM shop_thing ORDER BY id")[2] == ("Thing 2", 4, 0.25)


def test_rows__are_their_numbers_for_python(sketch: Write) -> None:
    seeds = "@register(Thing, count=9)\ndef things(rows):\n    raise ValueError([*map(type, rows)][0], len(rows))\n"
    done = sketch(MODELS, seeds).run("seed")
    assert "<class 'int'>, 1" in done.stderr


@pytest.mark.parametrize("loader", LOADERS)
def test_seeder__of_rows_without_a_file(sketch: Write, loader: str) -> None:
    """Django stores no NULL for a file that there isn't."""
    models = "class Page(models.Model):\n"
    models += "    scan = models.FileField(null=True)\n    map = models.FileField(null=True)\n"
    columns = '{"scan": rows.optional("has scan", rows.file_name("scan"), 50)}'
    shop = sketch(models, f"@register(Page, count=20)\ndef pages(rows):\n    return {columns}\n")
    shop.seed("--loader", loader)
    verified(shop)
    assert "" in [row[0] for row in shop.query("SELECT scan FROM shop_page")]
    assert shop.query("SELECT DISTINCT map FROM shop_page") == [("",)]
