"""Field classes of a project's own, whose values are stored in another form than they are declared in."""

import pytest

from tests.sketch import LOADERS, Write, failure, verified
from tests.support.project import IS_POSTGRESQL

OWN = """
class Quoted(models.CharField):
    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value is None else "<" + value + ">"

    def from_db_value(self, value, expression, connection):
        return value if value is None else value[1:-1]

class CommaList(models.TextField):
    def get_prep_value(self, value):
        return ",".join(value) if isinstance(value, list) else value

    def from_db_value(self, value, expression, connection):
        return value.split(",")

class Hundredths(models.BigIntegerField):
    def get_prep_value(self, value):
        return None if value is None else int(decimal.Decimal(value) * 100)

    def from_db_value(self, value, expression, connection):
        return None if value is None else decimal.Decimal(value) / 100

class Own(models.Model):
    quoted = Quoted(max_length=40)
    items = CommaList()
    amount = Hundredths()
"""
OWN_SEEDS = """
@register(Own, count=30)
def own(rows):
    return {"quoted": rows.choice("w", {"a": 1, "b": 1}), "items": rows.code("a{n},b"), "amount": rows.numbers}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_own_fields__rows_are_known_again(sketch: Write, loader: str) -> None:
    """Where no column of a table is read as it was declared."""
    shop = sketch(OWN, OWN_SEEDS)
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.rows("shop_own")[4][1:] == shop.query("SELECT quoted, 'a5,b', 400 FROM shop_own ORDER BY id")[4]
    shop.query("UPDATE seed_key_ranges SET transaction_id = NULL")
    assert shop.plan("--seed-version", "v3")["losses"] == []
    shop.query("UPDATE shop_own SET quoted = '<x>', items = 'x', amount = 1 WHERE id = (SELECT min(id) FROM shop_own)")
    assert [loss["rows"] for loss in shop.plan("--seed-version", "v3")["losses"]] == [1]


DECIMALS = """
class Coin(models.Model):
    value = models.DecimalField(max_digits=30, decimal_places=10)
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_decimals__of_more_digits_than_the_database_stores(sketch: Write, loader: str) -> None:
    """PostgreSQL stores all of them; SQLite rounds, which is never done silently."""
    fits, precise = "12345678.0123450000", "12345678.0123456789"
    seeds = "import decimal\nregister(Coin, count=2)(lambda rows: {'value': decimal.Decimal('%s')})"
    shop = sketch(DECIMALS, seeds % fits)
    shop.seed("--loader", loader)
    verified(shop)
    shop.write(seeds=seeds % precise)
    if IS_POSTGRESQL:
        shop.seed("--loader", loader, "--force")
        verified(shop)
    else:
        assert failure(shop, "seed", "--force", "--loader", loader) == (
            f"shop.seeds.<lambda>, column 'value': it holds {precise}, and SQLite stores no more than 15 digits of a "
            "decimal. (seeding.E107)\n"
        )
