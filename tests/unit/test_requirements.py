"""The locks agree with the lists that people read and edit."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
PIN = re.compile(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^\s;]+)", re.M)


def pins(name: str) -> dict[str, str]:
    """Return the versions that a file names."""
    return dict(PIN.findall((ROOT / name).read_text().lower()))


def lists(name: str) -> dict[str, str]:
    """Return the versions that a list names, and the lists that it includes."""
    found = pins(f"{name}.txt")
    for included in re.findall(r"^-r (.+)\.txt$", (ROOT / f"{name}.txt").read_text(), re.M):
        found |= lists(included)
    return found


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_locks__have_what_the_lists_name(name: str) -> None:
    listed, locked = lists(name), pins(f"{name}.lock")
    assert len(listed) > 5
    assert {package: locked.get(package) for package in listed} == listed, "run `make lock`"


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_locks__name_no_other_package_as_listed(name: str) -> None:
    """The locks say after each package who wants it."""
    text = (ROOT / f"{name}.lock").read_text()
    wanted = re.findall(r"^([a-z0-9-]+)==.*?# via ([^\n]+)$", text, re.M | re.S)
    assert len(wanted) == len(pins(f"{name}.lock"))
    assert {package for package, reasons in wanted if "-r requirements" in reasons} == set(lists(name)), "`make lock`"


@pytest.mark.parametrize("name", ["requirements", "requirements-dev"])
def test_locks__have_a_hash_for_each_package_and_name_no_host(name: str) -> None:
    text = (ROOT / f"{name}.lock").read_text()
    packages = re.split(r"^(?=[a-z0-9])", text, flags=re.M)[1:]
    assert len(packages) == len(pins(f"{name}.lock"))
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text


def test_locks__agree_with_each_other() -> None:
    tools = pins("requirements-dev.lock")
    assert pins("requirements.lock").items() <= tools.items()
