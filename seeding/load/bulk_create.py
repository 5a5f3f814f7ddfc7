"""The `bulk_create` loader: model instances through Django's ORM, on any database."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.db.models.base import ModelState

from ..database.rows import all_rows
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..generate.columns import Batch
from .loader import Loader
from .values import stored_columns, stored_fields


class BulkCreate(Loader):
    """What Django's `bulk_create` does, but raw: what was generated is stored, whatever `pre_save` would make of it."""

    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> list[Model]:
        """Make the model instances."""
        columns = stored_columns(seeder, batch, target)
        names = [column.field.attname for column in columns]
        rows = zip(*(column.python() for column in columns), strict=True)
        return [_instance(seeder.model, names, values) for values in rows]

    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Insert the instances."""
        rows: Any = all_rows(seeder.model, self.guard.using)
        fields = stored_fields(seeder)
        done = 0
        for done, instances in prepared:
            size = self.connection.ops.bulk_batch_size(fields, instances)
            for start in range(0, len(instances), size):
                part = instances[start : start + size]
                rows._insert(part, fields=fields, using=self.guard.using, raw=True)
            yield done
        self.refuse_lost_rows(seeder, target, done)


def _instance(model: type[Model], names: Sequence[str], values: Sequence[Any]) -> Model:
    """Return an instance with these values, which no signal's receiver and no `__init__` has changed."""
    made = model.__new__(model)
    made.__dict__.update(zip(names, values, strict=True), _state=ModelState())
    return made
