"""What a document holds: code blocks, commands in tables, commands in sentences, and links.

A page is read as a story. Its blocks and the commands of its tables are run from top to bottom in one project
(`tests.support.stage`); a command that stands in a sentence is checked, and not run.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.support.checkout import ROOT

PROGRAMS = ("python manage.py", "manage.py", "make", "docker compose", "django-admin")
SPAN = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"\s*```(.*)")


@dataclass(frozen=True)
class Block:
    """A code block. The first word after the fence is its tag; further ones are marks for the tests."""

    line: int
    tag: str
    marks: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Command:
    """A command in a table or in a sentence."""

    line: int
    text: str
    is_in_table: bool


@dataclass(frozen=True)
class Page:
    """A document, by its path in the repository."""

    path: str
    lines: tuple[str, ...]
    items: tuple[Block | Command, ...]

    @property
    def blocks(self) -> list[Block]:
        return [item for item in self.items if isinstance(item, Block)]

    @property
    def commands(self) -> list[Command]:
        return [item for item in self.items if isinstance(item, Command)]

    @property
    def headings(self) -> dict[str, str]:
        """The headings, by the anchor that a code host gives each."""
        titles = [line.lstrip("#").strip() for line in self.prose if line.startswith("#")]
        return {re.sub(r"[^\w\- ]", "", title).lower().replace(" ", "-"): title for title in titles}

    @property
    def prose(self) -> list[str]:
        """The lines outside of code blocks."""
        found, inside = [], False
        for line in self.lines:
            if FENCE.match(line):
                inside = not inside
            elif not inside:
                found.append(line)
        return found

    def section(self, title: str) -> list[str]:
        """Return the lines below a heading but for code, up to the next one. Raises ValueError where there is none."""
        lines = self.prose
        start = next((i for i, line in enumerate(lines) if re.fullmatch(rf"#+ {re.escape(title)}", line)), None)
        if start is None:
            raise ValueError(f"{self.path} has no heading {title!r}")
        rest = lines[start + 1 :]
        return rest[: next((i for i, line in enumerate(rest) if line.startswith("#")), len(rest))]

    def first_column(self, title: str) -> list[str]:
        """Return what stands as code in the first cell of each row of the section's tables."""
        rows = [line for line in self.section(title) if line.startswith("|")]
        return [span for row in rows for span in SPAN.findall(row.split("|")[1])]


def paths() -> list[str]:
    """Return the paths of all documents, the README first."""
    found = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    return sorted((str(path.relative_to(ROOT)) for path in found), key=lambda path: (path != "README.md", path))


def read(path: str) -> Page:
    """Return the document at `path`. Raises ValueError for a fence that nothing closes."""
    lines = (ROOT / path).read_text().splitlines()
    items: list[Block | Command] = []
    opened: tuple[int, list[str]] | None = None
    for number, line in enumerate(lines, 1):
        fence = FENCE.match(line)
        if fence and opened is None:
            opened = number, fence[1].split() or [""]
        elif fence and opened is not None:
            start, (tag, *marks) = opened
            items.append(Block(start, tag, tuple(marks), "\n".join(lines[start : number - 1]) + "\n"))
            opened = None
        elif opened is None:
            items += [Command(number, text, line.startswith("|")) for text in SPAN.findall(line) if is_command(text)]
    if opened is not None:
        raise ValueError(f"{path}, line {opened[0]}: the fence isn't closed")
    return Page(path, tuple(lines), tuple(items))


def is_command(text: str) -> bool:
    """Return True if code in a line is a command with at least one argument."""
    words = re.sub(r"^([A-Z_]+=\S* )+", "", text)
    return any(words.startswith(f"{program} ") for program in PROGRAMS)


def links(page: Page) -> list[str]:
    """Return where the page's links and pictures lead, if that is in the repository."""
    text = "\n".join(page.prose)
    found = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|srcset|href)="([^"]+)"', text)
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def resolve(page: Page, link: str) -> tuple[Path, str]:
    """Return the file that a link leads to, and the anchor in it."""
    path, _, anchor = link.partition("#")
    return ((ROOT / page.path).parent / path if path else ROOT / page.path), anchor
