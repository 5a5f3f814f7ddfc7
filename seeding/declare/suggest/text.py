"""Columns of text: what their names and classes say that they hold."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models

from . import patterns
from .choices import NAMED
from .expressions import Call, Expression, SharedPassword, Variable, inside, rows, words_of
from .places import Place

_PEOPLE = (
    "person", "people", "user", "customer", "client", "contact", "author", "writer", "editor", "member", "employee",
    "staff", "profile", "reader", "student", "teacher", "patient", "doctor", "guest", "applicant", "candidate",
    "subscriber", "speaker", "owner", "keeper", "friend", "player", "artist", "driver", "manager",
)  # fmt: skip
_FIRMS = (
    "company", "organisation", "organization", "firm", "supplier", "vendor", "brand", "partner", "publisher",
    "employer", "merchant", "business", "agency", "manufacturer", "shop", "store", "institution", "sponsor", "carrier",
)  # fmt: skip


def text(place: Place) -> Iterator[Expression]:
    """Yield what a column of text may hold, the best first."""
    f = place.field
    if place.is_unique and place.heir is not None:
        yield from _of_heir(f, "-".join(words_of(place.heir.__name__)))
    for pattern in patterns.codes(f, is_unique=place.is_unique):
        yield rows("code", pattern, *([place.name] if _is_taken(place, pattern) else []))
    if isinstance(f, models.EmailField):
        yield from _email(place)
    elif isinstance(f, models.URLField):
        yield rows("url", place.name)
    elif isinstance(f, models.SlugField):
        yield from _slug(place)
    elif isinstance(f, models.FileField | models.FilePathField):
        yield rows("file_name", place.name, extensions=_extensions(place))
    if is_country(place):
        yield from _country(place)
    if place.words[0] == "draft" and (final := place.taken.get(place.name.removeprefix("draft_"))) is not None:
        yield final  # of a page that wasn't changed since it was published
    for words, made in _BY_NAME:
        if place.has(*words):
            yield from made(place)
            break
    yield from _plain(place)
    yield from _codes(place)


def _of_heir(f: models.Field[Any, Any], name: str) -> Iterator[Expression]:
    """Suggest texts that rows of other models in the same table don't have."""
    if isinstance(f, models.EmailField):
        yield rows("code", f"{name}{{n}}@example.com")
    if isinstance(f, models.URLField):
        yield rows("code", f"https://example.com/{name}/{{n}}")
    yield rows("code", f"{name}-{{n}}")
    yield rows("code", f"{name[0]}{{n}}")


def is_known(place: Place) -> bool:
    """Return True if the column's name or class says what it holds."""
    named = isinstance(place.field, models.EmailField | models.URLField | models.SlugField)
    return named or any(place.has(*words) for words, _ in _BY_NAME)


def _email(place: Place) -> Iterator[Expression]:
    stream = _stream(place, "email")
    yield rows("email", *stream)


def _username(place: Place) -> Iterator[Expression]:
    yield rows("username", *_stream(place, "username"))


def _of_person(method: str) -> Callable[[Place], Iterator[Expression]]:
    def made(place: Place) -> Iterator[Expression]:
        if not place.is_unique:
            yield rows(method, *_stream(place, method))

    return made


def _of_address(method: str) -> Callable[[Place], Iterator[Expression]]:
    """Return a function that suggests a part of an address; those of a billing address are of one place."""

    def made(place: Place) -> Iterator[Expression]:
        if not place.is_unique:
            prefix = next(
                (word for word in place.words if word in ("billing", "shipping", "delivery", "home", "work")), ""
            )
            yield rows(method, *([prefix] if prefix else []))

    return made


def _country(place: Place) -> Iterator[Expression]:
    method = "country_code" if place.room < 14 or place.has("code", "iso") else "country"
    yield rows(method, **_in_turn(place))


def is_country(place: Place) -> bool:
    """Return True for the codes and the names of a list of countries."""
    return place.is_of("country") and place.has("country", "name", "code", "iso", "alpha", "alpha2", "iso2")


def _in_turn(place: Place) -> dict[str, bool]:
    """Return the option that gives each row another country: codes and names of a list of them go together."""
    return {"unique": True} if place.is_unique or place.is_of("country") else {}


def _password(place: Place) -> Iterator[Expression]:
    yield SharedPassword()


def _phone(place: Place) -> Iterator[Expression]:
    yield rows("phone", place.name, **_unique(place))
    # For films, too (Bundesnetzagentur, notice 148/2021); libraries that know plans of numbers take all of them.
    yield rows("code", "+493023125{unique:3}" if place.is_unique else "+493023125{digits:3}", place.name)


