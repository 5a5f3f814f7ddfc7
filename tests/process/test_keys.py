"""Primary keys of every sort: the seed's rows are known by them, and nobody else's are."""

import uuid
from typing import Any

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, lost_rows, verified
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
    found = []
    for size in (1, 7, 10_000):
        script = (
            f"from seeding import seed, verify\nprint(seed(batch_size={size}, force=True, loader={loader!r}).digests,"
            " verify().same)"
        )
        done = shop.run("shell", "-v0", "-c", script)
        assert done.stdout.endswith("True\n"), (done.stdout, done.stderr)
        found.append((done.stdout, content(shop)))
    assert found[0] == found[1] == found[2]
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
    assert "1 of 40 rows differ, 1 are missing" in said


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
