"""Reading the rows that seeders refer to, and that are not created by a seed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Field, Model

from ..database.rows import all_rows
from ..errors import SeedError
from ..generate.existing import Found, Lookup
from ..generate.streams import Dataset
from ..report.wording import in_one_line
from .seeder import Seeder


def read_existing(seeders: Iterable[Seeder], dataset: Dataset, using: str) -> None:
    """Read what the seeders refer to, so that the dataset has it when their rows are generated.

    Each seeder generates one row of each part of its table, by which its other values are checked, too. Raises
    SeedError where there are no such rows, RegistrationError for values that don't fit.
    """
    dataset.existing.clear()
    for seeder in seeders:
        for start in seeder.starts(dataset.row_counts):
            with dataset.asking() as lookups:
                seeder.batch(dataset, start, start + 1)
            for lookup in lookups:
                if lookup not in dataset.existing:
                    dataset.existing[lookup] = _found(lookup, seeder, using)


def natural_key(model: type[Model]) -> tuple[str, ...]:
    """Return the fields, as `values_list` takes them, by which a row is known in every database.

    That is a key that isn't generated; else what is unique, alone or together; else all columns but the key.
    """
    return _natural_key(model, frozenset())


def referred_fields(model: type[Model]) -> tuple[str, ...]:
    """Return the names of the fields that relations may refer to: the primary key, and what `to_field` names."""
    fields: Any = model._meta.get_fields(include_hidden=True)
    reverse = [f for f in fields if f.auto_created and not f.concrete]
    own = [f.field for f in reverse if f.model._meta.concrete_model is model._meta.concrete_model]
    others = {field.target_field.name for field in own if field.many_to_one or field.one_to_one}
    return (model._meta.pk.name, *sorted(others - {model._meta.pk.name}))


def _found(lookup: Lookup, seeder: Seeder, using: str) -> Found:
    names, referred = natural_key(lookup.model), referred_fields(lookup.model)
    try:
        selected = all_rows(lookup.model, using).filter(**dict(lookup.conditions))
        rows = {row[0]: row for row in selected.values_list(*referred, *names)}
    except (FieldError, TypeError, ValueError, ArithmeticError, ValidationError) as exc:
        raise SeedError(f"{seeder.where} asks for existing rows of {lookup}: {in_one_line(exc)}") from exc
    if not rows:
        raise SeedError(
            f"{seeder.where} refers to existing rows of {lookup}, and there are none: create them first, by a "
            "migration, for example."
        )
    ordered = sorted((json.dumps(row[len(referred) :], default=str), key) for key, row in rows.items())
    values = {name: [rows[key][place] for _, key in ordered] for place, name in enumerate(referred)}
    return Found(tuple(label for label, _ in ordered), values)


def _natural_key(model: type[Model], above: frozenset[type[Model]]) -> tuple[str, ...]:
    meta, inside = model._meta, above | {model}
    columns = {f.name: f for f in meta.concrete_fields}
    together = [*meta.unique_together, *(constraint.fields for constraint in meta.total_unique_constraints)]
    unique = [meta.pk.name, *(f.name for f in columns.values() if f.unique)]
    for names in [*((name,) for name in unique), *together]:
        fields = [columns[name] for name in names]
        if fields and not any(_is_generated(f) or f.related_model in inside for f in fields):
            return tuple(name for f in fields for name in _names(f, inside))
    return tuple(f.name for f in columns.values() if not f.is_relation and f is not meta.pk)


def _names(field: Field[Any, Any], inside: frozenset[type[Model]]) -> list[str]:
    related: Any = field.related_model
    return [f"{field.name}__{name}" for name in _natural_key(related, inside)] if related else [field.name]


def _is_generated(field: Field[Any, Any]) -> bool:
    """Return True for a number from a sequence, and for a default that is another one each time, as a UUID's is."""
    return "AutoField" in field.get_internal_type() or (field.has_default() and callable(field.default))
