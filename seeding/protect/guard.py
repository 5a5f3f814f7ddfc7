"""The guard: what a seed would delete, what stays, and what would be lost, in one pass over the foreign keys.

After a seed, a seeded table has the rows that were kept, and the new ones.

- Kept: rows that match their seeder's `keep` (staff), all that belongs to such a row (that refers to it, directly or
  through others), and all that any of those refers to, also through tables that aren't seeded.
- Deleted: the other rows of seeded tables that are shown to be the seed's (`ownership`), also those of tables whose
  seeder is gone.
- Losses: the other rows of seeded tables, and all rows of other tables that refer to a row that is deleted, directly or
  through others, along any foreign key: a model's or the catalogue's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connections

from ..database import record
from ..database.catalogue import Catalogue, Table
from ..database.connections import describe
from ..database.foreign_keys import ForeignKey, foreign_keys, related_tables
from ..database.moments import (
    are_nodes_untouched_since,
    is_untouched_since,
    quiet_moment,
    quiet_moment_of_nodes,
)
from ..database.rows import all_rows
from ..declare.keys import Keys, keys_there
from ..declare.registry import Seeders
from ..declare.seeder import Seeder
from ..errors import Refused
from ..report.results import Loss
from .ownership import Owned, owned, written_here
from .selections import (
    EVERY,
    NO,
    Key,
    Selection,
    any_of,
    count,
    fingerprint_of,
    none_of,
    not_of_seed,
    of_seed,
    referred_to_by,
    referring_to,
    referring_to_all_but,
    select_keys,
)

NOT_SEEDED = "not created by a seed"
SHOWN_KEYS = 3


@dataclass
class TableChange:
    """What a seed would do to one table."""

    table: Table
    seeder: Seeder | None  # None: it is gone
    keys: Keys | None  # that the last seed gave
    is_refilled: bool = False  # the new rows take the place of all that aren't kept, whoever created them
    owned: Owned = field(default_factory=Owned)
    belonging: set[Key] = field(default_factory=set)
    kept: set[Key] = field(default_factory=set)
    delete: int = 0  # the seed's rows

    @property
    def seeded(self) -> Selection:
        """The rows to delete that are the seed's."""
        if self.keys is None:
            return NO
        return of_seed(self.table, self.keys) & none_of(self.table, self.kept | {(key,) for key in self.owned.unproven})

    @property
    def foreign(self) -> Selection:
        """The other rows that aren't kept."""
        if self.keys is None:
            return none_of(self.table, self.kept)
        outside = not_of_seed(self.table, self.keys)
        unproven = any_of(self.table, {(key,) for key in self.owned.unproven})
        return (outside if unproven == NO else outside | unproven) & none_of(self.table, self.kept)


@dataclass
class Lost:
    """Rows not created by a seed that would be deleted."""

    table: Table
    why: str
    rows: Selection
    loss: Loss
    is_disposable: bool = False


