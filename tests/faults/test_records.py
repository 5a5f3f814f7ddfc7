"""What is recorded and told: no secret, nothing that a terminal obeys, and no record that breaks what reads it."""

import json
import os
import select
import sqlite3
import subprocess
import time
from pathlib import Path

import psycopg
import pytest

from tests.support.project import IS_POSTGRESQL, Project

from .databases import LOADERS, SIZES, V2, losses, within

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="PostgreSQL's errors quote rows")
ESCAPE = "\x1b[31mred\x1b]0;title\x07\x9b1m"
SET_ESCAPE = "'" + ESCAPE.replace("'", "''") + "'"


def assert_safe(done: subprocess.CompletedProcess[str]) -> None:
    assert "Traceback" not in done.stderr
    for text in (done.stdout, done.stderr):
        assert not {c for c in text if not c.isprintable()} - {"\n"}, repr(text)


BREAKAGES = {
    "check": "ALTER TABLE users ADD CONSTRAINT short CHECK (length(password) < 5)",
    "not null": "ALTER TABLE users ADD COLUMN phone text NOT NULL",
    "unique": "CREATE UNIQUE INDEX one_password ON users (left(password, 12))",
    "exclusion": "ALTER TABLE users ADD CONSTRAINT one_password EXCLUDE (left(password, 12) WITH =)",
}


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("sizes", [SIZES, ("--users", "500", "--orders", "5000")], ids=["small", "large"])
@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES)
def test_errors__hold_no_password_hash(project: Project, breakage: str, sizes: tuple[str, ...], loader: str) -> None:
    project.query(breakage)
    done = project.run("seed", *sizes, "--loader", loader, SEED_USER_PASSWORD="a pass phrase", DEBUG="on")
    assert done.returncode == 1, done.stdout
    ((error,),) = project.query("SELECT error FROM seed_metadata WHERE status = 'failed'")
    assert error
    for text in (done.stdout, done.stderr, error):
        assert "pbkdf2" not in text
        assert "$" not in text


@on_postgresql
def test_errors__hold_no_password_hash__with_a_traceback(project: Project) -> None:
    project.query("ALTER TABLE users ADD CONSTRAINT short CHECK (length(password) < 5)")
    done = project.run("seed", *SIZES, SEED_USER_PASSWORD="a pass phrase", DEBUG="on")
    assert done.returncode == 1
    assert "pbkdf2" not in done.stderr


def test_output__of_a_tables_and_a_columns_name(seeded_project: Project) -> None:
    name = '"' + ESCAPE + '"'
    seeded_project.query(f"CREATE TABLE {name} ({name} bigint REFERENCES orders (id) ON DELETE CASCADE)")
    seeded_project.query(f"INSERT INTO {name} VALUES (5)")
    planned = seeded_project.run("seed", "--plan", *V2, *SIZES)
    assert planned.returncode == 0, planned.stderr
    assert_safe(planned)
    assert "red" in planned.stdout
    assert sum(losses(seeded_project, *V2, *SIZES).values()) == 1
    done = seeded_project.run("seed", *V2, *SIZES)
    assert done.returncode == 6
    assert_safe(done)
    assert "red" in done.stderr
    shown = seeded_project.at_terminal("seed", "--plan", *V2, *SIZES)
    assert ESCAPE[:5] not in shown
    assert "\x1b]0;" not in shown


@on_postgresql
def test_output__of_an_index_that_stays(project: Project) -> None:
    project.query(f'CREATE INDEX "{ESCAPE}" ON orders (total)')
    project.query(f"COMMENT ON INDEX \"{ESCAPE}\" IS 'not restored'")
    done = project.run("seed", "--users", "500", "--orders", "5000", "-v2")
    assert done.returncode == 0, done.stderr
    assert_safe(done)


@pytest.mark.parametrize("version", [ESCAPE, "v1\nv2", "v1\r", "\x9b31m"])
def test_output__of_a_version(seeded_project: Project, version: str) -> None:
    for done in (
        seeded_project.run("seed", "--seed-version", version),
        seeded_project.run("seed", SEED_VERSION=version),
    ):
        assert done.returncode in (1, 2)
        assert_safe(done)


