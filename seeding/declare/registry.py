"""What gets seeded: the seeders that each app's `seeds.py` registers, checked, in load order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.fields import NOT_PROVIDED, Field
from django.utils.module_loading import autodiscover_modules

from ..database.connections import in_one_line
from ..errors import ConfigurationError, RegistrationError, SeedError
from .seeders import Count, Generate, SeededField, Seeder, kind_of

if TYPE_CHECKING:
    from ..generate.columns import Columns


class Registry:
    """The seeders of a project, by model."""

    def __init__(self) -> None:
        self._seeders: dict[type[models.Model], Seeder] = {}
        self._discovered = False

    def discover(self) -> Registry:
        """Import every installed app's `seeds.py`, once, and check what they register. Raises RegistrationError."""
        if not self._discovered:
            try:
                autodiscover_modules("seeds")
            except SeedError:
                raise
            except Exception as exc:
                reason = f"{type(exc).__name__}: {in_one_line(exc)}"
                raise RegistrationError(f"A seeds.py can't be imported: {reason}", id="seeding.E110") from exc
            self.check()
            self._discovered = True
        return self

    def register(
        self,
        model: type[models.Model],
        *,
        count: Count,
        keep: models.Q | None = None,
        undigested: Iterable[str] = (),
    ) -> Callable[[Generate], Generate]:
        """Register the decorated function, from `Rows` to columns by field name, as the seeder of `model`.

        `count` says how many rows: the name of an option in `settings.SEED_ROW_COUNTS`, a number, or another model
        ("as many as it has"). Rows that match `keep` are never deleted, nor is what belongs to them. The fields
        `undigested` are left out of digests and comparisons: what differs from run to run, like password hashes.

        A column holds one value a row, or is one value for all: whole numbers, booleans, floats, or text; decimals as
        integers in units of the last decimal place (cents), times as microseconds and dates as days before the anchor,
        relations as row numbers. The primary key is the engine's: it isn't a column. Fields with a plain default, and
        those that may be NULL or blank, can be left out. Raises RegistrationError where `model` has a seeder already.
        """

        def decorate(generate: Generate) -> Generate:
            seeder = Seeder(model, count, generate, keep, frozenset(undigested))
            if model in self._seeders:
                raise RegistrationError(
                    f"{seeder.where} registers {model._meta.label}, which {self._seeders[model].where} already does: "
                    "keep one of them.",
                    id="seeding.E109",
                )
            _check_key(seeder)
            self._seeders[model] = seeder
            return generate

        return decorate

    def get(self, model: type[models.Model]) -> Seeder:
        """Return the seeder of `model`. Raises KeyError where it has none."""
        return self._seeders[model]

    def __contains__(self, model: object) -> bool:
        return model in self._seeders

    def in_load_order(self) -> list[Seeder]:
        """Return all seeders, each after those whose rows it points at, by table name where that leaves a choice."""
        sorter: TopologicalSorter[type[models.Model]] = TopologicalSorter()
        for model, seeder in sorted(self._seeders.items(), key=lambda item: item[1].table):
            sorter.add(model, *sorted((p for p in seeder.parents if p in self), key=lambda p: p._meta.db_table))
        try:
            return [self._seeders[model] for model in sorter.static_order()]
        except CycleError as exc:
            path = " -> ".join(model._meta.label for model in exc.args[1])
            raise RegistrationError(
                f"The registered models' foreign keys form a cycle: {path}. Register one model less.", id="seeding.E103"
            ) from exc

    def row_counts(self, options: Mapping[str, int]) -> dict[str, int]:
        """Return the number of rows of each table, in load order, from the values of the counting options.

        Raises RegistrationError for an unknown option, ConfigurationError where rows would point at an empty table.
        """
        counts = {seeder.table: self._count(seeder, options, set()) for seeder in self.in_load_order()}
        for seeder in self.in_load_order():
            for relation in seeder.model._meta.concrete_fields:
                parent = relation.related_model
                if relation.null or not isinstance(parent, type) or parent not in self:
                    continue
                table, parents = parent._meta.db_table, counts[parent._meta.db_table]
                rows = counts[seeder.table]
                if rows and not parents:
                    raise ConfigurationError(
                        f"{rows:,} {seeder.table} can't be made with 0 {table}: ask for at least 1."
                    )
                if relation.primary_key and rows > parents:
                    raise ConfigurationError(
                        f"{rows:,} {seeder.table} can't be made with {parents:,} {table}, one each: ask for no more."
                    )
        return counts

    def _count(self, seeder: Seeder, options: Mapping[str, int], seen: set[type[models.Model]]) -> int:
        count = seeder.count
        if isinstance(count, str) and count in options:
            return options[count]
        if isinstance(count, int) and count >= 0:
            return count
        if isinstance(count, type) and count in self and count not in seen:
            return self._count(self._seeders[count], options, {*seen, count})
        raise RegistrationError(
            f"{seeder.where}: count={count!r} is neither an option in settings.SEED_ROW_COUNTS ({', '.join(options)}), "
            "nor a number, nor a registered model.",
            id="seeding.E108",
        )

    def check(self) -> None:
        """Generate one row of each table and check its columns. Raises RegistrationError for what doesn't fit."""
        from ..generate.rows import Rows
        from ..generate.streams import Dataset

        seeders = self.in_load_order()
        for seeder in seeders:
            if seeder.key_parent is not None and seeder.key_parent not in self:
                raise RegistrationError(
                    f"{seeder.where}: {seeder.key} points at a model without seeder: register one.", id="seeding.E106"
                )
        probe = Dataset("probe", {seeder.table: 1 for seeder in seeders})
        for seeder in seeders:
            try:
                columns = seeder.generate(Rows(probe, seeder.table, 0, 1))
            except Exception as exc:
                reason = f"{type(exc).__name__}: {in_one_line(exc)}"
                raise RegistrationError(f"{seeder.where} fails for one row: {reason}", id="seeding.E111") from exc
            checked = replace(seeder, fields=self._seeded_fields(seeder, columns))
            checked.columns(probe, 0, 1)
            self._seeders[seeder.model] = checked

    def _seeded_fields(self, seeder: Seeder, columns: Columns) -> tuple[SeededField, ...]:
        meta = seeder.model._meta
        for name in [*columns, *seeder.undigested]:
            try:
                known = meta.get_field(name)
            except FieldDoesNotExist:
                known = None
            if known not in meta.concrete_fields or known is meta.pk:
                names = ", ".join(f.name for f in meta.concrete_fields if f is not meta.pk)
                raise RegistrationError(
                    f"{seeder.where}: {meta.label} has no column {name!r} to fill; it has {names}.", id="seeding.E101"
                )
        return tuple(
            self._seeded(seeder, f) for f in meta.concrete_fields if f.name in columns or _is_required(seeder, f)
        )

    def _seeded(self, seeder: Seeder, f: Field[Any, Any]) -> SeededField:
        if f.is_relation:
            parent = f.related_model
            if not isinstance(parent, type) or parent not in self:
                raise RegistrationError(
                    f"{seeder.where}: {f} points at a model without seeder: register one.", id="seeding.E106"
                )
            target: Field[Any, Any] = getattr(f, "target_field", f)
            if not target.primary_key:
                raise RegistrationError(
                    f"{seeder.where}: {f} refers to {target}; only relations to primary keys can be seeded.",
                    id="seeding.E105",
                )
            return SeededField(f, "integer", parent)
        kind = kind_of(f)
        if kind is None:
            raise RegistrationError(
                f"{seeder.where}: {f} is a {type(f).__name__}, which can't be seeded: "
                "only numbers, text, dates, times and relations can.",
                id="seeding.E105",
            )
        return SeededField(f, kind)


