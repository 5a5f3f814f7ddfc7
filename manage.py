#!/usr/bin/env python
"""Django's command-line tool; a wrong setting or an unreachable database ends in one line, not in a traceback."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, DatabaseError, InterfaceError) as exc:
        if "--traceback" in sys.argv:
            raise
        sys.exit(one_line(exc))
    except KeyboardInterrupt:
        sys.exit(130)


def one_line(exc: Exception) -> str:
    """What went wrong with the configuration or the connection, which database, and what to do next."""
    from django.db import OperationalError
    from django.db.utils import ConnectionDoesNotExist

    message = " ".join(str(exc).split())
    if isinstance(exc, OperationalError):
        from seeding.connections import describe

        return f"Database error on {describe()}: {message}. Is the server up, and is DATABASE_URL right?"
    if isinstance(exc, ConnectionDoesNotExist):
        return f"{message} Name one of settings.DATABASES."
    return f"{type(exc).__name__}: {message}"


if __name__ == "__main__":
    main()
