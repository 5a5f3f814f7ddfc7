"""No value is stored other than it was declared, in any app: a value is right, by every loader, or it is refused."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.sketch import LOADERS, Sketch, Write, failure, same_in_any_batch_size, verified
from tests.support.project import IS_POSTGRESQL

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="a column of PostgreSQL's")


def shell(shop: Sketch, script: str, **changes: str | None) -> list[str]:
    """Run a script in `manage.py shell`; return the lines that it prints."""
    done = shop.run("shell", "-v0", "-c", script, **changes)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def outcomes(shop: Sketch, cases: Mapping[str, str], *, loader: str = "auto") -> dict[str, str]:
    """Seed once for each case, in one process: `EXPRESSION` is what the seeder evaluates. Return what each ended in."""
    script = (
        "import json, os, sys\n"
        "from seeding import SeedError, seed\n"
        "for name, os.environ['EXPRESSION'] in json.load(sys.stdin).items():\n"
        "    try:\n"
        f"        said = str(seed(force=True, loader={loader!r}))\n"
        "    except SeedError as exc:\n"
        "        said = f'{exc.exit_code}: {exc}'\n"
        "    except Exception as exc:\n"
        "        said = repr(exc)\n"
        "    print(json.dumps([name, said]))"
    )
    process = shop.start("shell", "-v0", "-c", script, EXPRESSION="good")
    stdout, stderr = process.communicate(json.dumps(cases), timeout=120)
    assert process.returncode == 0, stderr
    return dict(json.loads(line) for line in stdout.splitlines())


def unlike(found: dict[str, str], *parts: str) -> dict[str, str]:
    """Return the outcomes that aren't one line, of exit code 1, with a documented id and these parts."""
    expected = ("1: ", "seeding.E", *parts)
    return {name: said for name, said in found.items() if "\n" in said or any(part not in said for part in expected)}


def digests(shop: Sketch) -> dict[str, str]:
    ((found,),) = shop.query("SELECT digests FROM seed_metadata WHERE status = 'success'")
    return dict(found) if isinstance(found, dict) else dict(json.loads(found))


def seeder(model: str, columns: str, count: int = 4, **options: str) -> str:
    """Return the text of a seeder with these columns, each as an expression of `rows`."""
    more = "".join(f", {name}={value}" for name, value in options.items())
    return f"@register({model}, count={count}{more})\ndef {model.lower()}s(rows):\n    return {{{columns}}}\n\n"


# Integers of any range

NUMBERS = """
class Sample(models.Model):
    number = models.BigIntegerField()
    moment = models.DateTimeField(null=True)
"""


RANGES = {
    "ten_to_14": (0, 10**14),
    "u32": (0, 2**32 - 1),
    "above_u32": (0, 2**32),
    "around_zero": (-(2**40), 2**40),
    "positive": (0, 2**63 - 1),
    "all": (-(2**63), 2**63 - 1),
    "negative": (-(2**63), 0),
    "last": (2**63 - 3, 2**63 - 1),
}