class Guard:
    """What a seed would do to the rows that are there, as of one moment."""

    def __init__(self, seeders: Seeders, using: str, *, clears: bool = False) -> None:
        """Read the catalogue and the record; `look` reads the rows. `clears`: nothing is to be created."""
        self.using, self.connection = using, connections[using]
        self._moment = quiet_moment(self.connection)
        self.catalogue = Catalogue(using)
        self.ranges = record.key_ranges(using)
        by_name = self._seeders = {seeder.table: seeder for seeder in seeders}
        existing = [model._meta.db_table for seeder in seeders for model in seeder.existing]
        orphaned = [name for name in self.ranges if name not in by_name and name not in existing]
        self.catalogue.of_models([*by_name, *orphaned, *related_tables(using), *record.TABLES])  # all at once
        self._found = self.catalogue.of_models([*by_name, *orphaned])
        self.existing = list(self.catalogue.of_models(existing).values())
        keys = keys_there(self.ranges, self._found)
        self.changes = {
            table: TableChange(table, by_name.get(name), keys.get(name), is_refilled=name in by_name and not clears)
            for name, table in self._found.items()
        }
        self.foreign_keys = foreign_keys(self.catalogue)
        disposable = [model._meta.db_table for seeder in seeders for model in seeder.disposable]
        self.disposable = set(self.catalogue.of_models(disposable).values())
        self.lost: list[Lost] = []
        self._is_spread = any(table.is_distributed for table in self.tables)
        self._moment_of_nodes = quiet_moment_of_nodes(self.connection) if self._is_spread else None

    @property
    def knows_tables(self) -> bool:
        """Whether it is certain that the catalogue and the record are still as the guard has read them."""
        return is_untouched_since(self.connection, self._moment)

    @property
    def is_current(self) -> bool:
        """Whether it is certain that all, rows too, is still as the guard has read it."""
        if any(table.relkind != "r" for table in self.tables) or not self.knows_tables:
            return False
        return not self._is_spread or are_nodes_untouched_since(self.connection, self._moment_of_nodes)

    def look(self) -> Guard:
        """Find out what is kept, deleted and lost; return the guard."""
        self._keep()
        trusted = written_here(self.connection, self.ranges)
        own: list[Lost] = []
        for name, table in self._found.items():
            change = self.changes[table]
            if change.keys is not None:
                found = owned(self.connection, table, change.keys, self.ranges, name, self._seeders, trusted)
                change.owned = self._without_parent(change, change.keys, found)
                all_are_deleted = not change.kept
                change.delete = (
                    change.owned.rows - len(change.owned.unproven)
                    if all_are_deleted
                    else count(self.connection, table, change.seeded)
                )
            if change.is_refilled:
                own = [*self._lost(table, NOT_SEEDED, change.foreign), *own]
        self.lost = [*self._referring(), *own]
        return self

    def _without_parent(self, change: TableChange, keys: Keys, found: Owned) -> Owned:
        """Return what is known of rows, of which those aren't the seed's whose parent, with the same key, isn't."""
        parent = change.seeder.key_parent if change.seeder is not None else None
        above = self.changes[self._found[parent._meta.db_table]] if parent is not None else None
        if above is None or not above.owned.unproven:
            return found
        rows = any_of(change.table, {(key,) for key in above.owned.unproven}) & of_seed(change.table, keys)
        unproven = {key[0] for key in select_keys(self.connection, change.table, rows)} | set(found.unproven)
        return Owned(found.rows, tuple(sorted(unproven)))

    @property
    def losses(self) -> list[Loss]:
        """What would be lost without being disposable, the tables that are loaded last first."""
        return [lost.loss for lost in self.lost if not lost.is_disposable]

    @property
    def disposed(self) -> list[Loss]:
        """What a seed may delete with the rows that it refers to."""
        return [lost.loss for lost in self.lost if lost.is_disposable]

    @property
    def existing_losses(self) -> list[Loss]:
        """What would be lost of tables to whose rows seeders refer as there already: no option allows that."""
        return [lost.loss for lost in self.lost if lost.table in self.existing]

    @property
    def tables(self) -> list[Table]:
        """The tables that are read: those with seeded rows, and those that refer to them, also through others."""
        found = list(self.changes)
        for table in found:  # it grows meanwhile
            found += dict.fromkeys(k.table for k in self.foreign_keys if k.referenced == table and k.table not in found)
        return found

    @property
    def in_deletion_order(self) -> list[TableChange]:
        """The tables with seeded rows, each before those that it refers to, as far as circles allow."""
        left, found = list(self.changes.values())[::-1], []
        while left:
            tables = [change.table for change in left]
            referred = {k.referenced for k in self.foreign_keys if k.table in tables and k.table != k.referenced}
            free = next((change for change in left if change.table not in referred), left[0])
            left.remove(free)
            found.append(free)
        return found

    def change_of(self, seeder: Seeder) -> TableChange:
        """Return what would happen to the seeder's table. Raises KeyError where it isn't there."""
        return self.changes[self._found[seeder.table]]

    @property
    def names(self) -> list[str]:
        """The names, as the record has them, of the tables that are there and are seeded, or were."""
        return list(self._found)

    def _keep(self) -> None:
        """Find the kept rows: from those that `keep` names down to all that belongs to them, and from there up."""
        inner = [k for k in self.foreign_keys if k.table in self.changes and k.referenced in self.changes]
        leading = set(self.tables)
        upwards = [k for k in self.foreign_keys if k.table in leading and k.referenced in leading]
        named = {
            table: self._matching(change.seeder)
            for table, change in self.changes.items()
            if change.seeder is not None and change.seeder.keep is not None
        }
        for table, change in self.changes.items():
            if change.seeder is not None and change.seeder.is_inherited_only and change.is_refilled:
                named.setdefault(table, set()).update(self._of_no_heir(change))
        if not any(named.values()):
            return

        def down(key: ForeignKey, rows: Mapping[Table, set[Key]]) -> tuple[Table, Selection | None]:
            there = rows.get(key.referenced)
            return key.table, referring_to(key, any_of(key.referenced, there)) if there else None

        def up(key: ForeignKey, rows: Mapping[Table, set[Key]]) -> tuple[Table, Selection | None]:
            there = rows.get(key.table)
            return key.referenced, referred_to_by(key, any_of(key.table, there)) if there else None

        belonging = self._closure(named, inner, down)
        for table, keys in self._closure(belonging, upwards, up).items():
            if table in self.changes:
                self.changes[table].kept = keys

    def _closure(
        self,
        start: Mapping[Table, set[Key]],
        along: Sequence[ForeignKey],
        step: Callable[[ForeignKey, Mapping[Table, set[Key]]], tuple[Table, Selection | None]],
    ) -> dict[Table, set[Key]]:
        """Return the rows that are reached from `start` by steps along foreign keys, each step from the newest rows."""
        reached = {table: set(keys) for table, keys in start.items()}
        newest: Mapping[Table, set[Key]] = start
        while any(newest.values()):
            upcoming: dict[Table, set[Key]] = {}
            for key in along:
                table, selection = step(key, newest)
                if selection is not None:
                    found = set(select_keys(self.connection, table, selection)) - reached.get(table, set())
                    upcoming.setdefault(table, set()).update(found)
            for table, keys in upcoming.items():
                reached.setdefault(table, set()).update(keys)
            newest = upcoming
        return reached

    def _matching(self, seeder: Seeder) -> set[Key]:
        """Return the keys, as the database stores them, of the rows that match the seeder's `keep`."""
        rows = all_rows(seeder.model, self.using).filter(seeder.keep)
        prepare = seeder.key.get_db_prep_value
        return {(prepare(pk, self.connection, prepared=False),) for pk in rows.values_list("pk", flat=True)}

    def _of_no_heir(self, change: TableChange) -> list[Key]:
        """Return the rows of a table that is filled for models that inherit from it, and that are none of theirs."""
        table, rows = change.table, EVERY if change.keys is None else not_of_seed(change.table, change.keys)
        heirs = [self._found[name] for name in change.seeder.heirs if name in self._found] if change.seeder else []
        for key in self.foreign_keys:
            if key.referenced == table and key.table in heirs and key.columns == key.table.key:
                rows &= referred_to_by(key, EVERY).negated()
        return select_keys(self.connection, table, rows)

    def _referring(self) -> list[Lost]:
        """Find the rows of other tables that refer to rows to delete, the farthest first."""
        found: list[Lost] = []
        for table, change in self.changes.items():
            for key in self._from_outside(table):
                selection = (
                    referring_to_all_but(key, change.kept) if change.is_refilled else referring_to(key, change.seeded)
                )
                found += self._lost(key.table, _why(key), selection)
        newest = found
        seen: dict[Table, set[Key]] = {}
        while newest:
            reached: dict[Table, set[Key]] = {}
            for lost in newest:
                keys = set(select_keys(self.connection, lost.table, lost.rows)) - seen.get(lost.table, set())
                seen.setdefault(lost.table, set()).update(keys)
                reached.setdefault(lost.table, set()).update(keys)
            newest = []
            for table, keys in reached.items():
                for key in self._from_outside(table) if keys else ():
                    selection = referring_to(key, any_of(table, keys))
                    newest += self._lost(key.table, _why(key), selection & none_of(key.table, seen.get(key.table, ())))
            found = [*newest, *found]
        return found

    def _from_outside(self, referenced: Table) -> list[ForeignKey]:
        """Return the foreign keys to the table whose rows aren't deleted anyway, as those of refilled tables are."""
        refilled = {table for table, change in self.changes.items() if change.is_refilled}
        return [key for key in self.foreign_keys if key.referenced == referenced and key.table not in refilled]

    def _lost(self, table: Table, why: str, rows: Selection) -> list[Lost]:
        """Return the selected rows as a loss, if there are any; those of the seed itself are none."""
        change = self.changes.get(table)
        if change is not None and not change.is_refilled:
            rows &= change.foreign
        examples = select_keys(self.connection, table, rows, SHOWN_KEYS)
        if not examples:
            return []
        number, fingerprint = fingerprint_of(self.connection, table, rows)
        shown = tuple(key[0] if len(key) == 1 else key for key in examples) if table.key else ()
        loss = Loss(table.label, why, number, shown, fingerprint)
        return [Lost(table, why, rows, loss, table in self.disposable)]


