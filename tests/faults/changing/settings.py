"""The project's settings, and one more app whose `seeds.py` changes."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS, SEED_ROW_COUNTS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.changing"]
SEED_ROW_COUNTS = {**SEED_ROW_COUNTS, "tickets": 30}
