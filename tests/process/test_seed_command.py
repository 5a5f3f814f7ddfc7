"""`manage.py seed` as a user runs it, on a database of its own."""

import json
import re
import signal
import time
from pathlib import Path

import pytest

from tests.support.project import IS_POSTGRESQL, ROOT, Project, without_slow_steps

SKIP = "Seed already applied (version v1). Skipping."
HISTORY = (
    "SELECT id, seed_version, row_count_users, row_count_orders, status FROM seed_metadata ORDER BY seeded_at DESC"
)


def digests(project: Project) -> dict[str, str]:
    (found,) = project.query("SELECT digests FROM seed_metadata WHERE status = 'success'")[0]
    return found if isinstance(found, dict) else json.loads(found)


def test_seed__seeds_once(project: Project) -> None:
    last = project.seed()
    assert re.fullmatch(r"Seeded v1: 1,000 users, 10,000 orders, 10,000 payments in \d+\.\d s\.", last)
    assert project.query(HISTORY) == [(1, "v1", 1000, 10000, "success")]
    before = project.content()
    assert [len(rows) for rows in before.values()] == [1_000, 10_000, 10_000]

    again = project.run("seed")
    assert (again.returncode, again.stdout, again.stderr) == (0, f"{SKIP}\n", "")
    assert project.content() == before
    assert project.query(HISTORY) == [(1, "v1", 1000, 10000, "success")]


def test_seed__bumping_the_version_replaces_the_data(project: Project) -> None:
    sizes = {"SEED_USERS": "30", "SEED_ORDERS": "90", "SEED_ANCHOR": "2026-01-05"}
    project.seed(**sizes)
    first, first_digests = project.content(), digests(project)
    assert project.seed(SEED_VERSION="v2", **sizes).startswith("Seeded v2: 30 users, 90 orders, 90 payments in ")
    second = project.content()
    assert project.history() == [("v2", 30, 90, "success"), ("v1", 30, 90, "replaced")]
    assert {table: len(rows) for table, rows in second.items()} == {"users": 30, "orders": 90, "payments": 90}
    assert not {row[1] for row in first["users"]} & {row[1] for row in second["users"]}
    assert all(digests(project)[table] != first_digests[table] for table in first)

    project.seed(**sizes)
    assert project.content() == first
    assert digests(project) == first_digests
    assert project.history()[0] == ("v1", 30, 90, "success")
    assert project.query("SELECT count(*) FROM seed_metadata WHERE status = 'success'") == [(1,)]


def test_seed__version_is_the_version_to_seed(seeded_project: Project) -> None:
    sizes = ("--users", "2", "--orders", "3")
    assert seeded_project.seed("--version", "v2", *sizes).startswith("Seeded v2: 2 users, 3 orders, 3 payments in ")
    assert seeded_project.seed("--version=v2", *sizes) == "Seed already applied (version v2). Skipping."
    assert seeded_project.history() == [("v2", 2, 3, "success"), ("v1", 20, 100, "replaced")]
    none = seeded_project.run("seed", "--version")
    assert (none.returncode, none.stdout) == (2, "")
    assert "expected one argument" in none.stderr


@pytest.mark.parametrize("abbreviated", ["--over", "--vers=v2", "--seed-v=v2", "--pla", "--noin"])
def test_seed__options_are_never_abbreviated(seeded_project: Project, abbreviated: str) -> None:
    done = seeded_project.run("seed", "--force", abbreviated)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"unrecognized arguments: {abbreviated}" in done.stderr
    assert seeded_project.history() == [("v1", 20, 100, "success")]


ADA = "from accounts.models import User; User.objects.create_user('ada@example.com')"


def test_seed__says_what_it_replaces(seeded_project: Project) -> None:
    """A plain seed after one of another version turns the data back: its output names both, and what is deleted."""
    sizes = ("--users", "2", "--orders", "3")

    def second_line(*arguments: str) -> str:
        done = seeded_project.run("seed", *sizes, *arguments)
        assert done.returncode == 0, done.stderr
        return without_slow_steps(done.stdout).splitlines()[1]

    assert second_line("--version", "v2") == "Replacing v1 with v2: 220 seeded rows."
    assert second_line() == "Replacing v2 with v1: 8 seeded rows."
    assert second_line("--force") == "Replacing v1: 8 seeded rows."
    seeded_project.run("shell", "-v0", "-c", ADA)
    assert second_line("--version", "v2", "--overwrite") == (
        "Replacing v1 with v2: 8 seeded rows, and 1 row not created by a seed."
    )
    seeded_project.query("DELETE FROM seed_metadata")
    assert second_line() == "Deleting 8 seeded rows."


