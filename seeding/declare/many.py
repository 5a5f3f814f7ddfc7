"""Many-to-many relations as columns: `rows.some(Tag, 1, 3)` stands for the rows of the table between the two models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from ..generate.children import Per
from ..generate.pairs import Some
from ..generate.rows import Rows
from ..report.wording import shown
from .seeder import Declaration

if TYPE_CHECKING:
    from ..generate.columns import Columns

    ManyToMany = models.ManyToManyField[Any, Any]


def check_many(declaration: Declaration, field: ManyToMany, value: Any) -> None:
    """Raise TypeError or ValueError unless `value` can fill the relation of the declaration's model."""
    if not isinstance(value, Some):
        raise TypeError(f"it holds {shown(value)}, and a many-to-many relation takes rows.some(Model, 1, 3)")
    through, there = _through(field), _model(field.related_model)
    if not through._meta.auto_created:
        label, own = through._meta.label, declaration.model.__name__
        raise ValueError(
            f"its table is that of {label}: register that model with count=per({own}, {value.low}, {value.high}), and "
            f"give it pairs of rows.pairs(per({own}, {value.low}, {value.high}), {there.__name__})"
        )
    if field.remote_field.symmetrical:
        own = f"{declaration.model.__name__}.{field.name}.through"
        raise ValueError(
            f"it is symmetrical: register {own}, and give it pairs of rows.pairs({there.__name__}, {there.__name__}, "
            "both_ways=True)"
        )
    if _model(value.model) is not there:
        raise TypeError(f"it names rows of {value.model._meta.label}, and this relation is one to {there._meta.label}")


def declaration_of(declaration: Declaration, field: ManyToMany, some: Some) -> Declaration:
    """Return the declaration of the table that holds the relation's pairs."""
    count = Per(declaration.model, some.low, some.high)
    source, target = _source(field).name, field.m2m_reverse_field_name()
    inherits = _model(_source(field).related_model) is not declaration.model

    def generate(rows: Rows) -> Columns:
        right = rows.existing(some.model, **dict(some.lookup.conditions)) if some.lookup else some.model
        own, chosen = rows.pairs(count, right)
        return {source: rows.generic(source, [declaration.model], numbers=own) if inherits else own, target: chosen}

    generate.__module__ = declaration.generate.__module__
    generate.__qualname__ = f"{declaration.generate.__qualname__} ({field.name})"
    return Declaration(_through(field), count, generate, None, frozenset())


def _through(field: ManyToMany) -> type[models.Model]:
    through: Any = field.remote_field.through
    return _model(through)


def _source(field: ManyToMany) -> models.Field[Any, Any]:
    name: str = field.m2m_field_name()
    found: models.Field[Any, Any] = _through(field)._meta.get_field(name)  # type: ignore[assignment]
    return found


def _model(model: Any) -> type[models.Model]:
    found: type[models.Model] = model._meta.concrete_model
    return found
