"""The `copy` loader: columns straight to PostgreSQL's COPY, and the manual's "Populating a Database" around it.

Source: https://www.postgresql.org/docs/current/populate.html. All of it happens in the seed's one transaction.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateField, DateTimeField, DecimalField, Field

from ..database import constraints as schema
from ..database import locks as lock
from ..declare.seeders import SeededField, Seeder, kind_of
from ..errors import SeedError
from ..generate.columns import Categorical, Column, as_column
from ..protect.guard import Guard
from ..report.progress import Progress, Report
from .binary import DAY_US, EPOCH_DAY, HEADER, TRAILER, Encoding, encode, microseconds
from .loader import Batch, Loader, Target

REBUILD_ROWS = 5_000  # from here on, making indexes and checking foreign keys anew beats doing it row by row
MAINTENANCE_WORK_MEM = "256MB"


class Copy(Loader):
    """COPY in binary format; a large load takes keys, indexes and foreign keys off first, and puts them back after."""

    def __init__(self, using: str, seeders: Sequence[Seeder], report: Report) -> None:
        super().__init__(using, seeders, report)
        self._connection = connections[using]
        self._rebuild = False
        self._taken_off: list[schema.Definition] = []
        self._truncated: set[str] = set()
        self._encodings = {seeder.table: encodings_of(self._connection, seeder) for seeder in seeders}

    def lock(self, row_counts: Mapping[str, int], deadline: lock.Deadline) -> None:
        """Lock the tables, and for a large load those that have foreign keys to or from them, so that nobody reads."""
        tables = [seeder.table for seeder in self.seeders]
        if sum(row_counts.values()) < REBUILD_ROWS:
            super().lock(row_counts, deadline)
        elif not schema.may_rebuild(self._connection, tables):
            self._note(
                "The role doesn't own all seeded tables, may not truncate them, or they are partitioned: "
                "deleting, and loading into the live constraints."
            )
            super().lock(row_counts, deadline)
        else:
            self._rebuild = True
            names = schema.as_sql(self._connection, tables)
            for d in schema.definitions(self._connection, tables):
                if d.can_be_restored:
                    names += [name for name in (d.table, d.referenced) if name and name not in names]
            lock.lock_tables(self.using, names, "ACCESS EXCLUSIVE", deadline, self.report)

    def clear(self, guard: Guard, *, losses_too: bool) -> None:
        """Delete the rows that go: where all go, by TRUNCATE, which lets COPY write frozen rows."""
        if not self._rebuild:
            super().clear(guard, losses_too=losses_too)
            return
        if losses_too:
            guard.delete_pointing()
        self._connection.check_constraints()  # ALTER and TRUNCATE fail while checks of foreign keys are pending
        found = schema.definitions(self._connection, [seeder.table for seeder in self.seeders])
        self._taken_off = [d for d in found if d.can_be_restored]
        staying = [d for d in found if not d.can_be_restored]
        if staying:
            self._note(f"Staying on, as the catalogue can't restore them: {', '.join(d.name for d in staying)}.")
        emptied = [seeder for seeder in self.seeders if not guard.kept(seeder).exists()]
        schema.take_off(self._connection, self._taken_off)
        self._truncate(emptied, [d for d in staying if d.kind == "f"])
        for seeder in reversed(self.seeders):
            if seeder.table not in self._truncated:
                guard.delete(seeder, losses_too=losses_too)
        self._connection.check_constraints()

    def prepare(self, seeder: Seeder, batch: Batch, target: Target) -> bytes:
        """Lay the batch out as COPY's rows."""
        columns = stored_columns(seeder, batch, target)
        encodings = self._encodings[seeder.table]
        return encode([(encodings[f], columns[f]) for f in encodings], batch.count)

    def write(self, seeder: Seeder, prepared: Iterable[tuple[int, Any]], target: Target) -> Generator[int, None, None]:
        """Send the rows."""
        quote = self._connection.ops.quote_name
        names = ", ".join(quote(f.column or f.name) for f in self._encodings[seeder.table])
        freeze = ", FREEZE" if seeder.table in self._truncated else ""
        with (
            self._connection.cursor() as cursor,
            self._connection.wrap_database_errors,
            cursor.copy(f"COPY {quote(seeder.table)} ({names}) FROM STDIN (FORMAT binary{freeze})") as copy,
        ):
            copy.write(HEADER)
            for done, rows in prepared:
                copy.write(rows)
                yield done
            copy.write(TRAILER)

    def finish(self) -> None:
        """Put back what was taken off: the same names, the same definitions."""
        if self._taken_off:
            self.report(Progress("finishing", f"Putting back {len(self._taken_off)} keys, indexes and foreign keys."))
            with self._connection.cursor() as cursor:
                cursor.execute(
                    "SELECT set_config('maintenance_work_mem', %s, true)"
                    " WHERE pg_size_bytes(current_setting('maintenance_work_mem')) < pg_size_bytes(%s)",
                    [MAINTENANCE_WORK_MEM, MAINTENANCE_WORK_MEM],
                )
            self._connection.check_constraints()  # of what stayed on, as before TRUNCATE
            schema.put_back(self._connection, self._taken_off)

    def _truncate(self, seeders: Sequence[Seeder], staying: Sequence[schema.Definition]) -> None:
        """Truncate those of the tables that no foreign key refers to from a table that isn't truncated too."""
        quote = self._connection.ops.quote_name
        names = {seeder.table: quote(seeder.table) for seeder in seeders}
        with self._connection.cursor() as cursor:
            cursor.execute("SELECT name::regclass::text, name FROM unnest(%s::text[]) AS name", [list(names.values())])
            tables = dict(cursor.fetchall())
            while blocked := {d.referenced for d in staying if d.referenced in tables and d.table not in tables}:
                tables = {name: quoted for name, quoted in tables.items() if name not in blocked}
            if tables:
                cursor.execute(f"TRUNCATE {', '.join(tables.values())}")
        self._truncated = {table for table, quoted in names.items() if quoted in tables.values()}

    def _note(self, message: str) -> None:
        self.report(Progress("note", message))


