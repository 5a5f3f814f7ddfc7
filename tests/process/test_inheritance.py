"""Multi-table inheritance: a seeder of a child fills the tables of its parents, too."""

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, lost_rows, same_in_any_batch_size, verified
from tests.support.project import IS_POSTGRESQL

V2 = ("--seed-version", "v2")

PLACES = """
class Dated(models.Model):
    made_at = models.DateTimeField(auto_now_add=True)
    note = models.CharField(max_length=20, default="none")

    class Meta:
        abstract = True

class Place(Dated):
    name = models.CharField(max_length=40)
    near = models.ForeignKey("self", models.CASCADE, null=True)
    is_mine = models.BooleanField(default=False)

class Bar(Place):
    has_music = models.BooleanField()

class Restaurant(Place):
    where = models.OneToOneField(Place, models.CASCADE, parent_link=True, related_name="as_restaurant")
    stars = models.IntegerField()
    rival = models.ForeignKey("self", models.SET_NULL, null=True)

class Pizzeria(Restaurant):
    number = models.AutoField(primary_key=True)
    restaurant_ptr = models.OneToOneField(Restaurant, models.CASCADE, parent_link=True)
    oven = models.CharField(max_length=20)

class Visit(models.Model):
    place = models.ForeignKey(Place, models.CASCADE, null=True)
    pizzeria = models.ForeignKey(Pizzeria, models.CASCADE, null=True, related_name="+")

class Report(models.Model):
    visit = models.ForeignKey(Visit, models.CASCADE, null=True)
    restaurant = models.ForeignKey(Restaurant, models.CASCADE, null=True)
"""
PLACE_SEEDS = """
def a_place(rows, what):
    return {"name": rows.code(what + " " + rows.version + " {n:04}"), "near": rows.reference("near", Place)}

@register(Bar, count=3)
def bars(rows):
    return a_place(rows, "Bar") | {"has_music": rows.chance("music", 50)}

@register(Pizzeria, count=5)
def pizzerias(rows):
    return a_place(rows, "Pizzeria") | {"oven": "wood", "stars": 1, "note": rows.code("note {n}")}

@register(Restaurant, count=4)
def restaurants(rows):
    return a_place(rows, "Restaurant") | {"stars": rows.integers("stars", 1, 3), "rival": rows.reference("r", Pizzeria)}

@register(Visit, count=20)
def visits(rows):
    return {"place": rows.reference("place", Place), "pizzeria": rows.reference("pizzeria", Pizzeria)}
"""
MINE = "INSERT INTO shop_place (id, name, note, is_mine, made_at) VALUES ({}, 'Mine', '', false, '2026-01-01 00:00:00')"
JOINED = """
from shop.models import *
for p in Place.objects.order_by("pk"):
    print(p.pk, p.name, p.note, p.near_id, p.made_at)
for model, names in ((Bar, ["name", "has_music"]), (Restaurant, ["name", "stars", "rival__name", "pizzeria__oven"]),
                     (Pizzeria, ["number", "name", "oven", "stars"])):
    for row in model.objects.order_by("pk").values_list("place_ptr" if model is Bar else "where", *names):
        print(model.__name__, *row)
"""


def joined(shop: Sketch) -> list[str]:
    done = shop.run("shell", "-v0", "-c", JOINED)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__fills_the_parents_tables(sketch: Write, loader: str) -> None:
    shop = sketch(PLACES, PLACE_SEEDS)
    last = shop.seed("--loader", loader)
    assert "12 shop_place" in last
    assert "9 shop_restaurant" in last
    verified(shop)
    names = [name for (name,) in shop.query("SELECT name FROM shop_place ORDER BY id")]
    kinds = {"Bar": 3, "Restaurant": 4, "Pizzeria": 5}  # in this order: a restaurant's own come before its heirs
    assert names == [f"{kind} v1 {n:04}" for kind, count in kinds.items() for n in range(1, count + 1)]
    assert shop.query("SELECT place_ptr_id FROM shop_bar ORDER BY 1") == [(1,), (2,), (3,)]
    assert shop.query("SELECT where_id FROM shop_restaurant ORDER BY 1") == [(n,) for n in range(4, 13)]
    pizzerias = shop.query("SELECT number, restaurant_ptr_id FROM shop_pizzeria ORDER BY 1")
    assert pizzerias == [(n, n + 7) for n in range(1, 6)]
    assert shop.query("SELECT DISTINCT note FROM shop_place WHERE id < 8") == [("none",)]
    assert shop.query("SELECT note FROM shop_place WHERE id = 8") == [("note 1",)]
    assert {place for (place,) in shop.query("SELECT place_id FROM shop_visit")} <= set(range(1, 13))


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__is_the_same_in_any_batch_size_and_after_other_versions(sketch: Write, loader: str) -> None:
    shop = sketch(PLACES, PLACE_SEEDS)
    same_in_any_batch_size(shop, loader)
    before = joined(shop)
    for version in ("v2", "v1"):
        shop.seed("--seed-version", version, "--loader", loader)
        verified(shop, "--seed-version", version)
    assert joined(shop) == before


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has one loader")
def test_seed__equal_rows_by_both_loaders(sketch: Write) -> None:
    shop = sketch(PLACES, PLACE_SEEDS)
    found = []
    for loader in LOADERS:
        shop.seed("--loader", loader, "--force")
        found.append(joined(shop))
    assert found[0] == found[1]


