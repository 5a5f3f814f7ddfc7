"""What the zoo's seeded rows look like."""

import numpy as np
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q

from seeding import Categorical, Columns, Rows, per, register, seeded_password

from .models import (
    Animal,
    Berth,
    Bill,
    Bird,
    Branch,
    Country,
    DeclaredStamp,
    Default,
    Enclosure,
    Herd,
    Item,
    Keeper,
    Note,
    Passport,
    Ring,
    Stamp,
    Ticket,
    Trip,
)

DAY_US = 24 * 3600 * 1_000_000
ITEMS = per(Bill, 0, 6)
BERTHS = per(Trip, 1, 4)


@register(User, count="keepers", keep=Q(is_superuser=True))
def keepers(rows: Rows) -> Columns:
    return {
        "username": np.strings.add(f"{rows.version}-keeper-", rows.numbers.astype("U9")),
        "password": seeded_password(),
        "first_name": rows.choice("first_name", {"Ada": 1, "Čapek": 2}),
        "user_permissions": rows.some(rows.existing(Permission, content_type__app_label="auth"), 0, 5),
        "last_login": [None if number % 2 else int(number) * DAY_US for number in rows.numbers],
    }


@register(Enclosure, count=5)
def enclosures(rows: Rows) -> Columns:
    return {
        "order": rows.integers("order", -9, 9),
        "select": Categorical(rows.numbers % 2, ("a", "b;--")),
        "keeper": rows.reference("keeper", User),
    }


@register(Herd, count=3)
def herds(rows: Rows) -> Columns:
    return {"leader": rows.reference("leader", Animal)}


@register(Animal, count="beasts")
def animals(rows: Rows) -> Columns:
    numbers = rows.numbers
    return {
        "herd": rows.reference("herd", Herd),
        "enclosure": np.ma.array(rows.reference("enclosure", Enclosure), mask=numbers % 5 == 0),
        "mother": np.ma.array(numbers // 2, mask=numbers == 0),
        "rival": [None if number % 3 else int(number) for number in numbers],
        "name": rows.choice("name", {"Leo": 3, "Ana": 1}),
        "nickname": [f"No. {number}" for number in numbers],
        "code": np.strings.add("Code-", numbers.astype("U9")),
        "tags": Categorical(numbers % 2, ("wild,old", "tame")),
        "slug": np.strings.add("slug-", numbers.astype("U9")),
        "chip": [None if number % 4 else int(number) for number in numbers],
        "collar": [f"collar {number}" if number % 4 else None for number in numbers],
        "is_hidden": numbers % 2 == 1,
        "born": rows.integers("born", -400, 40_000),
    }


@register(Passport, count=Animal)
def passports(rows: Rows) -> Columns:
    return {"group": rows.choice("group", {"": 1, "it's": 1, '"x"': 1})}


@register(Ticket, count=100)
def tickets(rows: Rows) -> Columns:
    return {"day": rows.numbers // 7, "seat": rows.numbers % 7, "price": rows.integers("price", -999_999, 999_999)}


@register(Bird, count=4)
def birds(rows: Rows) -> Columns:
    return {"animal": rows.reference("animal", Animal), "can_fly": rows.numbers % 2 == 0}


@register(Ring, count=9)
def rings(rows: Rows) -> Columns:
    return {"bird": rows.reference("bird", Bird), "number": rows.integers("number", -(2**62), 2**62)}


@register(Trip, count=50)
def trips(rows: Rows) -> Columns:
    return {
        "start": rows.existing(Country),
        "end": rows.optional("has_end", rows.existing(Country, "end", name__in=["Kiwiland", "Atlantis"]), 60),
        "subject": rows.existing(ContentType, app_label="zoo", model="animal" if rows.version == "v1" else "bird"),
        "needs": rows.existing(Permission, content_type__app_label="auth"),
        "stops": rows.some(Enclosure, 0, 3),
        "next_trips": rows.some(Trip, 1, 2),
    }


@register(Berth, count=BERTHS)
def berths(rows: Rows) -> Columns:
    trip, animal = rows.pairs(BERTHS, Animal)
    return {"trip": trip, "animal": animal, "price": rows.integers("price", 0, 9)}


@register(Animal.friends.through, count=60)
def friendships(rows: Rows) -> Columns:
    one, other = rows.pairs(Animal, Animal, both_ways=True)
    return {"from_animal": one, "to_animal": other}


def price(items: Rows) -> np.ndarray:
    return items.price("price", 1_00, 99_99)


@register(Note, count=60)
def notes(rows: Rows) -> Columns:
    return {
        "subject": rows.generic("subject", {Animal: 3, Enclosure: 1, Note: 1, Passport: 1, Herd: 1}),
        "source": rows.generic("source", [Bird, None, Keeper]),
    }


def step(branches: Rows) -> np.ndarray:
    return np.strings.add(branches.choice("step", {"a": 1, "ö": 1}).tolist(), "/")


@register(Branch, count=90)
def branches(rows: Rows) -> Columns:
    tree = rows.tree(roots=2, high=5)
    return {
        "parent": tree.parent,
        "path": tree.path(),
        "depth": tree.depth,
        "numchild": tree.numchild,
        "lft": tree.lft,
        "rght": tree.rght,
        "tree_id": tree.tree_id,
        "level": tree.level,
        "url_path": tree.joined(step, "/"),
    }


@register(Bill, count=30)
def bills(rows: Rows) -> Columns:
    return {"total": rows.total_of(ITEMS, Item, price), "count": rows.child_count(ITEMS, Item)}


@register(Item, count=ITEMS)
def items(rows: Rows) -> Columns:
    bill, position = rows.parent(ITEMS)
    return {"bill": bill, "position": position, "price": price(rows)}


@register(Stamp, count=3)
def stamps(rows: Rows) -> Columns:
    return {}


@register(DeclaredStamp, count=3)
def declared_stamps(rows: Rows) -> Columns:
    days = rows.numbers + 1
    return {
        "made_at": days * DAY_US,
        "changed_at": days * DAY_US + 1,
        "seen_at": days * DAY_US - 1,
        "made_on": days,
        "changed_on": -days,
    }


@register(Default, count=3)
def defaults(rows: Rows) -> Columns:
    return {"number": rows.numbers}
