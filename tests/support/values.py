"""The table of all values in the documents: each call, and what the first rows of a table get."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import numpy as np

from seeding import Rows, per
from seeding.generate.existing import Found, Lookup
from seeding.generate.streams import Dataset

ANCHOR = datetime(2026, 1, 5, tzinfo=UTC)
SHOWN = 3  # rows
_WIDE, _MOST = 60, 96  # characters of one value, and of all


def _table(name: str) -> Any:
    meta = SimpleNamespace(db_table=f"shop_{name.lower()}", label=f"shop.{name}")
    return type(name, (), {"_meta": meta})


Author, Book, Country, Photo, Tag = map(_table, ("Author", "Book", "Country", "Photo", "Tag"))
PHOTOS = per(Book, 0, 4)
NAMES = {"Author": Author, "Book": Book, "Country": Country, "Photo": Photo, "PHOTOS": PHOTOS, "Tag": Tag}
COUNTS = {"shop_author": 20, "shop_book": 100, "shop_photo": 200, "shop_tag": 30}


@dataclass(frozen=True)
class Value:
    """A call, the table whose rows it is made for, and how what it gives is shown."""

    call: str
    shown: Callable[[Any], str] = str
    of: Any = Book


def _moment(microseconds: int) -> str:
    return f"{ANCHOR - timedelta(microseconds=microseconds):%a %Y-%m-%d %H:%M}"


def _day(days: int) -> str:
    return f"{ANCHOR - timedelta(days=days):%Y-%m-%d}"


def _clock(microseconds: int) -> str:
    return f"{ANCHOR + timedelta(microseconds=microseconds):%H:%M:%S}"


def _cents(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _degrees(millionths: int) -> str:
    return f"{millionths / 1_000_000:.6f}"


SUBJECTS: dict[str, list[Value]] = {
    "numbers": [
        Value('rows.integers("pages", 20, 900)'),
        Value('rows.unique_integers("number", 1, 1_000_000)'),
        Value('rows.normal("height", 170, 10)'),
        Value('rows.log_normal("views", 0, 100_000)'),
        Value('rows.zipf("product", 500)'),
        Value('rows.rating("stars")'),
    ],
    "money, in cents": [
        Value('rows.money("amount", 1_00, 500_00)', _cents),
        Value('rows.price("price", 5_00, 80_00)', _cents),
    ],
    "choices": [
        Value('rows.choice("state", {"new": 1, "sent": 3})'),
        Value('rows.chance("is_active", 90)'),
        Value('rows.optional("has note", rows.word("note"), 50)'),
    ],
    "people": [
        Value("rows.given_name()"),
        Value("rows.family_name()"),
        Value("rows.full_name()"),
        Value("rows.email()"),
        Value("rows.username()"),
    ],
    "business": [
        Value('rows.company("name")'),
        Value('rows.profession("job")'),
        Value('rows.phone("phone")'),
    ],
    "places": [
        Value("rows.address()"),
        Value("rows.street()"),
        Value("rows.city()"),
        Value("rows.postcode()"),
        Value("rows.country()"),
        Value("rows.country_code()"),
        Value('rows.latitude("latitude")', _degrees),
        Value('rows.longitude("longitude")', _degrees),
    ],
    "texts": [
        Value('rows.word("tag")'),
        Value('rows.words("tags", 2, 3)'),
        Value('rows.title("title")'),
        Value('rows.sentence("note")'),
        Value('rows.paragraph("text")'),
        Value('rows.paragraphs("body")'),
        Value('rows.text("blurb", 40, 60)'),
        Value('rows.slug(rows.title("title"))'),
    ],
    "codes": [
        Value('rows.code("INV-{n:06}")'),
        Value('rows.code("{letters:2}-{unique:6}")'),
        Value('rows.characters("size", "SML", 1)'),
        Value('rows.uuid("token")', lambda uuid: str(UUID(bytes=uuid))),
    ],
    "moments, here before Monday 2026-01-05": [
        Value('rows.past("created_at")', _moment),
        Value('rows.after("paid_at", rows.past("created_at"), days=3)', _moment),
        Value('rows.future("due_at", days=30)', _moment),
        Value('rows.past_date("day")', _day),
        Value('rows.birth_date("born_on")', _day),
        Value('rows.time_of_day("opens_at")', _clock),
    ],
    "the web": [
        Value('rows.url("website")'),
        Value('rows.domain("host")'),
        Value('rows.file_name("cover", extensions=["jpg"])'),
        Value('rows.ip_address("address")'),
        Value('rows.colour("colour")'),
        Value('rows.colour_name("colour")'),
    ],
    "relations: row numbers, and what fills a relation": [
        Value('rows.reference("author", Author)'),
        Value("rows.existing(Country)"),
        Value("rows.parent(PHOTOS)", of=Photo),
        Value("rows.child_count(PHOTOS, Photo)"),
        Value('rows.total_of(PHOTOS, Photo, lambda photos: photos.integers("bytes", 1, 9))'),
        Value("rows.pairs(Book, Tag)", of=Photo),
        Value("rows.some(Tag, 1, 3)"),
        Value('rows.generic("target", {Book: 3, Author: 1})', of=Photo),
        Value("rows.tree(low=1, high=3).parent"),
    ],
    "raw bits": [
        Value('rows.bits("any")'),
        Value('rows.fraction("any")'),
        Value('rows.below("any", 1_000)'),
    ],
    "the rows themselves": [
        Value("rows.numbers"),
        Value("rows.total"),
        Value("rows.version"),
        Value("rows.count(Author)"),
        Value('rows.of(Author, rows.reference("author", Author)).full_name()'),
        Value('rows.part(1, 3).title("title")'),
    ],
}


def lines() -> Iterator[str]:
    """Yield the table's lines, as they stand in the document."""
    for subject, values in SUBJECTS.items():
        yield f"| **{subject}** | |"
        for value in values:
            yield f"| `{value.call}` | {' · '.join(_fitting(list(samples(value))))} |"


