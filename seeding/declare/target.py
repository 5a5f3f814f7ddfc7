"""Where rows go: the database, the tables' first keys, and the moment that times count back from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Target:
    """Where rows go."""

    using: str
    first_keys: Mapping[str, int]  # by table; a row's key is this plus its row number
    anchored_at: datetime
