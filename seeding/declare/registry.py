"""What gets seeded: the seeders that each app's `seeds.py` registers, checked, in load order."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from django.db import models
from django.utils.module_loading import autodiscover_modules

from ..errors import SeedError
from ..generate.children import Per
from ..generate.streams import Dataset
from . import checks
from .inheritance import by_table, lineage
from .many import declaration_of
from .passwords import staff_of
from .seeder import Count, Declaration, Generate, Model, Seeder

if TYPE_CHECKING:
    from ..generate.columns import Columns
    from ..generate.rows import Rows
    from .suggest import Draft

SUGGESTED_FOR = 10_000  # rows of each table
MANY = 1_024  # rows of other tables, when a row is generated to see what columns there are


class Registry:
    """The seeders of a project, by model."""

    def __init__(self) -> None:
        self._declarations: dict[Model, Declaration] = {}
        self._bare: list[Declaration] = []  # registered without a function, as yet
        self._seeders: list[Seeder] | None = None

    def register(
        self,
        model: Model,
        *,
        count: Count,
        keep: models.Q | Literal[False] | None = None,
        undigested: Iterable[str] = (),
        disposable: Iterable[Model] = (),
        named: Mapping[str, int] | None = None,
    ) -> Callable[[Generate], Generate]:
        """Register the decorated function, from `Rows` to columns by field name, as the seeder of `model`.

        Without a function, `register(Author, count=100)` gives the columns that `manage.py seed --draft` would write.

        `count` says how many rows: the name of an option in `settings.SEED_ROW_COUNTS`, a number, another model ("as
        many as it has"), or `per(Order, 1, 8)`, so many for each row of another model. Rows that match `keep` are never
        deleted, nor is what belongs to them; of the project's user model those are staff and superusers, unless `keep`
        says otherwise (False: none). The fields `undigested` are left out of digests and comparisons: what differs from
        run to run. Rows of the models `disposable`, not created by a seed, may be deleted with the rows that they refer
        to, like a view counter's. Tests may ask for the row numbers `named` by their names: `{"ada": 0}`.

        A column holds one value a row, or is one value for all: whole numbers, booleans, floats, or text; decimals as
        integers in units of the last decimal place (cents) or as `Decimal`, times as microseconds and dates as days
        before the anchor or as Python's values, relations as row numbers. The primary key is the engine's: it isn't a
        column. Fields with a default, and those that may be NULL or blank, can be left out. Raises RegistrationError
        where `model` can't be seeded, or has a seeder already.
        """

        concrete: Model = model._meta.concrete_model or model
        kept = staff_of(concrete) if keep is None else keep or None
        suggested = Suggested(concrete, self, sys._getframe(1).f_globals.get("__name__", ""))
        bare = Declaration(
            concrete, count, suggested, kept, frozenset(undigested), tuple(disposable), dict(named or {})
        )
        checks.check_named(bare)
        self._bare.append(bare)
        self._seeders = None

        def decorate(generate: Generate) -> Generate:
            self._bare = [other for other in self._bare if other is not bare]
            declaration = replace(bare, generate=generate)
            checks.check_duplicate(declaration, self._declarations.get(concrete))
            checks.check_model(declaration)
            self._declarations[concrete] = declaration
            self._seeders = None
            return generate

        return decorate

    def discover(self) -> Seeders:
        """Import every installed app's `seeds.py`, once, and return the checked seeders. Raises RegistrationError."""
        declarations = self.declarations()
        if self._seeders is None:
            checks.check_some_registered(declarations.values())
            checked = self._checked()
            found = by_table(checked)
            for seeder in checked.values():
                checks.check_existing(found, seeder)
            for seeder in found.values():
                checks.check_parents(found, seeder)
                checks.check_referred(found, seeder)
            self._seeders = in_load_order(found)
        return Seeders(self._seeders)

    def declarations(self) -> Mapping[Model, Declaration]:
        """Import every installed app's `seeds.py`, once, and return what they declare. Raises RegistrationError."""
        try:
            autodiscover_modules("seeds")
        except SeedError:
            raise
        except Exception as exc:
            raise checks.failed_import(exc) from exc
        while self._bare:
            bare = self._bare.pop(0)
            checks.check_duplicate(bare, self._declarations.get(bare.model))
            checks.check_model(bare)
            self._declarations[bare.model] = bare
        return self._declarations

    def seeder(self, model: Model) -> Seeder:
        """Generate one row of a model's table and check its columns; return the seeder. Raises RegistrationError."""
        return _checked(self._declarations[model], self._declarations)

    def _checked(self) -> dict[Model, Seeder]:
        """Return the checked seeders of all declarations, and those of the tables of their many-to-many relations."""
        declarations = dict(self._declarations)
        seeders = {}
        waiting = list(declarations.values())
        while waiting:
            declaration = waiting.pop(0)
            seeder = seeders[declaration.model] = _checked(declaration, declarations)
            for name, some in seeder.many.items():
                relation: Any = seeder.model._meta.get_field(name)
                between = declaration_of(declaration, relation, some)
                checks.check_duplicate(between, declarations.get(between.model))
                declarations[between.model] = between
                waiting.append(between)
        return seeders


class Suggested:
    """A seeder without a function: it gives the columns that the draft of its model has."""

    def __init__(self, model: Model, registry: Registry, module: str) -> None:
        self._model, self._registry = model, registry
        self.__module__, self.__qualname__ = module, f"register({model.__name__})"

    def __call__(self, rows: Rows) -> Columns:
        return {name: expression.value(rows) for name, expression in self._draft.columns.items()}

    @cached_property
    def _draft(self) -> Draft:
        """What is drafted where each table has so many rows: however many others there are, the same.

        Required relations to models without a seeder are taken to be ones to existing rows.
        """
        from .suggest import Surroundings, draft_of

        declared = self._registry.declarations()
        count = declared[self._model].count
        fields: list[Any] = [f for f in self._model._meta.concrete_fields if f.is_relation and not f.null]
        existing = {f.related_model._meta.concrete_model for f in fields}
        row_counts = dict.fromkeys(declared, SUGGESTED_FOR) | ({self._model: count} if isinstance(count, int) else {})
        around = Surroundings(row_counts, existing)
        draft = draft_of(self._model, around, count if isinstance(count, Per) else None)
        registered = [f.name for f in self._model._meta.local_many_to_many if f.remote_field.through in declared]
        for name in registered:
            draft.columns.pop(name, None)
        return draft


def _checked(declaration: Declaration, declarations: Mapping[Model, Declaration]) -> Seeder:
    """Generate one row of a declaration, and return its seeder."""
    probe = Dataset("probe", _Likely(declaration, declarations).row_counts())
    with probe.asking() as lookups:
        seeder = checks.checked(declaration, declaration.values(probe, 0, 1), lookups)
        seeder.batch(probe, 0, 1)
    return seeder


class _Likely:
    """How many rows each table may have while one row of `own` is tried.

    Options count one row of its own, many of others. The rows of models that inherit from a table are among its rows.
    """

    def __init__(self, own: Declaration, declarations: Mapping[Model, Declaration]) -> None:
        self._own = own
        self._filling: dict[Model, list[Declaration]] = {}  # the declarations that fill the table of each model
        for declaration in declarations.values():
            for model in lineage(declaration.model):
                self._filling.setdefault(model, []).append(declaration)

    def row_counts(self) -> dict[str, int]:
        return {model._meta.db_table: self._total(model) for model in self._filling}

    def _total(self, model: Model, *seen: Model) -> int:
        return sum(self._count(declaration, *seen) for declaration in self._filling[model])

    def _count(self, declaration: Declaration, *seen: Model) -> int:
        count = declaration.count
        if declaration is self._own:
            return max(1, count) if isinstance(count, int) else 1
        if isinstance(count, int):
            return max(count, MANY) if isinstance(self._own.count, Per) else count
        model = _counted(count)
        if model not in self._filling or model in seen:
            return MANY
        parents = self._total(model, *seen, model)
        return count.children(parents, declaration.table).total if isinstance(count, Per) else parents


def _counted(count: Count) -> Model | None:
    """Return the model whose rows a count counts."""
    model = count.model if isinstance(count, Per) else count
    return model._meta.concrete_model or model if isinstance(model, type) and issubclass(model, models.Model) else None


class Seeders:
    """The checked seeders, in load order: each after those whose rows it refers to."""

    def __init__(self, seeders: Sequence[Seeder]) -> None:
        self._seeders = {seeder.model: seeder for seeder in seeders}

    def __iter__(self) -> Iterator[Seeder]:
        return iter(self._seeders.values())

    def __len__(self) -> int:
        return len(self._seeders)

    def __contains__(self, model: object) -> bool:
        return model in self._seeders

    def get(self, model: Model) -> Seeder:
        """Return the seeder of `model`. Raises KeyError where it has none."""
        return self._seeders[model]

    @property
    def tables(self) -> list[str]:
        """The names of the tables, as their models have them."""
        return [seeder.table for seeder in self._seeders.values()]

    def row_counts(self, options: Mapping[str, int]) -> dict[str, int]:
        """Return the number of rows of each table, from the values of the counting options.

        Raises RegistrationError for an unknown option, ConfigurationError where rows would refer to too few others.
        """
        counts = {seeder.table: self._total(seeder, options, set()) for seeder in self._seeders.values()}
        checks.check_counts(list(self._seeders.values()), counts)
        return counts

    def _total(self, seeder: Seeder, options: Mapping[str, int], seen: set[Model]) -> int:
        """Return the number of rows of a table: those of the models that inherit from it are among them."""
        heirs = [heir for heir in self._seeders.values() if heir.table in seeder.heirs]
        return self._count(seeder, options, seen) + sum(self._total(heir, options, seen) for heir in heirs)

    def _count(self, seeder: Seeder, options: Mapping[str, int], seen: set[Model]) -> int:
        count = seeder.count
        if isinstance(count, str) and count in options:
            return options[count]
        if isinstance(count, int) and count >= 0:
            return count
        model = _counted(count)
        if model is not None and model in self and model not in seen:
            rows = self._total(self._seeders[model], options, {*seen, model})
            return count.children(rows, seeder.table).total if isinstance(count, Per) else rows
        raise checks.unknown_count(seeder, options)


def in_load_order(seeders: Mapping[Model, Seeder]) -> list[Seeder]:
    """Return the seeders, each after those that it refers to, by table name where that leaves a choice.

    Where they refer to one another in a circle, a nullable relation is disregarded first: keys are computed, and
    Django's foreign keys are checked at COMMIT.
    """
    parents = {model: {p: needed for p, needed in s.parents.items() if p is not model} for model, s in seeders.items()}
    while True:
        sorter: TopologicalSorter[Model] = TopologicalSorter()
        for model in sorted(seeders, key=lambda m: m._meta.db_table):
            sorter.add(model, *sorted(parents[model], key=lambda p: p._meta.db_table))
        try:
            return [seeders[model] for model in sorter.static_order()]
        except CycleError as exc:
            circle: list[Model] = exc.args[1]  # each is referred to by the next
            pairs = [(child, parent) for parent, child in pairwise(circle)]
            child, parent = min(pairs, key=lambda p: (_weight(seeders[p[0]], p[1]), p[0]._meta.db_table))
            del parents[child][parent]


def _weight(seeder: Seeder, parent: Model) -> int:
    """Return how much loading `parent` first matters: 2 for a key that is the parent's, 1 for a required relation."""
    return 2 if seeder.key_parent is parent else int(seeder.parents[parent])


registry = Registry()
register = registry.register
