"""Relations to rows not created by a seed: read once, known by their natural keys, never the seed's to delete."""

import json

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.test.utils import isolate_apps

from seeding.declare.existing import natural_key, referred_fields
from tests.sketch import LOADERS, Sketch, Write, failure, plan_of, verified

SHOP = """
class Country(models.Model):
    name = models.CharField(max_length=20, unique=True)
    capital = models.ForeignKey("City", models.CASCADE, null=True, related_name="+")

class City(models.Model):
    country = models.ForeignKey(Country, models.CASCADE)
    kind = models.ForeignKey(ContentType, models.CASCADE, null=True)
    number = models.IntegerField(default=0)
"""
CITIES = """
@register(City, count=40)
def cities(rows):
    return {"country": rows.existing(Country, name__startswith="E"), "number": rows.numbers}
"""
NAMES = ("Estonia", "Egypt", "Chile", "Ecuador")


def filled(shop: Sketch, names: tuple[str, ...] = NAMES) -> Sketch:
    for name in names:
        shop.query(f"INSERT INTO shop_country (name) VALUES ('{name}')")
    return shop


def countries_of_cities(shop: Sketch) -> list[str]:
    query = "SELECT name FROM shop_city JOIN shop_country ON shop_country.id = country_id ORDER BY number"
    return [name for (name,) in shop.query(query)]


def digest(shop: Sketch) -> str:
    ((found,),) = shop.query("SELECT digests FROM seed_metadata WHERE status = 'success'")
    return str((found if isinstance(found, dict) else json.loads(found))["shop_city"])


def test_natural_key__is_what_is_unique_in_the_row() -> None:
    assert natural_key(ContentType) == ("app_label", "model")
    assert natural_key(Permission) == ("content_type__app_label", "content_type__model", "codename")
    assert natural_key(Group) == ("name",)


@isolate_apps("tests")
def test_natural_key__of_other_tables() -> None:
    class Code(models.Model):
        code = models.CharField(max_length=2, primary_key=True)
        name = models.CharField(max_length=9, unique=True)

        class Meta:
            app_label = "tests"

    class Own(models.Model):
        code = models.OneToOneField(Code, models.CASCADE, primary_key=True)

        class Meta:
            app_label = "tests"

    class Plain(models.Model):
        name = models.CharField(max_length=9)
        size = models.IntegerField()
        above = models.ForeignKey("self", models.CASCADE, unique=True)

        class Meta:
            app_label = "tests"

    assert natural_key(Code) == ("code",)
    assert natural_key(Own) == ("code__code",)
    assert natural_key(Plain) == ("name", "size")


@isolate_apps("tests")
def test_referred_fields__are_the_key_and_what_relations_name() -> None:
    class Place(models.Model):
        code = models.CharField(max_length=2, unique=True)
        name = models.CharField(max_length=9, unique=True)
        near = models.ForeignKey("self", models.CASCADE, related_name="+")

        class Meta:
            app_label = "tests"

    class Town(Place):
        inside = models.ManyToManyField(Place, related_name="towns")

        class Meta:
            app_label = "tests"

    class Visit(models.Model):
        place = models.ForeignKey(Place, models.CASCADE, to_field="code", related_name="+")
        town = models.ForeignKey(Town, models.CASCADE)

        class Meta:
            app_label = "tests"

    assert referred_fields(Place) == ("id", "code")
    assert referred_fields(Town) == ("place_ptr",)


@pytest.mark.parametrize("loader", LOADERS)
def test_existing__refers_to_the_rows_of_the_lookup(sketch: Write, loader: str) -> None:
    shop = filled(sketch(SHOP, CITIES))
    before = shop.rows("shop_country")
    shop.seed("--loader", loader)
    assert set(countries_of_cities(shop)) == {"Estonia", "Egypt", "Ecuador"}
    verified(shop)
    assert shop.run("seed", "--check").returncode == 0
    assert [table["table"] for table in plan_of(shop, "--seed-version", "v2")["tables"]] == ["shop_city"]
    shop.seed("--loader", loader, "--seed-version", "v2", "--overwrite")
    assert shop.rows("shop_country") == before


def test_existing__the_same_countries_under_other_keys(sketch: Write) -> None:
    """Which rows are picked, and the digest, follow from names, not from the keys that a database gave them."""
    one = filled(sketch(SHOP, CITIES))
    other = filled(sketch(SHOP, CITIES), ("Ecuador", "Peru", "Egypt", "Estonia"))
    one.seed()
    other.seed()
    assert countries_of_cities(one) == countries_of_cities(other)
    assert digest(one) == digest(other)


def test_existing__another_row_is_other_data(sketch: Write) -> None:
    shop = filled(sketch(SHOP, CITIES))
    shop.seed()
    filled(shop, ("Eritrea",))
    assert "generates other rows for shop_city" in failure(shop, "seed", "--check", code=4)
    assert shop.run("seed", "--verify").returncode == 4


@pytest.mark.parametrize("mode", [(), ("--plan",)])
def test_existing__none_is_an_error(sketch: Write, mode: tuple[str, ...]) -> None:
    shop = filled(sketch(SHOP, CITIES), ("Chile",))
    assert failure(shop, "seed", *mode) == (
        "shop.seeds.cities refers to existing rows of shop.Country with name__startswith='E', and there "
        "are none: create them first, by a migration, for example.\n"
    )


def test_existing__a_lookup_that_is_none(sketch: Write) -> None:
    shop = filled(sketch(SHOP, CITIES.replace("name__startswith", "nam")))
    said = failure(shop, "seed", "--plan")
    assert "shop.seeds.cities asks for existing rows of shop.Country with nam='E': Cannot resolve keyword 'nam'" in said


