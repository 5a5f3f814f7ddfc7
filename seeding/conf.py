"""The `SEED_*` settings: read from the environment when a seed needs them, checked, overridden by options."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TypeVar

from django.conf import settings
from django.db import connections

from .errors import ConfigurationError

LOADERS = ("auto", "bulk_create", "copy")
MAX_ROWS = 1_000_000_000
DEFAULT_ROW_COUNTS = {"users": 1_000, "orders": 10_000}
BATCH_SIZES = {"bulk_create": 5_000, "copy": 20_000}

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
T = TypeVar("T")
_ON, _OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


@dataclass(frozen=True)
class SeedConfig:
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


def version_name(text: str) -> str:
    """Return `text` where it is a version's name. Raises ValueError."""
    if not _VERSION.fullmatch(text):
        raise ValueError(
            f"{shown(text)} is no version name: use 1 to 64 letters, digits, dots, dashes or underscores, "
            "a letter or digit first, like v2"
        )
    return text


def row_count(text: str | int) -> int:
    """Return the number of rows that `text` gives. Raises ValueError."""
    return _whole_number(text, 0, MAX_ROWS, "number of rows")


def loader_name(text: str) -> str:
    """Return `text` where it is a loader's name. Raises ValueError."""
    if text not in LOADERS:
        raise ValueError(f"{shown(text)} is no loader: use one of {', '.join(LOADERS)}")
    return text


def shown(value: object) -> str:
    """Return `value` as an error message quotes it: on one line, not too long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:50]}...{text[-1]} ({len(str(value))} characters)"


def default_row_counts() -> dict[str, int]:
    """Return the counting options of this project, with their defaults."""
    return dict(getattr(settings, "SEED_ROW_COUNTS", DEFAULT_ROW_COUNTS))


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
        raise ConfigurationError(f"row_counts names {unknown}: it may name {', '.join(defaults)}.")
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
        lock_timeout_s=_value(None, "SEED_LOCK_TIMEOUT", 300, seconds),
        anchor=_value(None, "SEED_ANCHOR", None, _anchor),
        enabled=_value(None, "SEED_ENABLED", settings.DEBUG, _flag),
    )


def check_alias(using: str) -> None:
    """Raises ConfigurationError where no database has this alias."""
    if using not in connections.settings:
        raise ConfigurationError(
            f"The database alias {shown(using)} doesn't exist: use one of {', '.join(connections.settings)}.",
            source="--database",
        )


def resolve_loader(name: str, using: str, *, source: str) -> str:
    """Return the loader that `name` means on the database `using`. Raises ConfigurationError where it can't work."""
    vendor = connections[using].vendor
    if name == "copy" and vendor != "postgresql":
        raise ConfigurationError(
            f"{source}: the loader 'copy' needs PostgreSQL, and {using!r} is {connections[using].display_name}: "
            "use auto or bulk_create.",
            source=source,
        )
    if name == "auto":
        return "copy" if vendor == "postgresql" else "bulk_create"
    return name


def _value(given: T | None, variable: str, default: T, parse: Callable[[str], T]) -> T:
    source, value = ("argument", given) if given is not None else (variable, os.environ.get(variable))
    if value is None:
        return default
    try:
        return parse(value)  # type: ignore[arg-type]  # an argument of another type is refused like any bad value
    except ValueError as exc:
        raise ConfigurationError(f"{source}: {exc}.", source=source) from exc


def _whole_number(text: str | int, low: int, high: int, what: str) -> int:
    digits = str(text).strip()
    if not re.fullmatch(r"[0-9]{1,20}", digits) or not low <= int(digits) <= high:
        raise ValueError(f"{shown(text)} is no {what}: use a whole number from {low:,} to {high:,}")
    return int(digits)


def _batch_size(text: str) -> int:
    return _whole_number(text, 1, MAX_ROWS, "batch size")


def seconds(text: str | int) -> int:
    """Return the whole number of seconds that `text` gives. Raises ValueError."""
    return _whole_number(text, 0, 86_400, "number of seconds")


def _anchor(text: str) -> datetime | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is no date: use one like 2026-01-31") from None
    if not 1900 <= day.year <= 9000:
        raise ValueError(f"{shown(text)} is too far away: use a year from 1900 to 9000")
    return datetime.combine(day, time(), UTC)


def _flag(text: str) -> bool:
    if text.lower() not in _ON + _OFF:
        raise ValueError(f"{shown(text)} is neither on nor off: use one of them")
    return text.lower() in _ON
