"""`.env`: what is read, and what is refused in one line that quotes nothing of the file."""

from pathlib import Path

import pytest

from tests.support.checkout import copy_to, manage

SHOW = ("shell", "-v0", "-c", "import os; from django.conf import settings; settings.DEBUG; print(os.environ.get('K'))")


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    return tmp_path / "an env file"


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b"K=v\n", "v"),
        (b"\xef\xbb\xbfK=v\n", "v"),
        (b"K = v\n", "v"),
        (b"  \tK=v  \n", "v"),
        (b"export K=v\n", "v"),
        (b"# comment\r\n\r\n  # another\r\nK=v\r\n", "v"),
        (b"K=one\rK=two", "two"),
        (b"K='a $b \"c\" # d' # e\n", 'a $b "c" # d'),
        (b'K="a \\"b\\" \\\\ \'c\'\\n"\n', "a \"b\" \\ 'c'\n"),
        (b"K=a#b # comment\n", "a#b"),
        (b"K=#b\n", "#b"),
        (b"K= # comment\n", ""),
        (b"K=\n", ""),
        (b"K=a=b: c'd\n", "a=b: c'd"),
        ("K=Čapek\n".encode(), "Čapek"),
        (b"J=1\n", None),
    ],
)
def test_env_file__reads_what_shells_and_compose_read(env_file: Path, content: bytes, value: str | None) -> None:
    env_file.write_bytes(content)
    assert manage(*SHOW, ENV_FILE=str(env_file)) == (0, f"{value}\n", "")


CONTROL = "it contains a NUL or another control character. Remove it, or save the file as UTF-8."
DOLLAR = "a $ stands outside single quotes, where Docker Compose would replace it. Write NAME='value'."
QUOTE = "the value starts with a quote, and must end with the same one, on the same line."


@pytest.mark.parametrize(
    ("content", "line", "problem"),
    [
        (b"A=1\nK: hush\n", 2, "a colon follows the name. Write NAME=value, with an equals sign."),
        (b"K: hush=1\n", 1, "a colon follows the name. Write NAME=value, with an equals sign."),
        (b"hush\n", 1, "the equals sign is missing. Write NAME=value, or start a comment with #."),
        (b"postgres://u:hush@db/x\n", 1, "the equals sign is missing. Write NAME=value, or start a comment with #."),
        (
            b"\n\nhu sh=1\n",
            3,
            "what stands before the equals sign is not a name. Use letters, digits and underscores.",
        ),
        (b"A=1\r\nK=hush\xe4\r\n", 2, "this is not UTF-8. Save the file as UTF-8."),
        ("K=hush\n".encode("utf-16"), 1, "the file is in UTF-16. Save it as UTF-8."),
        ("A=1\nK=hush\n".encode("utf-16-le"), 1, CONTROL),
        (b"A=1\nK=hu\0sh\n", 2, CONTROL),
        (b"K=hu\x1bsh\n", 1, CONTROL),
        (b"K=$K\n", 1, DOLLAR),
        (b"K=hush$\n", 1, DOLLAR),
        (b'K="hush${A}"\n', 1, DOLLAR),
        (b"K='hush\n", 1, QUOTE),
        (b'K="hush\n', 1, QUOTE),
        (b"K='hush'hush\n", 1, QUOTE),
    ],
)
def test_env_file__refuses_the_rest_in_one_line(env_file: Path, content: bytes, line: int, problem: str) -> None:
    env_file.write_bytes(content)
    expected = f"ImproperlyConfigured: {env_file}, line {line}: {problem}\n"
    assert manage("seed", ENV_FILE=str(env_file)) == (1, "", expected)


def test_env_file__loses_to_the_environment(env_file: Path) -> None:
    env_file.write_text("K=file\n")
    assert manage(*SHOW, ENV_FILE=str(env_file), K="real") == (0, "real\n", "")
    assert manage(*SHOW, ENV_FILE=str(env_file), K="") == (0, "\n", "")


def test_env_file__must_be_readable(tmp_path: Path) -> None:
    dangling = tmp_path / "dangling"
    dangling.symlink_to(tmp_path / "nowhere")
    expected = f"ImproperlyConfigured: {dangling} can't be read: No such file or directory.\n"
    assert manage("check", ENV_FILE=str(dangling)) == (1, "", expected)
    assert manage(*SHOW, ENV_FILE=str(tmp_path / "absent")) == (0, "None\n", "")
    assert manage(*SHOW, ENV_FILE=str(tmp_path)) == (0, "None\n", "")  # somebody's virtual environment


def test_env_file__stands_beside_manage_py(tmp_path: Path) -> None:
    checkout = copy_to(tmp_path / 'it\'s 100% #1? a+b "checkout"')
    (checkout / ".env").write_text("\ufeffSEED_USERS = 3\nSEED_ORDERS=5\nSEED_ENABLED=on\n")
    assert manage("migrate", "--verbosity", "0", folder=checkout, ENV_FILE=None) == (0, "", "")
    code, out, err = manage("seed", folder=checkout, ENV_FILE=None)
    assert (code, err, out.splitlines()[-1].partition(" in ")[0]) == (0, "", "Seeded v1: 3 users, 5 orders, 5 payments")
    names = {path.name for path in checkout.iterdir()} - {"manage.py", "config", "accounts", "orders", "seeding"}
    assert names - {"db.sqlite3-shm", "db.sqlite3-wal"} == {".env", "db.sqlite3"}
    assert {path.name for path in tmp_path.iterdir()} == {checkout.name}
