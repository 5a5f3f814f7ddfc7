"""The guard: which rows a seed would delete, which of those no seed created, and which rows stay.

After a seed, a seeded table holds the rows that stay, and the new ones. What stays: rows that match their seeder's
`keep` (staff), and rows that belong to such a row. All others go: those in the key ranges of the last seed were made by
it, those outside would be lost. So would rows of other tables that point at a row that goes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models import Q, QuerySet

from ..database import record as recorder
from ..database.connections import describe
from ..database.foreign_keys import Reference, unknown_references
from ..declare.registry import Registry
from ..declare.seeders import SeededField, Seeder
from ..errors import Refused
from ..generate.streams import Dataset
from ..report.results import Loss

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
        """Return the rows that stay: what `keep` names, what belongs to that, and what such a row points at."""
        condition = self._belonging(seeder)
        for child, relation in self._children(seeder):
            if self._stays_regardless(child, relation):
                pointed = self.kept(child).filter(**{f"{relation.name}__isnull": False}).values(relation.name)
                condition |= Q(pk__in=pointed)
        return self._all(seeder).filter(condition) if condition else self._all(seeder).none()

    def _stays_regardless(self, child: Seeder, relation: models.Field[Any, Any]) -> bool:
        """Say whether rows of `child` can stay for another reason than the row that `relation` points at."""
        return (
            child.keep is not None
            or any(self._keeps(parent) for f, parent in self._parents(child) if f is not relation)
            or any(self._stays_regardless(grandchild, f) for grandchild, f in self._children(child))
        )

    def _belonging(self, seeder: Seeder) -> Q:
        condition = seeder.keep or Q()
        for relation, parent in self._parents(seeder):
            if self._keeps(parent):
                above = self._all(parent).filter(self._belonging(parent))
                condition |= Q(**{f"{relation.name}__in": above.values("pk")})
        return condition

    def _keeps(self, seeder: Seeder) -> bool:
        return seeder.keep is not None or any(self._keeps(parent) for _, parent in self._parents(seeder))

    def _may_keep(self, seeder: Seeder) -> bool:
        return self._keeps(seeder) or any(self._may_keep(child) for child, _ in self._children(seeder))

    def _all(self, seeder: Seeder) -> Rows:
        return seeder.model._base_manager.using(self._using)

    def _parents(self, seeder: Seeder) -> list[tuple[models.Field[Any, Any], Seeder]]:
        """Return the relations to other seeded tables, each with the table's seeder."""
        related = [(f, f.related_model) for f in seeder.model._meta.concrete_fields if f.is_relation]
        return [
            (f, self._registry.get(model))
            for f, model in related
            if isinstance(model, type) and model is not seeder.model and model in self._registry
        ]

    def _children(self, seeder: Seeder) -> list[tuple[Seeder, models.Field[Any, Any]]]:
        return [(child, f) for child in self._seeders for f, parent in self._parents(child) if parent is seeder]

    def going(self, seeder: Seeder) -> Rows:
        """Return the rows that a seed would delete, if it may."""
        rows = self._all(seeder)
        return rows.exclude(pk__in=self.kept(seeder).values("pk")) if self._may_keep(seeder) else rows

    def seeded(self, seeder: Seeder) -> Rows:
        """Return the rows that go and that a seed created."""
        return self.going(seeder).filter(self._in_range(seeder))

    def losses(self) -> list[Loss]:
        """Return what would be lost, the tables that are loaded last first."""
        found = []
        for rows, why in self._lost():
            examples = tuple(rows.order_by("pk").values_list("pk", flat=True)[:3])
            if examples:
                found.append(Loss(rows.model._meta.db_table, why, rows.count(), examples, _fingerprint(rows)))
        for reference in self._unknown_references():
            with connections[self._using].cursor() as cursor:
                cursor.execute(
                    f"SELECT count(*) FROM {reference.table} WHERE {reference.condition}", reference.parameters
                )
                if count := cursor.fetchone()[0]:
                    why = f"whose {reference.columns} is a row of {reference.referenced} that goes"
                    found.append(Loss(reference.table.replace('"', ""), why, count, ()))
        return found

    def clashes(self, dataset: Dataset, batch_size: int) -> list[str]:
        """Return, in words, the rows that stay and hold a unique value which a new row gets."""
        found = []
        for seeder in self._seeders:
            names = [f.name for f in seeder.fields if f.kind in ("integer", "text") and _is_unique(seeder.model, f)]
            staying = list(self.kept(seeder).values_list("pk", *names)) if names and self._may_keep(seeder) else []
            if not staying:
                continue
            for start in range(0, dataset.row_counts[seeder.table], batch_size):
                stop = min(start + batch_size, dataset.row_counts[seeder.table])
                columns = seeder.columns(dataset, start, stop)
                for position, name in enumerate(names, 1):
                    made = set(columns[name].tolist())
                    found += [
                        f"{seeder.table}: the row with key {row[0]} stays, and has the {name} {row[position]!r} that a "
                        f"new row gets"
                        for row in staying
                        if row[position] in made
                    ]
        return found

    def delete_pointing(self) -> None:
        """Delete the rows of tables that aren't seeded which point at rows that go."""
        for reference in self._unknown_references():
            with connections[self._using].cursor() as cursor:
                cursor.execute(f"DELETE FROM {reference.table} WHERE {reference.condition}", reference.parameters)
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
            if not router.allow_migrate_model(self._using, pointing):  # its table isn't here
                continue
            column = relation.field.name
            keys = rows.values(relation.field.target_field.name)
            those = pointing._base_manager.using(self._using).filter(**{f"{column}__in": keys})
            found += self._pointing_at(those, (*path, pointing))
            found.append((those, f"whose {column} is a row of {model._meta.db_table} that goes"))
        return found

    def _unknown_references(self) -> list[Reference]:
        going = []
        for seeder in reversed(self._seeders):
            rows = self.going(seeder)
            going += [*(pointing for pointing, _ in self._pointing_at(rows, ())), rows]
        return unknown_references(going, self._using)


def _fingerprint(rows: Rows) -> tuple[object, ...]:
    key: Any = rows.model._meta.pk
    while key.is_relation:
        key = key.target_field
    sums = {"sum": models.Sum("pk")} if isinstance(key, models.IntegerField) else {}
    return tuple(rows.aggregate(first=models.Min("pk"), last=models.Max("pk"), **sums).values())


def refusal(version: str, using: str, losses: Sequence[Loss]) -> Refused:
    """Return the error that names what would be lost, and how to go on."""
    return Refused(
        f"Seeding {version} would delete rows of {describe(using)} that no seed created:\n"
        + "".join(f"  {loss}\n" for loss in losses)
        + "Nothing was changed. Move them away, or give --overwrite to delete them too."
    )


def _is_unique(model: type[models.Model], seeded: SeededField) -> bool:
    alone = any(constraint.fields == (seeded.name,) for constraint in model._meta.total_unique_constraints)
    return seeded.parent is None and (alone or seeded.field.unique)
