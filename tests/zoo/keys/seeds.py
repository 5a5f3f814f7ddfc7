"""What the seeded rows of every sort of key look like."""

import numpy as np
from django.db.models import Q

from seeding import Columns, Rows, per, register

from .models import (
    Award,
    Cell,
    ChiefRanger,
    Colleague,
    Hall,
    Product,
    Ranger,
    Region,
    Reserve,
    Sale,
    Sheet,
    Shift,
    Shop,
    Skill,
    Veterinarian,
    Worker,
)


@register(Shop, count=4, keep=Q(is_mine=True))
def shops(rows: Rows) -> Columns:
    return {
        "name": rows.code(f"{rows.version} {{n}}"),
        "best": np.ma.array(rows.reference("best", Product), mask=rows.numbers % 2 == 1),
    }


@register(Product, count="beasts")
def products(rows: Rows) -> Columns:
    return {
        "shop": rows.reference("shop", Shop),
        "variant_of": np.ma.array(rows.numbers // 2, mask=rows.numbers % 3 == 0),
        "name": rows.code("product {n}"),
    }


@register(Sheet, count=Product)
def sheets(rows: Rows) -> Columns:
    return {"text": rows.sentence("text")}


@register(Sale, count=30)
def sales(rows: Rows) -> Columns:
    return {
        "sheet": rows.reference("sheet", Sheet),
        "product": [None if number % 4 else 0 for number in rows.numbers],
        "number": rows.integers("number", 0, 9),
    }


def region(rows: Rows, what: str) -> Columns:
    return {
        "code": rows.code(f"{what}' %s\\ {{unique:4}}"),
        "name": rows.code(f"{what} of {rows.version}, {{n:04}}"),
        "within": np.ma.array(rows.reference("within", Region), mask=rows.numbers % 2 == 0),
    }


@register(Region, count=3)
def regions(rows: Rows) -> Columns:
    return region(rows, "region")


@register(Reserve, count=4)
def reserves(rows: Rows) -> Columns:
    return {**region(rows, "reserve"), "ranger": rows.reference("ranger", Ranger)}


def worker(rows: Rows, first_badge: int) -> Columns:
    return {
        "badge": first_badge + rows.numbers,
        "region": rows.reference("region", Region),
        "chief": np.ma.array(rows.reference("chief", Worker), mask=rows.numbers % 3 == 0),
    }


@register(Ranger, count=5)
def rangers(rows: Rows) -> Columns:
    return {**worker(rows, 1_000_000), "hat": rows.choice("hat", {"green": 1, "grey": 2})}


@register(ChiefRanger, count=2)
def chief_rangers(rows: Rows) -> Columns:
    return {**worker(rows, 2_000_000), "hat": "black", "note": rows.code("note {n}")}


@register(Veterinarian, count="beasts")
def veterinarians(rows: Rows) -> Columns:
    return {**worker(rows, 3_000_000), "skills": rows.some(Skill, 0, 2)}


@register(Skill, count=7)
def skills(rows: Rows) -> Columns:
    return {"name": rows.code("skill {n}")}


@register(Award, count=4)
def awards(rows: Rows) -> Columns:
    return {
        "winner": rows.generic("winner", {Ranger: 1, Veterinarian: 3}),
        "runner_up": rows.generic("runner_up", {Ranger: 1, None: 1}),
        "ranger": rows.generic("ranger", [Ranger], numbers=rows.numbers),
    }


CELLS = per(Hall, 0, 5)


@register(Hall, count=9)
def halls(rows: Rows) -> Columns:
    tree = rows.tree(high=4)
    return {"path": tree.path(), "numchild": tree.numchild + rows.child_count(CELLS, Cell)}


@register(Cell, count=CELLS)
def cells(rows: Rows) -> Columns:
    hall, position = rows.parent(CELLS)
    tree = rows.of(Hall, hall).tree(high=4)
    return {"inside": hall, "path": tree.child_path(tree.numchild + position)}


@register(Colleague, count=1)
def workers(rows: Rows) -> Columns:
    return worker(rows, 0)


@register(Shift, count=50)
def shifts(rows: Rows) -> Columns:
    return {
        "colleague": rows.reference("colleague", Colleague),
        "badge": rows.reference("badge", Worker),
        "chief": rows.reference("chief", ChiefRanger),
        "reserve": np.ma.array(rows.reference("reserve", Reserve), mask=rows.numbers % 4 == 0),
    }
