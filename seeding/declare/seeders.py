"""A seeder: how one model's rows are generated, and which of its columns it fills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Field

from ..database.connections import in_one_line
from ..errors import RegistrationError

if TYPE_CHECKING:
    from ..generate.columns import Column, Columns
    from ..generate.rows import Rows
    from ..generate.streams import Dataset

Generate = Callable[["Rows"], "Columns"]
Count = str | int | type[models.Model]

_KINDS: tuple[tuple[type[Field[Any, Any]], str], ...] = (
    (models.BooleanField, "boolean"),
    (models.DecimalField, "decimal"),
    (models.DateTimeField, "datetime"),
    (models.DateField, "date"),
    (models.FloatField, "float"),
    (models.IntegerField, "integer"),
    (models.CharField, "text"),
    (models.TextField, "text"),
)


def kind_of(f: Field[Any, Any]) -> str | None:
    """Return the kind of values that the field holds (see columns.as_column); None where it can't be seeded."""
    return next((kind for field_type, kind in _KINDS if isinstance(f, field_type)), None)


@dataclass(frozen=True)
class SeededField:
    """One column that a seeder fills."""

    field: Field[Any, Any]
    kind: str  # see columns.as_column
    parent: type[models.Model] | None = None  # whose row numbers the values are

    @property
    def name(self) -> str:
        return self.field.name


@dataclass(frozen=True)
class Seeder:
    """How one model's rows are generated."""

    model: type[models.Model]
    count: Count
    generate: Generate
    keep: models.Q | None
    undigested: frozenset[str]
    fields: tuple[SeededField, ...] = ()  # the columns that it fills; known once it is checked

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    @property
    def where(self) -> str:
        return f"{self.generate.__module__}.{self.generate.__qualname__}"

    @property
    def key(self) -> Field[Any, Any]:
        """The primary key's field."""
        key: Field[Any, Any] = self.model._meta.pk
        return key

    @property
    def defaults(self) -> dict[Field[Any, Any], Any]:
        """The values of the fields that the seeder leaves out, and that the database doesn't fill by itself."""
        filled = {f.field for f in self.fields} | {self.key}
        fields = self.model._meta.concrete_fields
        return {f: f.get_default() for f in fields if f not in filled and not f.generated and not f.has_db_default()}

    @property
    def key_parent(self) -> type[models.Model] | None:
        """The model whose keys are this one's too, where the primary key is a one-to-one relation."""
        return self.key.remote_field.model if isinstance(self.key, models.OneToOneField) else None

    @property
    def parents(self) -> set[type[models.Model]]:
        """The models that rows of this one point at."""
        pointed = {f.related_model for f in self.model._meta.concrete_fields if f.is_relation}
        return {model for model in pointed if isinstance(model, type)} - {self.model}

    def columns(self, dataset: Dataset, start: int, stop: int) -> dict[str, Column]:
        """Generate the rows `start` to `stop` (exclusive). Raises RegistrationError for values that don't fit."""
        from ..generate.columns import as_column
        from ..generate.rows import Rows

        try:
            values = self.generate(Rows(dataset, self.table, start, stop))
        except Exception as exc:
            reason = f"{type(exc).__name__}: {in_one_line(exc)}"
            raise RegistrationError(
                f"{self.where} fails for rows {start} to {stop - 1}: {reason}", id="seeding.E111"
            ) from exc
        columns = {}
        for seeded in self.fields:
            if seeded.name not in values:
                raise RegistrationError(
                    f"{self.where} gives no column {seeded.name!r} for rows {start} to {stop - 1}.", id="seeding.E107"
                )
            try:
                columns[seeded.name] = as_column(values[seeded.name], seeded.kind, stop - start)
            except (TypeError, ValueError) as exc:
                raise RegistrationError(
                    f"{self.where}, column {seeded.name!r}: {exc}.",
                    id="seeding.E107",
                ) from exc
        return columns
