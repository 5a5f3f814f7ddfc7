"""`manage.py seed --draft`: what it writes runs at the first try, and says what it doesn't know."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, verified
from tests.support.project import IS_POSTGRESQL

MODELS = """
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator

class Status(models.TextChoices):
    NEW = "new"
    PAID = "paid"
    SENT = "sent"

class Publisher(models.Model):
    name = models.CharField(max_length=60, unique=True)
    country = models.CharField(max_length=2)
    phone = models.CharField(max_length=20)
    website = models.URLField(blank=True)

class Tag(models.Model):
    name = models.CharField(max_length=30)
    slug = models.SlugField(unique=True)

class Author(models.Model):
    user = models.OneToOneField(User, models.CASCADE, null=True)
    first_name = models.CharField(max_length=40)
    last_name = models.CharField(max_length=40)
    email = models.EmailField(unique=True)
    born_on = models.DateField(null=True)
    range = models.IntegerField()

class Category(models.Model):
    parent = models.ForeignKey("self", models.CASCADE, null=True)
    title = models.CharField(max_length=80)

class Book(models.Model):
    author = models.ForeignKey(Author, models.CASCADE)
    publisher = models.ForeignKey(Publisher, models.CASCADE, null=True)
    category = models.ForeignKey(Category, models.CASCADE)
    tags = models.ManyToManyField(Tag)
    title = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    isbn = models.CharField(max_length=13, unique=True, validators=[RegexValidator(r"^[0-9]{13}$")])
    pages = models.PositiveSmallIntegerField(validators=[MinValueValidator(20), MaxValueValidator(900)])
    price = models.DecimalField(max_digits=8, decimal_places=2)
    offer = models.DecimalField(max_digits=8, decimal_places=2)
    net = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    gross = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    status = models.CharField(max_length=4, choices=Status, default=Status.PAID)
    stars = models.SmallIntegerField()
    blurb = models.TextField(blank=True)
    data = models.JSONField(default=dict)
    token = models.UUIDField(default=uuid.uuid4, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    kind = models.ForeignKey(ContentType, models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(stars__range=(2, 4)), name="stars"),
            models.CheckConstraint(condition=models.Q(offer__lte=models.F("price")), name="offer"),
            models.CheckConstraint(condition=models.Q(updated_at__gte=models.F("created_at")), name="updated"),
        ]

class Chapter(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    number = models.PositiveSmallIntegerField()

    class Meta:
        unique_together = [("book", "number")]

class Loan(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    reader = models.ForeignKey(User, models.CASCADE)
    due_on = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "reader"], name="one_loan")]

class Cover(models.Model):
    book = models.OneToOneField(Book, models.CASCADE, primary_key=True)
    image = models.ImageField()

