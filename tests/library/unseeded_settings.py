"""The project's settings, and the library without its `seeds.py`."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.library.apps.UnseededLibraryConfig"]
