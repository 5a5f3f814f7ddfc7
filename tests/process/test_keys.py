"""Primary keys of every sort: the seed's rows are known by them, and nobody else's are."""

import uuid
from typing import Any

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, lost_rows, same_in_any_batch_size, verified
from tests.support.project import IS_POSTGRESQL

V2 = ("--seed-version", "v2")

SHOPS = """
class Shop(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)
    best = models.ForeignKey("Product", models.CASCADE, null=True, related_name="+")
    is_mine = models.BooleanField(default=False)

class Product(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    shop = models.ForeignKey(Shop, models.CASCADE)
    variant_of = models.ForeignKey("self", models.CASCADE, null=True)

class Sheet(models.Model):
    product = models.OneToOneField(Product, models.CASCADE, primary_key=True)
    text = models.TextField()

class Visit(models.Model):
    sheet = models.ForeignKey(Sheet, models.CASCADE, null=True)
    product = models.ForeignKey(Product, models.CASCADE, null=True)
"""
SHOP_SEEDS = """
@register(Shop, count=4, keep=Q(is_mine=True))
def shops(rows):
    return {"name": rows.code("Shop " + rows.version + " {n}"), "best": rows.reference("best", Product)}

@register(Product, count=40)
def products(rows):
    parent = np.ma.array(rows.numbers // 2, mask=rows.numbers % 3 == 0)
    return {"shop": rows.reference("shop", Shop), "variant_of": parent}

@register(Sheet, count=Product)
def sheets(rows):
    return {"text": rows.sentence("text")}
"""
PEOPLE = """
class Person(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=20)
    boss = models.ForeignKey("self", models.CASCADE, null=True)
    is_mine = models.BooleanField(default=False)
"""
PEOPLE_SEEDS = """
@register(Person, count=4, keep=Q(is_mine=True))
def people(rows):
    return {"name": rows.code("Person " + rows.version + " {n}"), "boss": rows.numbers // 2}
"""
TABLES = ("shop_shop", "shop_product", "shop_sheet")


def sql(key: uuid.UUID | str) -> str:
    """Return a UUID as the database's SQL has it."""
    value = uuid.UUID(str(key))
    return f"'{value}'" if IS_POSTGRESQL else f"'{value.hex}'"


def content(shop: Sketch) -> dict[str, list[Any]]:
    return {table: shop.rows(table) for table in TABLES}


def keys_of(shop: Sketch, table: str) -> list[uuid.UUID]:
    return [uuid.UUID(str(row[0])) for row in shop.rows(table)]


@pytest.mark.parametrize("loader", LOADERS)
def test_uuids__any_batch_size_gives_the_same_rows(sketch: Write, loader: str) -> None:
    shop = sketch(SHOPS, SHOP_SEEDS)
    same_in_any_batch_size(shop, loader, content)
    assert {key.version for key in keys_of(shop, "shop_product")} == {8}
    assert keys_of(shop, "shop_sheet") == keys_of(shop, "shop_product")


@pytest.mark.parametrize("loader", LOADERS)
def test_uuids__kept_rows_are_stepped_over(sketch: Write, loader: str) -> None:
    """A version that is applied again gives keys above those of its rows that were kept."""
    shop = sketch(PEOPLE, PEOPLE_SEEDS)
    shop.seed("--loader", loader)
    first = keys_of(shop, "shop_person")
    shop.query(f"UPDATE shop_person SET is_mine = true, boss_id = NULL WHERE id = {sql(first[2])}")
    shop.query("UPDATE shop_person SET boss_id = NULL")
    stay = f"SELECT * FROM shop_person WHERE id = {sql(first[2])}"
    before = shop.query(stay)
    for version in ("v2", "v1", "v1"):
        plan = shop.plan("--seed-version", version, "--force")
        assert (plan["losses"], [t["keep"] for t in plan["tables"]]) == ([], [1])
        shop.seed("--seed-version", version, "--loader", loader, "--force")
        verified(shop, "--seed-version", version)
        assert shop.query(stay) == before
        shop.query("UPDATE shop_person SET boss_id = NULL")
    assert keys_of(shop, "shop_person") == [first[2], *(uuid.UUID(int=first[2].int + n) for n in range(1, 5))]


