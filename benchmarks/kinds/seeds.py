"""Shops and their products, as a `seeds.py` usually makes them."""

import numpy as np

from seeding import Columns, Rows, register

from .models import Product, Shop


@register(Shop, count="shops")
def shops(rows: Rows) -> Columns:
    return {"name": rows.code("Shop {n}")}


@register(Product, count="products")
def products(rows: Rows) -> Columns:
    return {
        "shop": rows.reference("shop", Shop),
        "attributes": {
            "colour": rows.choice("colour", ["red", "green", "blue"]),
            "size": rows.integers("size", 1, 1000),
        },
        "sizes": np.stack([rows.integers("width", 1, 999), rows.integers("height", 1, 999)], axis=1),
        "sold_at": rows.time_of_day("sold_at"),
    }
