"""Which module may import which."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def imported(path: Path) -> set[str]:
    """Return the modules that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module or "")
    return found


def tops(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", sorted((ROOT / "seeding").rglob("*.py")), ids=lambda path: path.name)
def test_seeding__knows_no_other_app(path: Path) -> None:
    assert not tops(path) & {"accounts", "orders", "config", "tests"}


@pytest.mark.parametrize("app", ["accounts", "orders"])
def test_apps__import_seeding_in_seeds_only(app: str) -> None:
    users = {path.name for path in (ROOT / app).rglob("*.py") if "seeding" in tops(path)}
    assert users == {"seeds.py"}


def test_accounts__does_not_know_orders() -> None:
    assert not any("orders" in tops(path) for path in (ROOT / "accounts").rglob("*.py"))


@pytest.mark.parametrize("module", ["generate.rows", "generate.columns", "generate.values.rhythm"])
def test_pure_modules__load_without_django(module: str) -> None:
    script = f"import seeding.{module}, sys; print('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
