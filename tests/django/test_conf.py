from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeding import conf
from seeding.errors import ConfigurationError


def test_read__defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEED_ENABLED")
    config = conf.read()
    assert config.version == "v1"
    assert config.row_counts == {"users": 1_000, "orders": 10_000}
    assert config.lock_timeout_s == 300
    assert config.anchor is None
    assert config.enabled is False


def test_read__takes_arguments_before_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEED_VERSION", "v7")
    monkeypatch.setenv("SEED_USERS", "7")
    monkeypatch.setenv("SEED_ORDERS", "70")
    monkeypatch.setenv("SEED_ANCHOR", "2026-01-07")
    config = conf.read(version="v8", row_counts={"users": 8})
    assert config.version == "v8"
    assert config.row_counts == {"users": 8, "orders": 70}
    assert config.anchor == datetime(2026, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SEED_VERSION", "", "SEED_VERSION: '' is not a valid version name"),
        ("SEED_VERSION", "v 1;drop", "SEED_VERSION: 'v 1;drop' is not a valid version name"),
        ("SEED_VERSION", "v" * 65, "(65 characters) is not a valid version name"),
        ("SEED_VERSION", "v1\n", r"SEED_VERSION: 'v1\n' is not a valid version name"),
        ("SEED_USERS", "abc", "SEED_USERS: 'abc' is not a valid number of rows"),
        ("SEED_USERS", "-1", "SEED_USERS: '-1' is not a valid number of rows"),
        ("SEED_ORDERS", "1.5", "SEED_ORDERS: '1.5' is not a valid number of rows"),
        ("SEED_ORDERS", "1" * 30, "is not a valid number of rows: use a whole number from 0 to 1,000,000,000"),
        ("SEED_LOADER", "teleport", "SEED_LOADER: 'teleport' is not a loader: use one of auto, bulk_create, copy"),
        ("SEED_ANCHOR", "soon", "SEED_ANCHOR: 'soon' is not a date: use one like 2026-01-31"),
        ("SEED_ANCHOR", "0001-01-01", "SEED_ANCHOR: '0001-01-01' is too far away"),
        ("SEED_LOCK_TIMEOUT", "long", "SEED_LOCK_TIMEOUT: 'long' is not a valid number of seconds"),
        ("SEED_ENABLED", "perhaps", "SEED_ENABLED: 'perhaps' is neither on nor off"),
    ],
)
def test_read__refuses_a_bad_variable(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        conf.read()
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 1


def test_read__refuses_bad_arguments() -> None:
    with pytest.raises(ConfigurationError, match="row_counts names shops: it may name users, orders"):
        conf.read(row_counts={"shops": 1})
    with pytest.raises(ConfigurationError, match="'elsewhere' doesn't exist: use one of default"):
        conf.read(using="elsewhere")
    with pytest.raises(ConfigurationError, match="0 is not a valid batch size"):
        conf.read(batch_size=0)


@given(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", fullmatch=True))
def test_version_name__takes_every_documented_name(name: str) -> None:
    assert conf.version_name(name) == name


@given(st.text())
def test_version_name__refuses_the_rest_in_one_line(name: str) -> None:
    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    if 1 <= len(name) <= 64 and set(name) <= set(allowed) and name[0] not in "._-":
        assert conf.version_name(name) == name
    else:
        with pytest.raises(ValueError, match="is not a valid version name") as caught:
            conf.version_name(name)
        assert len(str(caught.value).splitlines()) == 1


@given(st.integers(-(10**30), 10**30))
def test_row_count__takes_zero_to_a_milliard(number: int) -> None:
    if 0 <= number <= conf.MAX_ROWS:
        assert conf.row_count(str(number)) == number
    else:
        with pytest.raises(ValueError, match="is not a valid number of rows"):
            conf.row_count(str(number))


def test_template_folder__is_beside_the_settings_unless_a_variable_names_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert conf.template_folder() == Path(__file__).parent.parent.parent / ".seeded"
    monkeypatch.setenv("SEED_TEMPLATES", "templates")
    assert conf.template_folder() == Path.cwd() / "templates"