def test_seed__says_nothing_of_a_replacement_where_there_is_none(project: Project) -> None:
    done = project.run("seed", "--users", "2", "--orders", "3")
    words = [line.split()[0] for line in without_slow_steps(done.stdout).splitlines()]
    assert words == ["Seeding", "users", "orders", "payments", "Seeded"]


@pytest.mark.parametrize("mode", ["--check", "--verify"])
def test_seed__pending_names_the_version_that_is_applied(seeded_project: Project, mode: str) -> None:
    done = seeded_project.run("seed", mode, "--seed-version", "v2")
    assert (done.returncode, done.stdout) == (3, "")
    said = "v1 is applied: run `manage.py seed --seed-version v2` to apply it.\n"
    assert done.stderr.partition(", ")[2] == said
    seeded_project.query("DELETE FROM seed_metadata")
    done = seeded_project.run("seed", mode)
    said = "no seed is applied: run `manage.py seed --seed-version v1` to apply it.\n"
    assert (done.returncode, done.stderr.partition(", ")[2]) == (3, said)


def test_seed__after_the_row_is_deleted_seeds_again(seeded_project: Project) -> None:
    before = seeded_project.content()
    seeded_project.query("DELETE FROM seed_metadata WHERE seed_version = 'v1'")
    seeded_project.seed("--users", "20", "--orders", "100", SEED_ANCHOR="2026-01-07")  # the same week
    assert seeded_project.content() == before
    assert seeded_project.history() == [("v1", 20, 100, "success")]


def test_seed__force_applies_again(seeded_project: Project) -> None:
    before = seeded_project.content()
    last = seeded_project.seed("--force", "--users", "20", "--orders", "100", SEED_ANCHOR="2026-01-05")
    assert last.startswith("Seeded v1: 20 users")
    assert seeded_project.content() == before
    assert seeded_project.history() == [("v1", 20, 100, "success"), ("v1", 20, 100, "replaced")]


def test_seed__other_counts_for_an_applied_version_are_warned_about(seeded_project: Project) -> None:
    done = seeded_project.run("seed", "--users", "20", "--orders", "7")
    assert (done.returncode, done.stdout) == (0, f"{SKIP}\n")
    assert done.stderr.strip() == (
        "Warning: Asked for 7 orders, but v1 was applied with 100 orders: use --force to seed again."
    )


def test_seed__rows_can_be_added_after_it(seeded_project: Project) -> None:
    script = (
        "from model_bakery import baker;"
        "payment = baker.make_recipe('orders.payment');"
        "print(payment.order.user_id, payment.order_id)"
    )
    added = seeded_project.run("shell", "-v0", "-c", script)
    assert (added.stdout, added.stderr) == ("21 101\n", "")


def test_seed__verbosity(project: Project) -> None:
    sizes = ("--users", "5", "--orders", "6")
    assert project.run("seed", *sizes, "-v0").stdout == ""
    assert project.run("seed", "-v0").stdout == ""
    lines = without_slow_steps(project.run("seed", *sizes, "--force").stdout).splitlines()
    assert [line.split()[:2] for line in lines[2:-1]] == [["users", "5"], ["orders", "6"], ["payments", "6"]]
    assert "  orders: 6 of 6 rows" in project.run("seed", *sizes, "--force", "-v2").stdout.splitlines()


def test_seed__tells_short_times_in_milliseconds(project: Project) -> None:
    done = project.run("seed", "--users", "2", "--orders", "3")
    assert re.search(r"^  \w+ +[23] rows +\d{1,2} ms$", done.stdout, re.M), done.stdout


def test_help__has_examples_and_exit_codes_within_60_columns(project: Project) -> None:
    done = project.run("seed", "--help", COLUMNS="60")
    assert (done.returncode, done.stderr) == (0, "")
    assert "  manage.py seed --version v2  replace the data with v2\n" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 60
    codes = re.findall(r"^  (\d+(?:, \d+)*)  ", done.stdout.partition("exit codes:\n")[2], re.M)
    assert codes == ["0", "1", "2", "3", "4", "5", "6", "130, 143"]