def test_output__of_a_recorded_version_error_and_loader(seeded_project: Project) -> None:
    seeded_project.query(
        f"UPDATE seed_metadata SET seed_version = {SET_ESCAPE}, error = {SET_ESCAPE}, loader = 'r\x1b[31m', "
        f"host = {SET_ESCAPE}"
    )
    for arguments in (("--status",), ("--status", "--format", "json"), ("--check",), ("--verify",), ("--plan", *SIZES)):
        assert_safe(seeded_project.run("seed", *arguments))
    shown = seeded_project.at_terminal("seed", "--status")
    assert "\x1b]0;" not in shown
    assert "\x07" not in shown
    assert "\x9b" not in shown
    done = seeded_project.run("seed", *V2, *SIZES)
    assert done.returncode == 0, done.stderr
    assert_safe(done)


def test_output__of_a_columns_value(seeded_project: Project) -> None:
    seeded_project.query(f"UPDATE users SET first_name = {SET_ESCAPE} WHERE id = 3")
    done = seeded_project.run("seed", "--verify")
    assert done.returncode == 4
    assert_safe(done)
    assert "red" in done.stderr


def test_output__of_a_clashing_value(seeded_project: Project) -> None:
    """A value that a kept row holds is quoted; so is what the database says of it."""
    seeded_project.query("CREATE UNIQUE INDEX one_name ON users (first_name) WHERE last_name = 'x'")
    seeded_project.query(f"UPDATE users SET is_staff = (1 = 1), last_name = {SET_ESCAPE} WHERE id = 3")
    done = seeded_project.run("seed", "--force", *SIZES)
    assert done.returncode == 6
    assert_safe(done)


EDITED = ["[]", "null", "1", '"users"', '{"users": "many"}', '{"users": null}', '{"users": []}', "{}", '{"users": -1}']
COUNTS_OF = {"row_counts": EDITED, "digests": ["[]", "null", '"x"'], "sample_digests": ["[]", "null", "7"]}


def edit(project: Project, column: str, value: str) -> bool:
    """Edit the attempt's record; return False where the database forbids that."""
    try:
        project.query(f"UPDATE seed_metadata SET {column} = '{value}'")
    except (psycopg.IntegrityError, psycopg.DataError, sqlite3.IntegrityError):
        return False
    return True


@pytest.mark.parametrize(
    ("column", "value"), [(column, value) for column, values in COUNTS_OF.items() for value in values]
)
def test_records__edited_by_hand_break_nothing(seeded_project: Project, column: str, value: str) -> None:
    """A mode may say that the record is unusable, in a line; a seed goes on."""
    if not edit(seeded_project, column, value):
        return
    codes = {}
    for mode in (
        ("--status",),
        ("--status", "--format", "json"),
        ("--check", *SIZES),
        ("--verify",),
        SIZES,
        ("--plan",),
    ):
        done = seeded_project.run("seed", *mode)
        assert "Traceback" not in done.stderr, mode
        assert len([line for line in done.stderr.splitlines() if not line.startswith("Warning: ")]) < 12
        codes[mode] = done.returncode
    assert codes[("--status",)] == 0
    assert codes[("--status", "--format", "json")] == 0
    assert codes[SIZES] == 0
    assert codes[("--plan",)] == 0
    assert codes[("--verify",)] in (0, 1, 4)
    assert codes[("--check", *SIZES)] in (0, 1, 4)
    assert seeded_project.seed(*V2, *SIZES).startswith("Seeded v2: ")


PAGES = """
import json
from django.test import Client
from accounts.models import User
client = Client(HTTP_HOST="localhost", raise_request_exception=False)
client.force_login(User.objects.create_superuser("boss@example.com", "a pass phrase"))
pages = ["/admin/seeding/seedmetadata/", "/admin/seeding/seedmetadata/1/change/", "/admin/"]
print(json.dumps([client.get(page).status_code for page in pages]))
print(json.dumps(client.post("/admin/seeding/seedmetadata/1/verify/", follow=True).status_code))
"""