class Remark(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    text = models.TextField()
"""
MODELS = MODELS.replace("    image = models.ImageField()\n", "    image = models.FileField()\n")  # without Pillow


def drafted(shop: Sketch, *labels: str) -> str:
    done = shop.run("seed", "--draft", *labels)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def seed_drafted(shop: Sketch, *labels: str, loader: str = "auto") -> str:
    """Write a draft, seed it unedited, and compare every row; return the draft."""
    text = drafted(shop, *labels)
    (shop.folder / "shop" / "seeds.py").write_text(text)
    shop.seed("--loader", loader)
    verified(shop)
    return text


@pytest.fixture
def shop(sketch: Write) -> Sketch:
    return sketch(MODELS, None)


@pytest.mark.parametrize("loader", LOADERS)
def test_draft__runs_unedited(shop: Sketch, loader: str) -> None:
    text = seed_drafted(shop, "shop", loader=loader)
    assert "#" not in text
    assert (
        shop.run("seed", "--draft", "--check").stdout == "Each of 10 seeders gives all columns that its model needs.\n"
    )


def test_draft__says_what_a_person_would(shop: Sketch) -> None:
    text = drafted(shop, "shop")
    for line in (
        '"first_name": rows.given_name(),',
        '"last_name": rows.family_name(),',
        '"email": rows.email(),',
        '"born_on": rows.optional("has born_on", rows.birth_date("born_on"), 80),',
        '"name": rows.company("name", unique=True),',
        '"country": rows.country_code(),',
        '"phone": rows.phone("phone"),',
        '"parent": rows.tree().parent,',
        '"slug": rows.slug(title),',
        '"isbn": rows.code("{unique:13}"),',
        '"pages": rows.integers("pages", 20, 900),',
        '"offer": price // 2,',
        '"stars": rows.integers("stars", 2, 4),',
        '"gross": rows.optional("has net", rows.money("net", 1_00, 500_00) * 6 // 5, 80),',
        '"status": rows.choice("status", {"paid": 2, "new": 1, "sent": 1}),',
        '"author": rows.reference("author", Author),',
        '"tags": rows.some(Tag, 1, 3),',
        '"kind": rows.optional("has kind", rows.existing(ContentType), 80),',
        '"content_type": rows.existing(ContentType),',
        "book, reader = rows.pairs(Book, User)",
        "CHAPTERS = per(Book, 0, 6)",
        "@register(Chapter, count=CHAPTERS)",
        "book, number = rows.parent(CHAPTERS)",
        '"number": 1 + number,',
        "@register(Cover, count=Book)",
        '"due_on": rows.integers("due_on", -180, -1),',
        "from django.contrib.auth.models import User",
    ):
        assert line in text, line
    assert "uuid" not in text  # a default that is another one for each row


@pytest.mark.parametrize("width", ["88", "120"])
def test_draft__is_formatted(shop: Sketch, tmp_path: Path, width: str) -> None:
    (tmp_path / "seeds.py").write_text(drafted(shop, "shop"))
    for arguments in (["format", "--check"], ["check", "--select", "A,E,F,I,N,W"]):
        command = [sys.executable, "-m", "ruff", *arguments, "--isolated", "--line-length", width, "seeds.py"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def test_draft__keeps_to_what_is_named_and_what_that_needs(shop: Sketch) -> None:
    text = drafted(shop, "shop.Book")
    found = re.findall(r"@register\((\S+),", text)
    assert sorted(found) == ["Author", "Book", "Category", "Tag"]
    assert "# shop.Publisher has no seeder, so these are NULL: Book.publisher.\n" in text


def test_draft__of_models_that_have_a_seeder(shop: Sketch) -> None:
    shop.write(seeds="@register(Tag, count=3)\ndef tags(rows):\n    return {'name': 'x', 'slug': rows.code('{n}')}\n")
    assert "@register(Tag," not in drafted(shop, "shop")
    assert "@register(Tag," in drafted(shop, "shop.Tag")
    assert '"tags": rows.some(Tag, 1, 3),' in drafted(shop, "shop.Book")


def test_draft__counts_by_an_option_that_is_named_as_the_model_is(sketch: Write) -> None:
    shop = sketch(MODELS, None, 'SEED_ROW_COUNTS = {"tags": 7}')
    assert '@register(Tag, count="tags")' in seed_drafted(shop, "shop.Tag")
    assert shop.query("SELECT count(*) FROM shop_tag") == [(7,)]
    shop.write(settings='SEED_ROW_COUNTS = {"chapters": 40, "tags": 2}')
    text = drafted(shop, "shop.Chapter", "shop.Book")
    assert '@register(Chapter, count="chapters")' in text
    assert '"number": 1 + rows.numbers // rows.count(Book),' in text
    assert '"tags": rows.some(Tag, 1, 2),' in text


def test_draft__is_written_into_the_app_and_never_over_a_file(shop: Sketch) -> None:
    path = shop.folder / "shop" / "seeds.py"
    text = drafted(shop, "shop")
    done = shop.run("seed", "--draft", "shop", "--write")
    columns = text.count('\n        "') + text.count('\n        # "')
    assert done.stdout == (f"Wrote {path}: 10 models, {columns} columns. Next: manage.py seed --plan\n")
    assert path.read_text() == text
    path.write_text("# mine\n")
    assert "is there already, and nothing was written" in failure(shop, "seed", "--draft", "shop", "--write")
    assert path.read_text() == "# mine\n"
    assert "an installed package's app" in failure(shop, "seed", "--draft", "auth.User", "--write")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--draft"], "--draft needs an app or a model, like shop or shop.Book."),
        (["--draft", "shpo"], "There is no app 'shpo' to draft seeders for: name one of auth, contenttypes, "),
        (["--draft", "shop.Bok"], "shop has no model 'Bok': name one of Publisher, Tag, "),
        (["--draft", "shop", "--plan"], "--draft doesn't go with --plan."),
        (["--draft", "shop", "--write", "shpo"], "There is no app 'shpo'."),
        (["--write", "shop"], "--write goes with --draft."),
    ],
)
def test_draft__names_what_is_wrong(shop: Sketch, arguments: list[str], said: str) -> None:
    assert said in failure(shop, "seed", *arguments, code=2)


def test_check__ends_with_4_where_a_seeder_lacks_a_column(shop: Sketch) -> None:
    shop.write(
        seeds="@register(Tag, count=3)\ndef tags(rows):\n    return {'name': 'x'}\n"
        "@register(Category, count=3)\ndef categories(rows):\n    return {}\n"
    )
    said = failure(shop, "seed", "--draft", "--check", code=4)
    assert '"slug": ' in said
    assert '"title": ' in said
    said = failure(shop, "seed", "--draft", "shop.Tag", "--check", code=4)
    assert '"title": ' not in said


def test_draft__leaves_out_models_that_need_what_is_not_known(sketch: Write) -> None:
    models = """
from django.core.exceptions import ValidationError

class Odd(models.Field):
    def db_type(self, connection):
        return "xml"

class Machine(models.Model):
    serial = models.CharField(max_length=20, unique=True)
    plan = Odd()

class Part(models.Model):
    machine = models.ForeignKey(Machine, models.CASCADE)

class Note(models.Model):
    machine = models.ForeignKey(Machine, models.CASCADE, null=True)
    text = models.TextField()
    plan = Odd(null=True)
"""
    text = seed_drafted(sketch(models, None), "shop")
    assert re.findall(r"@register\((\w+)", text) == ["Note"]
    assert "# shop.Machine isn't seeded: it needs values for plan: Odd has no kind: see" in text
    assert "# shop.Part isn't seeded: its rows refer to shop.Machine, which isn't seeded.\n" in text
    assert '# "plan": Odd has no kind: see seeding.register_kind' in text


def test_draft__one_row_where_nothing_known_is_different(sketch: Write) -> None:
    models = "class Flag(models.Model):\n    is_on = models.BooleanField(unique=True)\n"
    text = seed_drafted(sketch(models, None), "shop")
    assert "# One row only, as is_on must be unique" in text
    assert "@register(Flag, count=1)" in text


def test_draft__tells_models_of_one_name_apart(sketch: Write) -> None:
    models = "class Group(models.Model):\n    name = models.CharField(max_length=80)\n"
    text = seed_drafted(sketch(models, None), "shop", "auth.Group")
    assert "from django.contrib.auth.models import Group as AuthGroup\n" in text
    assert "from .models import Group as ShopGroup\n" in text


# Relations


BLOG = """
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation

class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True)

