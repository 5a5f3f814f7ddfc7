"""Which models does a draft seed? Those that are named, those that they need, and none that has a seeder already."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS

from ..declare import checks
from ..declare.defaults import constant_of, is_filled_by_the_database
from ..declare.registry import registry
from ..declare.seeder import Declaration, Model
from ..declare.suggest import many
from ..declare.suggest.lists import is_list
from ..errors import ConfigurationError, RegistrationError
from ..report.wording import shown
from .there import There


@dataclass
class Selection:
    """The models to draft seeders for, and why others get none."""

    app: AppConfig  # of the first label
    there: There
    models: list[Model]
    seeded: set[Model]  # that have a seeder already
    named: set[Model]  # whose apps, or who themselves, are asked for
    refused: dict[Model, str] = field(default_factory=dict)
    existing: list[Model] = field(default_factory=list)  # whose rows are there, and stay as they are


def select(labels: Sequence[str], using: str = DEFAULT_DB_ALIAS) -> Selection:
    """Return what apps and models, such as `shop` and `shop.Book`, stand for.

    A model that has a seeder is drafted only where it is named itself. One whose rows are there in the database, made
    by no seed, isn't drafted where it is a list of few columns, or is only referred to. Raises ConfigurationError.
    """
    singly = models_of([label for label in labels if "." in label])
    seeded = set(registry.declarations()) - singly
    named = singly | {model for model in models_of(labels) if not is_list(model)}
    found = Selection(_app(labels[0]), There(using), [], seeded, named)
    for label in labels:
        for model in _models(label):
            _add(model, found)
    _refuse_dependent(found)
    if not found.models and not found.refused:
        raise ConfigurationError(
            f"Each model of {', '.join(labels)} has a seeder already: name a model, like "
            f"{next(_models(labels[0]))._meta.label}, to draft one all the same.",
            source="--draft",
        )
    return found


def models_of(labels: Sequence[str]) -> set[Model]:
    """Return the models that apps and models stand for. Raises ConfigurationError."""
    return {model for label in labels for model in _models(label)}


def _app(label: str) -> AppConfig:
    name = label.partition(".")[0]
    try:
        return apps.get_app_config(name)
    except LookupError:
        known = ", ".join(sorted(app.label for app in apps.get_app_configs() if any(app.get_models())))
        raise ConfigurationError(
            f"There is no app {shown(name)} to draft seeders for: name one of {known}.", source="--draft"
        ) from None


def _models(label: str) -> Iterator[Model]:
    app, name = _app(label), label.partition(".")[2]
    if not name:
        yield from app.get_models()
        return
    try:
        yield app.get_model(name)
    except LookupError:
        known = ", ".join(model.__name__ for model in app.get_models())
        raise ConfigurationError(
            f"{app.label} has no model {shown(name)}: name one of {known}.", source="--draft"
        ) from None


def _add(model: Model, found: Selection) -> None:
    """Add a model, the models that its rows can't do without, and the tables of some many-to-many relations."""
    model = model._meta.concrete_model or model
    if model in found.models or model in found.seeded or model in found.refused or model in found.existing:
        return
    if reason := _refusal(model):
        found.refused[model] = reason
        return
    if model not in found.named and found.there.has_rows(model):
        found.existing.append(model)
        return
    found.models.append(model)
    for parent in needed(model):
        if not checks.is_maintained(parent):
            _add(parent, found)
    for relation in model._meta.local_many_to_many:
        through: Any = relation.remote_field.through
        other: Any = relation.related_model
        if through._meta.auto_created and not many.is_plain(relation):
            _add(through, found)
        elif many.is_plain(relation) and not many.gives_rights(relation) and not checks.is_maintained(other):
            _add(other, found)


def needed(model: Model) -> list[Model]:
    """Return the models that each row of `model` must refer to."""
    fields: list[Any] = list(model._meta.concrete_fields)
    relations = [f for f in fields if f.is_relation and not f.remote_field.parent_link]
    required = [f for f in relations if f.primary_key or (constant_of(f) is None and not is_filled_by_the_database(f))]
    return [f.related_model._meta.concrete_model or f.related_model for f in required]


def _refusal(model: Model) -> str:
    """Return why the engine can't seed the model; empty where it can."""
    try:
        checks.check_model(Declaration(model, 1, lambda rows: {}, None, frozenset()))
    except RegistrationError as exc:
        return str(exc).partition(f"can't seed {model._meta.label}: ")[2].removesuffix(" (seeding.E104)").rstrip(".")
    return ""


def refuse(model: Model, reason: str, found: Selection) -> None:
    """Refuse a model, and those whose rows must refer to it."""
    if model in found.models:
        found.models.remove(model)
        found.refused[model] = reason
        _refuse_dependent(found)


def _refuse_dependent(found: Selection) -> None:
    """Refuse the models whose rows must refer to a model that can't be seeded."""
    while True:
        for model in found.models:
            there = {*found.seeded, *found.models, *found.existing}
            absent = [p for p in needed(model) if p not in there and not checks.is_maintained(p)]
            if absent:
                labels = " and ".join(parent._meta.label for parent in absent)
                found.refused[model] = f"its rows refer to {labels}, which isn't seeded"
                found.models.remove(model)
                break
        else:
            return


def parents_first(models: Sequence[Model]) -> list[Model]:
    """Return the models, each after those that its rows must refer to, where they don't in a circle."""
    ordered: list[Model] = []

    def add(model: Model, *seen: Model) -> None:
        if model in models and model not in ordered and model not in seen:
            for parent in needed(model):
                add(parent, *seen, model)
            ordered.append(model)

    for model in models:
        add(model)
    return ordered
