"""What a seed can't see through, refused by name before anything is changed; and what keeps it from truncating."""

from __future__ import annotations

from ..database.catalogue import Publication, Reactions, Table, publications, reactions, triggers_of
from ..database.connections import describe
from ..errors import Refused
from ..report.progress import Progress, Report
from .guard import Guard


class Obstacles:
    """What stands between statements and rows in PostgreSQL tables; SQLite has nothing of the kind but triggers."""

    def __init__(self, guard: Guard) -> None:
        self._using, self._connection = guard.using, guard.connection
        self._seeded = [table for table, change in guard.changes.items() if change.seeder is not None]
        self._reactions: dict[int, Reactions] = {}
        self._publications: list[Publication] = []
        self._tables = guard.tables
        self._existing_losses = guard.existing_losses
        if guard.connection.vendor == "postgresql":
            self._reactions = reactions(guard.connection, self._tables)
            self._publications = publications(guard.connection, self._seeded)

    def in_words(self, report: Report) -> tuple[str, ...]:
        """Return what `refuse` would raise, if anything."""
        try:
            self.refuse(report)
        except Refused as exc:
            return (str(exc),)
        return ()

    def refuse(self, report: Report) -> None:
        """Raise Refused for what can't be seen through; report what subscribers of published tables should know."""
        hidden = [t.label for t in self._tables if (r := self._reactions.get(t.oid)) and r.has_hidden_rows]
        if hidden:
            raise Refused(
                f"Row level security hides rows of {', '.join(hidden)} in {describe(self._using)} from this role, so "
                "what a seed would delete can't be seen: seed as a role with BYPASSRLS, or as the owner without FORCE."
            )
        for table in self._seeded:
            found = self._reactions.get(table.oid)
            if found and found.rules:
                raise Refused(
                    f"The table {table.label} of {describe(self._using)} has rules that rewrite what is written to it "
                    f"({', '.join(found.rules)}): disable them, or leave the table out of the seeds."
                )
        self._refuse_publications(report)
        if self._existing_losses:
            losses = "; ".join(map(str, self._existing_losses))
            raise Refused(
                f"Rows of {describe(self._using)} that seeds refer to as existing ones, and never delete, would have "
                f"to be deleted: {losses}. Nothing was changed; let them reference other rows first."
            )

    @property
    def insert_triggers(self) -> list[str]:
        """The triggers that fire when rows are written to seeded tables, and may change them."""
        if self._connection.vendor == "sqlite":
            found = [triggers_of(self._connection, table) for table in self._seeded]
            return [name for triggers in found for name, sql in triggers.items() if "INSERT" in sql.upper()]
        return [name for table in self._seeded for name in self._reactions[table.oid].on_insert]

    def prevents_truncation(self, table: Table) -> bool:
        """Return True if TRUNCATE would skip triggers, do more than DELETE, or not reach the subscribers."""
        found = self._reactions.get(table.oid)
        is_published = any(publication.table == table.oid for publication in self._publications)
        return is_published or (found is not None and (bool(found.on_delete) or found.has_invalid_index))

    def _refuse_publications(self, report: Report) -> None:
        labels = {table.oid: table.label for table in self._seeded}
        for publication in self._publications:
            if publication.inserts and not publication.deletes:
                raise Refused(
                    f"The publication {publication.name} sends the new rows of {labels[publication.table]} but not "
                    "their deletion, so the next seed's keys would clash at its subscribers: publish delete, too."
                )
        sent: dict[str, list[str]] = {}
        for publication in self._publications:
            sent.setdefault(publication.name, []).append(labels[publication.table])
        for name, tables in sent.items():
            report(
                Progress(
                    "warning",
                    f"The publication {name} sends {', '.join(tables)} to its subscribers: rows that they added "
                    "themselves under the new keys would stop the subscription.",
                )
            )
