import pytest

from .rows import assert_is_a_function_of_the_row_number, digest, listed, rows

VALUES = {
    "street": lambda r: r.street(),
    "city": lambda r: r.city(),
    "postcode": lambda r: r.postcode(),
    "country_code": lambda r: r.country_code(),
    "country": lambda r: r.country(),
    "address": lambda r: r.address(),
    "latitude": lambda r: r.latitude(),
    "longitude": lambda r: r.longitude(places=4),
}
GOLDEN = {
    "street": "d446329b8c763060",
    "city": "89bec7afc6736a77",
    "postcode": "fc3f20d669e01bd1",
    "country_code": "36a6d2928077857e",
    "country": "f4fefb065f41dc90",
    "address": "28069644a83ac375",
    "latitude": "f6e3e020d747b781",
    "longitude": "a3d5debabca339a8",
}


@pytest.mark.parametrize("name", VALUES)
def test_places__are_functions_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_places__are_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


def test_address__is_coherent() -> None:
    some = rows()
    parts = zip(listed(some.street()), listed(some.postcode()), listed(some.city()), strict=True)
    assert listed(some.address()) == [f"{street}, {postcode} {city}" for street, postcode, city in parts]
    assert listed(some.city("billing")) != listed(some.city())
    assert {len(postcode) for postcode in listed(some.postcode())} == {5}


def test_country__is_that_of_the_code() -> None:
    pairs = set(zip(listed(rows().country_code()), listed(rows().country()), strict=True))
    assert len(pairs) == 30
    assert ("VN", "Viet Nam") in pairs


def test_degrees__lie_within_their_bounds() -> None:
    latitudes = rows().latitude("x", low=47, high=55)
    assert 47_000_000 <= latitudes.min() < latitudes.max() <= 55_000_000
    assert abs(rows().longitude(places=1)).max() <= 1800
    with pytest.raises(ValueError, match="-91 to 70 degrees with 6 places"):
        rows().latitude(low=-91)
