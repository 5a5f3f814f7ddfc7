"""The documents: every code block and every command in them works, and what they list is complete."""

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import load_command_class

import seeding
from seeding import Rows, errors
from seeding.declare.kinds import KINDS
from tests.support import compose, values
from tests.support.checkout import ROOT
from tests.support.documents import links, paths, read, resolve
from tests.support.project import Project, create_database, drop_database
from tests.support.stage import checkout, elsewhere

PATHS = paths()
OF_ANOTHER_PROJECT = {  # and the pages that come before
    "docs/adopting.md": (),
    "docs/blog.md": (),
    "docs/from.md": ("docs/adopting.md",),
    "docs/package.md": (),
    "docs/seeds.md": ("docs/adopting.md",),
    "docs/testing.md": ("docs/adopting.md",),
}
REFERENCE = read("docs/reference.md")
MAKEFILE = (ROOT / "Makefile").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Project]:
    created = create_database("documents", tmp_path)
    yield created
    drop_database(created)


# What is run


@pytest.mark.parametrize("path", PATHS)
def test_page__runs_from_top_to_bottom(path: str, tmp_path: Path, database: Project) -> None:
    page = read(path)
    if path in OF_ANOTHER_PROJECT:
        stage = elsewhere(tmp_path / "it's mine", database)
        for earlier in OF_ANOTHER_PROJECT[path]:
            stage.play(read(earlier))
    elif page.items:
        stage = checkout(tmp_path / "it's a checkout", database)
        if not any("make seed" in block.text for block in page.blocks):
            stage.run("python manage.py migrate -v0")
            stage.run("SEED_ENABLED=on python manage.py seed")
    else:
        return
    stage.play(page)


@pytest.mark.skipif(not compose.is_installed(), reason="docker compose is not installed")
def test_compose__knows_the_options_of_all_calls() -> None:
    for subcommand, options in compose.OPTIONS.items():
        given = [f"{option}x" if option.endswith("=") else option for option in sorted(options)]
        done = compose.client(subcommand, *given, "--help")
        assert done.returncode == 0, (subcommand, done.stderr)


def test_mechanism__finds_what_is_wrong(tmp_path: Path, database: Project) -> None:
    """A block of an unknown tag, another output, a failing command, an unknown option, service or target."""
    stage = checkout(tmp_path / "wrong", database)
    cases = {
        "```sh\nls\n```": "the tag 'sh'",
        "```\nls\n```": "the tag ''",
        "```console\n$ make help\nmake seed  Something else\n```": "documented:",
        "```console\n$ python manage.py nothing\n```": "ended with 1",
        "```console\n$ python -m pip install django-sedeed\n```": "what its package is",
        "```console\n$ rm -r /\n```": "a program that the tests don't know",
        "```console\n$ docker compose run --rm sed seed --status\n```": "names {'sed'}",
        "```console\n$ docker compose up --buildx\n```": "--buildx",
        "```text\n$ make seed\n```": "make it a console block",
        "```python\nraise ValueError\n```": "ended with 1",
        "```sql\nSELECT 1 FROM nothing;\n```": "nothing",
        "Call `python manage.py seed --forced`.": "--forced",
        "| `make sed` |": "make",
        "Call `make sed`.": "make",
    }
    for text, said in cases.items():
        path = tmp_path / "page.md"
        path.write_text(text + "\n")
        with pytest.raises(AssertionError, match=re.escape(said)):
            stage.play(read(str(path)))


# What is listed


def test_readme__is_short_and_shows_how_to_begin() -> None:
    page = read("README.md")
    assert len(page.lines) <= 120
    assert {"make seed", "make test"} <= set(re.findall(r"make (?:seed|test)\b", "\n".join(page.lines)))
    assert {
        f"docs/{name}.md" for name in ("adopting", "seeds", "operations", "reference", "performance", "design")
    } <= {link.partition("#")[0] for link in links(page)}


@pytest.mark.parametrize("path", PATHS)
def test_links__lead_somewhere(path: str) -> None:
    page = read(path)
    for link in links(page):
        target, anchor = resolve(page, link)
        assert target.exists(), link
        if anchor:
            assert anchor in read(str(target.resolve().relative_to(ROOT))).headings, link


def test_blog__is_as_short_as_its_title_says() -> None:
    (seeds,) = [block.text for block in read("docs/blog.md").blocks if block.text.startswith("# blog/seeds.py\n")]
    assert len(seeds.splitlines()) <= 25


def test_pictures__are_all_shown() -> None:
    shown = {str(resolve(page, link)[0].resolve()) for page in map(read, PATHS) for link in links(page)}
    there = {str(path) for path in (ROOT / "docs").rglob("*.png")}
    assert len(there) > 4
    assert there <= shown


def test_decisions__are_all_linked() -> None:
    design = {str(resolve(read("docs/design.md"), link)[0].resolve()) for link in links(read("docs/design.md"))}
    assert {str(path) for path in (ROOT / "docs" / "decisions").iterdir()} <= design