class Post(models.Model):
    title = models.CharField(max_length=80)
    tags = models.ManyToManyField(Tag, blank=True)
    related = models.ManyToManyField("self", blank=True)
    readers = models.ManyToManyField(User, through="Reading", related_name="+")
    bookmarks = GenericRelation("Bookmark")

class Photo(models.Model):
    name = models.CharField(max_length=80)
    taken_at = models.DateTimeField()

class PostImage(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    image = models.CharField(max_length=100)
    sort_order = models.IntegerField(default=0)

class Comment(models.Model):
    author = models.ForeignKey(User, models.CASCADE)
    post = models.ForeignKey(Post, models.CASCADE)
    text = models.TextField()

class Vote(models.Model):
    user = models.ForeignKey(User, models.CASCADE)
    comment = models.ForeignKey(Comment, models.CASCADE)

    class Meta:
        unique_together = [("user", "comment")]

class Reading(models.Model):
    post = models.ForeignKey(Post, models.CASCADE)
    user = models.ForeignKey(User, models.CASCADE)

class Flag(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    reason = models.CharField(max_length=40)

class Bookmark(models.Model):
    user = models.ForeignKey(User, models.CASCADE)
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.CharField(max_length=40)
    content_object = GenericForeignKey()

    class Meta:
        unique_together = [("user", "content_type", "object_id")]

class Grant(models.Model):
    permission = models.ForeignKey("auth.Permission", models.CASCADE)
    kind = models.ForeignKey(ContentType, models.CASCADE, limit_choices_to={"app_label": "shop"})
    other_kind = models.ForeignKey(ContentType, models.CASCADE, null=True, related_name="+")
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_draft__of_relations_of_every_sort(sketch: Write, loader: str) -> None:
    shop = sketch(BLOG, None)
    text = seed_drafted(shop, "shop", loader=loader)
    for line in (
        '"tags": rows.some(Tag, 0, 3),',
        "@register(Post.related.through, count=200)",
        "from_post, to_post = rows.pairs(Post, Post, both_ways=True)",
        "POST_IMAGES = per(Post, 0, 6)",
        "post, sort_order = rows.parent(POST_IMAGES)",
        '"sort_order": sort_order,',
        "@register(Comment, count=COMMENTS)",
        '"post": rows.parent(COMMENTS)[0],',
        "comment, user = rows.pairs(VOTES, User)",
        "post, user = rows.pairs(READINGS, User)",
        '"target": rows.generic("target", {Photo: 2, Post: 1}),',
        "user, content_object = rows.pairs(User, Post)",
        '"content_object": rows.generic(',
        '"permission": rows.existing(Permission),',
        '"kind": rows.existing(ContentType, "kind", app_label="shop"),',
    ):
        assert line in text, line
    by_functions = digests(shop)
    assert by_functions["shop_post_related"]
    both_ways = "SELECT count(*) FROM shop_post_related a JOIN shop_post_related b"
    both_ways += " ON a.from_post_id = b.to_post_id AND a.to_post_id = b.from_post_id"
    assert shop.query(both_ways) == [(200,)]
    shop.write(seeds="register(Post, count=10)\nregister(Tag, count=4)\nregister(Grant, count=5)\n")
    shop.seed("--force")
    verified(shop)
    assert shop.query("SELECT count(*) FROM shop_post_tags") > [(0,)]


def test_draft__of_rows_that_are_there(sketch: Write) -> None:
    """What a migration or somebody typed in stays: lists are referred to, other rows are kept."""
    models = """
class Country(models.Model):
    code = models.CharField(max_length=2, unique=True)
    name = models.CharField(max_length=40)

class City(models.Model):
    country = models.ForeignKey(Country, models.CASCADE)
    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    capital_of = models.ForeignKey(Country, models.CASCADE, null=True, related_name="+")
"""
    shop = sketch(models, None)
    assert '"name": rows.country(unique=True),' in seed_drafted(shop, "shop")
    (shop.folder / "shop" / "seeds.py").unlink()
    shop.query("DELETE FROM seed_key_ranges")
    shop.query("DELETE FROM seed_metadata")
    shop.query("DELETE FROM shop_city")
    shop.query("DELETE FROM shop_country WHERE id > 2")
    shop.query("INSERT INTO shop_city (country_id, slug, title) VALUES (1, 'here', 'Here')")
    text = seed_drafted(shop, "shop", "--database", "default")
    assert "# shop.Country isn't seeded: its rows are there already.\n" in text
    assert '@register(City, count=100, keep=Q(slug__in=["here"]))' in text
    assert '"country": rows.existing(Country, "country"),' in text
    assert shop.query("SELECT count(*) FROM shop_city") == [(101,)]
    (shop.folder / "shop" / "seeds.py").unlink()
    assert drafted(shop, "shop") == text  # the seed's own rows are nothing to keep
    assert shop.query("SELECT count(DISTINCT country_id) FROM shop_city") == [(2,)]


# Constraints


@pytest.mark.parametrize("loader", LOADERS)
def test_draft__keeps_constraints_on_what_may_be_null(sketch: Write, loader: str) -> None:
    models = """
from django.core.validators import RegexValidator

def given(*names):
    return models.Q(**{f"{name}__isnull": False for name in names})

class Club(models.Model):
    website = models.URLField(null=True, blank=True, default=None)
    contact = models.EmailField(null=True)
    owner = models.ForeignKey(User, models.CASCADE, null=True)
    firm = models.CharField(max_length=60, null=True)
    state = models.CharField(max_length=5, choices={"draft": "", "out": ""})
    published_at = models.DateTimeField(null=True)
    number = models.CharField(max_length=20, unique=True, validators=[RegexValidator(r"^CVE-\\d{4}-[0-9]{4,7}$")])
    size = models.CharField(max_length=9, validators=[RegexValidator("^(A|B)[A-Z]{2}[0-9a-f]{3}$")])

    class Meta:
        constraints = [
            models.CheckConstraint(condition=given("website") | given("contact"), name="reachable"),
            models.CheckConstraint(condition=given("owner") ^ given("firm"), name="one_owner"),
            models.CheckConstraint(condition=models.Q(state="draft") | given("published_at"), name="published"),
        ]
"""
    text = seed_drafted(sketch(models, None), "shop", "auth.User", loader=loader)
    assert "#" not in text
    assert '"number": rows.code("CVE-{digits:4}-{unique:4}"),' in text
    assert '"size": rows.code("A{letters:2}{hex:3}"),' in text


@pytest.mark.skipif(not IS_POSTGRESQL, reason="columns of PostgreSQL's")
def test_draft__of_columns_of_postgresql(sketch: Write) -> None:
    models = """
from django.contrib.postgres.fields import ArrayField, DateRangeField, DateTimeRangeField, IntegerRangeField

class Event(models.Model):
    tags = ArrayField(models.CharField(max_length=20))
    sizes = ArrayField(models.IntegerField(), size=2)
    days = DateRangeField()
    hours = DateTimeRangeField()
    seats = IntegerRangeField(null=True)
    address = models.GenericIPAddressField()
    lasts = models.DurationField()
    data = models.JSONField()
"""
    text = seed_drafted(sketch(models, None), "shop")
    assert '"days": (rows.past_date("days_from"), rows.integers("days_to", -180, -1)),' in text


# Without a function


def test_register__without_a_function_takes_what_the_draft_writes(shop: Sketch) -> None:
    functions = seed_drafted(shop, "shop")
    by_functions = digests(shop)
    counts = re.sub(r"def \w+\(.*?(?=\n@|\n# |\n[A-Z]|\Z)", "", functions, flags=re.S).replace("@register", "register")
    (shop.folder / "shop" / "seeds.py").write_text(counts)
    assert "def " not in counts
    assert "register(Cover, count=Book)" in counts
    shop.seed("--force")
    verified(shop)
    assert digests(shop) == by_functions


def test_register__without_a_function_is_named_in_messages(shop: Sketch) -> None:
    shop.write(seeds="register(Tag, count=3)\nregister(Chapter, count=3)\n")
    assert "shop.seeds.register(Chapter) " in failure(shop, "seed", lines=True)


def digests(shop: Sketch) -> dict[str, str]:
    script = "from seeding import status; print(sorted(status().applied.digests.items()))"
    done = shop.run("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr
    return dict(eval(done.stdout))


# Users


def test_user__staff_stay_and_log_ins_are_no_difference(shop: Sketch) -> None:
    shop.write(seeds="register(User, count=20)\n")
    shop.seed()
    shop.query("UPDATE auth_user SET password = 'x', last_login = '2026-01-05 00:00:00+00:00' WHERE id = 4")
    verified(shop)
    shop.query("UPDATE auth_user SET is_staff = true WHERE id = 3")
    plan = shop.plan("--force")
    assert plan["tables"] == [{"table": "auth_user", "delete": 19, "keep": 1, "create": 20}]
    shop.write(seeds="register(User, count=20, keep=False)\n")
    assert shop.plan("--force")["tables"][0]["keep"] == 0


@pytest.mark.parametrize("loader", LOADERS)
def test_draft__of_keys_of_every_sort_and_of_inheritance(sketch: Write, loader: str) -> None:
    models = """
class Country(models.Model):
    iso = models.CharField(max_length=6, primary_key=True)
    name = models.CharField(max_length=60)

class Place(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    country = models.ForeignKey(Country, models.CASCADE)
    name = models.CharField(max_length=60)
    number = models.IntegerField(unique=True)
    email = models.EmailField(unique=True)
    licence = models.CharField(max_length=20, unique=True)

class Restaurant(Place):
    seats = models.IntegerField()

class Bar(Place):
    has_music = models.BooleanField(default=False)

class Opinion(models.Model):
    place = models.ForeignKey(Place, models.CASCADE, to_field="licence")

class Review(models.Model):
    place = models.ForeignKey(Restaurant, models.CASCADE)
    stars = models.SmallIntegerField()
"""
    text = seed_drafted(sketch(models, None), "shop", loader=loader)
    assert re.findall(r"@register\((\w+)", text) == ["Country", "Place", "Restaurant", "Bar", "Opinion", "Review"]
    assert '"iso": ' in text
    assert "#" not in text
