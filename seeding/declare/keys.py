"""Keys: which key row n of a seed has, and which of the keys in a table are a seed's.

A seed numbers its rows from 0, and their keys follow from the numbers alone: integers count on from the first key, and
UUIDs are a base that no other table and no other version has, with a number in its last 40 bits. So the keys of a seed
are a range in the order of either database, and references are computed, not looked up. Texts are what a seeder
declares; they are listed.
"""

from __future__ import annotations

import json
import zlib
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from django.db.models import Max, Q
from numpy.typing import NDArray

from ..database.catalogue import Table
from ..database.cluster import KEYS_OF_A_NODE
from ..database.rows import all_rows
from ..errors import SeedError
from ..generate.columns import Column, filled, masked, nulls_of, taken
from ..models import KeyRange
from ..report.wording import shown
from .kinds import kind_of
from .kinds.identifiers import Identifier
from .kinds.text import Text
from .seeder import Seeder, unfit_column

if TYPE_CHECKING:
    from ..generate.streams import Dataset

_NUMBER_BITS = 40  # of a UUID, the lowest: for a trillion rows
_NUMBERS = 1 << _NUMBER_BITS
_LOW_HALF = (1 << 64) - 1
_INTEGERS = ("int2", "int4", "int8")  # of pg_type


class Keys(ABC):
    """The keys that one seed gives to the rows of one table: `count` of them, those from `first` on."""

    def __init__(self, first: int, count: int) -> None:
        self.first, self.count = first, count

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
    def part(self, start: int, count: int) -> Keys:
        """Return `count` of the keys, from that of the row `start` on."""

    @abstractmethod
    def rows(self, start: int, stop: int) -> Q:
        """Return the condition for the rows from `start` to `stop` (exclusive), as the ORM takes it."""

    def recorded(self) -> dict[str, Any]:
        """Return what is recorded of the keys: columns of `KeyRange`."""
        return {"first_key": self.first, "last_key": self.first + self.count - 1}


class RangeOfKeys(Keys):
    """Keys that are a range, in the order of either database, which is that of the row numbers."""

    @abstractmethod
    def literal(self, number: int) -> str:
        """Return the key of one row, as SQL has it."""

    def condition(self, column: str, start: int, stop: int) -> str:
        """Return the condition for the rows from `start` to `stop` (exclusive), as SQL has it."""
        return f"{column} BETWEEN {self.literal(start)} AND {self.literal(stop - 1)}"

    def outside(self, column: str) -> str:
        """Return the condition for all other rows, such that an index is of use."""
        return f"{column} < {self.literal(0)} OR {column} > {self.literal(self.count - 1)}"

    def rows(self, start: int, stop: int) -> Q:
        return Q(pk__gte=self.key(start), pk__lte=self.key(stop - 1))


class IntegerKeys(RangeOfKeys):
    """Integers."""

    def of(self, numbers: Column) -> Column:
        found: NDArray[Any] = numbers + self.first  # type: ignore[operator, assignment]
        return found

    def key(self, number: int) -> int:
        return self.first + number

    def number(self, key: Any) -> int:
        return int(key) - self.first

    def part(self, start: int, count: int) -> IntegerKeys:
        return IntegerKeys(self.first + start, count)

    def literal(self, number: int) -> str:
        return str(self.key(number))


class UuidKeys(RangeOfKeys):
    """UUIDs of version 8 (RFC 9562): a base, whose last 40 bits are zero, and numbers.

    PostgreSQL orders UUIDs by their bytes, and SQLite as 32 hexadecimal digits: both have these in the order of their
    numbers, and append them to an index.
    """

    def __init__(self, base: UUID, first: int, count: int) -> None:
        super().__init__(first, count)
        self.base = base

    @classmethod
    def base_of(cls, dataset: Dataset, table: str) -> UUID:
        """Return the base of a table's keys, another one in each version."""
        random = dataset.key(table, "primary key") & ~(_NUMBERS - 1)
        return UUID(int=random & ~(0xF << 76) & ~(0x3 << 62) | 0x8 << 76 | 0x2 << 62)

    def of(self, numbers: Column) -> Column:
        values: NDArray[Any] = filled(numbers)  # type: ignore[arg-type]
        halves = np.empty((len(values), 2), ">u8")
        halves[:, 0] = self.base.int >> 64
        halves[:, 1] = np.uint64((self.base.int & _LOW_HALF) + self.first) + values.astype(np.uint64)
        return masked(halves.view("V16")[:, 0], nulls_of(numbers))

    def key(self, number: int) -> UUID:
        return UUID(int=self.base.int + self.first + number)

    def number(self, key: Any) -> int:
        value = key if isinstance(key, UUID) else UUID(str(key))
        return value.int - self.base.int - self.first

    def part(self, start: int, count: int) -> UuidKeys:
        return UuidKeys(self.base, self.first + start, count)

    def recorded(self) -> dict[str, Any]:
        return {**super().recorded(), "key_base": self.base}

    def literal(self, number: int) -> str:
        return f"'{self.key(number).hex}'"  # PostgreSQL reads the digits alone, too


