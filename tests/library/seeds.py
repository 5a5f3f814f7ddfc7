import os

import numpy as np
from django.contrib.auth import get_user_model

from seeding import Columns, Rows, register

from .models import Author, Book, Cover


@register(Cover, count=Book)
def covers(rows: Rows) -> Columns:
    return {"colour": rows.choice("colour", {"red": 2, None: 1}), "printed_at": rows.numbers * 1_000_000}


@register(Book, count="books")
def books(rows: Rows) -> Columns:
    if int(os.environ.get("LIBRARY_BREAKS_AT", "-1")) in rows.numbers:
        raise RuntimeError("the last book is missing")
    reader = rows.reference("reader", get_user_model())
    return {
        "author": rows.reference("author", Author),
        "reader": np.ma.array(reader, mask=rows.numbers % 3 == 0),
        "title": np.strings.add("Volume ", rows.numbers.astype("U10")),
        "price": rows.integers("price", 1_000, 99_999),
        "weight": rows.integers("weight", 100, 900) / 1000,
        "in_print": rows.bits("in_print") % np.uint64(2) == 0,
    }


@register(Author, count=7)
def authors(rows: Rows) -> Columns:
    return {"name": rows.choice("name", {"Čapek": 1, "紫式部": 1}), "born": rows.integers("born", 10_000, 40_000)}
