#!/usr/bin/env python
"""Django's command-line tool; a wrong setting or an unreachable database ends in one line, not in a traceback."""

import gc
import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["seed"]:
        gc.disable()  # a short process: looking for garbage among what it imports takes a tenth of a skip's time
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError, ProgrammingError
    from django.utils.connection import ConnectionDoesNotExist

    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, ConnectionDoesNotExist) as exc:
        if "--traceback" in sys.argv:
            raise
        sys.exit(f"{type(exc).__name__}: {' '.join(str(exc).split())}")
    except (OperationalError, InterfaceError, ProgrammingError) as exc:
        if "--traceback" in sys.argv:
            raise
        from seeding.database.connections import explained

        sys.exit(str(explained(exc, "default")))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
