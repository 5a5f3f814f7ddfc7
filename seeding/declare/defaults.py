"""What a column gets that no seeder declares."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Field
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone
from django.utils.functional import Promise

from ..report.wording import in_one_line
from .kinds import kind_of
from .kinds.identifiers import Identifier
from .kinds.text import Text

_PURE = (dict, list, str, int, float, bool, tuple, set)
_NOW: tuple[Callable[..., Any], ...] = (timezone.now, datetime.now, date.today, timezone.localtime, timezone.localdate)


Form = Callable[[UUID], Any]


@dataclass(frozen=True, eq=False)
class Constant:
    """One value for all rows: the field's default, or the anchor where the field wants the time of day."""

    field: Field[Any, Any]
    value: Any = None
    is_anchor: bool = False
    is_fixed: bool = True  # False: it is computed, and may be another one tomorrow


def constant_of(field: Field[Any, Any]) -> Constant | None:
    """Return what the column of a field that no seeder declares gets. None: its rows' values must be declared.

    A computed default is a constant where it gives equal values twice, like `dict`. One that fails, or asks the
    database, is none: rows depend on nothing that is there.
    """
    if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
        return Constant(field, is_anchor=True)
    default = field.default
    if default is NOT_PROVIDED:
        if field.null:
            return Constant(field)
        if not field.blank or not field.empty_strings_allowed:
            return None
        return Constant(field, "" if type(field).get_default is Field.get_default else field.get_default())
    if not callable(default):
        return Constant(field, _plain(field, default))
    if default in _NOW:
        return Constant(field, is_anchor=True)
    some = _called_twice(field.get_default)
    if some is None or some[0] != some[1]:
        return None
    return Constant(field, _plain(field, some[0]), is_fixed=default in _PURE)


def failure_of(field: Field[Any, Any]) -> str | None:
    """Return why a field's computed default fails, as one that looks for a row that isn't there; None if it doesn't."""
    try:
        _call_twice(field.get_default)
    except Exception as exc:  # noqa: BLE001 (whatever a project's function raises)
        return f"{type(exc).__name__}: {in_one_line(exc)}"
    return None


def random_uuid_of(field: Field[Any, Any]) -> Form | None:
    """Return how a field writes UUIDs whose default is another UUID at each call, like `uuid4`; None for any other.

    Its rows get one each, from their bits, in a column of UUIDs, or of text: as it is written, or its 32 digits alone.
    """
    default, kind = field.default, kind_of(field) if callable(field.default) else None
    if not isinstance(kind, Identifier | Text) or default in _NOW or failure_of(field) is not None:
        return None
    some = _called_twice(default)
    if some is None or some[0] == some[1]:
        return None
    if all(isinstance(value, UUID) for value in some):
        return str if isinstance(kind, Text) else itself
    for form in (str, _digits):
        if all(isinstance(value, str) and _is_uuid(value, form) for value in some):
            return form
    return None


def itself(uuid: UUID) -> UUID:
    """Return the UUID: the form in which a column of them has it."""
    return uuid


def _called_twice(default: Callable[[], Any]) -> tuple[Any, Any] | None:
    """Return what a default gives, twice; None where it fails, or asks the database."""
    try:
        return _call_twice(default)
    except Exception:  # noqa: BLE001 (whatever a project's function raises)
        return None


def _call_twice(default: Callable[[], Any]) -> tuple[Any, Any]:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise LookupError("it queries the database")

    with ExitStack() as stack:
        for connection in connections.all():
            stack.enter_context(connection.execute_wrapper(refuse))
        return default(), default()


def _digits(uuid: UUID) -> str:
    return uuid.hex


def _is_uuid(text: str, form: Form) -> bool:
    try:
        return bool(form(UUID(text)) == text)
    except ValueError:
        return False


def is_filled_by_the_database(field: Field[Any, Any]) -> bool:
    """Return True for a generated column, and for one whose default the database has."""
    return bool(field.generated or (field.has_db_default() and not field.has_default()))


def _plain(field: Field[Any, Any], value: Any) -> Any:
    value = str(value) if isinstance(value, Promise) else value
    return value if field.is_relation else field.to_python(value)
