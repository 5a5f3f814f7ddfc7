"""Reads environment variables. An empty one counts as not set; a bad value is an error, never a guess."""

import os
import re

from django.core.exceptions import ImproperlyConfigured

_ON, _OFF = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(name: str, default: str = "") -> str:
    """Return the variable `name` as it is."""
    return os.environ.get(name) or default


def flag(name: str, default: bool = False) -> bool:
    """Return the boolean variable `name`. Raises ImproperlyConfigured for anything but a known spelling."""
    value = text(name).strip().lower()
    if value not in ("", *_ON, *_OFF):
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to on or off.")
    return value in _ON if value else default


def whole_number(name: str, default: int, *, low: int = 0, high: int) -> int:
    """Return the variable `name`, a whole number. Raises ImproperlyConfigured for one below `low` or above `high`."""
    value = text(name).strip()
    if not value:
        return default
    if not re.fullmatch(r"[0-9]{1,18}", value) or not low <= int(value) <= high:
        raise ImproperlyConfigured(f"{name} is {value!r}: set it to a whole number from {low:,} to {high:,}.")
    return int(value)


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return what the variable `name` lists, separated by commas, with or without blanks."""
    found = [word.strip() for word in text(name).split(",")]
    return [word for word in found if word] or list(default)
