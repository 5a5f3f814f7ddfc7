"""Where rows go: the database, the keys that they get, and the moment that times count back from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..generate.columns import Column
    from ..generate.streams import Dataset
    from .keys import Keys
    from .seeder import Seeder


@dataclass(frozen=True)
class Target:
    """Where rows go."""

    using: str
    keys: Mapping[str, Keys]  # by table
    anchored_at: datetime
    seeders: Mapping[str, Seeder] = field(default_factory=dict)  # by table, of what is referred to by other columns
    dataset: Dataset | None = None
    _made: dict[tuple[str, str], Column] = field(default_factory=dict)

    def values(self, table: str, name: str) -> Column:
        """Return a column of all rows of another table, in stored form: what relations to it hold.

        Raises KeyError where nothing is known of the table.
        """
        if (table, name) not in self._made:
            seeder = self.seeders[table]
            kind = next(column.kind for column in seeder.columns if column.name == name)
            if self.dataset is None:
                raise KeyError(table)
            self._made[table, name] = kind.stored(seeder.whole(name, self.dataset), self)
        return self._made[table, name]