def test_existing__rows_of_another_model_than_the_relation(sketch: Write) -> None:
    shop = filled(sketch(SHOP, CITIES.replace('rows.existing(Country, name__startswith="E")', "rows.existing(User)")))
    said = failure(shop, "seed", "--plan")
    assert "column 'country': it refers to rows of auth.User, and this column to shop.Country" in said


def test_existing__with_the_stream_before_the_model(sketch: Write) -> None:
    shop = filled(
        sketch(SHOP, CITIES.replace('rows.existing(Country, name__startswith="E")', "rows.existing('of', Country)"))
    )
    assert "rows.existing() takes the model first, and the stream behind it; 'of' is no model" in failure(shop, "seed")


def test_existing__rows_that_a_seeder_makes(sketch: Write) -> None:
    countries = "@register(Country, count=3)\ndef countries(rows):\n    return {'name': rows.code('C{n}')}\n"
    assert (
        "shop.seeds.cities asks by rows.existing() for rows of shop.Country, which shop.seeds.countries seeds: refer "
        "to them by rows.reference(). (seeding.E116)"
    ) in failure(sketch(SHOP, CITIES + countries), "seed", "--plan")


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        (
            "'kind': rows.numbers",
            "a model without a seeder: use rows.existing(ContentType) if its rows are there already",
        ),
        ("", '"kind": rows.existing(ContentType),  # ForeignKey'),
    ],
)
def test_existing__is_advised(sketch: Write, given: str, advice: str) -> None:
    models = SHOP.replace("ContentType, models.CASCADE, null=True", "ContentType, models.CASCADE")
    cities = f"register(City, count=3)(lambda rows: {{'country': rows.existing(Country), {given}}})"
    assert advice in failure(sketch(models, cities), "seed", lines=True)


@pytest.mark.parametrize("loader", LOADERS)
def test_existing__a_row_that_references_a_seeded_one_is_never_offered(sketch: Write, loader: str) -> None:
    shop = filled(sketch(SHOP, CITIES))
    shop.seed("--loader", loader)
    shop.query("UPDATE shop_country SET capital_id = (SELECT min(id) FROM shop_city) WHERE name = 'Chile'")
    for arguments in ((), ("--overwrite",)):
        said = failure(shop, "seed", "--seed-version", "v2", "--loader", loader, *arguments, code=6)
        assert "shop_country: 1 row references shop_city rows that would be deleted, by capital_id (key 3)" in said
        assert "--overwrite" not in said
    assert "never delete" in plan_of(shop, "--seed-version", "v2")["obstacles"][0]
    shop.query("UPDATE shop_country SET capital_id = NULL")
    shop.seed("--seed-version", "v2", "--loader", loader)


def test_existing__rows_that_an_earlier_seed_made_stay(sketch: Write) -> None:
    """A table that isn't seeded any more, and whose rows are now asked for as existing ones."""
    countries = "@register(Country, count=3)\ndef countries(rows):\n    return {'name': rows.code('E{n}')}\n"
    shop = sketch(SHOP, countries)
    shop.seed()
    shop.write(seeds=CITIES)
    shop.seed("--seed-version", "v2")
    assert set(countries_of_cities(shop)) == {"E1", "E2", "E3"}
    verified(shop, "--seed-version", "v2")


def test_existing__must_be_asked_for_by_every_row(sketch: Write) -> None:
    cities = CITIES.replace('name__startswith="E"', "id=3 if rows.numbers[-1] else 1")
    said = failure(filled(sketch(SHOP, cities)), "seed")
    assert "it asks for existing rows of shop.Country with id=3, and didn't for its first row" in said


def test_existing__of_a_content_type(sketch: Write) -> None:
    cities = CITIES.replace('"number"', '"kind": rows.existing(ContentType, app_label="shop", model="city"), "number"')
    shop = filled(sketch(SHOP, cities))
    shop.seed()
    query = "SELECT DISTINCT model FROM shop_city JOIN django_content_type AS t ON t.id = kind_id"
    assert shop.query(query) == [("city",)]
    verified(shop)


CODES = """
class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    number = models.IntegerField(unique=True, null=True)
    token = models.UUIDField(default=uuid.uuid4)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token"], name="one_token")]

class City(models.Model):
    country = models.ForeignKey(Country, models.CASCADE, to_field="code")
    other = models.ForeignKey(Country, models.CASCADE, to_field="number", null=True, related_name="+")
    token = models.ForeignKey(Country, models.CASCADE, to_field="token", related_name="+")
    kept_by = models.ForeignKey(Country, models.CASCADE, related_name="+")
    number = models.IntegerField(default=0)
"""
CODED_CITIES = """
@register(City, count=40)
def cities(rows):
    country = rows.existing(Country, number__gt=1)
    return {"country": country, "token": country, "kept_by": country, "other": country}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_existing__referred_to_by_other_columns_than_their_key(sketch: Write, loader: str) -> None:
    shop = sketch(CODES, CODED_CITIES)
    for number, code in enumerate(("EE", "EG", "CL", "EC")):
        shop.query(f"INSERT INTO shop_country (code, number, token) VALUES ('{code}', {number}, '{number:032}')")
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    query = (
        "SELECT c.code, count(*) FROM shop_city AS s JOIN shop_country AS c ON c.code = s.country_id"
        " WHERE c.number = s.other_id AND c.token = s.token_id AND c.id = s.kept_by_id GROUP BY 1"
    )
    found = dict(shop.query(query))
    assert set(found) == {"CL", "EC"}
    assert sum(found.values()) == 40