def _is_required(seeder: Seeder, f: Field[Any, Any]) -> bool:
    """Say False for a field that can be left out. Raises RegistrationError: nobody declares this one."""
    if f.primary_key or f.generated or f.null or f.has_db_default():
        return False
    if f.default is NOT_PROVIDED and not (f.blank and f.empty_strings_allowed):
        reason = "it may not be NULL and has no default"
    elif callable(f.default) and f.default is not NOT_PROVIDED:
        reason = "its default is computed anew for each row"
    else:
        return False
    raise RegistrationError(
        f"{seeder.where} doesn't declare the column {f.name!r} of {f.model._meta.label}: {reason}.", id="seeding.E102"
    )


def _check_key(seeder: Seeder) -> None:
    key, meta = seeder.model._meta.pk, seeder.model._meta
    if meta.proxy or not meta.managed or len(meta.parents) > 0:
        raise RegistrationError(
            f"{seeder.where}: {meta.label} has no table of its own: register a plain model.", id="seeding.E104"
        )
    if not isinstance(key, models.IntegerField | models.OneToOneField):
        raise RegistrationError(
            f"{seeder.where}: the primary key of {meta.label} is a {type(key).__name__}; only integer and "
            "one-to-one keys can be seeded.",
            id="seeding.E104",
        )


registry = Registry()
register = registry.register
