"""Makes the documents' pictures: `make pictures`. Needs Chromium, and fonts for all the names' scripts."""

import os
import re
import tempfile
from io import StringIO
from pathlib import Path
from typing import Literal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from playwright.sync_api import Browser
from rich.console import Console
from rich.terminal_theme import NIGHT_OWLISH
from rich.text import Text

from tests.support.browser import chromium, log_in, make_login, served
from tests.support.project import ROOT, Project

Theme = Literal["light", "dark"]
DOCS = ROOT / "docs"
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1b1f2b; }}
pre {{ display: inline-block; margin: 0; padding: 20px 24px; width: 80ch; color: #e6e9ef; white-space: pre;
      font: 14px/1.45 "DejaVu Sans Mono", monospace; }}
</style><pre>{code}</pre>"""


def main() -> None:
    """Seed a database of its own, and look at it."""
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, chromium() as browser:
        project = Project(f"sqlite:///{directory}/db.sqlite3")
        assert project.run("migrate", "--verbosity", "0").returncode == 0
        terminal(browser, session(project), DOCS / "terminal.png")
        fail(project)
        make_login(project)
        with served(project) as address:
            pages(browser, project, address, "light", ("orders", "users", "attempts", "attempt"))
            pages(browser, project, address, "dark", ("orders",))


def session(project: Project) -> str:
    """Return what a terminal shows of a first acquaintance."""
    lines = ("seed", "seed", "seed --plan --seed-version v2", "seed --seed-version v2", "seed --status")
    prompt = "\x1b[2m$\x1b[0m \x1b[1mpython manage.py "
    shown = [f"{prompt}{line}\x1b[0m\n{settled(project.at_terminal(*line.split()))}" for line in lines]
    return "\n".join(shown).replace(project.url.removeprefix("sqlite:///"), "db.sqlite3")


def settled(shown: str) -> str:
    """Return what is left of it in the end: a bar goes back to its line, and erases it."""
    lines, row = [""], 0
    for part in re.split(r"(\x1b\[1A|\x1b\[2K|\n)", shown.replace("\r", "")):
        if part == "\x1b[1A":
            row -= 1
        elif part == "\x1b[2K":
            lines[row] = ""
        elif part == "\n":
            row += 1
            lines += [""] * (row == len(lines))
        else:
            lines[row] += part
    return "\n".join(lines)


def fail(project: Project) -> None:
    """Leave a failed attempt, too."""
    project.query("CREATE TRIGGER full BEFORE INSERT ON payments BEGIN SELECT RAISE(ABORT, 'disk quota exceeded'); END")
    assert project.run("seed", "--seed-version", "v3").returncode == 1
    project.query("DROP TRIGGER full")


def terminal(browser: Browser, shown: str, target: Path) -> None:
    """Draw what a terminal shows."""
    console = Console(file=StringIO(), record=True, width=80, force_terminal=True)
    console.print(Text.from_ansi(shown.replace("\r\n", "\n")))
    code = console.export_html(theme=NIGHT_OWLISH, inline_styles=True, code_format="{code}")
    page = browser.new_page(viewport={"width": 760, "height": 200}, device_scale_factor=1.5)
    page.set_content(TERMINAL.format(code=code.rstrip()))
    page.locator("pre").screenshot(path=target)
    page.close()


def pages(browser: Browser, project: Project, address: str, theme: Theme, names: tuple[str, ...]) -> None:
    """Photograph pages of the admin in one of its themes."""
    ((applied,),) = project.query("SELECT id FROM seed_metadata WHERE status = 'success'")
    page = browser.new_page(color_scheme=theme, viewport={"width": 1280, "height": 860})
    log_in(page, address)
    paths = {
        "orders": "orders/order/",
        "users": "accounts/user/",
        "attempts": "seeding/seedmetadata/",
        "attempt": f"seeding/seedmetadata/{applied}/change/",
    }
    for name in names:
        page.goto(f"{address}/admin/{paths[name]}")
        if name == "attempt":
            page.get_by_role("button", name="Verify every row").click()
            page.get_by_text("Compared every row").wait_for()
        page.screenshot(path=DOCS / f"{name}-{theme}.png", full_page=name == "attempt")
    page.close()


if __name__ == "__main__":
    main()
