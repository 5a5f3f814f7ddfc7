"""Checks of the settings, for `manage.py check`. What a `seeds.py` registers is checked when it is loaded."""

from __future__ import annotations

import os
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS


def check_settings(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Return an error for the first `SEED_*` variable whose value can't be used, or a database that can't be seeded."""
    if not _can_be_wrong():
        return []
    from . import conf
    from .errors import ConfigurationError

    try:
        conf.read()
    except ConfigurationError as exc:
        return [Error(str(exc), id="seeding.E001")]
    return []


def _can_be_wrong() -> bool:
    """Return False where all is as Django has it: every command would import what reads the settings, for nothing."""
    engine = settings.DATABASES.get(DEFAULT_DB_ALIAS, {}).get("ENGINE")
    is_served = engine == "django.db.backends.sqlite3" or (
        engine == "django.db.backends.postgresql" and find_spec("psycopg") is not None  # or Django takes psycopg2
    )
    names = (*os.environ, *dir(settings))
    return not settings.USE_TZ or not is_served or any(name.startswith("SEED_") for name in names)
