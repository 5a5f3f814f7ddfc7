"""What the seeded rows of every sort of key look like."""

import numpy as np
from django.db.models import Q

from seeding import Columns, Rows, register

from .models import Product, Sale, Sheet, Shop


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
