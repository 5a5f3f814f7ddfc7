"""How commands end: with a message alone, as most of what they say is no error of Django's."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

STATES = (3, 4, 6)  # exit codes that answer a question, or say no: nothing has failed


class PlainErrors(BaseCommand):
    """A command whose CommandError is printed without that name, when it is called from the command line."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError as exc:
            if not getattr(self, "_called_from_command_line", False) or options.get("traceback"):
                raise
            style = self.style.WARNING if exc.returncode in STATES else self.style.ERROR
            self.stderr.write(str(exc), style)
            sys.exit(exc.returncode)
