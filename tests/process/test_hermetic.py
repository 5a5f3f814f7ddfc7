"""A contributor's environment and `.env` change nothing in the tests, and ENV_FILE is how they don't."""

import os
import subprocess
import sys
from pathlib import Path

from tests.support.project import ROOT, Project

HOSTILE = {
    "DATABASE_URL": "mysql://localhost/shop",
    "DEBUG": "perhaps",
    "SEED_ENABLED": "perhaps",
    "SEED_VERSION": "no version",
    "SEED_USERS": "many",
    "SEED_LOADER": "teleport",
    "DJANGO_SETTINGS_MODULE": "no.such.settings",
    "PGHOST": "127.0.0.1",
    "PGPORT": "1",
    "LANG": "C",
    "LC_ALL": "C",
    "COLUMNS": "20",
    "FORCE_COLOR": "1",
    "TZ": "Asia/Kathmandu",
}
SUBJECTS = (
    "tests/django/test_conf.py",
    "tests/process/test_seed_command.py::test_seed__force_applies_again",
)


def test_tests__pass_in_a_hostile_environment(tmp_path: Path) -> None:
    env_file = tmp_path / "hostile.env"
    env_file.write_text("".join(f"{name}={value}\n" for name, value in HOSTILE.items()))
    environment = {**os.environ, **HOSTILE, "ENV_FILE": str(env_file)}
    for name in [name for name in environment if name.startswith("PYTEST_XDIST_")]:
        del environment[name]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *SUBJECTS]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_settings__read_the_file_that_env_file_names(project: Project, tmp_path: Path) -> None:
    env_file = tmp_path / "it's an .env"
    env_file.write_text("SEED_USERS=3\nSEED_ORDERS=4\n")
    assert project.seed(ENV_FILE=str(env_file)).startswith("Seeded v1: 3 users, 4 orders, 4 payments in ")
    last = project.seed("--force", ENV_FILE=str(env_file), SEED_USERS="2")  # the environment comes first
    assert last.startswith("Seeded v1: 2 users, 4 orders, 4 payments in ")