def test_seed__not_enabled(project: Project) -> None:
    refused = project.run("seed", SEED_ENABLED=None)
    assert (refused.returncode, refused.stdout) == (6, "")
    assert refused.stderr.startswith("Seeding isn't enabled here, and v1 isn't applied: set SEED_ENABLED=on")
    assert project.history() == []
    assert project.seed("--users", "2", "--orders", "3", SEED_ENABLED=None, DEBUG="on").startswith("Seeded v1")
    assert project.run("seed", "--users", "2", "--orders", "3", SEED_ENABLED=None).returncode == 0


BAD_VALUES = [
    (("seed",), {"SEED_VERSION": ""}, 1, "SEED_VERSION: '' is not a valid version name"),
    (("seed",), {"SEED_VERSION": "v 1;drop"}, 1, "SEED_VERSION: 'v 1;drop' is not a valid version name"),
    (("seed",), {"SEED_VERSION": "v" * 65}, 1, "(65 characters) is not a valid version name"),
    (("seed",), {"SEED_USERS": "abc"}, 1, "SEED_USERS: 'abc' is not a valid number of rows"),
    (("seed",), {"SEED_USERS": "0"}, 1, "10,000 orders can't be generated without users"),
    (("seed",), {"SEED_LOADER": "teleport"}, 1, "SEED_LOADER: 'teleport' is not a loader"),
    (("seed",), {"SEED_ANCHOR": "soon"}, 1, "SEED_ANCHOR: 'soon' is not a date"),
    (("seed",), {"SEED_ENABLED": "perhaps"}, 1, "SEED_ENABLED: 'perhaps' is neither on nor off"),
    (("seed",), {"SEED_LOCK_TIMEOUT": "-3"}, 1, "SEED_LOCK_TIMEOUT: '-3' is not a valid number of seconds"),
    (("seed", "--users", "-1"), {}, 2, "argument --users: '-1' is not a valid number of rows"),
    (("seed", "--users", "ten"), {}, 2, "argument --users: 'ten' is not a valid number of rows"),
    (("seed", "--users", "0", "--orders", "10"), {}, 2, "10 orders can't be generated without users"),
    (("seed", "--seed-version", "../x"), {}, 2, "argument --seed-version: '../x' is not a valid version name"),
    (("seed", "--loader", "teleport"), {}, 2, "argument --loader: 'teleport' is not a loader"),
    (("seed", "--database", "elsewhere"), {}, 2, "The database alias 'elsewhere' doesn't exist: use one of default"),
    (("seed", "--status", "--database", "elsewhere"), {}, 2, "The database alias 'elsewhere' doesn't exist"),
    (("seed",), {"DEBUG": "perhaps"}, 1, "DEBUG is 'perhaps': set it to on or off"),
    (("seed",), {"DATABASE_URL": "mysql://localhost/x"}, 1, "DATABASE_URL has the scheme 'mysql': use postgres://"),
    (("migrate",), {"DATABASE_URL": "x"}, 1, "DATABASE_URL doesn't start with a known scheme: use postgres://"),
    (("seed",), {"DATABASE_URL": "postgres://localhost:many/x"}, 1, "DATABASE_URL can't be read"),
    (
        ("seed",),
        {"DATABASE_URL": "postgres://u:secret@127.0.0.1:1/x"},
        1,
        "Can't reach PostgreSQL database x at 127.0.0.1:1",
    ),
    (("migrate",), {"DATABASE_URL": "postgres://u:secret@127.0.0.1:1/x"}, 1, "PostgreSQL database x at 127.0.0.1:1"),
    (("seed",), {"DATABASE_URL": "sqlite:////no/such/directory/x.sqlite3"}, 1, "/no/such/directory/x.sqlite3"),
]


@pytest.mark.parametrize(("arguments", "environment", "code", "message"), BAD_VALUES)
@pytest.mark.parametrize("state", ["project", "seeded_project"])
def test_seed__bad_values(
    request: pytest.FixtureRequest,
    state: str,
    arguments: tuple[str, ...],
    environment: dict[str, str],
    code: int,
    message: str,
) -> None:
    project: Project = request.getfixturevalue(state)
    before = project.content(), project.history()
    done = project.run(*arguments, **environment)
    assert done.returncode == code, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if "error" in line.lower() or message in line]) == 1
    assert (project.content(), project.history()) == before


