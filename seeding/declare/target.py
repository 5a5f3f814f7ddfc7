"""Where rows go: the database, the keys that they get, and the moment that times count back from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .keys import Keys


@dataclass(frozen=True)
class Target:
    """Where rows go."""

    using: str
    keys: Mapping[str, Keys]  # by table
    anchored_at: datetime