@pytest.mark.parametrize("loader", LOADERS)
def test_uuids__references_of_other_rows_are_guarded(sketch: Write, loader: str) -> None:
    shop = sketch(SHOPS, SHOP_SEEDS)
    shop.seed("--loader", loader)
    some, other = keys_of(shop, "shop_product")[7:9]
    own = uuid.uuid4()
    shop.query(f"INSERT INTO shop_visit (product_id) VALUES ({sql(some)})")
    shop.query(f"INSERT INTO shop_visit (sheet_id) VALUES ({sql(other)})")
    shop.query("INSERT INTO shop_visit (sheet_id) VALUES (NULL)")
    shop.query(f"INSERT INTO shop_shop (id, name, is_mine) VALUES ({sql(own)}, 'Mine', false)")
    assert lost_rows(shop.plan(*V2)) == {"shop_visit": 2, "shop_shop": 1}
    said = failure(shop, "seed", *V2, code=6)
    assert str(own) in said or own.hex in said
    shop.seed(*V2, "--overwrite", "--loader", loader)
    verified(shop, *V2)
    assert len(shop.rows("shop_visit")) == 1


@pytest.mark.parametrize("loader", LOADERS)
def test_uuids__taken_over_after_a_truncation_are_not_the_seeds(sketch: Write, loader: str) -> None:
    """An import may bring the keys that a seed once gave."""
    shop = sketch(SHOPS, SHOP_SEEDS)
    shop.seed("--loader", loader)
    keys = keys_of(shop, "shop_shop")
    if IS_POSTGRESQL:
        shop.query("TRUNCATE shop_shop CASCADE")
    else:
        for table in ("shop_sheet", "shop_product", "shop_shop"):
            shop.query(f"DELETE FROM {table}")
    for key in keys[:2]:
        shop.query(f"INSERT INTO shop_shop (id, name, is_mine) VALUES ({sql(key)}, 'Imported', false)")
    assert lost_rows(shop.plan(*V2)) == {"shop_shop": 2}
    assert lost_rows(shop.plan("--force")) == {"shop_shop": 2}
    failure(shop, "seed", *V2, code=6)


@pytest.mark.parametrize("loader", LOADERS)
def test_uuids__of_the_seeds_rows_that_were_edited_are_still_the_seeds(sketch: Write, loader: str) -> None:
    shop = sketch(SHOPS, SHOP_SEEDS)
    shop.seed("--loader", loader)
    shop.query("UPDATE shop_shop SET best_id = NULL")
    deleted = {t["table"]: t["delete"] for t in shop.plan(*V2)["tables"]}
    assert deleted == {"shop_shop": 4, "shop_product": 40, "shop_sheet": 40}


def test_verify__names_the_row_by_its_uuid(sketch: Write) -> None:
    shop = sketch(SHOPS, SHOP_SEEDS)
    shop.seed()
    key, gone = keys_of(shop, "shop_sheet")[3:5]
    shop.query(f"UPDATE shop_sheet SET text = 'x' WHERE product_id = {sql(key)}")
    shop.query(f"DELETE FROM shop_sheet WHERE product_id = {sql(gone)}")
    said = failure(shop, "seed", "--verify", code=4)
    assert f"shop_sheet {key}, text: was " in said
    assert "40 rows generated, 1 different, 1 missing" in said


def test_uuids__no_room_above_a_kept_row(sketch: Write) -> None:
    shop = sketch(SHOPS, SHOP_SEEDS)
    shop.seed()
    key = keys_of(shop, "shop_shop")[0]
    top = uuid.UUID(int=key.int | (1 << 40) - 1)
    shop.query(f"INSERT INTO shop_shop (id, name, is_mine) VALUES ({sql(top)}, 'Mine', true)")
    assert f"The key {top} of shop_shop leaves no room" in failure(shop, "seed", "--force")


INTEGER_SHOPS = SHOPS.replace("id = models.UUIDField(primary_key=True, default=uuid.uuid4)", "")