def _company(place: Place) -> Iterator[Expression]:
    yield rows("company", place.name, **_unique(place))


def _choice(*labels: str) -> Callable[[Place], Iterator[Expression]]:
    def made(place: Place) -> Iterator[Expression]:
        if not place.is_unique:
            yield rows("choice", place.name, {label: len(labels) - n for n, label in enumerate(labels)})

    return made


def _named(method: str) -> Callable[[Place], Iterator[Expression]]:
    def made(place: Place) -> Iterator[Expression]:
        if not place.is_unique:
            yield rows(method, place.name)

    return made


def _state(place: Place) -> Iterator[Expression]:
    """Suggest a few states; those of an address are parts of countries, which nothing here knows."""
    is_address = {"postcode", "zip", "zip_code", "postal_code", "city", "line1", "street"} & {
        f.name for f in place.field.model._meta.get_fields()
    }
    if place.has("state") and is_address:
        yield from _named("city")(place)
    else:
        yield from _choice("done", "active", "new")(place)


def _slug(place: Place) -> Iterator[Expression]:
    """Suggest the slug of the row's title, where it has one."""
    source = next((place.taken[name] for name in ("title", "name", "headline", "subject") if name in place.taken), None)
    text = source if isinstance(source, Variable | Call) else rows("title", place.name)
    room = {"max_length": place.room} if place.room < 60 else {}
    yield Call("slug", (text,), room)


def _file(place: Place) -> Iterator[Expression]:
    yield rows("file_name", place.name, extensions=_extensions(place))


def _extensions(place: Place) -> list[str]:
    if isinstance(place.field, models.ImageField) or place.has("image", "photo", "picture", "avatar", "logo", "icon"):
        return ["jpg", "png"]
    return ["pdf", "txt"]


def _name(place: Place) -> Iterator[Expression]:
    """Suggest names as the model says whose they are: people's, firms', or things'."""
    if (place.is_of(*_PEOPLE, "bankcard") or place.has(*_PEOPLE)) and not place.is_unique:
        yield rows("full_name", *_stream(place, "full_name"))
    if place.is_of(*_FIRMS) or place.has(*_FIRMS):
        yield from _company(place)
    if place.is_of("city", "town") and not place.is_unique:
        yield rows("city")
    if place.is_of("tag", "keyword", "label", "topic"):
        yield rows("word", place.name, **_unique(place))
    yield from _title(place)


def _title(place: Place) -> Iterator[Expression]:
    if place.is_unique:
        yield rows("title", place.name, unique=True)
        yield rows("slug", rows("words", place.name, 2), max_length=min(place.room, 50))
    else:
        yield rows("title", place.name)
        if place.room >= _ROOM_FOR_TITLES:
            yield rows("title", place.name, max_length=place.room)
        yield rows("words", place.name, 2)


def _long(place: Place) -> Iterator[Expression]:
    if place.is_unique:
        yield rows("sentence", place.name, unique=True)
    elif isinstance(place.field, models.TextField) and place.field.max_length is None:
        is_short = place.has(*_SHORT_TEXTS) or place.is_of(*_SHORT_TEXTS, "review", "like", "vote")
        yield rows("paragraph" if is_short else "paragraphs", place.name)
    else:
        yield rows("sentence", place.name)
        yield rows("sentence", place.name, max_length=place.room)


def _code(place: Place) -> Iterator[Expression]:
    """Suggest codes that begin with the letters of the column, as the row's number: `SKU-000001`."""
    head = "".join(word[0] for word in place.words).upper() if len(place.words) > 1 else place.words[0][:3].upper()
    yield rows("code", f"{head}-{{n:06}}")


def _token(place: Place) -> Iterator[Expression]:
    if place.room >= 16:
        length = min(place.room, 40) - 8
        pattern = f"{{hex:{min(length, 24)}}}{{unique:8}}"
        yield rows("code", pattern, *([place.name] if _is_taken(place, pattern) else []))


def _is_taken(place: Place, pattern: str) -> bool:
    """Return True if another column of the row has a code of this pattern, whose figures would be the same."""
    return any(pattern in part.args for made in place.taken.values() for part in inside(made) if isinstance(part, Call))


def _digits(place: Place) -> Iterator[Expression]:
    length = min(place.room, 13)
    pattern = f"{{unique:{length}}}" if place.is_unique else f"{{digits:{length}}}"
    yield rows("code", pattern, *([place.name] if _is_taken(place, pattern) else []))


