"""Whose rows are these? What shows that a row in a recorded range of keys is still the one that a seed created.

A range of keys alone proves nothing: a truncation that restarts the keys, an import or a restore can hand them to
somebody else. So a seed records, apart from `seed_metadata`, for each table:

- PostgreSQL's number of its transaction. Every row version bears the number of the transaction that wrote it (`xmin`),
  and nothing but a write changes it. Rows that bear the seed's are the seed's. The range's own row bears it, too, and
  the server's identity is recorded: a dump that is restored elsewhere fails both tests.
- Marks: a hash of the values of the columns with the most different values (three, or up to eight in which more than
  half of them differ), of every row up to 20,000 rows, of evenly spread ones above. They judge the rows that somebody
  wrote since, and all rows on SQLite and of a cluster.

A row is the seed's when all its marks match, or one that tells it from others: a value of at least six characters that
at most one row in a hundred has. So a visitor may edit most of a row. What no mark was kept of is generated again, and
compared in the same way, as long as the code still generates it. That takes longer than the seed for millions of rows,
so there is a rule for rows that were written together, as by a restore, or by an update of the whole table: if one
transaction wrote a hundred or more of a few thousand marked rows, up to a thousand of these stand for all of its rows,
where all but one in a hundred are the seed's, or are not. (Were one in a hundred of the rows somebody else's, a
thousand would all miss them once in 20,000 times, and a hundred once in three times.) A row that somebody adds comes
with a transaction of its own, and is compared. SQLite doesn't number its transactions, and a cluster doesn't tell them;
there, all marked rows, or a few thousand of a cluster's, stand for all others in the same way. Anything else isn't
shown to be the seed's, and isn't deleted without having been announced; nor is a row with the key of such a row, to
which it is linked one to one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from math import gcd
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connections, models
from django.db.backends.base.base import BaseDatabaseWrapper

from ..database.catalogue import Table
from ..database.names import run
from ..database.record import applied
from ..database.rows import Unreadable, all_rows, values_of
from ..declare.existing import read_existing
from ..declare.keys import NO_KEYS, IntegerKeys, Keys, RangeOfKeys, recorded_keys
from ..declare.kinds import kind_of
from ..declare.kinds.base import Kind
from ..declare.kinds.references import Reference
from ..declare.seeder import Seeder
from ..declare.target import Target
from ..errors import SeedError
from ..generate.columns import Batch, Categorical, Column, objects
from ..generate.marks import Marks, marks_of
from ..generate.streams import Dataset
from ..models import KeyRange
from .selections import EVERY, NO, Selection, any_of, of_seed, select_keys

MARKED_ROWS = 20_000  # of a table, at most
MARKED_COLUMNS = 3  # at least; others only where more than half of their values differ
MOST_MARKED_COLUMNS = 8
CHOSEN_FROM = 2_000  # rows, by which the columns are chosen
BLOCK = 20_000  # rows that are generated again at once
TELLING_CHARACTERS = 6
COMMON = 100  # a value that more than one row in so many has tells nothing
ASKED = 4_000  # marked rows that a server is asked for, or up to twice as many
SAMPLED = 1_000  # of those that one transaction wrote
FEWEST_SAMPLED = 100  # of which that many tell something of the others


class Marker:
    """Collects the marks of a table's rows while they are generated."""

    def __init__(self, seeder: Seeder, rows: int) -> None:
        self._seeder = seeder
        self.step = max(1, -(-rows // MARKED_ROWS))
        self.columns: list[str] | None = None
        self._parts: list[list[Marks]] = []

    def update(self, batch: Batch, target: Target) -> None:
        """Add the next rows."""
        if self.columns is None:
            self.columns = chosen_columns(self._seeder, batch, target)
        first = -batch.start % self.step
        self._parts.append(_marks(self._seeder, self.columns, _sliced(batch, slice(first, None, self.step)), target))

    def content(self) -> bytes:
        """Return the marks, column by column, as little-endian numbers of four bytes."""
        columns = [np.concatenate(parts) for parts in zip(*self._parts, strict=True)]
        return b"".join(column.astype("<u4").tobytes() for column in columns)


def chosen_columns(seeder: Seeder, batch: Batch, target: Target) -> list[str]:
    """Return the names of the columns whose values differ most in the first rows."""
    some = _sliced(batch, slice(0, CHOSEN_FROM))
    # What a field's own class makes of a value when it is stored may not be known again in what it reads.
    # And a key that a seeder declares is the one by which the row was found.
    columns = [c for c in seeder.digested if c.field is not seeder.key]
    names = [c.name for c in columns if not c.kind.is_adapted] or [c.name for c in columns]
    marks = _marks(seeder, names, some, target)
    different = {name: len({*found.tolist()}) for name, found in zip(names, marks, strict=True)}
    most = sorted(names, key=lambda name: -different[name])[:MOST_MARKED_COLUMNS]
    return most[:MARKED_COLUMNS] + [n for n in most[MARKED_COLUMNS:] if different[n] * 2 > some.count]


def _sliced(batch: Batch, part: slice) -> Batch:
    columns: dict[str, Column] = {
        name: replace(c, codes=c.codes[part]) if isinstance(c, Categorical) else c[part]
        for name, c in batch.columns.items()
    }
    return Batch(0, len(range(*part.indices(batch.count))), columns)


def _marks(seeder: Seeder, names: Sequence[str], batch: Batch, target: Target) -> list[Marks]:
    kinds = {column.name: column.kind for column in seeder.columns}
    return [_marks_of_stored(kinds[name], kinds[name].stored(batch.columns[name], target), target) for name in names]


def _marks_of_stored(kind: Kind, column: Column, target: Target) -> Marks:
    """Return the marks of a stored column; where its field adapts values, of what the ORM sends."""
    return _marks_of_sent(kind, kind.python(column), target.using) if kind.is_adapted else marks_of(column)


def _marks_of_sent(kind: Kind, values: Sequence[Any], using: str) -> Marks:
    sent = [None if value is None else kind.sent(value, connections[using]) for value in values]
    return marks_of(objects(sent))


@dataclass(frozen=True)
class Owned:
    """What is known of the rows in a recorded range of keys."""

    rows: int = 0  # that are there
    unproven: tuple[Any, ...] = ()  # the keys of those that aren't shown to be the seed's


def owned(
    connection: BaseDatabaseWrapper,
    table: Table,
    keys: Keys,
    ranges: Mapping[str, KeyRange],
    name: str,
    seeders: Mapping[str, Seeder],
    trusted: Collection[str],
) -> Owned:
    """Look at the rows of `table` in its recorded range.

    `name` is the table's name in the record, and `trusted` are those that were `written_here`.
    """
    key_range, rows = ranges[name], of_seed(table, keys)
    others = EVERY
    if table.tells_writers and name in trusted:
        others = _not_written_by([str(key_range.transaction_id)])
    number, doubtful = _count_both(connection, table, rows, others)
    if not doubtful or (key_range.seed_version is None and applied(connection.alias) is None):
        return Owned(number, ())  # recorded before there were proofs, and nothing to generate the rows again from
    rows &= others
    model = seeders[name].model if name in seeders else _model_of(name)
    if model is None:
        return Owned(number, tuple(_keys(connection, table, rows)))
    judge = _Judge(connection, table, model, seeders, keys, ranges, name)
    found: list[Any] = []
    believed, strange = [], []
    for writer, sample in _samples(connection, table, rows, judge, is_whole=number == keys.count).items():
        unproven = judge.unproven(sample)
        if len(unproven) * COMMON <= len(sample):
            found += unproven
            believed.append(writer)
        elif (len(sample) - len(unproven)) * COMMON <= len(sample):
            strange.append(writer)
    if strange:
        found += _keys(connection, table, rows & _not_written_by(strange).negated() if table.tells_writers else rows)
    if table.tells_writers or not (believed or strange):
        found += judge.unproven(_keys(connection, table, rows & _not_written_by([*believed, *strange])))
    return Owned(number, tuple(sorted(found)))


def _count_both(connection: BaseDatabaseWrapper, table: Table, rows: Selection, some: Selection) -> tuple[int, int]:
    """Return the number of the rows, and of some of them, by one look at the table."""
    query = f"SELECT count(*), count(CASE WHEN {some.sql} THEN 1 END) FROM {table.own_rows} WHERE {rows.sql}"
    with connection.cursor() as cursor:
        found: tuple[int, int] = run(cursor, query, [*some.parameters, *rows.parameters]).fetchone()
    return found


def _not_written_by(transactions: Sequence[str]) -> Selection:
    """Return the rows that none of these transactions of PostgreSQL wrote."""
    numbers = ", ".join(f"'{transaction}'::xid" for transaction in transactions)
    return Selection(f"xmin NOT IN ({numbers})") if numbers else EVERY


def _keys(connection: BaseDatabaseWrapper, table: Table, rows: Selection) -> list[Any]:
    return [key[0] for key in select_keys(connection, table, rows)]


def _samples(
    connection: BaseDatabaseWrapper, table: Table, rows: Selection, judge: _Judge, *, is_whole: bool
) -> dict[str, list[Any]]:
    """Return the keys of the sampled rows by the transaction that wrote them, some of each that wrote many.

    SQLite doesn't know the transactions, nor does a cluster; there, all are one. Where the table `is_whole`, none of
    the range's keys is missing.
    """
    if not table.tells_writers:
        found = judge.sampled_integers() if is_whole else []
        found = found or _keys(connection, table, rows & judge.sampled())
        return {"": found} if found else {}
    rows &= judge.sampled()
    written: dict[str, list[Any]] = {}
    query = f"SELECT {table.names[table.key[0]]}, xmin::text FROM {table.own_rows} WHERE {rows.sql} ORDER BY 1"
    with connection.cursor() as cursor:
        for key, writer in run(cursor, query, rows.parameters).fetchall():
            written.setdefault(writer, []).append(key)
    return {w: some[:: max(1, len(some) // SAMPLED)] for w, some in written.items() if len(some) >= FEWEST_SAMPLED}


def written_here(connection: BaseDatabaseWrapper, ranges: Mapping[str, KeyRange]) -> set[str]:
    """Return the recorded tables whose transaction's number was recorded in this very database."""
    if connection.vendor != "postgresql" or not ranges:
        return set()
    here = system_identifier(connection)
    with connection.cursor() as cursor:
        run(cursor, "SELECT table_name, xmin::text::bigint FROM seed_key_ranges")
        writers = dict(cursor.fetchall())
    return {
        name
        for name, key_range in ranges.items()
        if key_range.system_identifier == here and key_range.transaction_id == writers.get(name)
    }


def system_identifier(connection: BaseDatabaseWrapper) -> str | None:
    """Return what tells this PostgreSQL database from all others, as far as the role may know it."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::text, has_function_privilege('pg_control_system()', 'EXECUTE') FROM pg_database"
            " WHERE datname = current_database()"
        )
        database, may_ask = cursor.fetchone()
        if not may_ask:
            return f"?/{database}"
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        return f"{cursor.fetchone()[0]}/{database}"


def _model_of(table: str) -> type[models.Model] | None:
    found = (m for m in apps.get_models(include_auto_created=True) if m._meta.db_table == table and not m._meta.proxy)
    return next(found, None)


@dataclass(frozen=True)
class _Known:
    """The marks of some rows, in the order of their numbers."""

    columns: Sequence[str]
    marks: Sequence[Marks]


class _Judge:
    """Compares rows with what the seed put there."""

    def __init__(
        self,
        connection: BaseDatabaseWrapper,
        table: Table,
        model: type[models.Model],
        seeders: Mapping[str, Seeder],
        keys: Keys,
        ranges: Mapping[str, KeyRange],
        name: str,
    ) -> None:
        self._connection, self._using = connection, connection.alias
        self._table, self._model, self._ranges = table, model, ranges
        self._seeders, self._seeder = seeders, seeders.get(name)
        self._keys = keys
        self._range = ranges[name]
        self._recorded = self._read_marks()

    @property
    def _step(self) -> int:
        """Every how many rows one is marked."""
        return self._range.mark_step or 1

    @cached_property
    def _sampled(self) -> range:
        """The numbers of marked rows, of a table with others: all of them, or enough to tell who wrote the table."""
        if self._recorded is None or self._step == 1:
            return range(0)
        step = self._step
        if self._table.tells_writers or self._table.is_distributed:
            step *= max(1, self._keys.count // step // ASKED)
        return range(0, self._keys.count, step)

    def sampled(self) -> Selection:
        """Return some of the marked rows."""
        table, numbers = self._table, self._sampled
        if not numbers:
            return NO
        if isinstance(self._keys, IntegerKeys) and table.is_distributed:  # whose nodes would each get a list of keys
            return Selection(f"({table.names[table.key[0]]} - {self._keys.first}) %% {numbers.step} = 0")
        return any_of(table, [(self._keys.key(number),) for number in numbers])

    def sampled_integers(self) -> list[int]:
        """Return the keys of these rows where they are integers, which are the same in Python and in any database."""
        return [self._keys.key(number) for number in self._sampled] if isinstance(self._keys, IntegerKeys) else []

    def unproven(self, keys: Sequence[Any]) -> list[Any]:
        """Return those of the keys whose rows aren't shown to be the seed's."""
        by_number = {self._keys.number(key): key for key in keys}
        numbers = sorted(by_number)
        step = self._step
        found: list[int] = []
        unmarked = numbers
        if self._recorded is not None:
            marked = [number for number in numbers if number % step == 0]
            unmarked = [number for number in numbers if number % step]
            found = self._mismatches(marked, self._recorded, [number // step for number in marked])
        for block in _blocks(unmarked):
            start = block[0] // BLOCK * BLOCK
            known = self._generated(start, start + BLOCK)
            found += block if known is None else self._mismatches(block, known, [n - start for n in block])
        return [by_number[number] for number in sorted(found)]

    def _mismatches(self, numbers: Sequence[int], known: _Known, positions: Sequence[int]) -> list[int]:
        """Return those of the row numbers whose rows differ too much from the marks at the positions.

        The most telling column first: most rows are known by it, and of the others nothing need be read.
        """
        kinds = [kind_of(self._model._meta.get_field(name)) for name in known.columns]  # type: ignore[arg-type]
        rare = [_is_rare(marks) & (not isinstance(k, Reference)) for k, marks in zip(kinds, known.marks, strict=True)]
        order = sorted(range(len(kinds)), key=lambda i: -int(np.count_nonzero(rare[i])))
        left, at = np.array(numbers, int), np.array(positions, int)
        alike = np.ones(len(left), bool)  # in all columns so far
        for i in order:
            if not len(left):
                break
            values = self._values(left.tolist(), known.columns[i], kinds[i])
            same = _same(kinds[i], values, known.marks[i][at], self._using)
            is_long = np.fromiter(map(_is_long, values), bool, len(values))
            open_ = ~(same & rare[i][at] & is_long)
            left, at, alike = left[open_], at[open_], (alike & same)[open_]
        return [int(number) for number in left[~alike]]

    def _values(self, numbers: Sequence[int], name: str, kind: Kind | None) -> list[Any]:
        """Return the present values of a column in the rows with these ascending numbers, which are there."""
        field: Any = self._model._meta.get_field(name)
        value: Any = models.F(field.attname)
        if kind is not None and field.column in self._table.columns:
            value = kind.asked(value, self._table.columns[field.column], self._connection)
        rows = all_rows(self._model, self._using)
        is_range = isinstance(self._keys, RangeOfKeys)
        if is_range:
            rows = rows.filter(self._keys.rows(numbers[0], numbers[-1] + 1))
        span, step = numbers[-1] - numbers[0], gcd(*numbers)
        if isinstance(self._keys, IntegerKeys) and step > 1 and len(numbers) * step >= span > 0:  # every so many rows
            nth = models.ExpressionWrapper((models.F("pk") - self._keys.first) % step, models.BigIntegerField())
            rows = rows.alias(nth=nth).filter(nth=0)
        elif not is_range or len(numbers) * 10 < span:
            rows = rows.filter(pk__in=[self._keys.key(number) for number in numbers])
        found = {self._keys.number(key): there for key, (there,) in values_of(rows, value).items()}
        return [found.get(number) for number in numbers]

    def _read_marks(self) -> _Known | None:
        marks = KeyRange.objects.using(self._using).filter(pk=self._range.pk).values_list("marks", flat=True).first()
        names = self._range.mark_columns
        known = {f.name for f in self._model._meta.concrete_fields}
        if not marks or not names or not known.issuperset(names):
            return None
        return _Known(names, list(np.frombuffer(bytes(marks), "<u4").reshape(len(names), -1)))

    def _generated(self, start: int, stop: int) -> _Known | None:
        """Return the marks of what the present code generates for those rows; None where it can't."""
        seeder, target = self._seeder, self._target
        if seeder is None or target is None or target.dataset is None:
            return None
        try:
            stop = min(stop, target.dataset.row_counts[self._range.table_name])
            batch = seeder.batch(target.dataset, start, stop)
            names = chosen_columns(seeder, batch, target)
            return _Known(names, _marks(seeder, names, batch, target))
        except (SeedError, KeyError, ValueError):
            return None

    @cached_property
    def _target(self) -> Target | None:
        """What the recorded version put into the tables, and where; None where that isn't known."""
        source: Any = self._range if self._range.seed_version is not None else applied(self._using)
        if self._seeder is None or source is None or source.anchored_at is None or source.row_counts is None:
            return None
        keys = dict.fromkeys(source.row_counts, NO_KEYS) | recorded_keys(self._ranges)
        dataset = Dataset(source.seed_version, source.row_counts)
        try:
            read_existing(_with_parents(self._seeder, self._seeders), dataset, self._using)
        except (SeedError, KeyError, ValueError):
            return None
        return Target(self._using, keys, source.anchored_at, self._seeders, dataset)


def _with_parents(seeder: Seeder, seeders: Mapping[str, Seeder]) -> list[Seeder]:
    """Return the seeder and those of the tables to which it refers, also through others."""
    found = {seeder.table: seeder}
    waiting = [seeder]
    for each in waiting:  # it grows meanwhile
        tables = {model._meta.db_table for model in each.parents} & {*seeders} - {*found}
        found |= {table: seeders[table] for table in tables}
        waiting += [seeders[table] for table in tables]
    return waiting


def _same(kind: Kind | None, values: Sequence[Any], marks: Marks, using: str) -> np.ndarray:
    """Return which of the values have the marks."""
    if kind is None:
        return np.zeros(len(values), bool)
    if not any(isinstance(value, Unreadable) for value in values):
        with suppress(TypeError, ValueError, OverflowError):
            there = _marks_of_sent(kind, values, using) if kind.is_adapted else marks_of(kind.read(values))
            same: np.ndarray = there == marks
            return same
    if len(values) < 2:
        return np.zeros(len(values), bool)
    middle = len(values) // 2  # what one row holds tells nothing of the others
    halves = [_same(kind, values[part], marks[part], using) for part in (slice(middle), slice(middle, None))]
    return np.concatenate(halves)


def _is_long(value: Any) -> bool:
    """Return True if a value has enough characters to tell a row from others; that of a date always has."""
    return isinstance(value, date) or len(str(value)) >= TELLING_CHARACTERS


def _is_rare(marks: Marks) -> np.ndarray:
    """Return which of the marks few rows have."""
    _, inverse, counts = np.unique(marks, return_inverse=True, return_counts=True)
    rare: np.ndarray = counts[inverse] <= max(1, len(marks) // COMMON)
    return rare


def _blocks(numbers: Sequence[int]) -> Iterator[list[int]]:
    """Yield the ascending numbers in lists, each of which lies in one block of rows."""
    block: list[int] = []
    for number in numbers:
        if block and number // BLOCK != block[0] // BLOCK:
            yield block
            block = []
        block.append(number)
    if block:
        yield block
