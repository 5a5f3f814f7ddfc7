"""`manage.py` as a process of its own, in this checkout or in a copy, with nothing set but what a test sets."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")


def environment(**variables: str | None) -> dict[str, str]:
    """Return an environment without this project's variables, but those given; ENV_FILE=None reads `.env`."""
    kept = {name: os.environ.get(name) for name in PASSED_ON}
    wanted = {**kept, "LANG": "C.UTF-8", "ENV_FILE": "", **variables}
    return {name: value for name, value in wanted.items() if value is not None}


def manage(*arguments: str, folder: Path = ROOT, **variables: str | None) -> tuple[int, str, str]:
    """Run `manage.py` to its end; return the exit code, standard output and standard error."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def copy_to(folder: Path) -> Path:
    """Copy the project's code into a new folder, and return it."""
    for name in ("manage.py", "config", "accounts", "orders", "seeding"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, folder / name)
    return folder
