"""SQLite's files: their locks in either journal mode, files and directories that are read-only, names in any case."""

import contextlib
import ctypes
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import SIZES, V2, identifier, losses, refused, within

pytestmark = pytest.mark.skipif(IS_POSTGRESQL, reason="a file's fault")

TIMEOUT = {"SEED_LOCK_TIMEOUT": "2"}
LONGEST_S = 7
MODES = {
    "status": ("--status",),
    "status as JSON": ("--status", "--format", "json"),
    "check": ("--check", *SIZES),
    "verify": ("--verify",),
    "plan": ("--plan", *V2, *SIZES),
    "skip": SIZES,
}


def path_of(project: Project) -> str:
    return project.url.removeprefix("sqlite:///")


def set_journal_mode(project: Project, mode: str) -> None:
    connection = sqlite3.connect(path_of(project))
    assert connection.execute(f"PRAGMA journal_mode = {mode}").fetchone() == (mode,)
    connection.close()


HOLDERS = {
    "reader": ("BEGIN", "SELECT count(*) FROM users"),
    "writer": ("BEGIN IMMEDIATE", "UPDATE users SET first_name = 'x' WHERE id = 1"),
    "exclusive": ("BEGIN EXCLUSIVE", "UPDATE users SET first_name = 'x' WHERE id = 1"),
}


@contextlib.contextmanager
def holding(project: Project, holder: str) -> Iterator[None]:
    connection = sqlite3.connect(path_of(project), isolation_level=None)
    try:
        for statement in HOLDERS[holder]:
            connection.execute(statement).fetchall()
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()


def assert_timed_out(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 5, (done.stdout, done.stderr)
    assert len(done.stderr.splitlines()) == 1
    assert "within 2 s" in done.stderr


@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("journal", ["delete", "truncate", "wal"])
def test_seed__beside(seeded_project: Project, journal: str, holder: str) -> None:
    """It waits as long as it may, and no longer, whoever holds whichever lock."""
    set_journal_mode(seeded_project, journal)
    before = seeded_project.content()
    with holding(seeded_project, holder):
        done, _ = within(LONGEST_S, seeded_project, "seed", *V2, *SIZES, **TIMEOUT)
    if journal == "wal" and holder == "reader":
        assert done.returncode == 0, done.stderr
        return
    assert_timed_out(done)
    assert seeded_project.content() == before
    assert seeded_project.history() == [("v1", 20, 100, "success")]
    assert seeded_project.seed(*V2, *SIZES).startswith("Seeded v2: ")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("holder", HOLDERS)
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_modes__beside(seeded_project: Project, journal: str, holder: str, mode: str) -> None:
    """Where others may read, they answer; where nobody may, they give up in time."""
    set_journal_mode(seeded_project, journal)
    with holding(seeded_project, holder):
        done, _ = within(LONGEST_S, seeded_project, "seed", *MODES[mode], **TIMEOUT)
    if journal == "delete" and holder == "exclusive":
        assert_timed_out(done)
    else:
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("holder", ["reader", "writer"])
def test_seed__of_a_file_in_delete_mode_that_gets_free(seeded_project: Project, holder: str) -> None:
    set_journal_mode(seeded_project, "delete")
    with holding(seeded_project, holder):
        process = seeded_project.start("seed", *V2, *SIZES, SEED_LOCK_TIMEOUT="20")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)
        assert process.poll() is None
    stdout, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr) == (0, "")
    assert stdout.splitlines()[-1].startswith("Seeded v2: ")


def without_roots_powers() -> None:
    """Let permissions count for root, too: without CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, and what implies them."""
    for capability in (1, 2, 3):
        ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP


def run(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    options = {"preexec_fn": without_roots_powers} if os.geteuid() == 0 else {}
    pipes = dict.fromkeys(("stdout", "stderr"), subprocess.PIPE)
    process = project.popen(arguments, dict(TIMEOUT), text=True, stdin=subprocess.DEVNULL, **pipes, **options)
    try:
        stdout, stderr = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        pytest.fail(f"{arguments} hasn't ended after 20 s")
    return subprocess.CompletedProcess(arguments, process.returncode, stdout, stderr)


@pytest.fixture
def directory() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="sqlite-"))
    yield made
    made.chmod(0o755)
    shutil.rmtree(made)


