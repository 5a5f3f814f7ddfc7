"""Stand-ins for models: of a model, generators want the table's name alone."""

from types import SimpleNamespace
from typing import Any


def _table(name: str) -> Any:
    return type(name, (), {"_meta": SimpleNamespace(db_table=name, label=name)})


User, Order, Payment = _table("users"), _table("orders"), _table("payments")