@pytest.mark.parametrize("code", [2, 1], ids=["argument", "environment"])
def test_seed__needs_a_loader_of_its_database(project: Project, code: int) -> None:
    loader = "insert" if IS_POSTGRESQL else "copy"
    done = project.run("seed", "--loader", loader) if code == 2 else project.run("seed", SEED_LOADER=loader)
    needed, there = ("SQLite", "PostgreSQL") if IS_POSTGRESQL else ("PostgreSQL", "SQLite")
    assert done.returncode == code
    assert f"the loader '{loader}' needs {needed}, and 'default' is {there}: use auto or bulk_create." in done.stderr
    assert project.history() == []


@pytest.mark.parametrize("mode", [(), ("--status",), ("--check",), ("--plan",), ("--force",)])
def test_seed__unmigrated_database(bare_project: Project, mode: tuple[str, ...]) -> None:
    done = bare_project.run("seed", *mode)
    assert (done.returncode, done.stdout) == (1, "")
    assert "run `manage.py migrate` first" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_check(seeded_project: Project, project: Project) -> None:
    sizes = ("--users", "20", "--orders", "100")
    done = seeded_project.run("seed", "--check", *sizes)
    assert (done.returncode, done.stdout) == (0, "v1 is applied: 20 users, 100 orders, 100 payments.\n")
    assert seeded_project.run("seed", "--check", *sizes, SEED_ENABLED="off").returncode == 0
    assert seeded_project.run("seed", "--check", *sizes, SEED_VERSION="v2").returncode == 3
    assert project.run("seed", "--check").returncode == 3
    other = seeded_project.run("seed", "--check")
    assert other.returncode == 4
    assert "v1 was applied with 20 users, 100 orders, 100 payments, and asked for now are 1,000 users" in other.stderr
    seeded_project.query("UPDATE seed_metadata SET sample_digests = '{}'")
    changed = seeded_project.run("seed", "--check", *sizes)
    assert changed.returncode == 4
    assert "the code now generates other rows for users, orders, payments" in changed.stderr


def test_plan__changes_nothing(seeded_project: Project) -> None:
    before = seeded_project.content(), seeded_project.history()
    done = seeded_project.run("seed", "--plan", "--seed-version", "v2", SEED_ENABLED="off")
    assert (done.returncode, done.stderr) == (0, "")
    loader = "copy" if IS_POSTGRESQL else "insert"
    assert done.stdout.partition(": ")[2] == (
        f"v2 is not applied.\nA seed with the loader {loader} would:\n"
        "  users:    delete  20 seeded rows, keep 0, create  1,000\n"
        "  orders:   delete 100 seeded rows, keep 0, create 10,000\n"
        "  payments: delete 100 seeded rows, keep 0, create 10,000\n"
        "It would be refused: seeding isn't enabled here (SEED_ENABLED).\n"
    )
    assert (seeded_project.content(), seeded_project.history()) == before
    plan = json.loads(seeded_project.run("seed", "--plan", "--format", "json").stdout)
    assert plan["tables"][1] == {"table": "orders", "delete": 100, "keep": 0, "create": 10_000}


def test_status__without_attempts(project: Project) -> None:
    done = project.run("seed", "--status")
    assert done.stdout.partition(": ")[2] == "nothing is applied, no seed is running.\nNo seed has been applied yet.\n"
    status = json.loads(project.run("seed", "--status", "--format", "json").stdout)
    assert (status["running"], status["in_force"], status["attempts"]) == (False, None, [])


def test_status__of_all_states(seeded_project: Project) -> None:
    sizes = ("--users", "2", "--orders", "3")
    long = "a-very-long-name-" + "of-a-version-" * 3
    seeded_project.seed("--seed-version", long, "--users", "1", "--orders", "3")
    seeded_project.query("CREATE UNIQUE INDEX only_one ON users (is_active)")
    assert seeded_project.run("seed", "--seed-version", "v3", *sizes).returncode == 1
    done = seeded_project.run("seed", "--status", SEED_ENABLED="off")
    assert done.returncode == 0
    assert f": {long} is applied, no seed is running.\n" in done.stdout
    table = done.stdout.splitlines()[2:]
    assert max(map(len, table)) <= 80
    assert [line.split()[:2] for line in table if re.search(r" \d{4}-", line)] == [
        ["v3", "failed"],
        [table[-2].split()[0], "applied"],
        ["v1", "replaced"],
    ]
    assert re.fullmatch(r"a-very-long-[a-z-]+\.\.\.", table[-2].split()[0])
    assert re.search(r"^v1 +replaced +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +220 +(\d+\.\d s|\d\d ms) +\w+$", table[-1])
    assert "unique" in " ".join(table[3:-2]).lower()  # the error, below the attempt that it ended

    status = json.loads(seeded_project.run("seed", "--status", "--format", "json").stdout)
    assert list(status) == ["database", "running", "in_force", "attempts"]
    assert [(row["seed_version"], row["status"]) for row in status["attempts"]] == [
        ("v3", "failed"),
        (long, "success"),
        ("v1", "replaced"),
    ]
    assert status["attempts"][2]["row_counts"] == {"users": 20, "orders": 100, "payments": 100}
    documented = re.search(r"```json\n(.*?)```", (ROOT / "docs" / "reference.md").read_text(), re.S)
    assert documented
    assert list(json.loads(documented[1])["attempts"][0]) == list(status["attempts"][0])


