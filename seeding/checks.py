"""Checks of the settings, for `manage.py check`. What a `seeds.py` registers is checked when it is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error

from . import conf
from .errors import ConfigurationError


def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for the first `SEED_*` variable whose value can't be used."""
    try:
        conf.read()
    except ConfigurationError as exc:
        return [Error(str(exc), id="seeding.E001")]
    return []
