#!/usr/bin/env python
"""Django's command-line tool; a wrong setting or an unreachable database ends in one line, not in a traceback."""

import gc
import os
import sys


def main() -> None:
    if sys.argv[1:2] in (["seed"], ["seed_step"]):
        gc.disable()  # a short process: looking for garbage among what it imports takes a tenth of a skip's time
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import DatabaseError, InterfaceError
    from django.utils.connection import ConnectionDoesNotExist

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ConnectionDoesNotExist) as exc:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{type(exc).__name__}: {' '.join(str(exc).split())}")
    except (DatabaseError, InterfaceError) as exc:
        alias = unreachable(exc)
        if alias is None or "--traceback" in sys.argv:
            raise
        from seeding.database.errors import explained

        sys.exit(str(explained(exc, alias)))
    except KeyboardInterrupt:
        sys.exit(130)


def unreachable(exc: BaseException) -> str | None:
    """Return the alias of the database that Django was connecting to when the error was raised; None for all others."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    alias, traceback = None, exc.__traceback__
    while traceback:
        frame = traceback.tb_frame
        wrapper = frame.f_locals.get("self")
        if frame.f_code.co_name == "connect" and isinstance(wrapper, BaseDatabaseWrapper) and not wrapper.connection:
            alias = wrapper.alias
        traceback = traceback.tb_next
    return alias


if __name__ == "__main__":
    main()
