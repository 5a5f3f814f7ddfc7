import re

import pytest

from .rows import assert_is_a_function_of_the_row_number, digest, rows

VALUES = {
    "company": lambda r: r.company(),
    "company_unique": lambda r: r.company(unique=True),
    "profession": lambda r: r.profession(),
    "phone": lambda r: r.phone(),
    "phone_unique": lambda r: r.phone(unique=True),
}
GOLDEN = {
    "company": "cc25b56c2239fc8a",
    "company_unique": "90b9dd25a6d807a0",
    "profession": "2c3147f3c8154cec",
    "phone": "e55e44517f683d95",
    "phone_unique": "507f454a2878f1ac",
}
RESERVED = "|".join(
    (
        r"\+1\d{3}55501\d\d",
        r"\+44(7700900|1632960|2079460)\d{3}",
        r"\+49(3023125|6990009|4066969|2214710|8999998)\d{3}",
        r"\+61[2378](5550|7010)\d{4}",
    )
)


@pytest.mark.parametrize("name", VALUES)
def test_business__is_a_function_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_business__is_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


def test_company__is_unique() -> None:
    assert len(set(rows(100_000).company(unique=True).tolist())) == 100_000
    assert rows(2_600_000, 0, 1).company(unique=True).tolist()


def test_phone__is_reserved() -> None:
    assert all(re.fullmatch(RESERVED, number) for number in rows(5000).phone().tolist())
    numbers = rows(90_800).phone(unique=True).tolist()
    assert len(set(numbers)) == 90_800
    assert all(re.fullmatch(RESERVED, number) for number in numbers)
    with pytest.raises(ValueError, match="'phone' has 90,800 telephone numbers, and 100,000 rows need one each"):
        rows(100_000).phone(unique=True)
