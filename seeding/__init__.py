"""Database seeding that is as trustworthy as migrations: once per version, all or nothing, and able to prove itself.

    from seeding import seed
    seed("v1", row_counts={"users": 100, "orders": 1000})

An app takes part by a `seeds.py`, which registers how its rows are made: `from seeding import Rows, register`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .columns import Columns as Columns
    from .columns import Labels as Labels
    from .errors import SeedError as SeedError
    from .executor import seed as seed
    from .inspection import check as check
    from .inspection import plan as plan
    from .inspection import status as status
    from .passwords import seeded_password as seeded_password
    from .registry import register as register
    from .results import SeedResult as SeedResult
    from .streams import Rows as Rows
    from .verification import verify as verify

# Imported when first asked for: Django imports this package before models can be, and a skip needs no NumPy.
_HOMES = {
    "Columns": "columns",
    "Labels": "columns",
    "Rows": "streams",
    "SeedError": "errors",
    "SeedResult": "results",
    "check": "inspection",
    "plan": "inspection",
    "register": "registry",
    "seed": "executor",
    "seeded_password": "passwords",
    "status": "inspection",
    "verify": "verification",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
