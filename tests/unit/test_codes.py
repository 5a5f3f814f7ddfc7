import re

import pytest

from .rows import assert_is_a_function_of_the_row_number, digest, rows

VALUES = {
    "number": lambda r: r.code("INV-{n:06}"),
    "mixed": lambda r: r.code("{letters:3}-{unique:8}-{hex:20}/{safe:2}{digits:1}"),
    "characters": lambda r: r.characters("x", "abc", 9),
}
GOLDEN = {
    "number": "a43df4242602f0c7",
    "mixed": "77e19b8a3ddf6e49",
    "characters": "fd399167e8f0a1af",
}


@pytest.mark.parametrize("name", VALUES)
def test_codes__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_codes__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


def test_code__counts() -> None:
    assert rows(3).code("INV-{n:06}").tolist() == ["INV-000001", "INV-000002", "INV-000003"]
    assert rows(11).code("{n:2}{{x}}", start=99).tolist()[:2] == ["99{x}", "100{x}"]
    assert rows(3).code("same").tolist() == ["same"] * 3


def test_code__follows_its_pattern() -> None:
    for code in rows().code("{letters:3}-{unique:8}-{hex:20}/{safe:2}{digits:1}").tolist():
        assert re.fullmatch(r"[A-Z]{3}-\d{8}-[0-9a-f]{20}/[2-9A-HJ-NP-Z]{2}\d", code)


@pytest.mark.parametrize("pattern", ["{n}{digits:2}", "{digits:2}{n}", "{unique:3}", "{n}{n}", "{unique:4}{letters:1}"])
def test_code__is_unique(pattern: str) -> None:
    assert len(set(rows().code(pattern).tolist())) == 1000


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("{x}", r"the pattern '{x}' has a place {x:}; there are {n}"),
        ("{letters}", "has a place {letters:}"),
        ("{n!r}", "has a place {n:}"),
        ("{n:>6}", "has a place {n:>6}"),
        ("{unique:20}", "unique numbers of 20 figures"),
        ("{unique:2}", r"'{unique:2}/0' has 100 numbers of 2 figures, and 1,000 rows need one each"),
        ("{letters:0}", "0 characters of 'ABC"),
    ],
)
def test_code__refuses_what_it_cant_read(pattern: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        rows().code(pattern)