def _plain(place: Place) -> Iterator[Expression]:
    """Suggest something to read, where a name says nothing."""
    if place.room >= 20 or isinstance(place.field, models.TextField):
        yield from (_long if isinstance(place.field, models.TextField) else _title)(place)
    elif not place.is_unique:
        if place.room >= ROOM_FOR_WORDS:
            yield rows("word", place.name)
        yield rows("characters", place.name, string.ascii_uppercase, min(place.room, 3))


def _codes(place: Place) -> Iterator[Expression]:
    """Suggest what patterns of validators may ask for: figures, letters, addresses, codes."""
    for width in (6, 4, 8):
        yield rows("code", f"{place.name.replace('_', '-')}-{{n:0{width}}}")
    yield from (rows("code", f"{name}_{{n}}") for name in (place.name, place.name.upper()))  # identifiers
    room = min(place.room, 12)
    yield rows("code", "{n}")
    for width in range(room, 0, -1):
        yield rows("code", f"{{unique:{width}}}")
        if not place.is_unique:
            for alphabet in ("letters", "hex", "safe"):
                yield rows("code", f"{{{alphabet}:{width}}}")
            yield rows("characters", place.name, string.ascii_lowercase, width)
    yield rows("slug", rows("title", place.name), max_length=min(place.room, 50))
    yield from (rows("url", place.name), rows("email", place.name), rows("phone", place.name))
    yield from (rows("domain", place.name), rows("colour", place.name), rows("ip_address", place.name))


def _stream(place: Place, method: str) -> list[str]:
    """Return the stream to name: none for the row's person, the column's where the person is used already."""
    there = {expression.method for expression in place.taken.values() if isinstance(expression, Call)}
    return [place.name] if method in there else []


def _unique(place: Place) -> dict[str, bool]:
    return {"unique": True} if place.is_unique else {}


ROOM_FOR_WORDS = 12  # any of them
_ROOM_FOR_TITLES = 24  # of which no word has to be cut
_SHORT_TEXTS = (
    "comment", "note", "notes", "message", "summary", "bio", "about", "remarks", "reply", "reason", "answer",
    "question",
)  # fmt: skip
_BY_NAME: tuple[tuple[tuple[str, ...], Callable[[Place], Iterator[Expression]]], ...] = (
    (("password",), _password),
    (("email", "e_mail", "mail"), _email),
    (("user_name", "username", "login", "handle", "screen_name", "nickname", "nick"), _username),
    (("first_name", "given_name", "forename", "firstname"), _of_person("given_name")),
    (("last_name", "family_name", "surname", "lastname"), _of_person("family_name")),
    (("full_name", "display_name", "author", "recipient", "contact", "person", "sender"), _of_person("full_name")),
    (("phone", "mobile", "telephone", "tel", "fax", "phone_number"), _phone),
    (("slug",), _slug),
    (("url", "website", "homepage", "link", "href"), _named("url")),
    (("domain", "host", "hostname"), _named("domain")),
    (("image", "photo", "picture", "avatar", "logo", "icon", "file", "file_name", "filename", "attachment"), _file),
    (("ip", "ip_address"), _named("ip_address")),
    (("street", "line_1", "line1", "address_1", "address1"), _of_address("street")),
    (("postcode", "post_code", "postal_code", "zip", "zip_code", "zipcode"), _of_address("postcode")),
    (("city", "town", "municipality"), _of_address("city")),
    (("country",), _country),
    (("address", "location"), _of_address("address")),
    (("company", "firm", "organisation", "organization", "employer", "vendor", "supplier", "brand"), _company),
    (("manufacturer",), _company),
    (("job", "job_title", "profession", "occupation", "position", "role"), _named("profession")),
    *((words, _choice(*values[:4])) for words, values in NAMED.items()),
    (("txn_type", "transaction_type", "payment_type"), _choice("debit", "credit", "refund")),
    (("card_type", "card_brand"), _choice("Visa", "Mastercard", "Maestro")),
    (("status", "state"), _state),
    (("colour", "color"), _named("colour")),
    (("isbn", "ean", "upc", "gtin", "barcode", "account_number", "iban"), _digits),
    (("token", "key", "secret", "hash", "digest", "checksum", "uid", "guid", "session"), _token),
    (("code", "sku", "number", "no", "reference", "ref", "serial", "identifier", "invoice", "ticket"), _code),
    (("name",), _name),
    (("title", "subject", "headline", "label", "caption", "heading"), _title),
    (("description", "body", "content", "text", "biography", "story", *_SHORT_TEXTS), _long),
    (("tag", "tags", "word", "keyword", "keywords", "category", "kind", "type"), _named("word")),
)  # fmt: skip