def samples(value: Value) -> Iterator[str]:
    """Yield what each of the first rows gets, as text."""
    made = eval(value.call, {"rows": _rows(value.of), **NAMES})  # the calls above
    if isinstance(made, str | int):
        yield str(made)
    elif isinstance(made, tuple):
        yield from (f"({left}, {right})" for left, right in zip(*(part.tolist() for part in made), strict=True))
    elif hasattr(made, "lookup") and hasattr(made, "low"):
        yield "from 1 to 3 tags"
    elif hasattr(made, "models"):
        for code, number in zip(made.codes, made.numbers, strict=True):
            yield f"{made.models[code].__name__} {number}"
    else:
        yield from ("NULL" if entry is None else _cell(value.shown(entry)) for entry in _listed(made))


def _rows(model: Any) -> Rows:
    dataset = Dataset("v1", COUNTS)
    keys: Any = (1, 2, 3, 4)
    dataset.existing[Lookup.of(Country, {})] = Found(("AT", "DE", "FR", "IT"), keys)
    return Rows(dataset, model._meta.db_table, 0, SHOWN)


def _listed(made: Any) -> list[Any]:
    if isinstance(made, np.ndarray) and made.dtype.kind == "V":
        return [entry.tobytes() for entry in made]
    return list(made.tolist())


def _cell(text: str) -> str:
    text = text.replace("\n\n", " ¶ ")
    return text if len(text) <= _WIDE else f"{text[: _WIDE - 1]}…"


def _fitting(texts: list[str]) -> list[str]:
    """Return as many of the texts as a cell has room for, the first one at least."""
    while len(texts) > 1 and len(" · ".join(texts)) > _MOST:
        texts.pop()
    return texts


if __name__ == "__main__":
    print("\n".join(lines()))  # noqa: T201  (for the document)