@pytest.mark.parametrize("value", EDITED)
def test_pages__of_records_edited_by_hand(seeded_project: Project, value: str) -> None:
    if not edit(seeded_project, "row_counts", value):
        return
    done = seeded_project.run("shell", "-v0", "-c", PAGES)
    assert done.returncode == 0, done.stderr
    assert [json.loads(line) for line in done.stdout.splitlines()] == [[200, 200, 200], 200]


def peak_megabytes(project: Project, *arguments: str) -> float:
    """Run `manage.py`, which must succeed; return the most memory that it had."""
    with Path(os.devnull).open("w") as nowhere:
        process = project.popen(arguments, {}, stdout=nowhere)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return usage.ru_maxrss / 1024


def test_status__of_many_attempts_takes_little_memory(seeded_project: Project) -> None:
    few = peak_megabytes(seeded_project, "seed", "--status")
    columns = "SELECT name FROM pragma_table_info('seed_metadata') WHERE name <> 'id'"  # generated ones aren't in it
    if IS_POSTGRESQL:
        columns = (
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'seed_metadata' "
            "AND table_schema = 'public' AND is_generated = 'NEVER' AND column_name <> 'id'"
        )
    names = [name for (name,) in seeded_project.query(columns)]
    values = ["'failed'" if name == "status" else name for name in names]
    seeded_project.query(
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 40000) "
        f"INSERT INTO seed_metadata ({', '.join(names)}) SELECT {', '.join(values)} FROM numbers, seed_metadata"
    )
    assert seeded_project.query("SELECT count(*) FROM seed_metadata") == [(40001,)]
    assert peak_megabytes(seeded_project, "seed", "--status") < few + 20
    started = time.monotonic()
    done = seeded_project.run("seed", "--status")
    assert time.monotonic() - started < 5
    assert "39,981" in done.stdout or "40,001" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--check", "--seed-version", "v9"), 3),
        (("--verify", "--seed-version", "v9"), 3),
        (("--check", "--users", "7", "--orders", "7"), 4),
        (("--verify",), 4),
        (("--seed-version", "v9"), 6),
        (("--seed-version", "v 9"), 2),
        (("--users", "7", "--orders", "7"), 0),
    ],
    ids=["check", "verify", "check differs", "verify differs", "refused", "usage", "skip with a warning"],
)
@pytest.mark.parametrize("full", ["stderr", "stdout", "both"])
def test_exit_code__with_a_full_disk_behind_the_output(
    seeded_project: Project, arguments: tuple[str, ...], code: int, full: str
) -> None:
    """Who only asks for the exit code gets it."""
    seeded_project.query("UPDATE users SET first_name = 'x' WHERE id = 1")
    seeded_project.query(
        "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at) "
        "VALUES ('x@shop.example', '', '', '', (1 = 0), (1 = 0), (1 = 1), '2026-02-03 04:05:06+00:00')"
    )
    with Path("/dev/full").open("w") as nowhere:
        streams = {name: nowhere if full in (name, "both") else subprocess.DEVNULL for name in ("stdout", "stderr")}
        process = seeded_project.popen(("seed", *arguments), {}, stdin=subprocess.DEVNULL, **streams)
        assert process.wait(60) == code


@pytest.mark.parametrize("arguments", [("--plan",), ("--force",)], ids=["plan", "seed"])
def test_clashes__of_a_billion_rows_are_found_soon_or_told_of(
    seeded_project: Project, arguments: tuple[str, ...]
) -> None:
    """With one user who is staff: it answers soon, or says what it is doing."""
    seeded_project.query("UPDATE users SET is_staff = (1 = 1) WHERE id = 3")
    huge = ("--users", "1000000000", "--orders", "1000000000")
    process = seeded_project.start("seed", *V2, *arguments[:1], *huge)
    try:
        assert process.stdout is not None
        assert process.stderr is not None
        readable, _, _ = select.select([process.stdout, process.stderr], [], [], 15)
        assert readable, "nothing was said for 15 s"
    finally:
        process.kill()
        process.communicate()


def test_plan__of_many_rows_is_quick(seeded_project: Project) -> None:
    seeded_project.query("UPDATE users SET is_staff = (1 = 1) WHERE id = 3")
    done, _ = within(30, seeded_project, "seed", *V2, "--plan", "--users", "3000000", "--orders", "3000000")
    assert done.returncode == 0, done.stderr
