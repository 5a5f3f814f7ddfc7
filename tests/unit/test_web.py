import re
from ipaddress import ip_address, ip_network

import pytest

from .rows import assert_is_a_function_of_the_row_number, digest, listed, rows

VALUES = {
    "url": lambda r: r.url(),
    "domain": lambda r: r.domain(),
    "domain_any": lambda r: r.domain(unique=False),
    "file_name": lambda r: r.file_name(),
    "ip_address": lambda r: r.ip_address(),
    "ip_address_6": lambda r: r.ip_address(version=6, unique=True),
    "colour": lambda r: r.colour(),
    "colour_name": lambda r: r.colour_name(),
}
GOLDEN = {
    "url": "9e4e807fb61fe6b6",
    "domain": "0f24d81542bef3af",
    "domain_any": "837d3c1e5cf55fb6",
    "file_name": "69729b9400d19bca",
    "ip_address": "45541f0245a4dd16",
    "ip_address_6": "3c5b9c8f7af5d703",
    "colour": "d99e0dfec87730ec",
    "colour_name": "d7d3ddaa4518dc88",
}


@pytest.mark.parametrize("name", VALUES)
def test_web__is_a_function_of_the_row_number(name: str) -> None:
    assert_is_a_function_of_the_row_number(VALUES[name])


def test_web__is_frozen() -> None:
    assert {name: digest(make(rows())) for name, make in VALUES.items()} == GOLDEN


@pytest.mark.parametrize("name", ["url", "domain", "file_name", "ip_address_6"])
def test_web__is_unique(name: str) -> None:
    assert len(set(listed(VALUES[name](rows())))) == 1000


def test_web__is_well_formed() -> None:
    for url, domain, name, colour in zip(
        rows().url().tolist(),
        rows().domain().tolist(),
        rows().file_name().tolist(),
        rows().colour().tolist(),
        strict=True,
    ):
        assert re.fullmatch(r"https://example\.com/[a-z]+-[a-z]+/\d+", url)
        assert re.fullmatch(r"[a-z]+-[a-z]+-\d+\.example", domain)
        assert re.fullmatch(r"[a-z]+-[a-z]+-\d+\.(pdf|jpg|png|txt|csv|docx)", name)
        assert re.fullmatch(r"#[0-9a-f]{6}", colour)


def test_file_name__takes_extensions_with_or_without_a_dot() -> None:
    names = rows().file_name(extensions=[".webp", "gif"], unique=False).tolist()
    assert {name.partition(".")[2] for name in names} == {"webp", "gif"}
    with pytest.raises(ValueError, match="at least one extension"):
        rows().file_name(extensions=[])


def test_ip_address__is_for_documentation() -> None:
    networks = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
    assert all(any(ip_address(text) in network for network in networks) for text in listed(rows().ip_address()))
    for text in rows().ip_address(version=6).tolist():
        assert ip_address(text) in ip_network("2001:db8::/32")
        assert str(ip_address(text)) == text
    assert len(set(listed(rows(762).ip_address(unique=True)))) == 762


def test_ip_address__says_what_there_is() -> None:
    with pytest.raises(ValueError, match="has 762 addresses for documentation, and 1,000 rows need one each"):
        rows().ip_address(unique=True)
    with pytest.raises(ValueError, match="IP version 5: there are 4 and 6"):
        rows().ip_address(version=5)