@pytest.mark.parametrize("to_uuids", [True, False])
def test_keys__of_another_type_than_recorded(sketch: Write, to_uuids: bool) -> None:
    """A range of integers says nothing of rows whose keys are UUIDs since, nor the other way round."""
    first, second = (INTEGER_SHOPS, SHOPS) if to_uuids else (SHOPS, INTEGER_SHOPS)
    shop, other = sketch(first, SHOP_SEEDS), sketch(second, SHOP_SEEDS)
    shop.seed()
    other.seed()
    ((base, last),) = shop.query("SELECT key_base, last_key FROM seed_key_ranges WHERE table_name = 'shop_shop'")
    base = "NULL" if base is None else sql(base)
    other.query(f"UPDATE seed_key_ranges SET key_base = {base}, first_key = {last} - 3, last_key = {last}")
    assert lost_rows(other.plan(*V2)) == {"shop_shop": 4, "shop_product": 40, "shop_sheet": 40}
    assert "key ranges of shop_shop" in failure(other, "seed", "--verify", code=4)
    other.seed(*V2, "--overwrite")
    verified(other, *V2)


COUNTRIES = """
class Upper(models.CharField):
    def get_prep_value(self, value):
        return None if value is None else super().get_prep_value(value).upper()

class Country(models.Model):
    code = models.CharField(max_length=20, primary_key=True)
    name = models.CharField(max_length=40)
    neighbour = models.ForeignKey("self", models.SET_NULL, null=True)
    is_mine = models.BooleanField(default=False)

class Flag(models.Model):
    country = models.OneToOneField(Country, models.CASCADE, primary_key=True)
    colours = models.CharField(max_length=20)

class City(models.Model):
    country = models.ForeignKey(Country, models.CASCADE)
    flag = models.ForeignKey(Flag, models.CASCADE, null=True)
    zip = Upper(max_length=10, unique=True)
    number = models.IntegerField(unique=True, null=True)
    token = models.UUIDField(unique=True, default=uuid.uuid4)

class Street(models.Model):
    city = models.ForeignKey(City, models.CASCADE, to_field="zip")
    other = models.ForeignKey(City, models.SET_NULL, to_field="number", null=True, related_name="+")
    token = models.ForeignKey(City, models.CASCADE, to_field="token", related_name="+")
    name = models.CharField(max_length=40)

class Note(models.Model):
    country = models.ForeignKey(Country, models.CASCADE, null=True)
    city = models.ForeignKey(City, models.CASCADE, to_field="zip", null=True)
"""
COUNTRY_SEEDS = """
@register(Country, count=6, keep=Q(is_mine=True))
def countries(rows):
    return {
        "code": rows.code(rows.version + ' \\'"%s\\\\ {unique:5}'),
        "name": rows.code("Country {n:04}"),
        "neighbour": np.ma.array(rows.reference("n", Country), mask=rows.numbers % 2 == 0),
    }

@register(Flag, count=Country)
def flags(rows):
    return {"colours": rows.choice("colours", {"red and white": 1, "green": 1})}

@register(City, count=30)
def cities(rows):
    return {
        "country": rows.reference("country", Country),
        "flag": rows.reference("flag", Flag),
        "zip": rows.code("z-{unique:5}"),
        "number": np.ma.array(7 * rows.numbers, mask=rows.numbers % 5 == 0),
    }

@register(Street, count=70)
def streets(rows):
    return {
        "city": rows.reference("city", City),
        "other": np.ma.array(rows.reference("other", City), mask=rows.numbers % 2 == 0),
        "token": rows.reference("token", City),
        "name": rows.code("Street {n:04}"),
    }
"""
COUNTRY_TABLES = ("shop_country", "shop_flag", "shop_city", "shop_street")


def country_rows(shop: Sketch) -> dict[str, list[Any]]:
    return {table: shop.rows(table) for table in COUNTRY_TABLES}


@pytest.mark.parametrize("loader", LOADERS)
def test_texts__any_batch_size_gives_the_same_rows(sketch: Write, loader: str) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    same_in_any_batch_size(shop, loader, country_rows)
    before = country_rows(shop)
    for version in ("v2", "v1"):
        shop.seed("--seed-version", version, "--loader", loader)
        verified(shop, "--seed-version", version)
    assert country_rows(shop) == before


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one loader")
def test_texts__equal_rows_by_both_loaders(sketch: Write) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    found = []
    for loader in LOADERS:
        shop.seed("--loader", loader, "--force")
        found.append(country_rows(shop))
    assert found[0] == found[1]


