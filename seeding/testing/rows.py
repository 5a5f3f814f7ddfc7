"""Rows by number and by name, and whether all of them are still as they were generated."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model

from ..database import record
from ..declare.keys import recorded_keys
from ..declare.registry import registry
from ..errors import SeedError
from ..models import KeyRange
from ..report.wording import number_of, shown

M = TypeVar("M", bound=Model)


def seeded(model: type[M], row: int | str, *, using: str = "default") -> M:
    """Return the seeded row of `model` that has this row number, or this name in `register(…, named={…})`.

    Raises SeedError where there is no such row, and the model's DoesNotExist where it was deleted meanwhile.
    """
    table = (model._meta.concrete_model or model)._meta.db_table
    number = _named(model, row) if isinstance(row, str) else row
    found = KeyRange.objects.using(using).filter(table_name=table).defer("marks").first()
    if found is None:
        raise SeedError(
            f"{table} has no seeded rows here: mark the test with @pytest.mark.seeded, or make it a SeededTestCase."
        )
    keys = recorded_keys({table: found})[table]
    if not 0 <= number < keys.count:
        what = f"{shown(row)}, row {number}" if isinstance(row, str) else f"row {number}"
        raise SeedError(f"{table} has no {what}: it has {number_of(keys.count, 'seeded row')}, numbered from 0.")
    return model._base_manager.using(using).get(pk=keys.key(number))


def assert_seeded(*, using: str = "default") -> None:
    """Compare every seeded row with what was generated. Raises AssertionError, which names differences.

    Other rows may be there, too.
    """
    from ..apply.verify import verify

    attempt = record.applied(using)
    if attempt is None:
        raise AssertionError("No seed is applied to this database.")
    found = verify(attempt.seed_version, using=using)
    if not found.same:
        raise AssertionError(str(found))


def _named(model: type[Model], name: str) -> int:
    concrete = model._meta.concrete_model or model
    declaration = registry.declarations().get(concrete)
    names = {} if declaration is None else declaration.named
    if name not in names:
        there = f"its names are {', '.join(names)}" if names else "it names none"
        raise SeedError(f"No seeder names a row of {model._meta.label} {shown(name)}: {there}.")
    return names[name]