def test_variables__are_those_of_the_example_file_and_of_the_code() -> None:
    documented = REFERENCE.first_column("Variables")
    assert documented == list(dict.fromkeys(documented))
    assert set(documented) == set(re.findall(r"^# ([A-Z_]+)=", EXAMPLE, re.M))
    read_by_code = set()
    for path in [*(ROOT / "config").rglob("*.py"), *(ROOT / "seeding").rglob("*.py")]:
        text = path.read_text()
        read_by_code |= set(re.findall(r'(?:flag|text|whole_number|words)\("([A-Z_]+)"', text))
        read_by_code |= set(re.findall(r'"(SEED_(?!ROW_COUNTS)[A-Z_]+)"', text))
    assert len(read_by_code) > 10
    assert read_by_code <= set(documented)
    passed_on = set(re.findall(r"\$\{([A-Z_]+):?-", compose.FILE.read_text()))
    assert passed_on <= set(documented)
    assert "ENV_FILE" in REFERENCE.first_column("Outside of `.env`")


def test_exit_codes__are_those_of_the_errors() -> None:
    documented = {int(code) for span in REFERENCE.first_column("Exit codes") for code in span.split(", ")}
    raised = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.SeedError)}
    assert documented == raised | {0, 2, 130, 143}


def test_check_ids__are_those_of_the_code() -> None:
    documented = REFERENCE.first_column("Checks")
    assert documented == sorted(set(documented))
    code = "\n".join(path.read_text() for path in (ROOT / "seeding").rglob("*.py"))
    assert set(documented) == set(re.findall(r"seeding\.E\d{3}", code))


def test_options__are_those_of_the_command() -> None:
    def options_of(app: str, name: str) -> set[str]:
        actions = load_command_class(app, name).create_parser("manage.py", name)._actions
        return {option for action in actions for option in action.option_strings if option.startswith("--")}

    own = options_of("seeding", "seed") - options_of("django.core", "flush")
    own |= {"--database", "--noinput", "--no-input", "--version"}
    documented = {span.split()[0] for span in REFERENCE.first_column("Options of `manage.py seed`")}
    assert documented == own


def test_api__is_what_the_package_offers() -> None:
    documented = {span.partition("(")[0] for span in REFERENCE.first_column("Python")}
    assert set(seeding.__all__) <= documented
    for name in documented - set(seeding.__all__):
        module, _, attribute = f"seeding.{name}".rpartition(".")
        assert hasattr(import_module(module), attribute), name


def test_make_targets__are_those_of_the_makefile() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.M))
    documented = {span.split()[1] for span in REFERENCE.first_column("make") if span.startswith("make ")}
    assert documented == targets
    named = {
        name for path in PATHS for name in re.findall(r"(?:`|^\$ )make ([a-z-]+)", "\n".join(read(path).lines), re.M)
    }
    assert {"seed", "test"} <= named <= targets


def test_rooms__are_the_folders_of_the_engine() -> None:
    documented = {span.rstrip("/") for span in read("docs/design.md").first_column("Rooms")}
    folders = {path.parent.name for path in (ROOT / "seeding").glob("*/__init__.py")}
    assert documented == folders - {"management", "migrations", "templatetags"}


def test_kinds__are_all_in_the_table() -> None:
    """A field of a kind that is new, or the nearest class of Django's that it serves, has a row."""
    documented = read("docs/seeds.md").first_column("What a column takes")
    assert {field.__name__ for kind in KINDS for field in kind.fields} <= set(documented)


def test_values__are_all_there_and_give_what_is_shown() -> None:
    shown = [line for line in read("docs/seeds.md").section("All values") if line.startswith("| ")]
    assert shown[2:] == list(values.lines()), "python -m tests.support.values prints the lines"
    called = set(re.findall(r"\brows\.([a-z_]+)", "\n".join(shown)))
    assert {name for name in dir(Rows) if not name.startswith("_")} == called


NOT = re.compile(
    r"no version name|in force\b|put back|taking off|made anew|by its beginning|a person who|no seed created|"
    r"whose \w+ is a row of|didn't get|rows? that goes?\b|say whether|1 users|rows that stay|issue #?\d",
    re.I,
)


@pytest.mark.parametrize("path", PATHS)
def test_words__are_plain(path: str) -> None:
    page = read(path)
    assert [line for line in page.lines if NOT.search(line)] == []


def test_blocks__are_many_and_of_known_kinds() -> None:
    """A parser that finds nothing, or too little, fails."""
    tags = [block.tag for page in map(read, PATHS) for block in page.blocks]
    assert {"console", "python", "json", "sql", "dotenv", "yaml", "text"} == set(tags)
    assert len(tags) > 40
    fences = sum(len(re.findall(r"^\s*```", (ROOT / path).read_text(), re.M)) for path in PATHS)
    assert fences == 2 * len(tags)


def test_stage__is_a_copy(tmp_path: Path, database: Project) -> None:
    """What the documents run is a copy: nothing that they write lands in the checkout."""
    stage = checkout(tmp_path / "copy", database)
    assert not (stage.folder / "manage.py").is_symlink()
    assert not (stage.folder / ".env").exists()
