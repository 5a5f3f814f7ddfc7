"""Environment variables: read, or refused by name."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import variables


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a,b", ["a", "b"]), (" a, b ,", ["a", "b"]), ("", ["z"]), (" , ", ["z"])],
)
def test_words__are_separated_by_commas_and_blanks(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: list[str]
) -> None:
    monkeypatch.setenv("HOSTS", value)
    assert variables.words("HOSTS", default=("z",)) == expected


@pytest.mark.parametrize(("value", "expected"), [("7", 7), (" 8 ", 8), ("", 5)])
def test_whole_number__is_read(monkeypatch: pytest.MonkeyPatch, value: str, expected: int) -> None:
    monkeypatch.setenv("NUMBER", value)
    assert variables.whole_number("NUMBER", 5, low=1, high=9) == expected


@pytest.mark.parametrize("value", ["0", "10", "-1", "1.5", "x", "٣"])
def test_whole_number__refuses_the_rest(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("NUMBER", value)
    with pytest.raises(ImproperlyConfigured) as caught:
        variables.whole_number("NUMBER", 5, low=1, high=9)
    assert str(caught.value) == f"NUMBER is {value!r}: set it to a whole number from 1 to 9."


def test_flag__refuses_what_is_neither_on_nor_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWITCH", " ON ")
    assert variables.flag("SWITCH") is True
    monkeypatch.setenv("SWITCH", "perhaps")
    with pytest.raises(ImproperlyConfigured) as caught:
        variables.flag("SWITCH")
    assert str(caught.value) == "SWITCH is 'perhaps': set it to on or off."
