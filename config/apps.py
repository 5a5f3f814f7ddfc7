from typing import Any

from django.apps import AppConfig
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created


class ConfigConfig(AppConfig):
    """This project's own commands, templates and static files."""

    name = "config"

    def ready(self) -> None:
        connection_created.connect(prefer_wal)


def prefer_wal(sender: object, connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let readers of an SQLite file go on while somebody writes; a file that is locked or read-only stays as it is."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        before_ms = cursor.fetchone()[0]
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = NORMAL")  # which is safe with WAL, and only there
        except OperationalError:
            pass
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {before_ms}")