@pytest.mark.parametrize(
    ("columns", "heads"),
    [
        ("100", ["version", "status", "seeded at (UTC)", "rows", "took", "loader"]),
        ("60", ["version", "status", "seeded at (UTC)", "rows", "took"]),
        ("45", ["version", "status", "seeded at (UTC)"]),
    ],
)
def test_status__fits_narrow_terminals(seeded_project: Project, columns: str, heads: list[str]) -> None:
    """What matters least is left out where there is no room for it."""
    seeded_project.query("UPDATE seed_metadata SET seed_version = 'a-version-with-a-name'")
    done = seeded_project.run("seed", "--status", COLUMNS=columns)
    _, _, *table = done.stdout.splitlines()
    assert re.split(r"  +", table[0]) == heads
    assert max(map(len, table)) <= int(columns)
    assert table[2].startswith("a-version-")


def test_seed__skip_imports_neither_numpy_nor_seeds(seeded_project: Project) -> None:
    script = (
        "import sys; from django.core.management import call_command;"
        "call_command('seed', users=20, orders=100);"
        "print([name for name in sys.modules if name == 'numpy' or name.endswith('.seeds')])"
    )
    done = seeded_project.run_alone("shell", "-v0", "-c", script)
    assert (done.stdout, done.stderr) == (f"{SKIP}\n[]\n", "")


def test_seed__a_failure_is_recorded_and_changes_nothing(project: Project) -> None:
    project.seed("--users", "1", "--orders", "9")
    project.query("CREATE UNIQUE INDEX only_one ON users (is_active)")
    before = project.content()
    done = project.run("seed", "--seed-version", "v2", "--users", "20", "--orders", "100")
    assert done.returncode == 1
    assert "unique" in done.stderr.lower()
    assert len(done.stderr.splitlines()) == 1
    assert project.content() == before
    assert project.history()[0] == ("v2", None, None, "failed")
    (error,) = project.query("SELECT error FROM seed_metadata WHERE status = 'failed'")[0]
    assert "unique" in error.lower()
    assert project.run("seed", "--check", "--users", "1", "--orders", "9").returncode == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_seed__interrupted(seeded_project: Project, number: signal.Signals, code: int) -> None:
    before = seeded_project.content()
    process = seeded_project.start("seed", "--force", "--orders", "400000", "--loader", "bulk_create", "-v2")
    assert process.stdout is not None
    for line in process.stdout:
        if " of 400,000 rows" in line:
            break
    process.send_signal(number)
    started = time.monotonic()
    _, stderr = process.communicate(timeout=60)
    assert time.monotonic() - started < 5
    assert process.returncode == code
    assert stderr == ("Interrupted while seeding v1; nothing was changed. Run the same command again to start over.\n")
    assert seeded_project.content() == before
    assert seeded_project.history()[0][3] == "failed"


# The lock's second `__enter__` in the main thread gets a signal between acquiring the lock and returning. Its functions
# are those of C, as a lock's are.
SIGNAL_AT_A_LOCK = """
import collections, concurrent.futures.thread, itertools, operator, signal, threading
from functools import partial

class Lock:
    def __init__(self):
        lock = threading.Lock()
        self.acquire, self.release, self.__exit__ = lock.acquire, lock.release, lock.__exit__
        second = partial(list, map(operator.call, [lock.acquire, partial(signal.raise_signal, signal.SIGINT)]))
        calls = itertools.chain([lock.acquire, second], itertools.repeat(lock.acquire))
        by_thread = collections.defaultdict(partial(getattr, lock, "acquire"))
        by_thread[threading.get_ident()] = partial(next, map(operator.call, calls))
        found = map(by_thread.__getitem__, iter(threading.get_ident, None))
        self.__enter__ = partial(next, map(operator.call, found))

class Semaphore(threading.Semaphore):
    def __init__(self, value):
        super().__init__(value)
        self._cond = threading.Condition(Lock())

concurrent.futures.thread.threading = type("", (), {**vars(threading), "Semaphore": Semaphore})
"""


