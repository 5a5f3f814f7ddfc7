"""What make does besides calling `manage.py`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.checkout import ROOT, environment

DATABASE = ("db.sqlite3", "db.sqlite3-shm", "db.sqlite3-wal")
QUESTION = "Delete db.sqlite3 and all that is in it? [y/N] "

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in (*DATABASE, "other.sqlite3"):
        (tmp_path / name).touch()
    return tmp_path


def make(folder: Path, *arguments: str, answer: str = "", **variables: str) -> tuple[int, str, str]:
    done = subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        env=environment(**variables),
        input=answer,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def databases(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.sqlite3*")}


def test_clean__keeps_the_database(folder: Path) -> None:
    (folder / ".venv").mkdir()
    assert make(folder, "clean")[::2] == (0, "")
    assert databases(folder) == {*DATABASE, "other.sqlite3"}
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("answer", "said", "left"),
    [
        ("y\n", "Deleted; make seed creates a new one.\n", {"other.sqlite3"}),
        ("Yes\n", "Deleted; make seed creates a new one.\n", {"other.sqlite3"}),
        ("n\n", "Nothing was deleted.\n", {*DATABASE, "other.sqlite3"}),
        ("\n", "Nothing was deleted.\n", {*DATABASE, "other.sqlite3"}),
        ("", "\nNothing was deleted.\n", {*DATABASE, "other.sqlite3"}),
    ],
)
def test_reset__asks(folder: Path, answer: str, said: str, left: set[str]) -> None:
    assert make(folder, "reset", answer=answer) == (0, QUESTION + said, "")
    assert databases(folder) == left


def test_ready__is_said_and_makes_a_half_made_environment_whole(folder: Path) -> None:
    """A stand-in for Python: `-m venv` makes another one, whose pip works; what is there at first has no pip."""
    (folder / "requirements.lock").touch()
    whole = "#!/bin/sh\nexit 0\n"
    half = '#!/bin/sh\ncase "$*" in *pip*) echo "No module named pip" >&2; exit 1;; esac\n'
    python = folder / "python"
    python.write_text(
        "#!/bin/sh\n"
        f"case \"$*\" in *venv*) cat > .venv/bin/python <<'END'\n{whole}END\nchmod +x .venv/bin/python;; esac\n"
    )
    environment = folder / ".venv" / "bin" / "python"
    environment.parent.mkdir(parents=True)
    environment.write_text(half)
    for path in (python, environment):
        path.chmod(0o755)
    said = "Installing into .venv; this takes a minute, and only once.\n"
    assert make(folder, ".venv/ready", "PYTHON=./python") == (0, "", said)
    assert environment.read_text() == whole
    assert make(folder, ".venv/ready", "PYTHON=./python")[::2] == (0, "")


def test_ready__fails_where_no_environment_can_be_made(folder: Path) -> None:
    (folder / "requirements.lock").touch()
    python = folder / "python"
    python.write_text('#!/bin/sh\ncase "$*" in *venv*) echo "Install the package python3-venv." >&2; exit 1;; esac\n')
    python.chmod(0o755)
    for _ in range(2):
        code, out, err = make(folder, ".venv/ready", "PYTHON=./python")
        assert (code, out) == (2, "")
        assert "Install the package python3-venv.\n" in err
        assert not (folder / ".venv" / "ready").exists()