@pytest.mark.parametrize("loader", LOADERS)
def test_seed__of_many_rows(sketch: Write, loader: str) -> None:
    shop = sketch(PLACES, PLACE_SEEDS.replace("count=5", "count=6000"))
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT count(*) FROM shop_place") == [(6007,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_guard__knows_rows_of_every_table(sketch: Write, loader: str) -> None:
    """A hand-made bar, a restaurant that was made of a seeded place, and who refers to seeded ones."""
    shop = sketch(PLACES, PLACE_SEEDS)
    shop.seed("--loader", loader)
    shop.query("INSERT INTO shop_report (restaurant_id) VALUES (9), (NULL)")
    shop.query("INSERT INTO shop_restaurant (where_id, stars) VALUES (2, 3)")
    shop.query(MINE.format(90))
    shop.query("INSERT INTO shop_bar (place_ptr_id, has_music) VALUES (90, true)")
    lost = {"shop_report": 1, "shop_restaurant": 1, "shop_place": 1, "shop_bar": 1}
    assert lost_rows(shop.plan(*V2)) == lost
    failure(shop, "seed", *V2, code=6)
    shop.seed(*V2, "--overwrite", "--loader", loader)
    verified(shop, *V2)
    counts = [len(shop.rows(f"shop_{table}")) for table in ("place", "bar", "restaurant", "pizzeria", "report")]
    assert counts == [12, 3, 9, 5, 1]


@pytest.mark.parametrize("loader", LOADERS)
def test_guard__keeps_a_row_in_all_its_tables(sketch: Write, loader: str) -> None:
    seeds = PLACE_SEEDS.replace("(Pizzeria, count=5)", "(Pizzeria, count=5, keep=Q(is_mine=True))")
    seeds = seeds.replace('rows.reference("near", Place)', "None").replace('rows.reference("r", Pizzeria)', "None")
    shop = sketch(PLACES, seeds)
    shop.seed("--loader", loader)
    shop.query("UPDATE shop_place SET is_mine = true WHERE id = 9")
    shop.query("DELETE FROM shop_visit WHERE place_id = 9 OR pizzeria_id = 2")
    for version in ("v2", "v1"):
        plan = shop.plan("--seed-version", version)
        kept = {table["table"]: table["keep"] for table in plan["tables"] if table["keep"]}
        assert (plan["losses"], kept) == ([], {"shop_place": 1, "shop_restaurant": 1, "shop_pizzeria": 1})
        shop.seed("--seed-version", version, "--loader", loader)
        verified(shop, "--seed-version", version)
        assert shop.query("SELECT number, restaurant_ptr_id FROM shop_pizzeria ORDER BY 1")[0] == (2, 9)
        shop.query("DELETE FROM shop_visit WHERE place_id <= 9 OR pizzeria_id <= 2")


