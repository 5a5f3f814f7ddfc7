"""What gets seeded: the seeders that each app's `seeds.py` registers, checked, in load order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from django.db import models
from django.utils.module_loading import autodiscover_modules

from ..errors import SeedError
from . import checks
from .inheritance import by_table, lineage
from .seeder import Count, Declaration, Generate, Model, Seeder


class Registry:
    """The seeders of a project, by model."""

    def __init__(self) -> None:
        self._declarations: dict[Model, Declaration] = {}
        self._seeders: list[Seeder] | None = None

    def register(
        self,
        model: Model,
        *,
        count: Count,
        keep: models.Q | None = None,
        undigested: Iterable[str] = (),
        disposable: Iterable[Model] = (),
    ) -> Callable[[Generate], Generate]:
        """Register the decorated function, from `Rows` to columns by field name, as the seeder of `model`.

        `count` says how many rows: the name of an option in `settings.SEED_ROW_COUNTS`, a number, or another model
        ("as many as it has"). Rows that match `keep` are never deleted, nor is what belongs to them. The fields
        `undigested` are left out of digests and comparisons: what differs from run to run. Rows of the models
        `disposable`, which no seed creates, may be deleted with the rows that they refer to, like a view counter's.

        A column holds one value a row, or is one value for all: whole numbers, booleans, floats, or text; decimals as
        integers in units of the last decimal place (cents) or as `Decimal`, times as microseconds and dates as days
        before the anchor or as Python's values, relations as row numbers. The primary key is the engine's: it isn't a
        column. Fields with a default, and those that may be NULL or blank, can be left out. Raises RegistrationError
        where `model` can't be seeded, or has a seeder already.
        """

        def decorate(generate: Generate) -> Generate:
            concrete: Model = model._meta.concrete_model or model
            declaration = Declaration(concrete, count, generate, keep, frozenset(undigested), tuple(disposable))
            checks.check_duplicate(declaration, self._declarations.get(concrete))
            checks.check_model(declaration)
            self._declarations[concrete] = declaration
            self._seeders = None
            return generate

        return decorate

    def discover(self) -> Seeders:
        """Import every installed app's `seeds.py`, once, and return the checked seeders. Raises RegistrationError."""
        if self._seeders is None:
            try:
                autodiscover_modules("seeds")
            except SeedError:
                raise
            except Exception as exc:
                raise checks.failed_import(exc) from exc
            self._seeders = self._checked()
        return Seeders(self._seeders)

    def _checked(self) -> list[Seeder]:
        """Generate one row of each table and check its columns; return the seeders in load order."""
        from ..generate.streams import Dataset

        checks.check_some_registered(self._declarations.values())
        probe = Dataset("probe", {m._meta.db_table: 1 for model in self._declarations for m in lineage(model)})
        seeders = {}
        for model, declaration in self._declarations.items():
            seeders[model] = checks.checked(declaration, declaration.values(probe, 0, 1))
            seeders[model].batch(probe, 0, 1)
        found = by_table(seeders)
        for seeder in found.values():
            checks.check_parents(found, seeder)
            checks.check_referred(found, seeder)
        return in_load_order(found)


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
        if isinstance(count, type):
            count = count._meta.concrete_model or count
        if isinstance(count, type) and count in self and count not in seen:
            return self._total(self._seeders[count], options, {*seen, count})
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
