"""The guard: which rows a seed would delete, which of those no seed created, and which rows stay.

After a seed, a seeded table holds the rows that stay, and the new ones. What stays: rows that match their seeder's
`keep` (staff), and rows that belong to such a row. All others go: those in the key ranges of the last seed were made by
it, those outside would be lost. So would rows of other tables that point at a row that goes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from . import recorder
from .registry import Registry, Seeder
from .results import Loss

Rows = QuerySet[Any]


class Guard:
    """What a seed would do to the rows that are there, in the database `using`."""

    def __init__(self, registry: Registry, key_ranges: Mapping[str, tuple[int, int]], using: str) -> None:
        self._registry = registry
        self._key_ranges = key_ranges
        self._using = using
        self._seeders = registry.in_load_order()

    @classmethod
    def survey(cls, registry: Registry, using: str) -> tuple[Guard, list[Loss]]:
        """Return a guard and what would be lost, as of one moment: again, if another seed ended meanwhile."""
        while True:
            before = recorder.key_ranges(using), recorder.applied(using)
            guard = cls(registry, before[0], using)
            losses = guard.losses()
            if (recorder.key_ranges(using), recorder.applied(using)) == before:
                return guard, losses

    def kept(self, seeder: Seeder) -> Rows:
        """Return the rows that stay."""
        rows: Rows = seeder.model._base_manager.using(self._using)
        condition = seeder.keep
        for relation in seeder.model._meta.concrete_fields:
            parent = relation.related_model
            if isinstance(parent, type) and parent is not seeder.model and parent in self._registry:
                above = self._registry.get(parent)
                if self._keeps(above):
                    belongs = Q(**{f"{relation.name}__in": self.kept(above).values("pk")})
                    condition = belongs if condition is None else condition | belongs
        return rows.none() if condition is None else rows.filter(condition)

    def _keeps(self, seeder: Seeder) -> bool:
        parents = (p for p in seeder.parents if p in self._registry)
        return seeder.keep is not None or any(self._keeps(self._registry.get(p)) for p in parents)

    def going(self, seeder: Seeder) -> Rows:
        """Return the rows that a seed would delete, if it may."""
        rows: Rows = seeder.model._base_manager.using(self._using)
        return rows.exclude(pk__in=self.kept(seeder).values("pk")) if self._keeps(seeder) else rows.all()

    def seeded(self, seeder: Seeder) -> Rows:
        """Return the rows that go and that a seed created."""
        return self.going(seeder).filter(self._in_range(seeder))

    def losses(self) -> list[Loss]:
        """Return what would be lost, the tables that are loaded last first."""
        found = []
        for rows, why in self._lost():
            examples = tuple(rows.order_by("pk").values_list("pk", flat=True)[:3])
            if examples:
                found.append(Loss(rows.model._meta.db_table, why, rows.count(), examples))
        return found

    def delete_pointing(self) -> None:
        """Delete the rows of tables that aren't seeded which point at rows that go."""
        for rows, _ in self._lost():
            if rows.model not in self._registry:
                rows._raw_delete(self._using)

    def delete(self, seeder: Seeder, *, losses_too: bool) -> None:
        """Delete the table's rows that a seed created; with `losses_too`, also those that would be lost."""
        (self.going(seeder) if losses_too else self.seeded(seeder))._raw_delete(self._using)

    def _in_range(self, seeder: Seeder) -> Q:
        if seeder.table not in self._key_ranges:
            return Q(pk__in=[])
        first, last = self._key_ranges[seeder.table]
        return Q(pk__gte=first, pk__lte=last)

    def _lost(self) -> list[tuple[Rows, str]]:
        """Return the rows that would be lost, those that point at others first."""
        lost = []
        for seeder in reversed(self._seeders):
            rows = self.going(seeder)
            lost += self._pointing_at(rows, ())
            if seeder.table in self._key_ranges:
                first, last = self._key_ranges[seeder.table]
                rows = rows.filter(Q(pk__lt=first) | Q(pk__gt=last))
            lost.append((rows, "that no seed created"))
        return lost

    def _pointing_at(self, rows: Rows, path: tuple[type[models.Model], ...]) -> list[tuple[Rows, str]]:
        """Return the rows of tables that aren't seeded which point at `rows`, directly or through one another."""
        found = []
        model = rows.model
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
                continue
            pointing = relation.related_model
            if pointing in self._registry or pointing in path or not pointing._meta.managed:
                continue
            column = relation.field.name
            those = pointing._base_manager.using(self._using).filter(**{f"{column}__in": rows.values("pk")})
            found += self._pointing_at(those, (*path, pointing))
            found.append((those, f"whose {column} is a row of {model._meta.db_table} that goes"))
        return found
