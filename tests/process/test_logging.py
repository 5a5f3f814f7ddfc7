"""What the engine does can be read in a log: `logging.getLogger("seeding")`."""

import logging
from pathlib import Path

import pytest
from django.test import Client

from seeding import seed
from tests.sketch import Sketch, Write, failure, session
from tests.support.project import IS_POSTGRESQL

PERSON = """
class Person(models.Model):
    name = models.CharField(max_length=20)
"""
PEOPLE = """
@register(Person, count=3)
def people(rows):
    if os.environ.get("BREAKS") and len(rows) > 1:
        raise RuntimeError("nobody came")
    return {"name": "x"}
"""
LOGGING = """
import os
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s %(name)s %(message)s"}},
    "handlers": {"file": {"class": "logging.FileHandler", "filename": os.environ["LOG"], "formatter": "plain"}},
    "loggers": {"seeding": {"handlers": ["file"], "level": "INFO", "propagate": False}},
}
"""


@pytest.fixture
def shop(sketch: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sketch:
    monkeypatch.setenv("LOG", str(tmp_path / "seeding.log"))
    return sketch(PERSON, PEOPLE, LOGGING)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "seeding.log"


def last_line(log: Path) -> str:
    return log.read_text().splitlines()[-1]


def test_log__of_a_seed_and_a_skip(shop: Sketch, log: Path) -> None:
    shop.seed()
    lines = log.read_text().splitlines()
    assert all(line.split()[1].startswith("seeding") for line in lines)
    assert "INFO" in lines[-1]
    assert "Seeded v1: 3 shop_person in " in lines[-1]
    assert shop.url.rsplit("/", 1)[1] in log.read_text()  # which database
    shop.seed()
    assert "Seed already applied (version v1). Skipping." in last_line(log)


def test_log__of_a_refusal(shop: Sketch, log: Path) -> None:
    failure(shop, "seed", code=6, SEED_ENABLED="off")
    assert last_line(log).startswith(("WARNING", "ERROR"))
    assert "SEED_ENABLED" in log.read_text()
    log.write_text("")
    shop.query("INSERT INTO shop_person (name) VALUES ('x')")
    failure(shop, "seed", code=6)
    assert log.read_text().startswith(("WARNING", "ERROR"))
    assert "shop_person: 1 " in log.read_text()


def test_log__of_a_failure(shop: Sketch, log: Path) -> None:
    failure(shop, "seed", BREAKS="1")
    assert "ERROR" in log.read_text()
    assert "nobody came" in log.read_text()


def test_log__of_a_wait(shop: Sketch, log: Path) -> None:
    other = session(shop)
    if IS_POSTGRESQL:
        other.execute("BEGIN")
        other.execute("LOCK TABLE shop_person IN EXCLUSIVE MODE")
    else:
        other.execute("BEGIN IMMEDIATE")
    try:
        failure(shop, "seed", code=5, SEED_LOCK_TIMEOUT="1")
    finally:
        other.close()
    lines = log.read_text().splitlines()
    assert any("INFO" in line and "Waiting for " in line for line in lines), lines
    assert any(line.startswith(("WARNING", "ERROR")) and "within 1 s" in line for line in lines), lines


def test_log__of_a_verification_that_differs(shop: Sketch, log: Path) -> None:
    shop.seed()
    shop.query("UPDATE shop_person SET name = 'y' WHERE id = 2")
    failure(shop, "seed", "--verify", code=4)
    assert last_line(log).startswith(("WARNING", "ERROR"))
    assert "shop_person" in log.read_text()


def test_log__is_silent_where_nobody_configured_it(sketch: Write) -> None:
    """Python's handler of last resort prints nothing: the command has said it already."""
    shop = sketch(PERSON, PEOPLE)
    assert len(failure(shop, "seed", code=6, SEED_ENABLED="off").splitlines()) == 1
    assert len(failure(shop, "seed", BREAKS="1").splitlines()) == 1
    shop.seed()


@pytest.mark.django_db
def test_health__logs_why_it_is_unhealthy(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer tells a stranger nothing; the log tells the operator."""
    caplog.set_level(logging.INFO, "seeding")
    monkeypatch.setattr("seeding.health._last_reason", "")
    client = Client()
    assert client.get("/health").status_code == 503
    assert reasons(caplog) == [("v1", "not applied")]
    seed(row_counts={"users": 1, "orders": 1})
    caplog.clear()
    assert client.get("/health").status_code == 200
    assert warnings(caplog) == []
    monkeypatch.setenv("SEED_VERSION", "v 1")
    assert client.get("/health").status_code == 503
    (message,) = warnings(caplog)
    assert "SEED_VERSION" in message
    assert "'v 1'" in message


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [
        record.getMessage()
        for record in caplog.records
        if record.name.startswith("seeding") and record.levelno >= logging.WARNING
    ]


def reasons(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    return [("v1", "not applied") for message in warnings(caplog) if "v1" in message and "not applied" in message]
