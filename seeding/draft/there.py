"""Which rows are there already, and not created by a seed: of migrations, of fixtures, typed in by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import Error, connections
from django.db.models import Max

from ..database import record
from ..database.catalogue import Catalogue, Table
from ..database.rows import all_rows
from ..declare.existing import natural_key
from ..declare.inheritance import parent_links
from ..declare.keys import Keys, keys_there
from ..declare.passwords import staff_of
from ..declare.seeder import Model
from ..declare.suggest.trees import Below, library_of, table_of
from ..protect.selections import not_of_seed, select_keys

KEPT = 20  # rows that a draft names, to keep them
_MOST = 1_000  # rows beside a seed's that are looked at


class There:
    """The rows of a database not created by a seed, as far as it is migrated."""

    def __init__(self, using: str) -> None:
        self._using = using
        self._tables: dict[str, Table] = {}
        self._seeded: Mapping[Table, Keys] = {}
        try:
            ranges = record.key_ranges(using)
            self._tables = Catalogue(using).of_models(list(ranges))
            self._seeded = {self._tables[name]: keys for name, keys in keys_there(ranges, self._tables).items()}
        except Error:
            pass  # not migrated

    def has_rows(self, model: Model) -> bool:
        """Return True if the model's table has rows that neither a seed made nor a seed keeps by itself."""
        try:
            return bool(self._rows(model).exists())
        except Error:
            return False

    def to_keep(self, model: Model) -> tuple[str, list[Any]] | None:
        """Return a column that tells the model's rows apart in every database, and what it holds of those there.

        None where there is no such column, and for too many rows.
        """
        prefixes = tuple(f"{link.name}__" for link in parent_links(model).values())
        names = [name.removeprefix(next(filter(name.startswith, prefixes), "")) for name in natural_key(model)]
        if len(names) != 1 or "__" in names[0]:
            return None
        try:
            values = list(self._rows(model).order_by(names[0]).values_list(names[0], flat=True)[: KEPT + 1])
        except Error:
            return None
        return (names[0], values) if 0 < len(values) <= KEPT and all(isinstance(v, str | int) for v in values) else None

    def below(self, model: Model) -> Below:
        """Return where a tree's rows can begin: below the row that is nearest to a root and has rows below it."""
        library, table = library_of(model), table_of(model)
        try:
            if "path" in library:
                return self._below_path(table, getattr(model, "steplen", 4))
            if "tree_id" in library and table is not None:
                rows = self._rows(table)
                return Below(first=1 + (rows.aggregate(most=Max("tree_id"))["most"] or 0))
        except Error:
            pass
        return Below()

    def _below_path(self, model: Any, steplen: int) -> Below:
        rows = self._rows(model)
        above = rows.filter(numchild__gt=0).order_by("depth", "path").first()
        path, depth = (above.path, above.depth) if above is not None else ("", 0)
        last = rows.filter(path__startswith=path, depth=depth + 1).aggregate(most=Max("path"))["most"]
        first = 1 if last is None else 1 + int(last[-steplen:], 36)
        return Below(path, first, getattr(above, "url_path", "/"))

    def _rows(self, model: Model) -> Any:
        rows = all_rows(model, self._using)
        table = self._tables.get(model._meta.db_table)
        if table is not None and table in self._seeded:
            others = not_of_seed(table, self._seeded[table])
            rows = rows.filter(pk__in=[key[0] for key in select_keys(connections[self._using], table, others, _MOST)])
        staff = staff_of(model)
        return rows if staff is None else rows.exclude(staff)
