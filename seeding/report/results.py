"""What the engine answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from ..models import SeedMetadata, Status


def counted(row_counts: Mapping[str, int]) -> str:
    """Return row counts in words: `1,000 users, 10,000 orders`."""
    return ", ".join(f"{rows:,} {table}" for table, rows in row_counts.items())


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
    def of(cls, row: SeedMetadata, *, skipped: bool) -> SeedResult:
        """Return the result that a `success` row records."""
        return cls(
            version=row.seed_version,
            skipped=skipped,
            row_counts=MappingProxyType(row.row_counts),
            digests=MappingProxyType(row.digests),
            anchored_at=row.anchored_at,
            loader=row.loader,
            duration_s=(row.duration_ms or 0) / 1000,
        )


@dataclass(frozen=True)
class Loss:
    """Rows that no seed created, and that a seed would delete."""

    table: str
    why: str
    rows: int
    examples: tuple[object, ...]  # the first of their keys
    fingerprint: tuple[object, ...] = ()  # of all their keys: other rows hardly have the same

    def __str__(self) -> str:
        keys = ", ".join(str(key) for key in self.examples) + (", ..." if self.rows > len(self.examples) else "")
        return f"{self.table}: {self.rows:,} {self.why}" + (f" (key {keys})" if self.examples else "")


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
    clashes: Sequence[str]  # values of rows that stay which new rows need, in words

    def __repr__(self) -> str:
        created = counted({t.table: t.create for t in self.tables})
        return f"<SeedPlan: {self.version}{' (applied)' if self.applied else ''} creates {created} with {self.loader}>"


@dataclass(frozen=True)
class SeedStatus:
    """The attempts, newest first, and whether a seed is running now."""

    database: str
    running: bool
    attempts: Sequence[SeedMetadata]

    @property
    def in_force(self) -> SeedMetadata | None:
        """The attempt whose data is in the tables."""
        return next((row for row in self.attempts if row.status == Status.SUCCESS), None)

    def __repr__(self) -> str:
        state = f"{self.in_force.seed_version} in force" if self.in_force else "nothing in force"
        return (
            f"<SeedStatus: {state}, {'running' if self.running else 'not running'}, attempts: {len(self.attempts):,}>"
        )


@dataclass(frozen=True)
class Difference:
    """A seeded row's value that isn't what was generated."""

    table: str
    key: int
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
        also = [f"Also there, but not created by it: {outside}."] if outside else []
        if self.same:
            rows = counted({table.table: table.generated for table in self.tables})
            return " ".join([f"{self.version} is verified: {rows} are as they were generated.", *also])
        lines = [f"{self.version} isn't what was generated:"]
        for table in self.tables:
            if table.different or table.missing:
                lines.append(
                    f"  {table.table}: {table.different:,} of {table.generated:,} rows differ, "
                    f"{table.missing:,} are missing"
                )
            if not table.recorded:
                lines.append(f"  {table.table}: the code now generates other rows than the recorded ones")
        return "\n".join([*lines, *(f"    {difference}" for difference in self.differences), *also])
