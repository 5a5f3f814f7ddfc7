import sys
from types import ModuleType

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """A small app that takes part in seeding by its `seeds.py` alone."""

    name = "tests.library"
    default_auto_field = "django.db.models.AutoField"
    default = True


class UnseededLibraryConfig(LibraryConfig):
    """The same app without its `seeds.py`."""

    default = False

    def import_models(self) -> None:
        super().import_models()
        sys.modules.setdefault("tests.library.seeds", ModuleType("tests.library.seeds"))