@pytest.mark.parametrize("loader", LOADERS)
def test_guard__leaves_rows_alone_that_are_of_no_seeded_model(sketch: Write, loader: str) -> None:
    """A parent without a seeder: its own rows, and those of models without a seeder, are none of a seed's business."""
    seeds = """
@register(Bar, count=3)
def bars(rows):
    return {"name": rows.code(rows.version + " {n}"), "has_music": True}
"""
    shop = sketch(PLACES, seeds)
    columns = "(name, is_mine, made_at, note) VALUES ('{}', false, '2026-01-01 00:00:00+00', '')"
    shop.query(f"INSERT INTO shop_place {columns.format('park')}")
    shop.query(f"INSERT INTO shop_place {columns.format('inn')}")
    shop.query("INSERT INTO shop_restaurant (where_id, stars) VALUES (2, 3)")
    before = shop.rows("shop_place")
    shop.seed("--loader", loader)
    verified(shop)
    assert shop.plan("--force")["tables"][0] == {"table": "shop_place", "delete": 3, "keep": 2, "create": 3}
    shop.seed("--loader", loader, *V2)
    verified(shop, *V2)
    assert shop.rows("shop_place")[:2] == before
    assert shop.query("SELECT count(*) FROM shop_place") == [(5,)]
    shop.query(f"INSERT INTO shop_place {columns.format('pub')}")
    (key,) = shop.query("SELECT max(id) FROM shop_place")[0]
    shop.query(f"INSERT INTO shop_bar (place_ptr_id, has_music) VALUES ({key}, true)")
    assert lost_rows(shop.plan("--force")) == {"shop_place": 1, "shop_bar": 1}
    shop.seed("--loader", loader, "--force", "--overwrite")
    assert shop.query("SELECT count(*) FROM shop_place WHERE name = 'pub'") == [(0,)]
    shop.write(seeds="@register(User, count=1)\ndef users(rows):\n    return {'username': 'x', 'password': ''}\n")
    shop.seed("--loader", loader, "--force")
    assert shop.rows("shop_place") == before


@pytest.mark.parametrize("loader", LOADERS)
def test_ownership__of_rows_that_took_the_keys_over(sketch: Write, loader: str) -> None:
    shop = sketch(PLACES, PLACE_SEEDS)
    shop.seed("--loader", loader)
    shop.query("CREATE TABLE was AS SELECT has_music FROM shop_bar WHERE place_ptr_id = 2")
    for table in ("visit", "bar", "pizzeria", "restaurant", "place"):
        shop.query(f"TRUNCATE shop_{table} CASCADE" if IS_POSTGRESQL else f"DELETE FROM shop_{table}")
    shop.query(MINE.format(2))
    shop.query("INSERT INTO shop_bar (place_ptr_id, has_music) SELECT 2, has_music FROM was")
    assert lost_rows(shop.plan(*V2)) == {"shop_bar": 1, "shop_place": 1}
    failure(shop, "seed", *V2, code=6)


def test_seed__a_parent_with_a_seeder_of_its_own(sketch: Write) -> None:
    own = """
@register(Place, count=2, keep=Q(is_mine=True))
def places(rows):
    return a_place(rows, "Place")

@register(Report, count=Place)
def reports(rows):
    return {"restaurant": rows.reference("restaurant", Restaurant)}
"""
    shop = sketch(PLACES, PLACE_SEEDS + own)
    last = shop.seed()
    assert "14 shop_place" in last
    assert "14 shop_report" in last
    verified(shop)
    assert shop.query("SELECT place_ptr_id FROM shop_bar ORDER BY 1") == [(3,), (4,), (5,)]


def test_seed__of_a_parent_alone(sketch: Write) -> None:
    """Children without a seeder have no rows."""
    seeds = "@register(Place, count=2)\ndef places(rows):\n    return {'name': 'x', 'near': None}\n"
    shop = sketch(PLACES, seeds)
    assert shop.seed().startswith("Seeded v1: 2 shop_place in ")
    verified(shop)


def test_seeds__that_lack_inherited_columns(sketch: Write) -> None:
    shop = sketch(PLACES, "@register(Bar, count=3)\ndef bars(rows):\n    return {'size': 1}\n")
    said = failure(shop, "seed", lines=True)
    assert "no column 'size' to fill; it has made_at, note, name, near, is_mine, has_music." in said
    assert all(f'"{name}": ' in said for name in ("name", "has_music"))


def test_seeds__of_a_model_that_inherits_in_two_ways(sketch: Write) -> None:
    models = """
class A(models.Model):
    name = models.CharField(max_length=20)

class B(A):
    pass

class C(A):
    c = models.OneToOneField(A, models.CASCADE, parent_link=True, primary_key=True, related_name="c_of")

class D(B, C):
    pass
"""
    shop = sketch("", "@register(D, count=3)\ndef ds(rows):\n    return {'name': 'x'}\n")
    shop.write(models=models)
    assert "can't seed shop.D: it inherits from shop.A in two ways" in failure(shop, "seed", SILENCED="1")