def read_only(seeded_project: Project, directory: Path, journal: str, what: str) -> Project:
    set_journal_mode(seeded_project, journal)
    path = Path(shutil.copy(path_of(seeded_project), directory / "db.sqlite3"))
    if what != "directory":
        path.chmod(0o444)
    if what != "file":
        directory.chmod(0o555)
    return Project(f"sqlite:///{path}")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("what", ["file", "directory", "both"])
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_modes__of_what_is_read_only(
    seeded_project: Project, directory: Path, journal: str, what: str, mode: str
) -> None:
    """What changes nothing works."""
    project = read_only(seeded_project, directory, journal, what)
    done = run(project, "seed", *MODES[mode])
    assert "Traceback" not in done.stderr
    if journal == "wal" and what != "file" and done.returncode == 1:  # SQLite can't read such a file without writing
        assert len(done.stderr.splitlines()) == 1
        assert "db.sqlite3" in done.stderr
    else:
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("what", ["file", "directory", "both"])
@pytest.mark.parametrize("journal", ["delete", "wal"])
def test_seed__of_what_is_read_only(seeded_project: Project, directory: Path, journal: str, what: str) -> None:
    project = read_only(seeded_project, directory, journal, what)
    before = Path(path_of(project)).read_bytes()
    done = run(project, "seed", *V2, *SIZES)
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stderr.splitlines() if not line.startswith("Warning: ")]
    assert len(errors) == 1
    assert "db.sqlite3" in errors[0]
    assert Path(path_of(project)).read_bytes() == before


@pytest.mark.parametrize("name", ["ÄPFEL", "İ", "ﬁ", "ΣΑΣ", "Straße", "K"])  # the last is KELVIN SIGN
@pytest.mark.parametrize("written", [str, str.lower, str.upper], ids=["same", "lower", "upper"])
def test_names__in_other_scripts(seeded_project: Project, name: str, written: object) -> None:
    """SQLite takes A and a for the same letter, Ä and ä for two."""
    assert callable(written)
    other = "".join(written(c) if c.isascii() else c for c in name)
    seeded_project.query(
        f"CREATE TABLE {identifier(name)} (id integer PRIMARY KEY, order_id bigint REFERENCES orders ON DELETE CASCADE)"
    )
    seeded_project.query(f"CREATE TABLE kern (n integer REFERENCES {identifier(other)} (id) ON DELETE CASCADE)")
    seeded_project.query(f"INSERT INTO {identifier(name)} VALUES (1, 5), (2, NULL)")
    seeded_project.query("INSERT INTO kern VALUES (1), (2)")
    assert sum(losses(seeded_project, *V2, *SIZES).values()) == 2
    said = refused(seeded_project, *V2, *SIZES)
    assert name in said or "".join(c.lower() if c.isascii() else c for c in name) in said
    assert "kern" in said
    seeded_project.seed(*V2, *SIZES, "--overwrite")
    assert seeded_project.query(f"SELECT id FROM {identifier(name)}") == [(2,)]
    assert seeded_project.query("SELECT n FROM kern") == [(2,)]


def test_names__that_differ_in_the_case_of_one_letter(seeded_project: Project) -> None:
    """ÄPFEL and äpfel are two tables; only one refers to orders."""
    seeded_project.query("CREATE TABLE ÄPFEL (id integer PRIMARY KEY, order_id bigint REFERENCES orders)")
    seeded_project.query("CREATE TABLE äpfel (id integer PRIMARY KEY, order_id bigint)")
    seeded_project.query("CREATE TABLE kern (n integer REFERENCES äpfel (id) ON DELETE CASCADE)")
    seeded_project.query("INSERT INTO ÄPFEL VALUES (1, 5)")
    seeded_project.query("INSERT INTO äpfel VALUES (1, 5)")
    seeded_project.query("INSERT INTO kern VALUES (1)")
    assert losses(seeded_project, *V2, *SIZES) == {"ÄPFEL": 1}
    seeded_project.seed(*V2, *SIZES, "--overwrite")
    assert seeded_project.query("SELECT count(*) FROM ÄPFEL") == [(0,)]
    assert seeded_project.query("SELECT count(*) FROM äpfel") == [(1,)]
    assert seeded_project.query("SELECT count(*) FROM kern") == [(1,)]
