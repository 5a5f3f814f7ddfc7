"""A project whose settings say no more of its database than where it is, as `startproject` writes them."""

from collections import Counter

import pytest

from tests.sketch import LOADERS, Sketch, Write, verified
from tests.support.project import IS_POSTGRESQL, on_server

MODELS = """
class Book(models.Model):
    title = models.CharField(max_length=50)
    published_at = models.DateTimeField()
    born_on = models.DateField()
"""
SEEDS = """
@register(Book, count=3_000)
def books(rows):
    return {"title": rows.title("title", max_length=50), "published_at": rows.past(), "born_on": rows.past_date("d")}
"""


@pytest.fixture
def plain(sketch: Write) -> Sketch:
    return sketch(MODELS, SEEDS)


def test_seed__of_six_at_once_one_seeds_and_five_skip(plain: Sketch) -> None:
    processes = [plain.start("seed") for _ in range(6)]
    ended = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 6, ended
    assert Counter(stdout.splitlines()[-1][:12] for stdout, _ in ended) == {"Seeded v1: 3": 1, "Seed already": 5}
    assert [stderr for _, stderr in ended] == [""] * 6


@pytest.mark.skipif(not IS_POSTGRESQL, reason="a setting of PostgreSQL's")
@pytest.mark.parametrize("loader", LOADERS)
def test_seed__of_a_database_that_writes_dates_in_another_style(plain: Sketch, loader: str) -> None:
    """Psycopg reads times in the style ISO only."""
    on_server(f"ALTER DATABASE \"{plain.database}\" SET datestyle = 'German, DMY'")
    plain.seed("--loader", loader)
    verified(plain)
    assert plain.seed() == "Seed already applied (version v1). Skipping."
    for mode in ("--check", "--status", "--plan"):
        done = plain.run("seed", mode)
        assert (done.returncode, done.stderr) == (0, ""), mode
    plain.seed("--loader", loader, "--seed-version", "v2")
    verified(plain, "--seed-version", "v2")
