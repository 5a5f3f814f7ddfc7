"""The `SEED_*` settings: of the environment, else of Django's settings; read when a seed needs them, and checked."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

from django.conf import settings
from django.db import connections

from .database.connections import check_alias
from .errors import ConfigurationError
from .report.wording import shown

LOADERS = ("auto", "bulk_create", "copy", "insert")
MAX_ROWS = 1_000_000_000
BATCH_SIZES = {"bulk_create": 5_000, "copy": 20_000, "insert": 10_000}
_LOADER_OF = {"postgresql": "copy", "sqlite": "insert"}  # the fast one, which works nowhere else

# What `manage.py seed` has options for already: an option that counts rows can't have the same name.
_RESERVED = """
    seed_version loader database force overwrite wait noinput no_input plan status check verify clear format
    help version verbosity settings pythonpath traceback no_color force_color skip_checks
"""

T = TypeVar("T")
_ON, _OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


class SeedConfig(SimpleNamespace):  # a named tuple or a data class takes most of a millisecond of each start
    """What to seed, and how; every value is checked."""

    version: str
    row_counts: Mapping[str, int]  # by counting option
    counts_source: str  # where they came from: an option, or variables
    loader: str
    using: str
    batch_size: int
    lock_timeout_s: int
    anchor: datetime | None  # None: the start of the seed
    enabled: bool

    def changed(self, **values: Any) -> SeedConfig:
        """Return a copy with these values instead."""
        return SeedConfig(**{**vars(self), **values})


def version_name(text: str) -> str:
    """Return `text` where it is a version's name. Raises ValueError."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text):
        raise ValueError(
            f"{shown(text)} is not a valid version name: use 1 to 64 letters, digits, dots, dashes or underscores, "
            "a letter or digit first, like v2"
        )
    return text


def row_count(text: str | int) -> int:
    """Return the number of rows that `text` gives. Raises ValueError."""
    return _whole_number(text, 0, MAX_ROWS, "number of rows")


def loader_name(text: str) -> str:
    """Return `text` where it is a loader's name. Raises ValueError."""
    if text not in LOADERS:
        raise ValueError(f"{shown(text)} is not a loader: use one of {', '.join(LOADERS)}")
    return text


def default_row_counts() -> dict[str, int]:
    """Return the counting options of the project, `SEED_ROW_COUNTS`, with their defaults. Raises ConfigurationError."""
    source, given = _given("SEED_ROW_COUNTS", {})
    try:
        counts = json.loads(given) if isinstance(given, str) else dict(given)
        if not isinstance(counts, dict):
            raise ValueError(f"{shown(given)} isn't a dict of options and numbers")
        for name in counts:
            _check_option(name)
        return {name: row_count(rows) for name, rows in counts.items()}
    except (TypeError, ValueError) as exc:
        raise ConfigurationError(f"{source}: {exc}.", source=source) from exc


def _check_option(name: object) -> None:
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{shown(name)} can't be an option: use lower-case letters, digits and underscores")
    if name in _RESERVED.split():
        raise ValueError(f"the option {name!r} has another meaning in `manage.py seed`: use another name")


def read(
    *,
    version: str | None = None,
    row_counts: Mapping[str, int] | None = None,
    loader: str | None = None,
    using: str = "default",
    batch_size: int | None = None,
) -> SeedConfig:
    """Return the configuration: each value from the argument, else from its variable, else its default.

    Raises ConfigurationError, which names the value, where it came from and what can be used instead.
    """
    defaults, given = default_row_counts(), dict(row_counts or {})
    if unknown := ", ".join(sorted(set(given) - set(defaults))):
        raise ConfigurationError(
            f"row_counts names {unknown}: it may name {', '.join(defaults) or 'none, as SEED_ROW_COUNTS names none'}."
        )
    check_alias(using)
    chosen = _value(loader, "SEED_LOADER", "auto", loader_name)
    resolved = resolve_loader(chosen, using, source="--loader" if loader is not None else "SEED_LOADER")
    return SeedConfig(
        version=_value(version, "SEED_VERSION", "v1", version_name),
        row_counts={
            name: _value(given.get(name), f"SEED_{name.upper()}", default, row_count)
            for name, default in defaults.items()
        },
        counts_source=" ".join(f"--{name}" for name in given) or " ".join(f"SEED_{name.upper()}" for name in defaults),
        loader=resolved,
        using=using,
        batch_size=BATCH_SIZES[resolved] if batch_size is None else _value(batch_size, "batch_size", 1, _batch_size),
        lock_timeout_s=lock_timeout_s(),
        anchor=_value(None, "SEED_ANCHOR", None, _anchor),
        enabled=_value(None, "SEED_ENABLED", settings.DEBUG, _flag),
    )


