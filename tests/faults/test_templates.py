"""Runs of tests that are killed while they build, clone and use a seeded database.

CHAOS_RUNS is how often one is killed at a random instant (3); `make chaos` takes 100. TEST_SEED replays them.
"""

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.project import IS_POSTGRESQL
from tests.support.suite import Suite

RUNS = int(os.environ.get("CHAOS_RUNS", "3"))
FIRST = 3_000  # rows; each killed run wants others, and so a template of its own
TESTS = """
import pytest
from django.conf import settings

from seeding.testing import assert_seeded
from shop.models import Book

pytestmark = [pytest.mark.seeded, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("n", range(6))
def test_it(n):
    assert Book.objects.count() == settings.SEED_ROW_COUNTS["books"]
    assert_seeded()
    Book.objects.all().delete()
"""
COMMANDS = (("-n", "2"), ("-n", "0"), ("-n", "3"))


@pytest.fixture
def suite(tmp_path: Path) -> Iterator[Suite]:
    made = Suite(tmp_path)
    made.write("test_seeded.py", TESTS)
    made.edit("suite_settings.py", '"books": 30', f'"books": {FIRST}')
    yield made
    made.close()


def test_kill__leaves_nothing_that_breaks_the_next_run(suite: Suite, chance: random.Random) -> None:
    """Whether all processes are killed, or the one that started the others: these end by themselves."""
    started = time.monotonic()
    suite.pytest(*COMMANDS[0])
    longest_s = time.monotonic() - started
    reached = set()
    for run in range(RUNS):
        suite.edit("suite_settings.py", f'"books": {FIRST + run}', f'"books": {FIRST + run + 1}')
        command = COMMANDS[run % len(COMMANDS)]
        process = suite.start(
            *suite.pytest_command(*command),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(chance.uniform(0.3 * longest_s, longest_s))
        if chance.random() < 0.7:
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()
        reached |= {"building" if "building" in name else "cloned" for name in left_behind(suite)}
        suite.pytest(*command)
        assert left_behind(suite) <= clones_of_other_processes(), (run, command)
    suite.manage("seed_templates", "--drop")
    assert suite.databases() == []
    if RUNS >= 20:
        assert reached == ({"building", "cloned"} if IS_POSTGRESQL else {"building"})  # SQLite's clones are in memory


def left_behind(suite: Suite) -> set[str]:
    """Return the databases that no complete run leaves."""
    return {name for name in suite.databases() if "lock" not in name} - set(suite.templates())


def clones_of_other_processes() -> set[str]:
    """Return what a run may leave alone: it belonged to a worker that this run hasn't got."""
    return {"seeded_clone_test_shop", *(f"seeded_clone_test_shop_gw{n}" for n in range(3))}