def _why(key: ForeignKey) -> str:
    return f"references {key.referenced.label} rows that would be deleted, by {', '.join(key.columns)}"


def refusal(what: str, using: str, losses: Sequence[Loss]) -> Refused:
    """Return the error that names what would be lost by `what`, and how to go on."""
    return Refused(
        f"{what[:1].upper()}{what[1:]} would delete rows of {describe(using)} that were not created by a seed:\n"
        + "".join(f"  {loss}\n" for loss in losses)
        + "Nothing was changed. Move them away, or give --overwrite to delete them too."
    )


def refuse_unannounced(
    what: str, using: str, losses: Sequence[Loss], announced: Sequence[Loss], *, overwrite: bool
) -> None:
    """Raise Refused where others would be lost, under the lock, than were announced before it."""
    if losses == list(announced):
        return
    if not announced and not overwrite:
        raise refusal(what, using, losses)
    raise changed_meanwhile(what, using, losses)


def changed_meanwhile(what: str, using: str, losses: Sequence[Loss]) -> Refused:
    """Return the error for rows that are others than those whose deletion was announced and allowed."""
    return Refused(
        f"The rows of {describe(using)} that {what} would delete, and that were not created by a seed, "
        "changed after they had been announced. They are now:\n"
        + ("".join(f"  {loss}\n" for loss in losses) or "  none\n")
        + "Nothing was changed. Look at them with --plan, and try again."
    )
