"""Imports what every `manage.py` imports, whatever its settings say: `tests.support.forked` forks processes off it."""

import os
from importlib import import_module

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # a process with threads can't be forked safely

for name in (
    *("numpy", "numpy.random", "numpy.strings", "numpy.typing", "psycopg", "environ", "runpy"),
    *("rich.console", "rich.live", "rich.progress", "rich.table"),
    *("django.contrib.admin", "django.contrib.auth.hashers", "django.contrib.auth.password_validation"),
    *("django.contrib.staticfiles.storage", "django.core.management.commands.migrate", "django.core.serializers.json"),
    *("django.db.backends.postgresql.base", "django.db.backends.sqlite3.base", "django.db.migrations.executor"),
    *("django.forms", "django.template.loader", "django.test", "django.urls", "django.views.generic"),
):
    import_module(name)
