"""Where a document's blocks and commands are run: a folder with a project, a database, and a shell's variables.

| block | what happens |
|---|---|
| `console` | each line after `$` is run; what follows is compared with the output, `...` standing for any lines |
| `python` | a first line like `# shop/seeds.py` names the file that it goes to; others run in `manage.py shell` |
| `json` | has the shape of what the last command printed |
| `sql` | each statement is run |
| `dotenv` | is read as `.env` |
| `yaml` | a workflow: each `run:` line is run, with its variables |
| `text` | a picture made of characters: has no command |

A block for a `seeds.py` is seeded and verified with each loader, unless a console block that seeds follows it. The mark
`fails` says that it is wrong on purpose, the mark `postgresql` that a block is run on PostgreSQL only.
In a file that is there, a block replaces the functions and classes of the same names, and adds the others.
"""

import ast
import json
import os
import re
import shlex
import stat
import subprocess
import sys
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.core.management import get_commands, load_command_class

from tests.support import compose, forked
from tests.support.checkout import ROOT, copy_to
from tests.support.documents import Block, Command, Page
from tests.support.project import IS_POSTGRESQL, Project, without_slow_steps

SEED_AND_VERIFY = f"""
from seeding import seed, verify

for loader in ("bulk_create", "{"copy" if IS_POSTGRESQL else "insert"}"):
    seed(force=True, loader=loader)
    found = verify()
    assert found.same, found
"""
SHORT_TARGETS = {"help", "seed"}  # which are run; others are only looked up, as they take minutes or never end
SHELL = {"cd", "cp", "echo", "export", "ln", "mkdir"}
PROGRAMS = {"python", ".venv/bin/python", "django-admin", "make", "docker", *SHELL}


