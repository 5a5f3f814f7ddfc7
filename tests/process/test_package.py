"""The engine's package: what is in it, and that it works where nothing of this repository is."""

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

import seeding
from tests.support.checkout import ROOT


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
        "licenses/LICENSE",
    }


def test_wheel__says_what_it_is_and_needs(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = message_from_string(archive.read(f"django_seeded-{seeding.__version__}.dist-info/METADATA").decode())
    assert (metadata["Name"], metadata["Version"]) == ("django-seeded", seeding.__version__)
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Provides-Extra") == ["postgres", "rich"]
    needed = [requirement for requirement in metadata.get_all("Requires-Dist", []) if "extra ==" not in requirement]
    assert needed == ["django>=5.2", "numpy>=2.0"]
