"""What import-linter can't hold: which file of an app may import the engine, and what the tiers may import."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent


def imported(path: Path) -> set[str]:
    """Return the top packages that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").partition(".")[0])
    return found


@pytest.mark.parametrize("app", ["accounts", "orders"])
def test_apps__import_seeding_in_seeds_and_migrations_only(app: str) -> None:
    users = {path.relative_to(ROOT / app) for path in (ROOT / app).rglob("*.py") if "seeding" in imported(path)}
    assert {path for path in users if path.parts[0] != "migrations"} == {Path("seeds.py")}


def test_accounts__does_not_know_orders() -> None:
    assert not any("orders" in imported(path) for path in (ROOT / "accounts").rglob("*.py"))


@pytest.mark.parametrize("path", sorted(Path(__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_unit_tests__know_neither_django_nor_the_apps(path: Path) -> None:
    assert not imported(path) & {"django", "psycopg", "model_bakery", "accounts", "orders", "config"}


def test_unit_tests__import_modules_that_load_without_django() -> None:
    """The modules of the engine that the tests beside this one import."""
    imports = {
        node.module
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("seeding")
    }
    assert imports
    script = f"import {', '.join(sorted(filter(None, imports)))}, sys; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