@pytest.mark.parametrize("loader", LOADERS)
def test_texts__of_many_rows(sketch: Write, loader: str) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS.replace("count=6", "count=6000"))
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT count(*) FROM shop_flag") == [(6000,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_texts__rows_of_others_are_guarded(sketch: Write, loader: str) -> None:
    """Rows of one's own, and what refers to seeded ones, by their keys or by other columns."""
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    shop.seed("--loader", loader)
    shop.query("INSERT INTO shop_country (code, name, is_mine) VALUES ('v1', 'Mine', false), ('kept', 'Mine', true)")
    shop.query("INSERT INTO shop_note (country_id, city_id) SELECT max(country_id), NULL FROM shop_flag")
    shop.query("INSERT INTO shop_note (country_id, city_id) SELECT NULL, min(zip) FROM shop_city")
    shop.query("INSERT INTO shop_note (country_id, city_id) VALUES (NULL, NULL), ('kept', NULL)")
    assert lost_rows(shop.plan(*V2)) == {"shop_country": 1, "shop_note": 2}
    assert "shop_country: 1 row not created by a seed (key v1)" in failure(shop, "seed", *V2, code=6)
    shop.seed(*V2, "--overwrite", "--loader", loader)
    verified(shop, *V2)
    assert shop.query("SELECT name, is_mine FROM shop_country WHERE name = 'Mine'") == [("Mine", True)]
    assert len(shop.rows("shop_note")) == 2


@pytest.mark.parametrize("loader", LOADERS)
def test_texts__taken_over_after_a_truncation_are_not_the_seeds(sketch: Write, loader: str) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    shop.seed("--loader", loader)
    code = shop.rows("shop_country")[0][0].replace("'", "''")
    for table in ("street", "city", "flag", "country"):
        shop.query(f"TRUNCATE shop_{table} CASCADE" if IS_POSTGRESQL else f"DELETE FROM shop_{table}")
    shop.query(f"INSERT INTO shop_country (code, name, is_mine) VALUES ('{code}', 'Imported', false)")
    assert lost_rows(shop.plan(*V2)) == {"shop_country": 1}
    failure(shop, "seed", *V2, code=6)


def test_texts__of_a_kept_row_that_a_new_row_needs(sketch: Write) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    shop.seed()
    shop.query("UPDATE shop_country SET neighbour_id = NULL")
    shop.query("UPDATE shop_country SET is_mine = true WHERE name = 'Country 0003'")
    shop.query("DELETE FROM shop_street")
    shop.query("DELETE FROM shop_city")
    assert "holds the code" in failure(shop, "seed", "--force", code=6)


def test_texts__that_a_seeder_gives_twice(sketch: Write) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS.replace("{unique:5}", ""))
    assert "is the key of two rows. (seeding.E107)" in failure(shop, "seed")


def test_texts__that_a_seeder_leaves_out(sketch: Write) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS.replace('"code": ', '"x": '))
    assert '    "code": [f"code {n}" for n in rows.numbers],  # CharField' in failure(shop, "seed", lines=True)


def test_to_field__of_a_column_that_the_other_seeder_leaves_out(sketch: Write) -> None:
    seeds = COUNTRY_SEEDS.replace('"number": np.ma.array(7 * rows.numbers, mask=rows.numbers % 5 == 0),', "")
    shop = sketch(COUNTRIES, seeds)
    said = failure(shop, "seed")
    assert "streets declares other, which refers to the number of shop.City: declare that, too. (seeding.E105)" in said


@pytest.mark.parametrize("loader", LOADERS)
def test_to_field__holds_what_the_other_row_holds(sketch: Write, loader: str) -> None:
    shop = sketch(COUNTRIES, COUNTRY_SEEDS)
    shop.seed("--loader", loader)
    matched = (
        "SELECT count(*), count(o.id), count(s.other_id) FROM shop_street AS s JOIN shop_city AS c ON c.zip = s.city_id"
        " JOIN shop_city AS t ON t.token = s.token_id LEFT JOIN shop_city AS o ON o.number = s.other_id"
    )
    ((streets, others, held),) = shop.query(matched)
    assert (streets, others) == (70, held)
    assert 0 < held < 35


# Proxies, and what is refused

