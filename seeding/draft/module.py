"""What does the drafted `seeds.py` say? Its text, as ruff formats it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import fill, wrap
from typing import Any

from django.apps import AppConfig, apps

from ..declare.inheritance import lineage
from ..declare.seeder import Count, Model
from ..declare.suggest import Draft, Surroundings, draft_of
from ..declare.suggest.expressions import WIDTH, Children, local_name, name_of, named, plural_of, source_of
from ..declare.suggest.trees import Below, table_of
from . import counts
from .selection import Selection, parents_first, refuse

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
    drafts, numbers = drafted(selection, options)
    with named(_names(drafts)):
        text = _text(selection, drafts, numbers, options, target or selection.app)
    columns = sum(len(draft.columns) for draft in drafts)
    comments = sum(len(set(draft.notes) - set(draft.columns)) for draft in drafts)
    return Module(text, len(drafts), columns + comments, comments)


def drafted(selection: Selection, options: Mapping[str, int]) -> tuple[list[Draft], dict[Model, int]]:
    """Return what each seeder says, parents first, and how many rows its table gets.

    Models that need a column for which nothing is known are refused: the rest can be seeded as it is.
    """
    while True:
        drafts, numbers = _drafted(selection, options)
        lacking = [draft for draft in drafts if draft.missing]
        if not lacking:
            return drafts, numbers
        for draft in lacking:
            reasons = "; ".join(f"{name}: {draft.notes[name]}" for name in draft.missing)
            refuse(draft.model, f"it needs values for {reasons}", selection)


def _drafted(selection: Selection, options: Mapping[str, int]) -> tuple[list[Draft], dict[Model, int]]:
    ordered = parents_first(selection.models)
    sizes = counts.likely_sizes(ordered, options)
    seeded = {model: counts.declared_count(model, options) for model in selection.seeded}
    trees = _trees(selection, ordered)

    def draft(model: Model) -> Draft:
        around = Surroundings({**seeded, **sizes.rows}, selection.existing, trees)
        return draft_of(model, around, sizes.children.get(model))

    for model in ordered:
        found = draft(model)
        if model in sizes.children and found.children is None:
            del sizes.children[model]
        sizes.rows[model] = sizes.of(model)
        if found.one_row:
            sizes.rows[model] = 1
        elif found.one_each is not None:
            sizes.rows[model] = {**seeded, **sizes.rows}[found.one_each]
        if model not in sizes.children:
            sizes.rows[model] = min(sizes.rows[model], found.capacity({**seeded, **sizes.rows}))
    return [draft(model) for model in ordered], sizes.rows


def _trees(selection: Selection, models: Sequence[Model]) -> dict[Model, Below]:
    """Return where the tree of each model begins: those in one table one after the other."""
    found: dict[Model, Below] = {}
    before: Counter[Model] = Counter()
    for model in models:
        below = selection.there.below(model)
        table = table_of(model)
        found[model] = below if table is None else replace(below, first=below.first + before[table])
        before.update([table] if table is not None else [])
    return found


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
    if draft.children is not None:
        found |= draft.children.models()
    return {model._meta.auto_created or model for model in found}


def _text(
    selection: Selection,
    drafts: Sequence[Draft],
    numbers: Mapping[Model, int],
    options: Mapping[str, int],
    target: AppConfig,
) -> str:
    kept = {draft.model: selection.there.to_keep(draft.model) for draft in drafts}
    parts = [_function(draft, _decorator(draft, numbers, options, kept[draft.model])) for draft in drafts]
    refused = [_comment(f"{m._meta.label} isn't seeded: {reason}.") for m, reason in selection.refused.items()]
    refused += [_comment(f"{m._meta.label} isn't seeded: its rows are there already.") for m in _untouched(selection)]
    refused += [_comment(text) for text in _nulls(drafts)]
    largest = max(drafts, key=lambda draft: numbers[draft.model], default=None)
    head = _head(largest.model, numbers[largest.model]) if largest else '"""No model can be seeded."""\n'
    imports = {"django.db.models.Q"} if any(kept.values()) else set()
    sections = [head + ("\n" + _imports(drafts, target, imports) if drafts else ""), *parts]
    return "\n\n".join(sections) + ("\n\n" + "\n".join(refused) + "\n" if refused else "")


def _untouched(selection: Selection) -> list[Model]:
    """Return the models whose rows stay as they are: none that shares its table with one that is seeded."""
    filled = {above for model in selection.models for above in lineage(model)}
    return [model for model in selection.existing if model not in filled]


def _nulls(drafts: Sequence[Draft]) -> Iterator[str]:
    """Yield which relations stay NULL, by the model that has no seeder."""
    by_model: dict[str, list[str]] = {}
    for draft in drafts:
        for f in draft.nulls:
            by_model.setdefault(f.related_model._meta.label, []).append(f"{name_of(draft.model)}.{f.name}")
    for label, names in sorted(by_model.items()):
        yield f"{label} has no seeder, so these are NULL: {', '.join(names)}."


def _head(model: Model, count: int) -> str:
    plural = plural_of(name_of(model))
    advice = _ADVICE.format(plural=plural, option=plural.replace("_", "-"), count=f"{count:_}")
    return _HEAD.format(advice=fill(advice, WIDTH, break_long_words=False, break_on_hyphens=False))


def _decorator(
    draft: Draft, numbers: Mapping[Model, int], options: Mapping[str, int], kept: tuple[str, list[Any]] | None
) -> str:
    """Return how the model is registered: `@register(Book, count=500)`."""
    count: Count | Children = draft.one_each or counts.count_of(draft.model, numbers, options)
    if draft.one_row:
        count = 1
    elif draft.children is not None:
        count = draft.children
    given = [name_of(draft.model), f"count={f'{count:_}' if isinstance(count, int) else source_of(count)}"]
    if kept is not None:
        given.append(f"keep=Q({kept[0]}__in={source_of(kept[1])})")
    one_line = f"@register({', '.join(given)})"
    if len(one_line) <= WIDTH:
        return one_line
    return "@register(\n" + "".join(f"    {argument},\n" for argument in given) + ")"


def _function(draft: Draft, decorator: str) -> str:
    lines = []
    if draft.children is not None:
        lines += [draft.children.definition, "", ""]
    if draft.one_row:
        lines.append(f"# One row only, as {draft.one_row} must be unique, and nothing known is different in each row.")
    if draft.broken:
        lines.append(_comment(f"These rows might violate {' and '.join(draft.broken)}: see the model's constraints."))
    lines.append(decorator)
    lines.append(f"def {_function_name(draft.model)}(rows: Rows) -> Columns:")
    for variable in draft.variables:
        names = ", ".join(map(local_name, variable.among or (variable.name,)))
        lines.append(f"    {names} = {variable.of.source(4, len(names) + 3, 0)}")
    body = list(_body(draft))
    lines += ["    return {", *body, "    }"] if body else ["    return {}"]
    return "\n".join(lines) + "\n"


def _body(draft: Draft) -> Iterator[str]:
    fields = [f.name for f in draft.model._meta.concrete_fields]
    for name in [*fields, *(name for name in draft.columns if name not in fields)]:
        note = draft.notes.get(name)
        if name in draft.columns:
            if note:
                yield f"        # {note}:"
            yield f'        "{name}": {draft.columns[name].source(8, len(name) + 4)},'
        elif note:
            yield f'        # "{name}": {note}'


def _function_name(model: Model) -> str:
    owner: Any = model._meta.auto_created
    plural = plural_of(name_of(owner or model))
    name = f"{plural}_{_relation(model)}" if owner else plural
    return local_name(name)


def _relation(through: Model) -> str:
    owner: Any = through._meta.auto_created
    return str(next(f.name for f in owner._meta.local_many_to_many if f.remote_field.through is through))


def _imports(drafts: Sequence[Draft], target: AppConfig, names: set[str]) -> str:
    names = names | {"seeding.Columns", "seeding.Rows", "seeding.register"}
    for draft in drafts:
        for expression in [*draft.columns.values(), *([draft.children] if draft.children else [])]:
            names |= expression.names()
    by_module: dict[str, set[str]] = {}
    for module_name, name in (name.rpartition(".")[::2] for name in names):
        by_module.setdefault(module_name or name, set()).update([name] if module_name else [])
    for model in {model for draft in drafts for model in _named_by(draft)}:
        name = name_of(model)
        alias = f"{model.__name__} as {name}" if name != model.__name__ else name
        by_module.setdefault(_module_of(model, target), set()).add(alias)
    groups: list[list[str]] = [[], [], [], []]
    for module_name in sorted(by_module, key=lambda name: (name.startswith("."), bool(by_module[name]), name)):
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
    """Return 0 for Python's own, 1 for installed packages, 2 for the project's own, 3 for the app's."""
    if module_name.startswith("."):
        return 3
    if module_name.partition(".")[0] in sys.stdlib_module_names:
        return 0
    app = next((app for app in apps.get_app_configs() if module_name.startswith(f"{app.name}.")), None)
    return 1 if app is None or is_installed(app) else 2


def is_installed(app: AppConfig) -> bool:
    """Return True for an app of an installed package, where nobody should write."""
    return any(part in ("site-packages", "dist-packages") for part in str(app.path).split("/"))


def _import(module_name: str, names: Iterable[str]) -> str:
    """Return the imports from a module, sorted; what gets another name stands in a line of its own.

    Without names, the module itself is imported.
    """
    if not names:
        return f"import {module_name}"
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
