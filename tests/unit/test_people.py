import re

import pytest

from seeding.generate.values.names import FAMILY, FAMILY_ASCII, GIVEN, GIVEN_ASCII, PER_LANGUAGE

from .rows import assert_is_a_function_of_the_row_number, digest, listed, rows

VALUES = {
    "given_name": lambda r: r.given_name(),
    "family_name": lambda r: r.family_name(),
    "full_name": lambda r: r.full_name(),
    "email": lambda r: r.email(),
    "email_of_domain": lambda r: r.email("x", unique=False, domain="shop.example"),
    "username": lambda r: r.username(),
}
GOLDEN = {
    "given_name": "3f4c9ce3fe758153",
    "family_name": "1bbebaf51bbe32e4",
    "full_name": "f27e524c41c048de",
    "email": "22bcfe9f39d4e879",
    "email_of_domain": "f55edd03b50c4fa4",
    "username": "75ce9b105c151172",
}


@pytest.mark.parametrize("name", VALUES)
def test_people__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_people__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


def test_people__are_coherent() -> None:
    some = rows()
    given, family = some.given_name().codes, some.family_name().codes
    assert (given // PER_LANGUAGE == family // PER_LANGUAGE).all()
    for number, person in enumerate(zip(given, family, listed(some.full_name()), listed(some.email()), strict=True), 1):
        first, last, full, email = person
        assert full == f"{GIVEN[first]} {FAMILY[last]}"
        local = f"{GIVEN_ASCII[first]}.{FAMILY_ASCII[last]}{number}"
        assert re.fullmatch(rf"{local}@example\.(com|net|org)", email)
    assert len(set(listed(some.given_name()))) > 200


def test_people__of_two_streams_differ() -> None:
    assert listed(rows().full_name()) != listed(rows().full_name("contact"))


def test_email__is_unique() -> None:
    assert len(set(rows(20_000).email().tolist())) == 20_000
    assert [email.partition("@")[0] for email in rows().email().tolist()] == rows().username().tolist()
