"""Several processes seed at once."""

import time
from collections import Counter

from tests.support.project import IS_POSTGRESQL, Project


def test_seed__of_eight_at_once_one_seeds_and_seven_skip(project: Project) -> None:
    processes = [project.start("seed", "--users", "200", "--orders", "2000") for _ in range(8)]
    ended = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8, ended
    assert Counter(stdout.splitlines()[-1][:15] for stdout, _ in ended) == {"Seeded v1: 200 ": 1, "Seed already ap": 7}
    assert [stderr for _, stderr in ended] == [""] * 8
    assert project.history() == [("v1", 200, 2000, "success")]


def test_seed__waits_for_the_lock_no_longer_than_it_may(seeded_project: Project) -> None:
    before = seeded_project.content()
    holder = seeded_project.start("shell", "-v0", "-c", HOLD)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    try:
        started = time.monotonic()
        done = seeded_project.run("seed", "--force", SEED_LOCK_TIMEOUT="1")
        assert 1 < time.monotonic() - started < 10
        assert done.returncode == 5
        assert "Waiting for the " in done.stdout
        assert "within 1 s: " in done.stderr
        assert ("server process" if IS_POSTGRESQL else "another process") in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert '"running": true' in seeded_project.run("seed", "--status", "--format", "json").stdout
        assert seeded_project.run("seed", "--users", "20", "--orders", "100").returncode == 0  # a skip needs no lock
    finally:
        holder.kill()
        holder.communicate()
    assert seeded_project.content() == before
    assert len(seeded_project.history()) == 1


HOLD = """
import time
from seeding.database import locks
with locks.seed_lock("default", locks.Deadline(5), print):
    print("held", flush=True)
    time.sleep(60)
"""
