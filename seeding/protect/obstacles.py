"""What a seed can't see through, refused by name before anything is changed; and what keeps it from truncating."""

from __future__ import annotations

import re

from ..database.catalogue import Publication, Reactions, Table, publications, reactions, triggers_of
from ..database.connections import describe
from ..errors import Refused
from ..report.progress import Progress, Report
from .guard import Guard


class Obstacles:
    """What stands between statements and rows in PostgreSQL tables; SQLite has nothing of the kind but triggers."""

    def __init__(self, guard: Guard) -> None:
        self._using, self._connection = guard.using, guard.connection
        self._seeded = [table for table, survey in guard.surveys.items() if survey.seeder is not None]
        self._reactions: dict[int, Reactions] = {}
        self._publications: list[Publication] = []
        self._tables = guard.tables
        if guard.connection.vendor == "postgresql":
            self._reactions = reactions(guard.connection, self._tables)
            self._publications = publications(guard.connection, self._seeded)

    def refuse(self, report: Report) -> None:
        """Raise Refused for what can't be seen through; report what subscribers of published tables should know."""
        hidden = [t.label for t in self._tables if (r := self._reactions.get(t.oid)) and r.has_hidden_rows]
        if hidden:
            raise Refused(
                f"Row level security hides rows of {', '.join(hidden)} in {describe(self._using)} from this role, so "
                "what a seed would delete can't be seen: seed as a role with BYPASSRLS, or as the owner without FORCE."
            )
        self._refuse_triggers()
        for table in self._seeded:
            found = self._reactions.get(table.oid)
            if found and found.rules:
                raise Refused(
                    f"The table {table.label} of {describe(self._using)} has rules that rewrite what is written to it "
                    f"({', '.join(found.rules)}): disable them, or leave the table out of the seeds."
                )
        self._refuse_publications(report)

    def _refuse_triggers(self) -> None:
        """Raise Refused for SQLite's triggers that suppress what is written to seeded tables, or write there, too."""
        if self._connection.vendor != "sqlite":
            return
        labels = "|".join(re.escape(table.label) for table in self._seeded)
        changes = re.compile(
            rf"RAISE\s*\(\s*IGNORE|\b(?:UPDATE|FROM|INTO)\s+(?:OR\s+\w+\s+)?[\"'`\[]?(?:{labels})\b", re.I
        )
        for table in self._seeded:
            for name, definition in triggers_of(self._connection, table).items():
                if changes.search(definition):
                    raise Refused(
                        f"The trigger {name} of {table.label} in {describe(self._using)} changes what is written to "
                        "seeded tables: drop it, or leave the table out of the seeds."
                    )

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
