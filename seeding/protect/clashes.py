"""Unique values of kept rows that new rows need."""

from __future__ import annotations

from collections.abc import Iterator

from ..database.rows import all_rows, values_of
from ..declare.checks import is_unique
from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import Refused
from ..generate.columns import Column
from ..generate.streams import Dataset
from ..report.progress import Progress, Report
from ..report.wording import number_of
from .guard import Guard

SEARCHED_ROWS = 1_000_000  # of a table: further ones would take long, and the database refuses a clash anyway


def clashes(guard: Guard, seeders: Seeders, dataset: Dataset, target: Target, report: Report) -> list[str]:
    """Return, in words, the kept rows that hold a unique value which a new row gets."""
    found: list[str] = []
    for seeder in seeders:
        names = [c.name for c in seeder.columns if c.parent is None and not c.targets and is_unique(c.field)]
        keys = [key[0] for key in guard.change_of(seeder).kept] if names else []
        if keys:
            kept = number_of(len(keys), "kept row")
            report(Progress("note", f"Comparing {kept} of {seeder.table} with the new ones."))
            found += _clashes(guard, seeder, names, keys, dataset, target)
    return found


def _clashes(
    guard: Guard, seeder: Seeder, names: list[str], keys: list[object], dataset: Dataset, target: Target
) -> Iterator[str]:
    rows = all_rows(seeder.model, guard.using).filter(pk__in=keys).order_by("pk")
    kept = values_of(rows, *names)
    kinds = {column.name: column.kind for column in seeder.columns}
    total = min(dataset.row_counts[seeder.table], SEARCHED_ROWS)
    for start in range(0, total, 20_000):
        batch = seeder.batch(dataset, start, min(start + 20_000, total))
        for position, name in enumerate(names):
            stored: Column = kinds[name].stored(batch.columns[name], target)
            made = set(kinds[name].python(stored)) - {None}
            for key, values in kept.items():
                if values[position] in made:
                    yield f"{seeder.table}: the row with key {key} holds the {name} {values[position]!r}"


def refuse_clashes(version: str, database: str, found: list[str]) -> None:
    """Raise Refused where there are any."""
    if found:
        raise Refused(
            f"{version} can't be seeded into {database}. These kept rows hold unique values that new rows need:\n"
            + "".join(f"  {clash}\n" for clash in found)
            + "Nothing was changed. Change those values, or delete those rows."
        )
