"""A seeder: a declaration, and what is known of it once it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db import connections, models
from django.db.models import Field

from ..errors import RegistrationError
from ..generate.children import Per
from ..generate.columns import Batch, Column, concatenated, filled
from ..generate.existing import ExistingRows
from ..generate.generic import check_row_numbers
from ..generate.pairs import Some
from ..generate.rows import Rows
from ..report.wording import in_one_line
from .defaults import Constant, Form, itself
from .generic import expanded
from .kinds.base import Kind
from .kinds.generic import GenericKey
from .kinds.references import Reference

if TYPE_CHECKING:
    from ..generate.columns import Columns
    from ..generate.streams import Dataset

BLOCK = 20_000  # rows that are generated at once, where all are needed

Model = type[models.Model]
Generate = Callable[[Rows], "Columns"]
Count = str | int | Model | Per


@dataclass(frozen=True)
class Declaration:
    """What a `seeds.py` says of one model."""

    model: Model
    count: Count
    generate: Generate
    keep: models.Q | None
    undigested: frozenset[str]
    disposable: tuple[Model, ...] = ()
    named: Mapping[str, int] = field(default_factory=dict)  # row numbers that tests know by a name

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
    def key_parent(self) -> Model | None:
        """The model whose keys are this one's too, where the primary key is a one-to-one relation."""
        if not isinstance(self.key, models.OneToOneField):
            return None
        parent: Model = self.key.remote_field.model
        return parent._meta.concrete_model or parent

    def values(self, dataset: Dataset, start: int, stop: int) -> Columns:
        """Call the seeder's function for the rows `start` to `stop` (exclusive). Raises RegistrationError."""
        try:
            with _no_queries(self.where):
                return expanded(self.model, self.generate(Rows(dataset, self.table, start, stop)), dataset)
        except RegistrationError:
            raise
        except Exception as exc:
            reason = f"{type(exc).__name__}: {in_one_line(exc)}"
            raise RegistrationError(
                f"{self.where} fails for rows {start} to {stop - 1}: {reason}", id="seeding.E111"
            ) from exc


@dataclass(frozen=True)
class SeededColumn:
    """One column that a seeder fills, or the row's bits, where its default is a random UUID."""

    field: Field[Any, Any]
    kind: Kind
    random_uuid: Form | None = None  # how one is written
    is_existing: bool = False  # its rows are not created by a seed

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def parent(self) -> Model | None:
        """The model whose row numbers the values are."""
        return self.kind.parent if isinstance(self.kind, Reference) and not self.is_existing else None

    @property
    def targets(self) -> tuple[Model, ...]:
        """The models whose row numbers the values are, where it is the key of a generic relation."""
        models = self.kind.models if isinstance(self.kind, GenericKey) else ()
        return tuple(model._meta.concrete_model or model for model in models)


@dataclass(frozen=True)
class Seeder(Declaration):
    """How one model's rows are generated: a declaration whose columns are known and checked."""

    columns: tuple[SeededColumn, ...] = ()
    constants: tuple[Constant, ...] = ()
    existing: frozenset[Model] = frozenset()  # models to whose rows, not created by a seed, it refers
    many: Mapping[str, Some] = field(default_factory=dict)  # many-to-many: their tables have seeders of their own
    heirs: tuple[str, ...] = ()  # the tables of the seeded models that directly inherit from this one

    @property
    def digested(self) -> list[SeededColumn]:
        """The columns that count in digests and comparisons."""
        return [column for column in self.columns if column.name not in self.undigested]

    @property
    def parents(self) -> dict[Model, bool]:
        """The models that the declared relations and the key refer to, and whether they must have a row for each."""
        found = {model: False for c in self.columns for model in c.targets}
        found |= {c.parent: not c.field.null for c in self.columns if c.parent is not None}
        return found | ({self.key_parent: True} if self.key_parent is not None else {})

    @property
    def is_inherited_only(self) -> bool:
        """Return True for a table that is filled for models that inherit from it alone."""
        return False

    def batch(self, dataset: Dataset, start: int, stop: int) -> Batch:
        """Generate the rows `start` to `stop` (exclusive). Raises RegistrationError for values that don't fit."""
        values = self.values(dataset, start, stop)
        if changed := [name for name, some in self.many.items() if values.get(name) != some]:
            raise unfit_column(self, changed[0], ValueError("it must be the same rows.some() in every call"))
        return Batch(start, stop, {c.name: self._column(c, values, dataset, start, stop) for c in self.columns})

    def whole(self, name: str, dataset: Dataset) -> Column:
        """Generate one column of all rows."""
        total = dataset.row_counts[self.table]
        if not total:
            return np.zeros(0, np.int64)
        starts = range(0, total, BLOCK)
        return concatenated([self.batch(dataset, s, min(s + BLOCK, total)).columns[name] for s in starts])

    def starts(self, row_counts: Mapping[str, int]) -> list[int]:
        """Return the first row number of each part of the table that a function of its own makes."""
        return [0] if row_counts.get(self.table) else []

    def key_offset(self, row_counts: Mapping[str, int]) -> int:
        """Return the number of the row of `key_parent` that has the key of this table's first row."""
        return 0

    def _column(self, column: SeededColumn, values: Columns, dataset: Dataset, start: int, stop: int) -> Column:
        if column.random_uuid is not None:
            uuids = Rows(dataset, self.table, start, stop).uuid(column.name)
            if column.random_uuid is itself:
                return column.kind.column(uuids, stop - start)
            texts = [column.random_uuid(UUID(bytes=uuid)) for uuid in uuids.tolist()]
            return column.kind.column(texts, stop - start)
        if column.name not in values:
            raise RegistrationError(
                f"{self.where} gives no column {column.name!r} for rows {start} to {stop - 1}.", id="seeding.E107"
            )
        try:
            found = column.kind.column(values[column.name], stop - start)
            if column.is_existing != isinstance(found, ExistingRows):
                raise TypeError(
                    "it refers to seeded rows for some row numbers or versions, to existing ones for others"
                )
            if column.parent is not None:
                _check_row_numbers(found, column.parent, dataset.row_counts)
        except (TypeError, ValueError) as exc:
            raise unfit_column(self, column.name, exc) from exc
        return found


def unfit_column(declaration: Declaration, name: str, exc: Exception) -> RegistrationError:
    """Return the error for values that don't fit into their column."""
    return RegistrationError(f"{declaration.where}, column {name!r}: {exc}.", id="seeding.E107")


def _check_row_numbers(column: Column, parent: Model, row_counts: Mapping[str, int]) -> None:
    table = parent._meta.db_table
    check_row_numbers(filled(column), table, row_counts.get(table, 0))  # type: ignore[arg-type]


@contextmanager
def _no_queries(where: str) -> Iterator[None]:
    """Refuse queries in the block: its rows must depend on nothing else, and may be made in another thread."""

    def refuse(*args: Any, **kwargs: Any) -> None:
        raise RegistrationError(
            f"{where} queries the database: a seeder's rows depend on row numbers alone; refer to other seeded rows by "
            "rows.reference(), to other rows by rows.existing().",
            id="seeding.E114",
        )

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(refuse))
        yield
