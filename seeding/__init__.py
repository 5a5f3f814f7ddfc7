"""Database seeding that is as trustworthy as migrations: once per version, all or nothing, and able to prove itself.

    from seeding import seed
    seed("v1", row_counts={"users": 100, "orders": 1000})

An app takes part by a `seeds.py`, which registers how its rows are made: `from seeding import Rows, register`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .apply.check import check as check
    from .apply.clear import clear as clear
    from .apply.plan import plan as plan
    from .apply.plan import status as status
    from .apply.seed import seed as seed
    from .apply.verify import verify as verify
    from .declare.kinds import register_kind as register_kind
    from .declare.passwords import seeded_password as seeded_password
    from .declare.registry import register as register
    from .errors import SeedError as SeedError
    from .generate.children import per as per
    from .generate.columns import Categorical as Categorical
    from .generate.columns import Columns as Columns
    from .generate.rows import Rows as Rows
    from .report.results import ClearResult as ClearResult
    from .report.results import SeedResult as SeedResult

__version__ = "0.1.0"

# Imported when first asked for: Django imports this package before models can be, and a skip needs no NumPy.
_HOMES = {
    "Categorical": "generate.columns",
    "ClearResult": "report.results",
    "Columns": "generate.columns",
    "Rows": "generate.rows",
    "SeedError": "errors",
    "SeedResult": "report.results",
    "check": "apply.check",
    "clear": "apply.clear",
    "per": "generate.children",
    "plan": "apply.plan",
    "register": "declare.registry",
    "register_kind": "declare.kinds",
    "seed": "apply.seed",
    "seeded_password": "declare.passwords",
    "status": "apply.plan",
    "verify": "apply.verify",
}
__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOMES[name]}", __name__), name)
