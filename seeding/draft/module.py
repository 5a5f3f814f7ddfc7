"""What does the drafted `seeds.py` say? Its text, as ruff formats it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill, wrap
from typing import Any

from django.apps import AppConfig, apps

from ..declare.seeder import Count, Model
from ..declare.suggest import Draft, draft_of
from ..declare.suggest.expressions import WIDTH, local_name, name_of, named, source_of
from . import counts
from .selection import Selection, needed

_HEAD = '''"""What seeded rows look like: a first draft, to be changed as you like.

{advice}
"""
'''
_ADVICE = (
    'A count may be an option: with SEED_ROW_COUNTS = {{"{plural}": {count}}} in the settings, and count="{plural}" '
    "here, there is `manage.py seed --{option} 500`."
)


@dataclass(frozen=True)
class Module:
    """A drafted `seeds.py`."""

    text: str
    models: int
    columns: int  # that the seeders give, or leave to a comment
    comments: int  # columns that are left to a comment


def module(selection: Selection, options: Mapping[str, int], target: AppConfig | None = None) -> Module:
    """Return the `seeds.py` for the selected models, in the app `target`, by default that of the first label."""
    drafts, numbers = drafted(selection)
    with named(_names(drafts)):
        text = _text(selection, drafts, numbers, options, target or selection.app)
    columns = sum(len(draft.columns) for draft in drafts)
    comments = sum(len(set(draft.notes) - set(draft.columns)) for draft in drafts)
    return Module(text, len(drafts), columns + comments, comments)


def drafted(selection: Selection) -> tuple[list[Draft], dict[Model, int]]:
    """Return what each seeder says, and how many rows its table gets."""
    numbers = counts.likely_counts(selection.models)
    others = dict.fromkeys(selection.seeded, counts.MEDIUM)
    for draft in [draft_of(model, {**others, **numbers}) for model in selection.models]:
        if draft.one_row:
            numbers[draft.model] = 1
        elif draft.one_each is not None:
            numbers[draft.model] = {**others, **numbers}[draft.one_each]
        numbers[draft.model] = min(numbers[draft.model], draft.capacity({**others, **numbers}))
    return [draft_of(model, {**others, **numbers}) for model in selection.models], numbers


def _names(drafts: Sequence[Draft]) -> dict[Model, str]:
    """Return other names for the models that share one: with the name of their app before it."""
    named_models = {model for draft in drafts for model in _named_by(draft)}
    shared = Counter(model.__name__ for model in named_models)
    return {
        model: "".join(word.title() for word in model._meta.app_label.split("_")) + model.__name__
        for model in named_models
        if shared[model.__name__] > 1
    }


def _named_by(draft: Draft) -> set[Any]:
    """Return the models that a draft names; of a many-to-many relation's table, the model that has the relation."""
    found = {draft.model, *([draft.one_each] if draft.one_each else [])}
    for expression in draft.columns.values():
        found |= expression.models()
    return {model._meta.auto_created or model for model in found}


def _text(
    selection: Selection,
    drafts: Sequence[Draft],
    numbers: Mapping[Model, int],
    options: Mapping[str, int],
    target: AppConfig,
) -> str:
    drafts = _parents_first(drafts)
    parts = [_function(draft, _count(draft, numbers, options)) for draft in drafts]
    refused = [_comment(f"{m._meta.label} isn't seeded: {reason}.") for m, reason in selection.refused.items()]
    largest = max(drafts, key=lambda draft: numbers[draft.model], default=None)
    head = _head(largest.model, numbers[largest.model]) if largest else '"""No model can be seeded."""\n'
    sections = [head + ("\n" + _imports(drafts, target) if drafts else ""), *parts]
    return "\n\n".join(sections) + ("\n\n" + "\n".join(refused) + "\n" if refused else "")


def _parents_first(drafts: Sequence[Draft]) -> list[Draft]:
    """Return the drafts, each after those of the models that its rows must refer to, where they don't in a circle."""
    by_model = {draft.model: draft for draft in drafts}
    ordered: dict[Model, Draft] = {}

    def add(model: Model, *seen: Model) -> None:
        if model in by_model and model not in ordered and model not in seen:
            for parent in needed(model):
                add(parent, *seen, model)
            ordered[model] = by_model[model]

    for model in by_model:
        add(model)
    return list(ordered.values())


def _head(model: Model, count: int) -> str:
    plural = counts.plural_of(name_of(model))
    advice = _ADVICE.format(plural=plural, option=plural.replace("_", "-"), count=f"{count:_}")
    return _HEAD.format(advice=fill(advice, WIDTH, break_long_words=False, break_on_hyphens=False))