def lock_timeout_s() -> int:
    """Return how long all the waiting for locks of one command may take together, `SEED_LOCK_TIMEOUT`."""
    return _value(None, "SEED_LOCK_TIMEOUT", 300, seconds)


def user_password() -> str | None:
    """Return the password that seeded users get, `SEED_USER_PASSWORD`; None where there is none."""
    return str(_given("SEED_USER_PASSWORD", None)[1] or "") or None


def template_folder() -> Path:
    """Return the folder of the templates that tests on SQLite clone, `SEED_TEMPLATES`."""
    given = _given("SEED_TEMPLATES", None)[1]
    return Path(given or _project_folder() / ".seeded").absolute()


def _project_folder() -> Path:
    """Return the folder in which the settings are, or the package that they are in."""
    module = sys.modules.get((settings.SETTINGS_MODULE or "").partition(".")[0])
    if folders := [*getattr(module, "__path__", ())]:
        return Path(folders[0]).parent
    return Path(getattr(module, "__file__", None) or "x").parent


def resolve_loader(name: str, using: str, *, source: str) -> str:
    """Return the loader that `name` means on the database `using`. Raises ConfigurationError where it can't work."""
    vendor = connections[using].vendor
    if name == "auto":
        return _LOADER_OF.get(vendor, "bulk_create")
    if name != "bulk_create" and name != _LOADER_OF.get(vendor):
        needed = "PostgreSQL" if name == "copy" else "SQLite"
        raise ConfigurationError(
            f"{source}: the loader {name!r} needs {needed}, and {using!r} is {connections[using].display_name}: "
            "use auto or bulk_create.",
            source=source,
        )
    return name


def _given(variable: str, default: object) -> tuple[str, Any]:
    """Return where a setting comes from, and its value."""
    if variable in os.environ:
        return variable, os.environ[variable]
    return f"settings.{variable}", getattr(settings, variable, default)


def _value(given: T | None, variable: str, default: T, parse: Callable[[Any], T]) -> T:
    source, value = ("argument", given) if given is not None else _given(variable, None)
    if value is None:
        return default
    try:
        return parse(value)
    except (TypeError, ValueError) as exc:
        raise ConfigurationError(f"{source}: {exc}.", source=source) from exc


def _whole_number(text: str | int, low: int, high: int, what: str) -> int:
    digits = str(text).strip()
    if not re.fullmatch(r"[0-9]{1,20}", digits) or not low <= int(digits) <= high:
        raise ValueError(f"{shown(text)} is not a valid {what}: use a whole number from {low:,} to {high:,}")
    return int(digits)


def _batch_size(text: str) -> int:
    return _whole_number(text, 1, MAX_ROWS, "batch size")


def seconds(text: str | int) -> int:
    """Return the whole number of seconds that `text` gives. Raises ValueError."""
    return _whole_number(text, 0, 86_400, "number of seconds")


def _anchor(text: str | date) -> datetime | None:
    if not text:
        return None
    if isinstance(text, date):
        text = f"{text:%Y-%m-%d}"
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not a date: use one like 2026-01-31") from None
    if not 1900 <= day.year <= 9000:
        raise ValueError(f"{shown(text)} is too far away: use a year from 1900 to 9000")
    return datetime.combine(day, time(), UTC)


def _flag(text: str | bool) -> bool:
    if isinstance(text, bool):
        return text
    if str(text).lower() not in _ON + _OFF:
        raise ValueError(f"{shown(text)} is neither on nor off: use one of them")
    return text.lower() in _ON


def monday(moment: datetime) -> datetime:
    """Return Monday 00:00 UTC at or before `moment`: what generated times count back from."""
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())