def test_seed__interrupted_when_a_lock_was_just_acquired(seeded_project: Project, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(SIGNAL_AT_A_LOCK)
    before = seeded_project.content()
    done = seeded_project.run("seed", "--force", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (
        130,
        "Interrupted while seeding v1; nothing was changed. Run the same command again to start over.\n",
    )
    assert seeded_project.content() == before


def test_seed__seeded_users_log_in_only_with_a_given_password(project: Project) -> None:
    script = (
        "from accounts.models import User; from django.contrib.auth import authenticate;"
        "user = User.objects.first();"
        "print(user.has_usable_password(), authenticate(username=user.email.upper(), password='open sesame') == user)"
    )
    sizes = ("--users", "3", "--orders", "3", "--force")
    project.seed(*sizes)
    assert project.run("shell", "-v0", "-c", script).stdout == "False False\n"
    assert project.run("seed", *sizes, SEED_USER_PASSWORD="open sesame").stderr == (
        "Warning: SEED_USER_PASSWORD is set and DEBUG is off: whoever knows it can log in as any seeded user.\n"
    )
    assert project.run("shell", "-v0", "-c", script).stdout == "True True\n"


def test_verify(seeded_project: Project) -> None:
    same = seeded_project.run("seed", "--verify", SEED_ENABLED="off")
    assert (same.returncode, same.stderr) == (0, "")
    rows = "20 users, 100 orders, 100 payments"
    assert same.stdout == f"v1 is verified: {rows} are as they were generated.\n"
    pending = seeded_project.run("seed", "--verify", "--seed-version", "v2")
    assert (pending.returncode, pending.stdout) == (3, "")

    (total,) = seeded_project.query("SELECT total FROM orders WHERE id = 77")[0]
    seeded_project.query("UPDATE orders SET total = total + 0.01 WHERE id = 77")
    seeded_project.query("UPDATE users SET first_name = 'Ada', is_active = false, password = 'x' WHERE id = 3")
    seeded_project.query("DELETE FROM payments WHERE order_id IN (5, 6)")
    seeded_project.query(
        "INSERT INTO users (email, password, first_name, last_name, is_superuser, is_staff, is_active, created_at)"
        " VALUES ('x@example.com', '', '', '', false, false, true, '2026-01-01')"
    )
    differs = seeded_project.run("seed", "--verify")
    assert (differs.returncode, differs.stdout) == (4, "")
    lines = differs.stderr.splitlines()
    assert lines[0] == "The data of v1 differs from what was generated:"
    assert lines[1] == "  users: 20 rows generated, 1 different, 0 missing"
    assert lines[2] == "  orders: 100 rows generated, 1 different, 0 missing"
    assert lines[3] == "  payments: 100 rows generated, 0 different, 2 missing"
    assert re.fullmatch(r"    users 3, first_name: was \w+, is Ada", lines[4])
    assert lines[5] == "    users 3, is_active: was True, is False"
    assert lines[6] == f"    orders 77, total: was {total:.2f}, is {float(total) + 0.01:.2f}"
    assert lines[7] == "Not created by a seed: 1 user."


def test_verify__finds_code_that_generates_something_else(seeded_project: Project) -> None:
    digest = 'replace(CAST(digests AS text), \'"orders": "\', \'"orders": "0\')'
    cast = "jsonb" if IS_POSTGRESQL else "text"
    seeded_project.query(f"UPDATE seed_metadata SET digests = CAST({digest} AS {cast})")
    done = seeded_project.run("seed", "--verify")
    assert done.returncode == 4
    assert "  orders: the code now generates other rows than the recorded ones" in done.stderr.splitlines()


def test_seed__waits_for_a_database_that_is_starting() -> None:
    project = Project("postgres://u:secret@127.0.0.1:1/x")
    started = time.monotonic()
    done = project.run("seed", "--wait", "1")
    assert 1 < time.monotonic() - started < 10
    assert done.returncode == 1
    assert done.stdout.startswith("Waiting for PostgreSQL database x at 127.0.0.1:1")
    assert "Can't reach PostgreSQL database x at 127.0.0.1:1" in done.stderr
    assert project.run("seed", "--wait", "long").returncode == 2


def test_check__names_a_wrong_setting(project: Project) -> None:
    done = project.run("check", SEED_LOADER="teleport")
    assert done.returncode == 1
    assert "(seeding.E001) SEED_LOADER: 'teleport' is not a loader" in done.stderr


def test_seed__goes_on_when_nobody_reads_its_output(project: Project) -> None:
    process = project.start("seed", "--users", "5", "--orders", "9", "-v2")
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert project.history() == [("v1", 5, 9, "success")]


@pytest.mark.parametrize(
    "environment", [{"LANG": "C", "LC_ALL": "C"}, {"PYTHONIOENCODING": "ascii"}, {"NO_COLOR": "1"}]
)
def test_seed__plain_output(seeded_project: Project, environment: dict[str, str]) -> None:
    seeded_project.query("UPDATE users SET first_name = 'Ж' WHERE id < 9")
    for arguments in (("--status",), ("--plan",), ("--verify",), ("--force", "--users", "20", "--orders", "100")):
        done = seeded_project.run("seed", *arguments, **environment)
        assert "\x1b" not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        assert done.returncode == (4 if arguments == ("--verify",) else 0)


def test_seed__colours_at_a_terminal_only_where_they_are_wanted(seeded_project: Project) -> None:
    coloured = seeded_project.at_terminal("seed", "--status")
    assert "\x1b[" in coloured
    for environment in ({"NO_COLOR": "1"}, {"NO_COLOR": "1", "LANG": "C", "LC_ALL": "C"}):
        assert "\x1b" not in seeded_project.at_terminal("seed", "--status", **environment)
    # Long enough for the bar.
    long = ("seed", "--force", "--users", "2000", "--orders", "40000", "--loader", "bulk_create")
    assert "\x1b" not in seeded_project.at_terminal(*long, NO_COLOR="1")


def test_seed__without_any_output(project: Project) -> None:
    """As daemons start processes: with standard output and error closed."""
    assert project.in_shell(("seed", "--users", "5", "--orders", "9"), ">&- 2>&-") == 0
    assert project.history() == [("v1", 5, 9, "success")]


def test_status__spells_out_what_a_terminal_would_obey(project: Project) -> None:
    project.query(
        "INSERT INTO seed_metadata (seed_version, seeded_at, row_counts, status, digests, sample_digests, loader, "
        "error, host, database_user) VALUES ('v1', '2026-01-05', '{}', 'failed', '{}', '{}', 'copy', "
        "'a \x1b[31mred\nline', '', '')"
    )
    assert "    a \\x1b[31mred line\n" in project.run("seed", "--status").stdout


def test_seed__json_is_for_status_and_plan(project: Project) -> None:
    for arguments in ((), ("--check",), ("--verify",)):
        done = project.run("seed", "--format", "json", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "--format json goes with --status or --plan; nothing was done.\n"
    assert project.history() == []


def test_seed__shows_where_it_is_at_a_terminal(seeded_project: Project) -> None:
    """From the second on: a bar, complete from its first frame, and nothing of it left in the end."""
    shown = seeded_project.at_terminal(
        "seed", "--force", "--users", "2000", "--orders", "60000", "--loader", "bulk_create"
    )
    frames = re.findall(
        r"  orders +.*?━.*?([\d,]+) of 60,000  (?:[\d,]+ rows/s  )?(-:--|\d+:\d\d) left",
        re.sub(r"\x1b\[[\d;]*m", "", shown),
    )
    assert frames, shown
    assert re.search(r"  orders +60,000 rows +\d+\.\d s\r\n", shown)
    verified = seeded_project.at_terminal("seed", "--verify")
    assert "v1 is verified: 2,000 users, 60,000 orders, 60,000 payments" in verified


def test_seed__without_rich_draws_no_bar(seeded_project: Project, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\n\nsys.modules['rich'] = None\n")  # as if not installed
    shown = seeded_project.at_terminal(
        "seed", "--force", "--users", "2000", "--orders", "60000", "--loader", "bulk_create", PYTHONPATH=str(tmp_path)
    )
    assert "━" not in shown
    assert "\r" not in shown.replace("\r\n", "")  # no line is drawn again
    assert re.search(r"  orders +60,000 rows +\d+\.\d s\r\n", shown)