def encodings_of(connection: BaseDatabaseWrapper, seeder: Seeder) -> dict[Field[Any, Any], Encoding]:
    """Return how each column is sent, in the model's order. Raises SeedError for a type that COPY isn't written for."""
    types = schema.column_types(connection, seeder.table)
    sent = {seeder.key, *(seeded.field for seeded in seeder.fields), *seeder.defaults}
    encodings = {}
    for f in seeder.model._meta.concrete_fields:
        if f in sent:
            digits = (f.max_digits or 0, f.decimal_places or 0) if isinstance(f, DecimalField) else (0, 0)
            column = f.column or f.name
            if column not in types:
                raise SeedError(f"The column {column!r} of {seeder.table} is missing: run `manage.py migrate` first.")
            encodings[f] = Encoding(types[column], *digits)
            if not encodings[f].is_supported and seeder.defaults.get(f, ...) is not None:
                raise SeedError(f"The loader 'copy' can't write {f}, a {types[column]}: use the loader bulk_create.")
    return encodings


def stored_columns(seeder: Seeder, batch: Batch, target: Target) -> dict[Field[Any, Any], Column]:
    """Return the batch's columns as what PostgreSQL stores, the key and the defaults among them."""
    first_key = target.first_keys[seeder.table] + batch.start
    columns: dict[Field[Any, Any], Column] = {seeder.key: np.arange(first_key, first_key + batch.count)}
    for seeded in seeder.fields:
        columns[seeded.field] = _values(seeded, batch.columns[seeded.name], target)
    for f, value in seeder.defaults.items():
        columns[f] = _constant(f, value, batch.count)
    return columns


def _values(seeded: SeededField, column: Column, target: Target) -> Column:
    """Return the column as the numbers that PostgreSQL stores."""
    if isinstance(column, Categorical):
        return column
    if seeded.parent is not None:
        return column + target.first_keys[seeded.parent._meta.db_table]
    if seeded.kind == "datetime":
        return microseconds(target.anchored_at) - column
    if seeded.kind == "date":
        return microseconds(target.anchored_at) // DAY_US - column
    return column


def _constant(f: Field[Any, Any], value: Any, count: int) -> Column:
    """Return a field's default as a column of it."""
    if value is None:
        return Categorical(np.zeros(count, np.intp), (None,))
    if isinstance(f, DecimalField):
        value = int(Decimal(f.to_python(value)).scaleb(f.decimal_places or 0))
    elif isinstance(f, DateTimeField):
        value = microseconds(value)
    elif isinstance(f, DateField):
        value = (value - EPOCH_DAY).days
    return as_column(value, kind_of(f) or "", count)
