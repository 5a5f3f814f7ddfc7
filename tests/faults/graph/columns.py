"""Judges random columns: `python -m tests.faults.graph.columns`, with examples as lines of JSON.

An example has `columns` (each `kind`, `null`, `form`, and `values`, one a row; where `left_out`, the first one is the
field's default) and `rows`, how many there are.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import django

django.setup()

from django.db import connection, models  # noqa: E402

from seeding import Categorical, SeedError, seed, verify  # noqa: E402
from tests.faults.graph.example import SEEDERS, serve  # noqa: E402

ANCHOR = datetime(2026, 1, 5, tzinfo=UTC)
LOADERS = ["bulk_create", "copy" if connection.vendor == "postgresql" else "insert"]
BATCH_SIZES = (1, 7, 10_000)


class Lower(models.CharField):
    """Stores lower case."""

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return value if value is None else value.lower()


class Overwritten(models.CharField):
    """Overwrites itself when it is saved."""

    def pre_save(self, model_instance: Any, add: bool) -> str:
        return "saved"


FIELDS: dict[str, Any] = {
    "small": models.SmallIntegerField,
    "integer": models.IntegerField,
    "big": models.BigIntegerField,
    "boolean": models.BooleanField,
    "decimal": lambda **options: models.DecimalField(max_digits=9, decimal_places=3, **options),
    "float": models.FloatField,
    "text": models.TextField,
    "char": lambda **options: models.CharField(max_length=20, **options),
    "lower": lambda **options: Lower(max_length=20, **options),
    "overwritten": lambda **options: Overwritten(max_length=20, **options),
    "date": models.DateField,
    "datetime": models.DateTimeField,
}


def python_value(kind: str, value: Any) -> Any:
    """Return what Django reads where a seeder declared `value`."""
    if value is None:
        return None
    if kind == "decimal":
        return Decimal(value).scaleb(-3)
    if kind == "date":
        return ANCHOR.date() - timedelta(days=value)
    if kind == "datetime":
        return ANCHOR - timedelta(microseconds=value)
    return value.lower() if kind == "lower" else value


def field(column: dict[str, Any]) -> models.Field[Any, Any]:
    options: dict[str, Any] = {"null": column["null"]}
    if column["left_out"]:
        value = column["values"][0]
        default = value if column["kind"] == "lower" else python_value(column["kind"], value)
        options["default"] = default.isoformat() if isinstance(default, date) and value % 2 else default
    return FIELDS[column["kind"]](**options)


def declared(column: dict[str, Any], start: int, stop: int) -> Any:
    """Return the values as a list, an array, a masked array or by labels: it makes no difference."""
    import numpy as np

    values = column["values"][start:stop]
    is_text = column["kind"] in ("text", "char", "lower", "overwritten")
    if column["form"] == "labels" and is_text:
        labels = sorted({*values}, key=str)  # as they come in this batch
        return Categorical(np.array([labels.index(value) for value in values], np.intp), tuple(labels))
    if column["form"] == "objects":
        return np.array([*values, None], object)[:-1]
    if column["form"] == "masked":
        filler = "" if is_text else {"boolean": False, "float": 0.0}.get(column["kind"], 0)
        filled = [filler if value is None else value for value in values]
        return np.ma.array(filled, mask=[value is None for value in values])
    return values


def judge(example: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with the rows that each loader, in each batch size, stores."""
    columns, rows = example["columns"], example["rows"]
    meta = type("Meta", (), {"app_label": "graph", "db_table": "g_sample"})
    fields = {f"c{n}": field(column) for n, column in enumerate(columns)}
    model: Any = type("Sample", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    with connection.schema_editor() as editor:
        editor.create_model(model)

    def generate(given: Any) -> dict[str, Any]:
        start, stop = int(given.numbers[0]), int(given.numbers[-1]) + 1
        return {f"c{n}": declared(c, start, stop) for n, c in enumerate(columns) if not c["left_out"]}

    SEEDERS.append((model, {"count": rows}, generate))
    expected = [
        tuple(python_value(c["kind"], c["values"][0 if c["left_out"] else row]) for c in columns) for row in range(rows)
    ]
    faults, digests = [], set()
    for loader in LOADERS:
        for batch_size in BATCH_SIZES:
            how = f"{loader}, {batch_size} a batch"
            try:
                digests.add(seed("v1", loader=loader, batch_size=batch_size, force=True).digests["g_sample"])
                found = verify("v1")
            except SeedError as exc:
                faults.append(f"{how}: {exc}")
                continue
            stored = list(model.objects.order_by("pk").values_list(*fields))
            faults += [f"{how}: {a} is stored as {b}" for a, b in zip(expected, stored, strict=True) if a != b][:1]
            faults += [] if found.same else [f"{how}: {found}"]
    if len(digests) > 1:
        faults.append("the digest depends on the loader or the batch size")
    return {"faults": faults}


if __name__ == "__main__":
    serve(judge)
