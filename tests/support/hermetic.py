"""Tests see nothing of what a contributor's shell or `.env` says of the project, and nothing that changes its output.

`python -m tests.support.postgres` names the server under test by PYTEST_DATABASE_URL; without that it is SQLite.
"""

import os

PREFIXES = ("SEED_", "CSRF_", "DJANGO_", "PG", "LC_", "LIBRARY_")
NAMES = (
    *("DATABASE_URL", "DEBUG", "SECRET_KEY", "ALLOWED_HOSTS", "HTTPS", "ENV_FILE"),
    *("LANG", "LANGUAGE", "TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"),
    *("PYTHONIOENCODING", "PYTHONUTF8", "PYTHONWARNINGS", "PYTHONDEVMODE", "PYTHONOPTIMIZE", "PYTHONSTARTUP", "TZ"),
    "PYTHONDONTWRITEBYTECODE",  # hundreds of processes would compile what was edited
)


def is_ours(name: str) -> bool:
    """Return True if the environment variable could change what the project does."""
    return name in NAMES or name.startswith(PREFIXES)


def clean_environment() -> None:
    """Take out of this process's environment, and so of its children's, what doesn't come from the tests."""
    for name in [name for name in os.environ if is_ours(name) and name != "DJANGO_SETTINGS_MODULE"]:
        del os.environ[name]
    os.environ["LANG"] = "C.UTF-8"
    os.environ["SEED_ENABLED"] = "on"
    os.environ["ENV_FILE"] = os.devnull
    os.environ["DATABASE_URL"] = os.environ.get("PYTEST_DATABASE_URL", "")
