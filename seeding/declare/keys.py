"""Keys: which key row n of a seed has, and which of the keys in a table are a seed's.

A seed numbers its rows from 0, and their keys follow from the numbers alone: integers count on from the first key, and
UUIDs are a base that no other table and no other version has, with a number in its last 40 bits. So the keys of a seed
are a range in the order of either database, and references are computed, not looked up.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from ..database.catalogue import Table
from ..database.rows import all_rows
from ..errors import SeedError
from ..generate.columns import Column, filled, masked, nulls_of
from ..models import KeyRange
from .kinds import kind_of
from .kinds.identifiers import Identifier

if TYPE_CHECKING:
    from ..generate.streams import Dataset
    from .seeder import Seeder

_NUMBER_BITS = 40  # of a UUID, the lowest: for a trillion rows
_NUMBERS = 1 << _NUMBER_BITS
_LOW_HALF = (1 << 64) - 1
_INTEGERS = ("int2", "int4", "int8")  # of pg_type


class Keys(ABC):
    """The keys that one seed gives to the rows of one table: `count` of them, those from `first` on."""

    def __init__(self, first: int, count: int) -> None:
        self.first, self.count = first, count

    @property
    def base(self) -> UUID | None:
        """What the numbers of UUIDs are added to."""
        return None

    @abstractmethod
    def of(self, numbers: Column) -> Column:
        """Return the stored keys of the rows with these numbers; NULL where those are."""

    @abstractmethod
    def key(self, number: int) -> Any:
        """Return the key of one row, as the ORM takes it."""

    @abstractmethod
    def number(self, key: Any) -> int:
        """Return the row number of one of these keys, as the ORM or the database gives it."""

    @abstractmethod
    def literal(self, number: int) -> str:
        """Return the key of one row, as SQL has it."""

    def condition(self, column: str, start: int = 0, stop: int | None = None) -> str:
        """Return the SQL condition for the rows from `start` to `stop` (exclusive), by default all."""
        last = (self.count if stop is None else stop) - 1
        return f"{column} BETWEEN {self.literal(start)} AND {self.literal(last)}"

    def rows(self, start: int = 0, stop: int | None = None) -> Q:
        """Return the same condition, as the ORM takes it."""
        return Q(pk__gte=self.key(start), pk__lte=self.key((self.count if stop is None else stop) - 1))


class IntegerKeys(Keys):
    """Integers."""

    def of(self, numbers: Column) -> Column:
        found: NDArray[Any] = numbers + self.first  # type: ignore[operator, assignment]
        return found

    def key(self, number: int) -> int:
        return self.first + number

    def number(self, key: Any) -> int:
        return int(key) - self.first

    def literal(self, number: int) -> str:
        return str(self.key(number))


class UuidKeys(Keys):
    """UUIDs of version 8 (RFC 9562): a base, whose last 40 bits are zero, and numbers.

    PostgreSQL orders UUIDs by their bytes, and SQLite as 32 hexadecimal digits: both have these in the order of their
    numbers, and append them to an index.
    """

    def __init__(self, base: UUID, first: int, count: int) -> None:
        super().__init__(first, count)
        self._base = base

    @classmethod
    def base_of(cls, dataset: Dataset, table: str) -> UUID:
        """Return the base of a table's keys, another one in each version."""
        random = dataset.key(table, "primary key") & ~(_NUMBERS - 1)
        return UUID(int=random & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)

    @property
    def base(self) -> UUID:
        return self._base

    def of(self, numbers: Column) -> Column:
        values: NDArray[Any] = filled(numbers)  # type: ignore[arg-type]
        halves = np.empty((len(values), 2), ">u8")
        halves[:, 0] = self._base.int >> 64
        halves[:, 1] = np.uint64((self._base.int & _LOW_HALF) + self.first) + values.astype(np.uint64)
        return masked(halves.view("V16")[:, 0], nulls_of(numbers))

    def key(self, number: int) -> UUID:
        return UUID(int=self._base.int + self.first + number)

    def number(self, key: Any) -> int:
        value = key if isinstance(key, UUID) else UUID(str(key))
        return value.int - self._base.int - self.first

    def literal(self, number: int) -> str:
        return f"'{self.key(number).hex}'"  # PostgreSQL reads the digits alone, too


NO_KEYS = IntegerKeys(1, 0)


def new_keys(seeders: Iterable[Seeder], dataset: Dataset, using: str) -> dict[str, Keys]:
    """Return the keys that a seed gives, by table: above those of the rows that are there. Raises SeedError."""
    by_model = {seeder.model: seeder for seeder in seeders}
    found: dict[str, Keys] = {}

    def keys_of(seeder: Seeder) -> Keys:
        if seeder.table not in found:
            count = dataset.row_counts[seeder.table]
            if seeder.key_parent is None:
                found[seeder.table] = _keys_above(seeder, dataset, using)
            else:
                parent = keys_of(by_model[seeder.key_parent])
                first = parent.first + seeder.key_offset(dataset.row_counts)
                found[seeder.table] = _keys(parent.base, first, count)
        return found[seeder.table]

    return {seeder.table: keys_of(seeder) for seeder in by_model.values()}


def recorded_keys(ranges: Mapping[str, KeyRange]) -> dict[str, Keys]:
    """Return the keys that the last seed gave, by table."""
    return {table: _keys(r.key_base, r.first_key, r.last_key - r.first_key + 1) for table, r in ranges.items()}


def keys_there(ranges: Mapping[str, KeyRange], tables: Mapping[str, Table]) -> dict[str, Keys]:
    """Return those of them that their tables, by the names that models have for them, can hold."""
    return {name: keys for name, keys in recorded_keys(ranges).items() if name in tables and _fits(keys, tables[name])}


def _fits(keys: Keys, table: Table) -> bool:
    """Return True if the table's key has the type of these keys: it may have got another one since they were given."""
    if len(table.key) != 1:
        return False
    declared = table.columns[table.key[0]].name.lower()
    if isinstance(keys, UuidKeys):
        return declared == "uuid" if table.oid else "char" in declared
    return declared in _INTEGERS if table.oid else "int" in declared


def _keys(base: UUID | None, first: int, count: int) -> Keys:
    return IntegerKeys(first, count) if base is None else UuidKeys(base, first, count)


def _keys_above(seeder: Seeder, dataset: Dataset, using: str) -> Keys:
    rows, count = all_rows(seeder.model, using), dataset.row_counts[seeder.table]
    if not isinstance(kind_of(seeder.key), Identifier):
        return IntegerKeys(max(0, rows.aggregate(top=Max("pk"))["top"] or 0) + 1, count)
    possible = UuidKeys(UuidKeys.base_of(dataset, seeder.table), 0, _NUMBERS)
    top = rows.filter(possible.rows()).order_by("-pk").values_list("pk", flat=True).first()
    first = 0 if top is None else possible.number(top) + 1
    if first + count > _NUMBERS:
        raise SeedError(f"The key {top} of {seeder.table} leaves no room for new keys above it: delete that row.")
    return UuidKeys(possible.base, first, count)
