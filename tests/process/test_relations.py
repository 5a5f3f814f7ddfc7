"""Relations of every sort between models with keys of every sort, and those that inherit."""

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, same_in_any_batch_size, verified

SHOP = """
from django.contrib.contenttypes.fields import GenericForeignKey

class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)

class Currency(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=9, unique=True)

class Tag(models.Model):
    word = models.CharField(max_length=9, primary_key=True)

class Item(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    made_in = models.ForeignKey(Country, models.CASCADE, null=True)
    paid_in = models.ForeignKey(Currency, models.CASCADE, null=True)
    tags = models.ManyToManyField(Tag)

class Book(Item):
    pages = models.IntegerField()

class Film(Item):
    minutes = models.IntegerField()

class Note(models.Model):
    of_type = models.ForeignKey(ContentType, models.CASCADE, null=True)
    of_id = models.CharField(max_length=40, null=True)
    of = GenericForeignKey("of_type", "of_id")

class Mark(models.Model):
    of_type = models.ForeignKey(ContentType, models.CASCADE)
    of_id = models.UUIDField()
    of = GenericForeignKey("of_type", "of_id")
"""
SEEDS = """
from seeding import per

@register(Tag, count=4)
def tags(rows):
    return {"word": rows.code(rows.version + "{n}")}

@register(Item, count=3)
def items(rows):
    return {"paid_in": rows.existing(Currency), "tags": rows.some(Tag, 1, 2)}

@register(Book, count=20)
def books(rows):
    return {"made_in": rows.existing(Country, code__startswith="E"), "pages": 100}

@register(Film, count=5)
def films(rows):
    return {"paid_in": rows.existing(Currency, name="Euro"), "minutes": 90}

@register(Note, count=60)
def notes(rows):
    return {"of": rows.generic("of", [Tag, Item, Film, Note, None])}

@register(Mark, count=per(Item, 1, 2))
def marks(rows):
    return {"of": rows.generic("of", [Book, Item])}
"""
THERE = """
from shop.models import *
for code in ("EE", "EG", "CL"):
    Country.objects.create(code=code)
for name in ("Euro", "Peso"):
    Currency.objects.create(id=uuid.uuid4(), name=name)
"""
LEADS_TO_ROWS = """
from shop.models import *
assert {i.made_in_id for i in Book.objects.all()} == {"EE", "EG"}
assert {i.paid_in for i in Book.objects.all()} == {None}
assert {(i.made_in_id, i.paid_in.name) for i in Film.objects.all()} == {(None, "Euro")}
own = Item.objects.filter(book=None, film=None)
assert len(own) == 3 and all(i.paid_in.name in ("Euro", "Peso") for i in own)
assert {len(i.tags.all()) for i in Item.objects.all()} == {1, 2}
assert {type(n.of) for n in Note.objects.all()} == {Tag, Item, Film, Note, type(None)}
assert all((n.of is None) == (n.of_id is None) for n in Note.objects.all())
assert {type(m.of) for m in Mark.objects.all()} == {Book, Item}
"""


def script(shop: Sketch, text: str) -> None:
    done = shop.run("shell", "-v0", "-c", text)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("loader", LOADERS)