class TextKeys(Keys):
    """Texts, which a seeder declares: they are listed, and numbered from 0."""

    def __init__(self, texts: Column) -> None:
        super().__init__(0, len(texts))
        self._texts = texts

    @cached_property
    def texts(self) -> list[str]:
        """All of them, by row number."""
        return self._texts.tolist()

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {text: number for number, text in enumerate(self.texts)}

    @property
    def repeated(self) -> list[str]:
        """Those that several rows have."""
        return [text for number, text in enumerate(self.texts) if self._numbers[text] != number]

    def of(self, numbers: Column) -> Column:
        return taken(self._texts, numbers)

    def key(self, number: int) -> str:
        return self.texts[number]

    def number(self, key: Any) -> int:
        return self._numbers[key]

    def part(self, start: int, count: int) -> TextKeys:
        numbers = np.arange(start, start + count)
        return TextKeys(taken(self._texts, numbers)) if count else TextKeys(numbers.astype(str))

    def rows(self, start: int, stop: int) -> Q:
        return Q(pk__in=self.texts[start:stop])

    def recorded(self) -> dict[str, Any]:
        return {**super().recorded(), "key_list": zlib.compress(json.dumps(self.texts).encode())}

    @classmethod
    def of_record(cls, content: bytes) -> TextKeys:
        """Return the keys that a record lists."""
        return cls(np.array(json.loads(zlib.decompress(content)), np.str_))


NO_KEYS = IntegerKeys(1, 0)


def new_keys(
    seeders: Iterable[Seeder], dataset: Dataset, using: str, distributed: Collection[str] = ()
) -> dict[str, Keys]:
    """Return the keys that a seed gives, by table: above those of the rows that are there. Raises SeedError.

    In tables that are `distributed`, integers above those that the coordinator gave: those of rows that were added
    through a worker are far above, and its own are still to come.
    """
    by_model = {seeder.model: seeder for seeder in seeders}
    found: dict[str, Keys] = {}

    def keys_of(seeder: Seeder) -> Keys:
        if seeder.table not in found:
            count = dataset.row_counts[seeder.table]
            if seeder.key_parent is None:
                below = KEYS_OF_A_NODE if seeder.table in distributed else None
                found[seeder.table] = _keys_above(seeder, dataset, using, below)
            else:
                parent = keys_of(by_model[seeder.key_parent])
                found[seeder.table] = parent.part(seeder.key_offset(dataset.row_counts), count)
        return found[seeder.table]

    return {seeder.table: keys_of(seeder) for seeder in by_model.values()}


def recorded_keys(ranges: Mapping[str, KeyRange]) -> dict[str, Keys]:
    """Return the keys that the last seed gave, by table."""
    return {table: _recorded(key_range) for table, key_range in ranges.items()}


def keys_there(ranges: Mapping[str, KeyRange], tables: Mapping[str, Table]) -> dict[str, Keys]:
    """Return those of them that their tables, by the names that models have for them, can hold."""
    return {name: keys for name, keys in recorded_keys(ranges).items() if name in tables and _fits(keys, tables[name])}


def _fits(keys: Keys, table: Table) -> bool:
    """Return True if the table's key has the type of these keys: it may have got another one since they were given."""
    if len(table.key) != 1:
        return False
    declared = table.columns[table.key[0]].name.lower()
    if isinstance(keys, IntegerKeys):
        return declared in _INTEGERS if table.oid else "int" in declared
    return (declared == "uuid") is isinstance(keys, UuidKeys) if table.oid else "int" not in declared


def _recorded(key_range: KeyRange) -> Keys:
    first, count = key_range.first_key, key_range.last_key - key_range.first_key + 1
    if key_range.key_list is not None:
        return TextKeys.of_record(bytes(key_range.key_list))
    return IntegerKeys(first, count) if key_range.key_base is None else UuidKeys(key_range.key_base, first, count)


def _keys_above(seeder: Seeder, dataset: Dataset, using: str, below: int | None) -> Keys:
    rows, count = all_rows(seeder.model, using), dataset.row_counts[seeder.table]
    if isinstance(kind := kind_of(seeder.key), Text):
        keys = TextKeys(seeder.whole(seeder.key.name, dataset))
        if keys.repeated:
            raise unfit_column(seeder, seeder.key.name, ValueError(f"{shown(keys.repeated[0])} is the key of two rows"))
        return keys
    if not isinstance(kind, Identifier):
        there = rows if below is None else rows.filter(pk__lt=below)
        return IntegerKeys(max(0, there.aggregate(top=Max("pk"))["top"] or 0) + 1, count)
    possible = UuidKeys(UuidKeys.base_of(dataset, seeder.table), 0, _NUMBERS)
    top = rows.filter(possible.rows(0, _NUMBERS)).order_by("-pk").values_list("pk", flat=True).first()
    first = 0 if top is None else possible.number(top) + 1
    if first + count > _NUMBERS:
        raise SeedError(f"The key {top} of {seeder.table} leaves no room for new keys above it: delete that row.")
    return UuidKeys(possible.base, first, count)
