"""The engine's package: what is in it, and that it works where nothing of this repository is."""

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import seeding
from tests.support.checkout import ROOT
from tests.support.documents import read
from tests.support.project import IS_POSTGRESQL, create_database, drop_database
from tests.support.stage import Stage


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package as `make build` does, into a folder of its own."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.iterdir()
    return built


def test_wheel__holds_the_engine_and_nothing_of_this_project(wheel: Path) -> None:
    files = zipfile.ZipFile(wheel).namelist()
    packed = {name for name in files if ".dist-info/" not in name}
    there = {path.relative_to(ROOT) for path in (ROOT / "seeding").rglob("*") if path.is_file()}
    assert packed == {str(path) for path in there if "__pycache__" not in path.parts}
    assert {"seeding/py.typed", "seeding/static/seeding/admin.css", "seeding/templates/seeding/status.html"} <= packed
    assert {name.partition("/")[2] for name in set(files) - packed} == {
        "METADATA",
        "RECORD",
        "WHEEL",
        "entry_points.txt",
        "licenses/LICENSE",
    }


def test_wheel__says_what_it_is_and_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = message_from_string(archive.read(f"django_seeded-{seeding.__version__}.dist-info/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("django-seeded", seeding.__version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Provides-Extra") == ["postgres", "rich", "test"]
    needed = [requirement for requirement in metadata.get_all("Requires-Dist", []) if "extra ==" not in requirement]
    assert needed == ["django>=5.2", "numpy>=2.0"]


def test_wheel__adopted_in_an_empty_environment_by_the_words_of_the_document(wheel: Path, tmp_path: Path) -> None:
    """From nothing to 10,000 users and their tests, where nothing of this repository can be imported."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = str(tmp_path / "venv" / "bin" / "python")
    needed = ["django", "numpy", "rich", "pytest", "pytest-django", *(["psycopg[binary]"] if IS_POSTGRESQL else [])]
    done = pip(python, "download", "--no-deps", "--dest", str(tmp_path / "packages"), *needed)
    if done.returncode:
        pytest.skip(f"the package registry can't be reached: {done.stderr.strip().splitlines()[-1]}")
    database = create_database("package", tmp_path)
    try:
        stage = Stage(tmp_path / "mine", database, executable=python)
        stage.variables |= {"PIP_FIND_LINKS": str(wheel.parent), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        stage.play(read("docs/adopting.md"))
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pytest-xdist"], check=True)
        stage.play(read("docs/testing.md"))
        stage.run("python -c 'import seeding; print(seeding.__file__)'")
        assert stage.last_output.startswith(str(tmp_path / "venv"))
    finally:
        drop_database(database)


def pip(python: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)