def test_relations__to_rows_with_keys_of_every_sort(sketch: Write, loader: str) -> None:
    shop = sketch(SHOP, SEEDS)
    script(shop, THERE)
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
        assert shop.run("seed", "--check", "--seed-version", version).returncode == 0
        script(shop, LEADS_TO_ROWS)
    assert shop.run("seed", "--clear").returncode == 0
    assert shop.query("SELECT count(*) FROM shop_item") == [(0,)]
    assert shop.query("SELECT count(*) FROM shop_country") == [(3,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_relations__are_the_same_in_any_batch_size(sketch: Write, loader: str) -> None:
    shop = sketch(SHOP, SEEDS)
    script(shop, THERE)
    same_in_any_batch_size(shop, loader)


def test_relations__own_rows_are_known_without_a_proof_of_the_server(sketch: Write) -> None:
    """What a dump brings is generated again to see whose rows they are: existing ones are read for that, too."""
    shop = sketch(SHOP, SEEDS)
    script(shop, THERE)
    shop.seed()
    shop.query("UPDATE seed_key_ranges SET transaction_id = NULL, marks = NULL, mark_columns = NULL")
    assert shop.plan("--seed-version", "v2")["losses"] == []


def test_relations__a_key_that_doesnt_fit(sketch: Write) -> None:
    shop = sketch(SHOP, SEEDS.replace("[Book, Item]", "[Book, Tag]"))
    script(shop, THERE)
    said = failure(shop, "seed", "--plan")
    assert "marks, column 'of_id': keys of shop.Tag don't fit into a UUIDField" in said


def test_relations__of_heirs_that_differ(sketch: Write) -> None:
    shop = sketch(SHOP, SEEDS.replace('"minutes": 90', '"minutes": 90, "made_in": 0'))
    said = failure(shop, "seed", "--plan")
    assert "column 'made_in': another seeder of the same table refers to other rows in it" in said


def test_relations__existing_rows_of_an_inherited_table_that_is_seeded(sketch: Write) -> None:
    seeds = SEEDS.replace("[Book, Item]", "[Book]").replace("@register(Item, count=3)", "") + (
        "\n@register(Reading, count=3)\ndef readings(rows):\n    return {'of': rows.existing(Item)}\n"
    )
    models = SHOP + "\nclass Reading(models.Model):\n    of = models.ForeignKey(Item, models.CASCADE)\n"
    said = failure(sketch(models, seeds), "seed", "--plan")
    assert "shop.seeds.readings asks by rows.existing() for rows of shop.Item" in said
    assert "(seeding.E116)" in said


def test_relations__a_column_that_is_given_twice(sketch: Write) -> None:
    shop = sketch(
        SHOP, SEEDS.replace('{"of": rows.generic("of", [Book', '{"of_id": None, "of": rows.generic("of", [Book')
    )
    script(shop, THERE)
    said = failure(shop, "seed", "--plan")
    assert "TypeError: 'of' fills 'of_id', which is given, too: leave one of them out (seeding.E111)" in said


SITES = """
class Page(models.Model):
    path = models.CharField(max_length=20, unique=True)
    tags = models.ManyToManyField("Tag")
    best = models.ForeignKey("self", models.CASCADE, null=True)

class Tag(models.Model):
    word = models.CharField(max_length=9)

class Article(Page):
    title = models.CharField(max_length=20)

class Review(Article):
    stars = models.IntegerField()

class Section(Page):
    name = models.CharField(max_length=20)

class Numbered(Section):
    number = models.AutoField(primary_key=True)
    section_ptr = models.OneToOneField(Section, models.CASCADE, parent_link=True)

class Site(models.Model):
    root = models.ForeignKey(Page, models.CASCADE)
    any = models.ForeignKey(Page, models.CASCADE, null=True, related_name="+")
    review = models.OneToOneField(Article, models.CASCADE, null=True, related_name="+")
"""
SITE_SEEDS = """
@register(Tag, count=5)
def tags(rows):
    return {"word": rows.code("{n}")}

@register(Page, count=1)
def pages(rows):
    return {"path": "/", "best": rows.generic("best", [Section])}

@register(Article, count=12)
def articles(rows):
    return {"path": rows.code("a{n}"), "title": rows.code("{n}"), "tags": rows.some(Tag, 1, 3)}

@register(Review, count=4)
def reviews(rows):
    return {"path": rows.code("r{n}"), "title": "x", "stars": 5}

@register(Section, count=3)
def sections(rows):
    return {"path": rows.code("s{n}"), "name": rows.code("{n}")}

@register(Numbered, count=2)
def numbered(rows):
    return {"path": rows.code("n{n}"), "name": "numbered"}

@register(Site, count=4)
def sites(rows):
    return {
        "root": rows.generic("root", [Section], numbers=rows.numbers % 3),
        "any": rows.generic("any", {Review: 1, Section: 1, None: 1}),
        "review": rows.generic("review", [Review], numbers=rows.numbers),
    }
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_relations__to_the_rows_of_a_model_that_inherits(sketch: Write, loader: str) -> None:
    """By `rows.generic`, as a generic relation's, and by `rows.some` for a relation that is inherited."""
    shop = sketch(SITES, SITE_SEEDS)
    for version in ("v1", "v2"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
        roots = "SELECT name, count(*) FROM shop_site JOIN shop_section ON root_id = page_ptr_id GROUP BY 1 ORDER BY 1"
        assert shop.query(roots) == [("1", 2), ("2", 1), ("3", 1)]
        assert shop.plan("--seed-version", "v3")["losses"] == []  # its rows are known by what they refer to
        kinds = "SELECT path FROM shop_site JOIN shop_page AS p ON p.id = any_id"
        assert {path[0] for (path,) in shop.query(kinds)} <= {"r", "s"}
        assert len(shop.query("SELECT 1 FROM shop_site JOIN shop_review ON article_ptr_id = review_id")) == 4
        best = "SELECT name FROM shop_page AS p JOIN shop_section ON best_id = page_ptr_id WHERE path = '/'"
        assert len(shop.query(best)) == 1
        tagged = (
            "SELECT count(DISTINCT p.id) FROM shop_page_tags JOIN shop_page AS p ON p.id = page_id"
            " WHERE path LIKE 'a%' OR path LIKE 'r%'"
        )
        assert shop.query(tagged) == shop.query("SELECT count(DISTINCT page_id) FROM shop_page_tags") == [(16,)]


@pytest.mark.parametrize("model", ["Tag", "Numbered"])
def test_relations__rows_of_a_model_that_has_other_keys(sketch: Write, model: str) -> None:
    shop = sketch(SITES, SITE_SEEDS.replace('"root", [Section]', f'"root", [{model}]'))
    assert failure(shop, "seed", "--plan") == (
        f"shop.seeds.sites, column 'root': keys of shop.{model} don't fit into a ForeignKey. (seeding.E107)\n"
    )