def _count(draft: Draft, numbers: Mapping[Model, int], options: Mapping[str, int]) -> Count:
    if draft.one_row:
        return 1
    return draft.one_each or counts.count_of(draft.model, numbers, options)


def _function(draft: Draft, count: Count) -> str:
    lines = []
    if draft.one_row:
        lines.append(f"# One row only, as {draft.one_row} must be unique, and nothing known is different in each row.")
    lines.append(
        f"@register({name_of(draft.model)}, count={f'{count:_}' if isinstance(count, int) else source_of(count)})"
    )
    lines.append(f"def {_function_name(draft.model)}(rows: Rows) -> Columns:")
    for variable in draft.variables:
        names = ", ".join(map(local_name, variable.among or (variable.name,)))
        lines.append(f"    {names} = {variable.of.source(4, len(names) + 3, 0)}")
    body = list(_body(draft))
    lines += ["    return {", *body, "    }"] if body else ["    return {}"]
    return "\n".join(lines) + "\n"


def _body(draft: Draft) -> Iterator[str]:
    for f in draft.model._meta.concrete_fields:
        note = draft.notes.get(f.name)
        if f.name in draft.columns:
            if note:
                yield f"        # {note}:"
            yield f'        "{f.name}": {draft.columns[f.name].source(8, len(f.name) + 4)},'
        elif note:
            yield f'        # "{f.name}": {note}'


def _function_name(model: Model) -> str:
    owner: Any = model._meta.auto_created
    plural = counts.plural_of(name_of(owner or model))
    name = f"{plural}_{_relation(model)}" if owner else plural
    return local_name(name)


def _relation(through: Model) -> str:
    owner: Any = through._meta.auto_created
    return str(next(f.name for f in owner._meta.local_many_to_many if f.remote_field.through is through))


def _imports(drafts: Sequence[Draft], target: AppConfig) -> str:
    names = {"Columns", "Rows", "register"}
    for draft in drafts:
        for expression in draft.columns.values():
            names |= expression.names()
    by_module: dict[str, set[str]] = {"seeding": names}
    for model in {model for draft in drafts for model in _named_by(draft)}:
        name = name_of(model)
        alias = f"{model.__name__} as {name}" if name != model.__name__ else name
        by_module.setdefault(_module_of(model, target), set()).add(alias)
    groups: list[list[str]] = [[], [], []]
    for module_name in sorted(by_module, key=lambda name: (name.startswith("."), name)):
        groups[_group(module_name)].append(_import(module_name, by_module[module_name]))
    return "\n\n".join("\n".join(group) for group in groups if group) + "\n"


def _module_of(model: Any, target: AppConfig) -> str:
    """Return where to import a model from: its app's `models`, where that has it."""
    app = apps.get_app_config(model._meta.app_label)
    home = app.models_module
    is_there = home is not None and getattr(home, model.__name__, None) is model
    if is_there and app is target:
        return ".models"
    return home.__name__ if is_there and home is not None else model.__module__


def _group(module_name: str) -> int:
    """Return 0 for installed packages, 1 for the project's own, 2 for the app's."""
    if module_name.startswith("."):
        return 2
    app = next((app for app in apps.get_app_configs() if module_name.startswith(f"{app.name}.")), None)
    return 0 if app is None or is_installed(app) else 1


def is_installed(app: AppConfig) -> bool:
    """Return True for an app of an installed package, where nobody should write."""
    return any(part in ("site-packages", "dist-packages") for part in str(app.path).split("/"))


def _import(module_name: str, names: Iterable[str]) -> str:
    """Return the imports from a module, sorted; what gets another name stands in a line of its own."""
    plain = sorted((name for name in names if " as " not in name), key=_order)
    statements = {name: f"from {module_name} import {name}" for name in names if " as " in name}
    if plain:
        statements[plain[0]] = _import_plain(module_name, plain)
    return "\n".join(statements[name] for name in sorted(statements, key=_order))


def _order(name: str) -> tuple[int, str]:
    """Return a key that sorts as isort does: constants, classes, functions."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2, name)


def _import_plain(module_name: str, ordered: Sequence[str]) -> str:
    one_line = f"from {module_name} import {', '.join(ordered)}"
    if len(one_line) <= WIDTH:
        return one_line
    return f"from {module_name} import (\n" + "".join(f"    {name},\n" for name in ordered) + ")"


def _comment(text: str) -> str:
    lines = wrap(text, WIDTH - 2, break_long_words=False, break_on_hyphens=False)
    return "\n".join(f"# {line}" for line in lines)