class Stage:
    """A project in a folder, on a database; what a page's commands leave behind is there for the next one."""

    runs_pytest = True

    def __init__(self, folder: Path, database: Project, executable: str = sys.executable) -> None:
        self.folder, self.database, self.executable = folder, database, executable
        self.variables: dict[str, str] = {}
        self.last_code, self.last_output = 0, ""
        folder.mkdir(parents=True, exist_ok=True)
        binaries = folder / ".venv" / "bin"
        binaries.mkdir(parents=True)
        for name, call in (("python", ""), ("django-admin", " -m django")):
            _write_program(binaries / name, f'#!/bin/sh\nexec {shlex.quote(executable)}{call} "$@"\n')

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        kept = {"PATH": path, "LANG": "C.UTF-8", "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        url = {"DATABASE_URL": self.database.url} if IS_POSTGRESQL else {}
        passed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ}
        return {**passed, **kept, **url, **self.variables}

    def play(self, page: Page) -> None:
        """Run a page from top to bottom. Raises AssertionError with the line where it goes wrong."""
        for position, item in enumerate(page.items):
            upcoming = next((i for i in page.items[position + 1 :] if isinstance(i, Block)), None)
            try:
                if isinstance(item, Command):
                    (self.run if item.is_in_table else self.check)(item.text)
                else:
                    self.block(item, upcoming)
            except Exception as exc:
                raise AssertionError(f"{page.path}, line {item.line}: {exc}") from exc

    def block(self, block: Block, upcoming: Block | None = None) -> None:
        """Run a code block. Raises ValueError for an unknown tag."""
        run: dict[str, Callable[[], None]] = {
            "console": lambda: self.console(block.text),
            "python": lambda: self.python(block, upcoming),
            "json": lambda: same_shape(json.loads(block.text), json.loads(self.last_output)),
            "sql": lambda: self.sql(block),
            "dotenv": lambda: self.dotenv(block.text),
            "yaml": lambda: self.workflow(block.text),
            "text": lambda: without_commands(block.text),
        }
        if block.tag not in run:
            raise ValueError(f"a code block has the tag {block.tag!r}: use one of {', '.join(run)}")
        if unknown := set(block.marks) - {"fails", "postgresql"}:
            raise ValueError(f"a code block has the marks {unknown}: use fails or postgresql")
        if "postgresql" not in block.marks or IS_POSTGRESQL:
            run[block.tag]()

    def console(self, text: str) -> None:
        commands = re.split(r"^\$ ", re.sub(r" \\\n\s+", " ", text), flags=re.M)
        if commands[0].strip():
            raise ValueError("a console block starts with a command, after $")
        for part, following in zip(commands[1:], [*commands[2:], ""], strict=True):
            command, _, expected = part.partition("\n")
            self.run(command, fails=following.startswith("echo $?\n"))
            if expected.strip():
                same_text(expected, self._as_documented(self.last_output))

    def run(self, command: str, *, fails: bool = False) -> None:
        """Run a command, which must succeed unless it `fails`; what takes too long is checked."""
        command = re.sub(r"^manage\.py ", "python manage.py ", command)
        words = shlex.split(command)
        assigned = [words.pop(0) for _ in range(len(words)) if re.match(r"[A-Z_]+=", words[0])]
        if not words or words[0] not in PROGRAMS:
            raise ValueError(f"{command!r} calls a program that the tests don't know")
        if words[0] == "export":
            self.variables |= {name: value for name, _, value in (word.partition("=") for word in words[1:])}
            return
        if words[1:4] == ["-m", "pip", "install"] and self.executable == sys.executable:
            _check_installation(words[4:])
            return
        if words[:2] == ["docker", "compose"]:
            self.check(command)
            inside = compose.in_the_project(words[2:]) if words[2] == "run" else None
            if inside is None:
                return
            command = shlex.join([*assigned, "python", "manage.py", *inside])
            assigned = ["SEED_ENABLED=on", *assigned]
            words = ["python", "manage.py", *inside]
        if words[0] == "make" and not set(words[1:2]) <= SHORT_TARGETS:
            self.check(command)
            return
        if "pytest" in words and not self.runs_pytest:
            words = [*words[len(words) - 1 - words[::-1].index("-m") - 1 :], "--collect-only", "--quiet"]
            command = shlex.join(words) if len(words) > 2 else command
        self._shell(command, dict(word.split("=", 1) for word in assigned), fails=fails)

    def check(self, command: str) -> None:
        """Raise ValueError or AssertionError where the command could not be run as it is written."""
        words = [word for word in shlex.split(command) if not re.match(r"[A-Z_]+=", word) or command.startswith("make")]
        if words[0] == "python":
            words = words[1:]
        if words[0] == "manage.py":
            self._check_arguments(words[1:])
        elif words[0] == "make":
            done = subprocess.run(
                ["make", "--dry-run", *words[1:]], cwd=ROOT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        elif words[:2] == ["docker", "compose"]:
            inside = compose.in_the_project(words[2:])
            if inside is not None:
                self._check_arguments(inside)

    def python(self, block: Block, upcoming: Block | None) -> None:
        named = re.match(r"# (\S+\.py)\n", block.text)
        if not named:
            self._manage("shell", "-v0", "-c", block.text)
            return
        path = self.folder / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        there = path.read_text() if path.exists() else ""
        path.write_text(merged(there, block.text.partition("\n")[2]))
        if path.name == "settings.py" and IS_POSTGRESQL and "environ" not in there:
            path.write_text(f"{path.read_text()}\n{_postgresql(self.database)}")
        shows_seed = upcoming is not None and upcoming.tag == "console" and "manage.py seed" in upcoming.text
        if path.name == "seeds.py" and not shows_seed:
            self._manage("shell", "-v0", "-c", SEED_AND_VERIFY, SEED_ENABLED="on")

    def sql(self, block: Block) -> None:
        for statement in re.split(r";\n", block.text):
            if statement.strip():
                self._on_database.query(statement)

    def dotenv(self, text: str) -> None:
        (self.folder / ".env").write_text(text)
        try:
            self._manage("check")
        finally:
            (self.folder / ".env").unlink()

    def workflow(self, text: str) -> None:
        commands = re.findall(r"^\s*(?:- )?run: (.+)$", text, re.M)
        if not commands:
            raise ValueError("a yaml block is a workflow, and has run: lines")
        variables = re.findall(r'^\s+([A-Z_]+): "(.*)"$', text, re.M)
        for command in commands:
            self.run(" ".join([*(f"{name}={value}" for name, value in variables), command]))

    @property
    def _on_database(self) -> Project:
        return self.database if IS_POSTGRESQL else Project(f"sqlite:///{self.folder / 'db.sqlite3'}")

    def _shell(self, command: str, variables: dict[str, str] | None = None, *, fails: bool = False) -> None:
        done = subprocess.run(
            ["sh", "-c", f"(exit {self.last_code})\n{command}"],
            cwd=self.folder,
            env={**self.environment, **(variables or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        self.last_code, self.last_output = done.returncode, done.stdout
        if bool(done.returncode) != fails:
            raise AssertionError(f"{command!r} ended with {done.returncode}:\n{done.stdout}")

    def _manage(self, *arguments: str, **variables: str) -> None:
        """Run what no page shows as a command: in a process that starts faster, where it is this environment's."""
        if self.executable != sys.executable:
            self._shell(shlex.join(["python", "manage.py", *arguments]), variables)
            return
        done = forked.run(self.folder, arguments, {**self.environment, **variables}, 120)
        if done.returncode:
            raise AssertionError(
                f"manage.py {shlex.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )

    def _check_arguments(self, arguments: Sequence[str]) -> None:
        name, *rest = arguments
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        try:
            parser.parse_args(rest)
        except SystemExit as exc:
            raise ValueError(f"manage.py {shlex.join(arguments)} has arguments that {name} doesn't take") from exc
        except Exception as exc:
            raise ValueError(f"manage.py {shlex.join(arguments)}: {exc}") from exc

    def _as_documented(self, output: str) -> str:
        """Return the output with the names that the documents use: those of an SQLite database."""
        if IS_POSTGRESQL:
            name = re.escape(self.database.database)
            output = re.sub(rf"PostgreSQL database {name} at [^\s:,.]*(?::\d+)?", "SQLite database db.sqlite3", output)
        return output


def checkout(folder: Path, database: Project) -> Stage:
    """Return a stage with this project: a copy, with all that make needs, and a database that isn't migrated."""
    stage = Stage(copy_to(folder), database)
    stage.runs_pytest = False  # these very tests
    for name in (
        "Makefile",
        "docker-compose.yml",
        "requirements.lock",
        "requirements-dev.lock",
        "tests",
        "pyproject.toml",
    ):
        (folder / name).symlink_to(ROOT / name)
    for name in ("ready", "ready-dev", "seeded"):
        (folder / ".venv" / name).touch()
    return stage


def elsewhere(folder: Path, database: Project) -> Stage:
    """Return a stage for somebody else's project: an empty folder, where the engine is, as if it were installed."""
    packages = folder.parent / "packages"
    (packages / "django_seeded-0.dist-info").mkdir(parents=True)
    (packages / "seeding").symlink_to(ROOT / "seeding")
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in found.items()) for group, found in groups.items()]
    (packages / "django_seeded-0.dist-info" / "entry_points.txt").write_text("".join(lines))
    stage = Stage(folder, database)
    stage.variables["PYTHONPATH"] = str(packages)
    return stage


def _check_installation(arguments: Sequence[str]) -> None:
    """Raise ValueError where pip wouldn't install this package, with extras that it has."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in [argument for argument in arguments if not argument.startswith("-")]:
        name, _, extras = requirement.rstrip("]").partition("[")
        if name != project["name"] or not set(filter(None, extras.split(","))) <= set(project["optional-dependencies"]):
            raise ValueError(f"{requirement!r} isn't what its package is, or has: {project['name']}")


def merged(there: str, new: str) -> str:
    """Return a module with what is new: in place of what has the same name, the rest at the end."""
    names = {node.name for node in ast.parse(new).body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    lines = there.splitlines()
    for node in reversed(ast.parse(there).body):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name in names:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            del lines[first - 1 : node.end_lineno]
    return "\n".join([*lines, new])


def same_shape(documented: Any, printed: Any, where: str = "the JSON") -> None:
    """Raise AssertionError where the two have other keys, or values of other types; lists are compared by an entry."""
    if isinstance(documented, dict) and isinstance(printed, dict):
        assert list(documented) == list(printed), f"{where} has the keys {list(printed)}"
        for key, value in documented.items():
            same_shape(value, printed[key], f"{where}, {key}")
    elif isinstance(documented, list) and isinstance(printed, list):
        if documented and printed:
            same_shape(documented[0], printed[0], f"{where}, an entry")
    else:
        assert documented is None or printed is None or type(documented) is type(printed), f"{where} is {printed!r}"


def same_text(documented: str, printed: str) -> None:
    """Raise AssertionError where a command printed other lines. A line `...` stands for any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*" if line.strip() == "..." else re.escape(f"{line}\n") for line in _plain(documented).splitlines()
    )
    assert re.fullmatch(pattern, _plain(printed)), f"documented:\n{documented}\nprinted:\n{printed}"


def _plain(text: str) -> str:
    """Return the text with placeholders for what differs from run to run, or between the databases."""
    text = re.sub(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(\+00:00)?", "<moment>", text)
    text = re.sub(r"\b(\d+\.\d+ s|\d+ ms)\b", "<seconds>", text)
    text = re.sub(r"\b(bulk_create|copy|insert)\b", "<loader>", text)
    text = without_slow_steps(text)
    lines = [re.sub(r"-{3,}", "---", re.sub(r" {2,}", "  ", line.rstrip())) for line in text.strip("\n").splitlines()]
    return "".join(f"{line}\n" for line in lines)


def without_commands(text: str) -> None:
    """Raise ValueError where a block of text holds what should be run."""
    if re.search(r"^\s*(\$ |>>> |python |make |docker )", text, re.M):
        raise ValueError("a block of text holds a command: make it a console block")


def _write_program(path: Path, content: str) -> None:
    path.write_text(content)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


def _postgresql(database: Project) -> str:
    names = {"NAME": "dbname", "HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    given = {key: database.parameters[name] for key, name in names.items() if name in database.parameters}
    return f"DATABASES = {{'default': {{'ENGINE': 'django.db.backends.postgresql', **{given!r}}}}}\n"