@pytest.mark.parametrize("loader", LOADERS)
def test_integers__reach_the_whole_range(sketch: Write, loader: str) -> None:
    """None is outside the range, and each quarter of it has its share."""
    model = "class Sample(models.Model):\n" + "".join(f"    {name} = models.BigIntegerField()\n" for name in RANGES)
    columns = ", ".join(f'"{name}": rows.integers("{name}", {low}, {high})' for name, (low, high) in RANGES.items())
    shop = sketch(model, seeder("Sample", columns, count=2000))
    shop.seed("--loader", loader)
    for name, (low, high) in RANGES.items():
        numbers = [number for (number,) in shop.query(f'SELECT "{name}" FROM shop_sample')]
        assert low <= min(numbers) <= max(numbers) <= high, name
        if high - low < 4:
            assert set(numbers) == set(range(low, high + 1)), name
        else:
            quarters = [(number - low) * 4 // (high - low + 1) for number in numbers]
            assert all(400 < quarters.count(quarter) < 600 for quarter in range(4)), (name, numbers[:5])


def test_integers__the_example_of_times_spans_years(sketch: Write) -> None:
    columns = '"number": 1, "moment": rows.integers("moment", 0, 10**14)'
    shop = sketch(NUMBERS, seeder("Sample", columns, count=1000))
    shop.seed()
    ((first, last),) = shop.query("SELECT min(moment), max(moment) FROM shop_sample")
    assert str(first)[:4] == "2022"
    assert str(last)[:7] in ("2025-12", "2026-01")


def test_integers__refuse_other_ranges(sketch: Write) -> None:
    shop = sketch(NUMBERS, seeder("Sample", '"number": eval(os.environ["EXPRESSION"].replace("good", "0"))'))
    ranges = ["5, 4", "0, 2**63", "0, 2**65", "-(2**63) - 1, 0", "0, 2**64 - 1", "0, 0.5"]
    cases = {text: f"rows.integers('number', {text})" for text in ranges}
    assert unlike(outcomes(shop, cases), "samples") == {}
    assert shop.rows("shop_sample") == []


def test_choice__refuses_weights_that_are_none(sketch: Write) -> None:
    shop = sketch(TEXTS, seeder("Text", '"text": eval(os.environ["EXPRESSION"].replace("good", "None"))', count=50))
    weights = ['{"a": 1, "b": -1}', '{"a": 0}', "{}", '{"a": 2, "b": -1}', '{"a": 0.5, "b": 0.5}']
    cases = {text: f"rows.choice('text', {text})" for text in weights}
    assert unlike(outcomes(shop, cases), "texts") == {}
    assert shop.rows("shop_text") == []


def test_choice__of_large_weights(sketch: Write) -> None:
    shop = sketch(TEXTS, seeder("Text", f'"text": rows.choice("text", {{"a": {2**40}, "b": {3 * 2**40}}})', count=1000))
    shop.seed()
    (a,), (b,) = shop.query("SELECT count(*) FROM shop_text GROUP BY text ORDER BY text")
    assert a + b == 1000
    assert 200 < a < 300


# Lists, None, and what doesn't fit

TEXTS = """
class Text(models.Model):
    text = models.CharField(max_length=20, null=True)
    number = models.IntegerField(null=True)
    price = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    flag = models.BooleanField(null=True)
    ratio = models.FloatField(null=True)
    day = models.DateField(null=True)
    moment = models.DateTimeField(null=True)
    other = models.ForeignKey("self", models.CASCADE, null=True, related_name="+")
"""
LISTS = """
    "text": (["a", None, "None", ""] * len(rows))[: len(rows)],
    "number": ([1, None, -3, 4] * len(rows))[: len(rows)],
    "price": ([150, None, 0, -1] * len(rows))[: len(rows)],
    "flag": ([True, None, False, True] * len(rows))[: len(rows)],
    "ratio": ([0.5, None, 2.0, -1.0] * len(rows))[: len(rows)],
    "day": ([1, None, 0, -1] * len(rows))[: len(rows)],
    "moment": ([1_000_000, None, 0, -1_000_000] * len(rows))[: len(rows)],
    "other": ([None, 0, 1, None] * len(rows))[: len(rows)],
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_list__with_none(sketch: Write, loader: str) -> None:
    shop = sketch(TEXTS, seeder("Text", LISTS))
    shop.seed("--loader", loader)
    verified(shop)
    found = shop.query(
        "SELECT text, number, CAST(price AS varchar), flag, ratio, CAST(day AS varchar), other_id, moment IS NULL"
        " FROM shop_text ORDER BY id"
    )
    one_fifty = "1.50" if IS_POSTGRESQL else "1.5"
    assert found[0] == ("a", 1, one_fifty, True, 0.5, "2026-01-04", None, False)
    assert found[1] == (None, None, None, None, None, None, 1, True)
    assert (found[2][0], *found[2][3:]) == ("None", False, 2.0, "2026-01-05", 2, False)
    assert (found[3][0], *found[3][3:]) == ("", True, -1.0, "2026-01-06", None, False)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize(
    "columns",
    [
        '"text": np.array(["a", None], object)[rows.numbers % 2]',
        '"text": np.ma.array(np.array(["a", "b"])[rows.numbers % 2], mask=rows.numbers % 2 == 1)',
        '"text": Categorical(rows.numbers % 2, ("a", None))',
        '"text": ["a", None, "a", None][: len(rows)]',
    ],
    ids=["objects", "masked", "categorical", "list"],
)
def test_none__is_null_in_every_form(sketch: Write, columns: str, loader: str) -> None:
    shop = sketch(TEXTS, seeder("Text", columns))
    shop.seed("--loader", loader)
    assert shop.query("SELECT text FROM shop_text ORDER BY id") == [("a",), (None,), ("a",), (None,)]
    verified(shop)


FITS = """
class Town(models.Model):
    name = models.CharField(max_length=5, default="x")

class Sample(models.Model):
    small = models.SmallIntegerField(default=0)
    number = models.IntegerField(default=0)
    big = models.BigIntegerField(default=0)
    positive = models.PositiveIntegerField(default=0)
    price = models.DecimalField(max_digits=5, decimal_places=2, default=0)
    ratio = models.FloatField(default=0)
    code = models.CharField(max_length=5, default="x")
    text = models.TextField(default="x")
    flag = models.BooleanField(default=False)
    day = models.DateField(default=datetime.date(2000, 1, 1))
    moment = models.DateTimeField(default=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
    town = models.ForeignKey(Town, models.CASCADE, null=True)
"""
LAST = "np.where(rows.numbers == 11, {0}, {1})"  # only in the last row: a probe with one row doesn't see it
UNFIT = {
    "small too large": ("small", LAST.format(2**15, 0)),
    "number too large": ("number", LAST.format(2**31, 0)),
    "number too small": ("number", LAST.format(-(2**31) - 1, 0)),
    "uint64 too large": ("big", "np.full(len(rows), 2**63 + 5, np.uint64)"),
    "uint64 too large in the end": ("big", "np.where(rows.numbers == 11, np.uint64(2**63), np.uint64(1))"),
    "integer of Python too large": ("big", "[2**63 if n == 11 else 0 for n in rows.numbers]"),
    "positive is negative": ("positive", LAST.format(-1, 0)),
    "price with too many digits": ("price", LAST.format(100_000, 0)),
    "not a number": ("ratio", LAST.format("np.nan", 0.5)),
    "too long": ("code", LAST.format('"123456"', '"1"')),
    "too long as a category": ("code", 'Categorical((rows.numbers == 11).astype(int), ("1", "123456"))'),
    "too long for all": ("code", '"123456"'),
    "NUL": ("text", LAST.format('"a\\0b"', '"a"')),
    "half a character": ("text", LAST.format('"\\ud800"', '"a"')),
    "a day before Christ": ("day", LAST.format(800_000, 0)),
    "a day after all": ("day", LAST.format(-4_000_000, 0)),
    "a moment before Christ": ("moment", LAST.format(800_000 * 86_400 * 10**6, 0)),
    "a moment after all": ("moment", LAST.format(-(2**62), 0)),
    "a row that isn't there": ("town", LAST.format(3, 0)),
    "a row before the first": ("town", LAST.format(-1, 0)),
    "NULL where none may be": ("number", "[None if n == 11 else 0 for n in rows.numbers]"),
    "NULL text where none may be": ("text", 'Categorical((rows.numbers == 11).astype(int), ("a", None))'),
    "a code without a label": ("text", 'Categorical(np.where(rows.numbers == 11, 2, 0), ("a", "b"))'),
    "a negative code": ("text", 'Categorical(np.where(rows.numbers == 11, -1, 0), ("a", "b"))'),
    "numbers for text": ("text", "[5 if n == 11 else 'a' for n in rows.numbers]"),
    "text for numbers": ("number", "['5' if n == 11 else 5 for n in rows.numbers]"),
    "a fraction for an integer": ("number", "[0.5 if n == 11 else 5 for n in rows.numbers]"),
    "a number for a truth": ("flag", "[2 if n == 11 else True for n in rows.numbers]"),
    "a truth for a number": ("number", "[True if n == 11 else 5 for n in rows.numbers]"),
}


UNFIT_SEEDS = """
@register(Town, count=3, keep=Q(name="kept"))
def towns(rows):
    return {}

@register(Sample, count=12)
def samples(rows):
    zeros = np.zeros(len(rows), int)
    good = {"small": zeros, "number": zeros, "big": zeros, "positive": zeros, "price": zeros, "ratio": 0.5, "code": "1"}
    good |= {"text": "a", "flag": True, "day": zeros, "moment": zeros, "town": zeros}
    column, _, expression = os.environ["EXPRESSION"].partition("=")
    return good | ({column: eval(expression)} if expression else {})
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_unfit_value__is_an_error_that_names_the_column(sketch: Write, loader: str) -> None:
    """The same on every database, which would store it, change it or refuse it in words of its own."""
    shop = sketch(FITS, UNFIT_SEEDS)
    shop.query("INSERT INTO shop_town (name) VALUES ('kept')")
    found = outcomes(shop, {name: "=".join(case) for name, case in UNFIT.items()}, loader=loader)
    wrong = {name: said for name, said in found.items() if unlike({name: said}, "samples", repr(UNFIT[name][0]))}
    assert wrong == {}
    assert shop.rows("shop_sample") == []
    assert outcomes(shop, {"good": "good"}, loader=loader)["good"].startswith("Seeded v1: ")


@pytest.mark.parametrize("loader", LOADERS)
def test_fitting_values__at_the_limits(sketch: Write, loader: str) -> None:
    columns = {
        "small": "np.where(rows.numbers == 0, 2**15 - 1, -(2**15))",
        "number": "np.where(rows.numbers == 0, 2**31 - 1, -(2**31))",
        "big": "np.where(rows.numbers == 0, 2**63 - 1, -(2**63))",
        "positive": "np.where(rows.numbers == 0, 2**31 - 1, 0)",
        "price": "np.where(rows.numbers == 0, 99_999, -99_999)",
        "ratio": "np.where(rows.numbers == 0, 1.7976931348623157e308, 5e-324)",
        "code": '["ééééé", "12345"][: len(rows)]',
        "text": '["\\U0001f600" * 300, " \\t\\\\N\\r\\n"][: len(rows)]',
        "flag": "rows.numbers == 0",
        "day": "np.where(rows.numbers == 0, 0, -300_000)",
        "town": "np.where(rows.numbers == 0, 0, 2)",
    }
    text = ", ".join(f'"{name}": {expression}' for name, expression in columns.items())
    shop = sketch(FITS, seeder("Sample", text, count=2) + seeder("Town", "", count=3))
    shop.seed("--loader", loader)
    verified(shop)
    first, second = shop.query("SELECT small, number, big, positive, ratio, code, text, town_id FROM shop_sample")
    assert first == (2**15 - 1, 2**31 - 1, 2**63 - 1, 2**31 - 1, 1.7976931348623157e308, "ééééé", "\U0001f600" * 300, 1)
    assert second == (-(2**15), -(2**31), -(2**63), 0, 5e-324, "12345", " \t\\N\r\n", 3)


# What is declared is stored, whatever happens before a model is saved

SAVED = """
class Filled(models.SlugField):
    def pre_save(self, model_instance, add):
        return "by pre_save"

class Lower(models.CharField):
    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return value if value is None else value.lower()

class Post(models.Model):
    slug = Filled(default="x")
    word = Lower(max_length=20, default="DeFault")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    seen_at = models.DateTimeField(default=timezone.now)
    made_on = models.DateField(auto_now_add=True)
    changed_on = models.DateField(auto_now=True)
"""
DAY_US = 24 * 3600 * 1_000_000
DECLARED = f"""
    "slug": np.strings.add("slug-", rows.numbers.astype("U9")),
    "word": np.strings.add("WORD-", rows.numbers.astype("U9")),
    "made_at": rows.numbers * {DAY_US},
    "changed_at": rows.numbers * {DAY_US},
    "seen_at": rows.numbers * {DAY_US},
    "made_on": rows.numbers,
    "changed_on": rows.numbers,
"""
POSTS = (
    "SELECT slug, word, CAST(made_on AS varchar), CAST(changed_on AS varchar), made_at, changed_at, seen_at"
    " FROM shop_post ORDER BY id"
)


def short(rows: list[tuple[Any, ...]]) -> list[tuple[str, ...]]:
    return [tuple(str(value)[:19] for value in row) for row in rows]


@pytest.mark.parametrize("loader", LOADERS)
def test_pre_save__changes_nothing_that_is_declared(sketch: Write, loader: str) -> None:
    shop = sketch(SAVED, seeder("Post", DECLARED))
    shop.seed("--loader", loader)
    days = ["2026-01-05", "2026-01-04", "2026-01-03", "2026-01-02"]
    assert short(shop.query(POSTS)) == [
        (f"slug-{number}", f"word-{number}", day, day, *[f"{day} 00:00:00"] * 3) for number, day in enumerate(days)
    ]
    verified(shop)
    assert shop.run("seed", "--check").returncode == 0


@pytest.mark.parametrize("loader", LOADERS)
def test_pre_save__times_that_nobody_declares_are_the_anchor(sketch: Write, loader: str) -> None:
    shop = sketch(SAVED, seeder("Post", ""))
    shop.seed("--loader", loader)
    assert (
        short(shop.query(POSTS))
        == [
            ("x", "default", "2026-01-05", "2026-01-05", *["2026-01-05 00:00:00"] * 3),
        ]
        * 4
    )
    verified(shop)


# Computed defaults

COMPUTED = """
import itertools
COUNTER = itertools.count()

def drawn():
    return next(COUNTER)

def today():
    return os.environ.get("TODAY", "Monday")

def four():
    return 4

class Sample(models.Model):
    number = models.IntegerField({number})
    day = models.CharField(max_length=20, {day})
"""


@pytest.mark.parametrize("null", ["", ", null=True"], ids=["required", "nullable"])
def test_computed_default__that_differs_is_refused(sketch: Write, null: str) -> None:
    """Its values would depend on the batches, and on who asks."""
    shop = sketch(COMPUTED.format(number=f"default=drawn{null}", day="blank=True"), seeder("Sample", ""))
    for arguments in (("seed", "--plan"), ("seed",)):
        said = failure(shop, *arguments, lines=True)
        assert "number" in said
        assert "seeding.E" in said


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("null", ["", ", null=True"], ids=["required", "nullable"])
def test_computed_default__that_stays_the_same_is_a_constant(sketch: Write, null: str, loader: str) -> None:
    shop = sketch(COMPUTED.format(number=f"default=four{null}", day="blank=True"), seeder("Sample", ""))
    shop.seed("--loader", loader)
    assert shop.query("SELECT number, day FROM shop_sample") == [(4, "")] * 4
    verified(shop)


@pytest.mark.parametrize("loader", LOADERS)
def test_computed_default__is_not_computed_again_to_verify(sketch: Write, loader: str) -> None:
    """A default that is another one tomorrow doesn't make the rows of today wrong."""
    shop = sketch(COMPUTED.format(number="default=4", day="default=today"), seeder("Sample", ""))
    shop.seed("--loader", loader, TODAY="Tuesday")
    assert shop.query("SELECT DISTINCT day FROM shop_sample") == [("Tuesday",)]
    verified(shop, TODAY="Wednesday")


# Defaults of every plain kind; the zoo has them all, and these are PostgreSQL's own

POSTGRESQL_DEFAULTS = """
from django.contrib.postgres.fields import ArrayField, DateRangeField, IntegerRangeField
from django.db.backends.postgresql.psycopg_any import NumericRange

def words():
    return ["a", 'b "c"', "NULL"]

class Sample(models.Model):
    number = models.IntegerField(default=1)
    empty = ArrayField(models.IntegerField(), default=list)
    words = ArrayField(models.CharField(max_length=10), default=words)
    nested = ArrayField(ArrayField(models.IntegerField()), null=True)
    span = IntegerRangeField(default=NumericRange(1, 5))
    days = DateRangeField(null=True, blank=True)
"""


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
def test_default__of_postgresqls_own_kinds(sketch: Write, loader: str) -> None:
    shop = sketch(POSTGRESQL_DEFAULTS, seeder("Sample", ""))
    shop.seed("--loader", loader)
    assert (
        shop.query("SELECT empty, words, nested, span::text, days FROM shop_sample")
        == [([], ["a", 'b "c"', "NULL"], None, "[1,5)", None)] * 4
    )
    verified(shop)


LAZY = (
    'models.CharField(max_length=9, default=__import__("django.utils.translation").utils.translation.gettext_lazy("x"))'
)
PLAIN = {
    "file": ("models.FileField(blank=True)", ""),
    "lazy": ('models.CharField(max_length=9, default=gettext_lazy("x"))', "x"),
    "text_for_a_number": ('models.IntegerField(default="5")', "5"),
    "text_for_a_day": ('models.DateField(default="2001-02-03")', "2001-02-03"),
    "number_for_a_text": ("models.CharField(max_length=5, default=5)", "5"),
    "country_id": ("models.ForeignKey(Country, models.PROTECT, default=1)", "1"),
    "other_id": ("models.ForeignKey(Country, models.PROTECT, default=one, related_name='+')", "1"),
    "json": ("models.JSONField(default=dict)", "{}"),
    "identifier": ("models.UUIDField(default=uuid.UUID(int=1))", "00000000-0000-0000-0000-000000000001"),
    "clock": ("models.TimeField(default=datetime.time(9))", "09:00:00"),
    "address": ('models.GenericIPAddressField(default="192.0.2.1")', "192.0.2.1"),
    "no_json": ("models.JSONField(null=True)", "None"),
    "span": ("models.DurationField(default=datetime.timedelta(seconds=1))", "0:00:01"),
    "blob": ('models.BinaryField(default=b"x")', "b'x'"),
    "price": ('models.DecimalField(max_digits=5, decimal_places=2, default="1.25")', "1.25"),
}
COUNTRY = """
class Country(models.Model):
    name = models.CharField(max_length=20)

def one():
    return 1
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_default__of_plain_kinds(sketch: Write, loader: str) -> None:
    """The zoo has more of them."""
    lines = [f"    {name.removesuffix('_id')} = {field}\n" for name, (field, _) in PLAIN.items()]
    model = f"{COUNTRY}\nclass Sample(models.Model):\n    number = models.IntegerField()\n{''.join(lines)}"
    shop = sketch(model, seeder("Sample", '"number": rows.numbers'))
    shop.query("INSERT INTO shop_country (name) VALUES ('Kiwiland')")
    shop.seed("--loader", loader)
    verified(shop)
    rows = [tuple(map(str, row)) for row in shop.query(f"SELECT {', '.join(PLAIN)} FROM shop_sample")]
    assert rows == rows[:1] * 4
    found = dict(zip(PLAIN, rows[0], strict=True))
    if not IS_POSTGRESQL:  # which has no types of these kinds
        found["identifier"] = found["identifier"][:8] + "-0000-0000-0000-" + found["identifier"][-12:]
        found["span"] = {"1000000": "0:00:01"}[found["span"]]
    assert found == {name: expected for name, (_, expected) in PLAIN.items()}


# Digests

IN_FORMS = """
TEXTS = np.array(["a", "b", "ccc", "", "é"])

@register(Text, count=25)
def texts(rows):
    texts = TEXTS[rows.integers("text", 0, 4)]
    form = os.environ.get("FORM", "array")
    if form == "batch":  # labels as they come in the batch
        labels, codes = np.unique(texts, return_inverse=True)
        return {"text": Categorical(codes, tuple(labels.tolist()))}
    if form == "categorical":
        return {"text": Categorical(rows.integers("text", 0, 4), tuple(TEXTS.tolist()))}
    if form == "unused label":
        return {"text": Categorical(rows.integers("text", 0, 4) + 1, ("unused", *TEXTS.tolist()))}
    if form == "same label twice":
        codes = rows.integers("text", 0, 4)
        return {"text": Categorical(codes + 5 * (rows.numbers % 2), tuple(TEXTS.tolist()) * 2)}
    return {"text": texts.tolist() if form == "list" else texts}
"""


@pytest.mark.parametrize("form", ["array", "batch", "categorical"])
def test_digest__does_not_depend_on_the_batch_size(sketch: Write, form: str) -> None:
    shop = sketch(TEXTS, IN_FORMS)
    same_in_any_batch_size(shop, FORM=form)


def test_digest__of_texts_does_not_depend_on_their_form(sketch: Write) -> None:
    shop = sketch(TEXTS, IN_FORMS)
    found, rows = set(), set()
    for form in ("array", "list", "categorical", "unused label", "same label twice", "batch"):
        shop.seed("--force", FORM=form)
        found.add(digests(shop)["shop_text"])
        rows.add(tuple(shop.query("SELECT text FROM shop_text ORDER BY id")))
    assert len(rows) == 1
    assert len(found) == 1


def test_digest__tells_texts_and_nulls_apart(sketch: Write) -> None:
    shop = sketch(TEXTS, None)
    found = set()
    for values in ('["", "a"]', '["a", ""]', '[None, "a"]', '["a", None]', '["None", "a"]', "[None, None]", '["", ""]'):
        shop.write(seeds=seeder("Text", f'"text": {values}[: len(rows)]', count=2))
        shop.seed("--force")
        found.add(digests(shop)["shop_text"])
    assert len(found) == 7


# Unique columns

UNIQUE = """
class Sample(models.Model):
    number = models.IntegerField()
    {}
"""


@pytest.mark.parametrize(
    "columns",
    [
        'code = models.CharField(max_length=5, unique=True, default="x")',
        "code = models.CharField(max_length=5, unique=True, blank=True)",
        "code = models.IntegerField(unique=True, default=3)",
        'code = models.CharField(max_length=5, default="x"); wing = models.IntegerField(default=1)\n'
        '    class Meta: unique_together = [("code", "wing")]',
        'code = models.CharField(max_length=5, default="x")\n'
        '    class Meta: constraints = [models.UniqueConstraint(fields=["code"], name="codes")]',
        "code = models.DateTimeField(auto_now_add=True, unique=True)",
    ],
    ids=["text", "blank", "number", "together", "constraint", "anchor"],
)
def test_unique__left_out_with_one_default_for_all(sketch: Write, columns: str) -> None:
    """It is found before a row is written, in a plan, too."""
    shop = sketch(UNIQUE.format(columns), seeder("Sample", '"number": rows.numbers', count=3))
    for arguments in (("seed", "--plan"), ("seed",)):
        said = failure(shop, *arguments)
        assert "code" in said
        assert "seeding.E" in said
    shop.write(seeds=seeder("Sample", '"number": rows.numbers', count=1))
    shop.seed()
    verified(shop)


def test_unique__null_for_all_is_no_value(sketch: Write) -> None:
    code = "code = models.CharField(max_length=5, unique=True, null=True)"
    shop = sketch(UNIQUE.format(code), seeder("Sample", '"number": rows.numbers', count=3))
    shop.seed()
    verified(shop)


# Seeders that ask the database

QUERYING = """
class Town(models.Model):
    name = models.CharField(max_length=20)

class Sample(models.Model):
    number = models.IntegerField()
"""
ASKS = {
    "always": '"number": Town.objects.count()',
    "but for the first rows": '"number": Town.objects.count() if len(rows) > 1 else 0',
    "by a cursor": '"number": __import__("django.db").db.connection.cursor().execute("SELECT 1") and 1',
}


@pytest.mark.parametrize("asks", ASKS)
def test_seeder__that_queries_the_database_is_refused(sketch: Write, asks: str) -> None:
    """It would be on another connection, outside the transaction, and the rows no function of their numbers."""
    shop = sketch(QUERYING, seeder("Sample", ASKS[asks]))
    said = failure(shop, "seed")
    assert "samples" in said
    assert "database" in said
    assert "rows." in said
    assert shop.rows("shop_sample") == []


# The order of tables

TEAMS = """
class Team(models.Model):
    name = models.CharField(max_length=20, default="x")
    captain = models.ForeignKey("Player", models.CASCADE, null={null}, related_name="+")

class Player(models.Model):
    team = models.ForeignKey(Team, models.CASCADE)
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_cycle__of_a_nullable_relation_that_nobody_declares(sketch: Write, loader: str) -> None:
    seeds = seeder("Team", "", count=3) + seeder("Player", '"team": rows.reference("team", Team)', count=9)
    shop = sketch(TEAMS.format(null=True), seeds)
    for version in ("v1", "v2", "v1"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT count(*) FROM shop_player") == [(9,)]


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("count", [9, 6000])
@pytest.mark.parametrize("null", [False, True], ids=["required", "nullable"])
def test_cycle__of_relations_that_are_declared(sketch: Write, loader: str, count: int, null: bool) -> None:
    """The keys are computed, and the database checks them when the transaction ends."""
    seeds = seeder("Team", '"captain": rows.reference("captain", Player)', count=3)
    seeds += seeder("Player", '"team": rows.reference("team", Team)', count=count)
    shop = sketch(TEAMS.format(null=null), seeds)
    for version in ("v1", "v2", "v1"):
        shop.seed("--loader", loader, "--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT min(captain_id) > 0, count(captain_id) FROM shop_team") == [(True, 3)]
    dangling = "SELECT count(*) FROM shop_player WHERE team_id NOT IN (SELECT id FROM shop_team)"
    assert shop.query(dangling) == [(0,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_cycle__guarded(sketch: Write, loader: str) -> None:
    """What references rows to delete by way of the cycle is named once, and goes with --overwrite."""
    seeds = seeder("Team", '"captain": rows.reference("captain", Player)', count=3)
    seeds += seeder("Player", '"team": rows.reference("team", Team)', count=9)
    shop = sketch(TEAMS.format(null=False), seeds)
    shop.seed("--loader", loader)
    shop.query("INSERT INTO shop_team (name, captain_id) VALUES ('mine', 3)")
    shop.query("INSERT INTO shop_player (team_id) VALUES (4), (1)")
    losses = {loss["table"]: loss["rows"] for loss in shop.plan("--seed-version", "v2")["losses"]}
    assert losses == {"shop_team": 1, "shop_player": 2}
    failure(shop, "seed", "--seed-version", "v2", code=6)
    shop.seed("--seed-version", "v2", "--overwrite", "--loader", loader)
    assert shop.query("SELECT count(*) FROM shop_team") == [(3,)]
    verified(shop, "--seed-version", "v2")


def test_self_reference__is_seeded(sketch: Write) -> None:
    columns = '"other": np.ma.array(rows.numbers // 2, mask=rows.numbers == 0)'
    shop = sketch(TEXTS, seeder("Text", columns, count=9))
    for version in ("v1", "v2", "v1"):
        shop.seed("--seed-version", version)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT id, other_id FROM shop_text ORDER BY id") == [
        (1, None), (2, 1), (3, 2), (4, 2), (5, 3), (6, 3), (7, 4), (8, 4), (9, 5),
    ]  # fmt: skip
