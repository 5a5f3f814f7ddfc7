"""What the engine answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

from .wording import counted, number_of, printable

if TYPE_CHECKING:
    from ..models import SeedMetadata


@dataclass(frozen=True)
class SeedResult:
    """What a seed did, or found already done. Its text is the last line that `manage.py seed` prints."""

    version: str
    skipped: bool
    row_counts: Mapping[str, int]  # by table
    digests: Mapping[str, str]  # by table
    anchored_at: datetime | None
    loader: str
    duration_s: float

    def __str__(self) -> str:
        if self.skipped:
            return f"Seed already applied (version {self.version}). Skipping."
        return f"Seeded {self.version}: {counted(self.row_counts) or 'nothing'} in {self.duration_s:.1f} s."

    def __repr__(self) -> str:
        return f"<SeedResult: {self}>"

    def __deepcopy__(self, memo: object) -> SeedResult:
        """Return itself, as nothing in it changes: Django's `setUpTestData` copies what a class holds."""
        return self

    @classmethod
    def of(cls, attempt: SeedMetadata, *, skipped: bool) -> SeedResult:
        """Return the result that an applied attempt records."""
        return cls(
            version=attempt.seed_version,
            skipped=skipped,
            row_counts=MappingProxyType(attempt.counts),
            digests=MappingProxyType(attempt.table_digests),
            anchored_at=attempt.anchored_at,
            loader=attempt.loader,
            duration_s=(attempt.duration_ms or 0) / 1000,
        )


@dataclass(frozen=True)
class ClearResult:
    """What a clearing did. Its text is the last line that `manage.py seed --clear` prints."""

    version: str | None  # that was applied, or applied last; None where there was nothing to clear
    row_counts: Mapping[str, int]  # the seed's rows that were deleted, by table
    duration_s: float
    database: str

    def __str__(self) -> str:
        if self.version is None:
            return f"There are no seeded rows in {self.database}. Nothing was changed."
        return f"Cleared {self.version}: {counted(self.row_counts) or 'nothing'} in {self.duration_s:.1f} s."

    def __repr__(self) -> str:
        return f"<ClearResult: {self}>"


@dataclass(frozen=True)
class Loss:
    """Rows not created by a seed that a seed would delete."""

    table: str
    why: str
    rows: int
    examples: tuple[object, ...]  # the first of their keys
    fingerprint: str = ""  # of all their keys: other rows have another

    def __str__(self) -> str:
        keys = ", ".join(str(key) for key in self.examples) + (", ..." if self.rows > len(self.examples) else "")
        why = self.why if self.rows == 1 else self.why.replace("references", "reference", 1)
        what = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'} {why}"
        return printable(f"{self.table}: {what}" + (f" (key {keys})" if self.examples else ""))


@dataclass(frozen=True)
class Node:
    """A server of a cluster that holds rows."""

    name: str  # host:port
    bytes: int | None  # of all its shards; None where that can't be told now

    def __str__(self) -> str:
        return self.name if self.bytes is None else f"{self.name} ({self.bytes / 1_000_000:,.1f} MB)"


def cluster_in_words(nodes: Sequence[Node]) -> str:
    """Return of how many nodes a cluster is, and how its rows are spread; nothing where there is none."""
    if not nodes:
        return ""
    return f"A Citus cluster of {number_of(len(nodes), 'node')}: {', '.join(map(str, nodes))}."


@dataclass(frozen=True)
class TablePlan:
    """What a seed would do to one table, in rows."""

    table: str
    delete: int
    keep: int
    create: int


@dataclass(frozen=True)
class SeedPlan:
    """What a seed would do."""

    version: str
    applied: bool
    enabled: bool
    loader: str
    database: str
    tables: Sequence[TablePlan]
    losses: Sequence[Loss]
    clashes: Sequence[str]  # kept rows' unique values that new rows need, in words
    disposable: Sequence[Loss] = ()  # rows that may be deleted with those that they reference
    obstacles: Sequence[str] = ()  # what of the database a seed can't see through, in words
    clears: bool = False  # it is the plan of a clearing, which creates nothing
    nodes: Sequence[Node] = ()  # where the database is a cluster

    def __repr__(self) -> str:
        if self.clears:
            return f"<SeedPlan: clearing deletes {counted({t.table: t.delete for t in self.tables})}>"
        created = counted({t.table: t.create for t in self.tables})
        return f"<SeedPlan: {self.version}{' (applied)' if self.applied else ''} creates {created} with {self.loader}>"


@dataclass(frozen=True)
class SeedStatus:
    """The attempts, newest first, and whether a seed is running now."""

    database: str
    running: bool
    attempts: Sequence[SeedMetadata]  # the newest ones
    applied: SeedMetadata | None  # the attempt whose data is in the tables
    attempt_count: int
    nodes: Sequence[Node] = ()  # where the database is a cluster

    def __repr__(self) -> str:
        state = f"{self.applied.seed_version} is applied" if self.applied else "nothing is applied"
        running = "running" if self.running else "not running"
        return f"<SeedStatus: {state}, {running}, attempts: {self.attempt_count:,}>"


@dataclass(frozen=True)
class Difference:
    """A seeded row's value that isn't what was generated."""

    table: str
    key: object
    column: str
    was: object
    now: object

    def __str__(self) -> str:
        return f"{self.table} {self.key}, {self.column}: was {self.was}, is {self.now}"


@dataclass(frozen=True)
class TableVerification:
    """How one table compares with what was generated, in rows."""

    table: str
    generated: int
    different: int
    missing: int
    outside: int  # rows that the seed didn't create: no difference
    recorded: bool  # whether the code still generates what was recorded

    @property
    def same(self) -> bool:
        return not self.different and not self.missing and self.recorded


@dataclass(frozen=True)
class Verification:
    """How the tables compare with what was generated."""

    version: str
    tables: Sequence[TableVerification]
    differences: Sequence[Difference]  # the first ones

    @property
    def same(self) -> bool:
        return all(table.same for table in self.tables)

    def __repr__(self) -> str:
        return f"<Verification: {self}>"

    def __str__(self) -> str:
        outside = counted({table.table: table.outside for table in self.tables if table.outside})
        also = [f"Not created by a seed: {outside}."] if outside else []
        if self.same:
            rows = counted({table.table: table.generated for table in self.tables})
            return " ".join([f"{self.version} is verified: {rows} are as they were generated.", *also])
        lines = [f"The data of {self.version} differs from what was generated:"]
        for table in self.tables:
            if table.different or table.missing:
                lines.append(
                    f"  {table.table}: {number_of(table.generated, 'row')} generated, {table.different:,} different, "
                    f"{table.missing:,} missing"
                )
            if not table.recorded:
                lines.append(f"  {table.table}: the code now generates other rows than the recorded ones")
        return "\n".join([*lines, *(f"    {difference}" for difference in self.differences), *also])
