"""The project's settings, and one more app with seeded tables."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, SEED_ROW_COUNTS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.library"]
SEED_ROW_COUNTS = {**SEED_ROW_COUNTS, "books": 20}