PROXIES = """
class Person(models.Model):
    name = models.CharField(max_length=20)

class Customer(Person):
    class Meta:
        proxy = True

class Order(models.Model):
    customer = models.ForeignKey(Customer, models.CASCADE)

class Card(models.Model):
    customer = models.OneToOneField(Customer, models.CASCADE, primary_key=True)
"""
PROXY_SEEDS = """
@register(Customer, count=5)
def customers(rows):
    return {"name": rows.code("Customer {n}")}

@register(Order, count=Customer)
def orders(rows):
    return {"customer": rows.reference("customer", Customer)}

@register(Card, count=Person)
def cards(rows):
    return {}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_proxies__stand_for_their_table(sketch: Write, loader: str) -> None:
    shop = sketch(PROXIES, PROXY_SEEDS)
    for version in ("v1", "v2"):
        shop.seed("--seed-version", version, "--loader", loader)
        verified(shop, "--seed-version", version)
    assert len(shop.rows("shop_card")) == len(shop.rows("shop_order")) == 5


def test_proxies__are_registered_once_with_their_table(sketch: Write) -> None:
    again = "@register(Person, count=5)\ndef people(rows):\n    return {'name': 'x'}\n"
    shop = sketch(PROXIES, PROXY_SEEDS + again)
    said = failure(shop, "seed")
    assert "people registers shop.Person, which shop.seeds.customers already does" in said


REFUSED = """
class Pair(models.Model):
    pk = models.CompositePrimaryKey("left", "right")
    left = models.IntegerField()
    right = models.IntegerField()

class Moment(models.Model):
    at = models.DateTimeField(primary_key=True)

class Loud(models.CharField):
    def get_prep_value(self, value):
        return str(value).upper()

class Shout(models.Model):
    word = Loud(max_length=10, primary_key=True)

class View(models.Model):
    class Meta:
        managed = False

class Base(models.Model):
    class Meta:
        abstract = True

class City(models.Model):
    zip = models.CharField(max_length=10, unique=True)

class Mayor(models.Model):
    city = models.OneToOneField(City, models.CASCADE, to_field="zip", primary_key=True)

class Seen(View):
    view_ptr = models.OneToOneField(View, models.CASCADE, parent_link=True, primary_key=True, db_constraint=False)
    at = models.IntegerField()

class Port(City):
    ships = models.IntegerField()

class Capital(City):
    seat = models.OneToOneField(City, models.CASCADE, parent_link=True, related_name="+")

class Both(Port, Capital):
    city_link = models.OneToOneField(City, models.CASCADE, related_name="+")
"""


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("Pair", "its primary key is a CompositePrimaryKey, and a key can be an integer, a UUID, a text or one-to-one"),
        ("Moment", "its primary key is a DateTimeField, and a key can be an integer, a UUID, a text or one-to-one"),
        ("Shout", "its primary key is a Loud, and a key can be an integer, a UUID, a text or one-to-one"),
        ("View", "it is unmanaged: its table isn't Django's to fill"),
        ("Seen", "it inherits from shop.View, which is unmanaged"),
        ("Base", "it is abstract: register the models that inherit from it"),
        ("Mayor", "its primary key refers to a column that is not a primary key"),
        ("Both", "it inherits from shop.City in two ways"),
        ("ContentType", "Django fills its table itself, and its rows are never a seed's"),
    ],
)
def test_keys__that_are_refused(sketch: Write, model: str, reason: str) -> None:
    shop = sketch(REFUSED, f"@register({model}, count=1)\ndef rows_of(rows):\n    return {{}}\n")
    label = f"{'contenttypes' if model == 'ContentType' else 'shop'}.{model}"
    for arguments in (("seed",), ("seed", "--plan")):
        said = failure(shop, *arguments)
        assert said == f"shop.seeds.rows_of can't seed {label}: {reason}. (seeding.E104)\n"


@pytest.mark.parametrize(
    ("models", "seeds", "tables"),
    [(SHOPS, SHOP_SEEDS, TABLES), (COUNTRIES, COUNTRY_SEEDS, COUNTRY_TABLES), (PROXIES, PROXY_SEEDS, ["shop_card"])],
    ids=["uuids", "texts", "proxies"],
)
def test_clear__deletes_what_the_keys_name(sketch: Write, models: str, seeds: str, tables: tuple[str, ...]) -> None:
    shop = sketch(models, seeds)
    shop.seed()
    shop.run("seed", "--clear", "--noinput")
    assert [len(shop.rows(table)) for table in tables] == [0] * len(tables)
    shop.seed()
    verified(shop)
