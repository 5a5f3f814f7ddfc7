"""HTTPS=on, and what it commits a host to."""

from typing import TypedDict

import pytest

from tests.support.checkout import manage

SHOW = (
    "shell",
    "-v0",
    "-c",
    "from django.conf import settings as s;"
    "print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)",
)


class Variables(TypedDict, total=False):
    HTTPS: str
    HSTS_SECONDS: str
    HSTS_SUBDOMAINS: str
    HSTS_PRELOAD: str


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({}, "0 False False"),
        ({"HSTS_SECONDS": "60"}, "0 False False"),
        ({"HTTPS": "on"}, "3600 False False"),
        ({"HTTPS": "on", "HSTS_SECONDS": "0"}, "0 False False"),
        (
            {"HTTPS": "on", "HSTS_SECONDS": "31536000", "HSTS_SUBDOMAINS": "on", "HSTS_PRELOAD": "on"},
            "31536000 True True",
        ),
    ],
)
def test_https__commits_a_host_to_an_hour_of_hsts_unless_told_more(variables: Variables, shown: str) -> None:
    assert manage(*SHOW, **variables) == (0, f"{shown}\n", "")


def test_https__refuses_a_bad_number_of_seconds() -> None:
    expected = "ImproperlyConfigured: HSTS_SECONDS is 'a year': set it to a whole number from 0 to 315,360,000.\n"
    assert manage("check", HTTPS="on", HSTS_SECONDS="a year") == (1, "", expected)


def test_https__passes_the_deployment_check() -> None:
    code, out, err = manage(
        "check",
        "--deploy",
        "--fail-level=WARNING",
        HTTPS="on",
        SECRET_KEY="k3y-" + "abcdefghijklmnopqrstuvwxyz0123456789" * 2,
        ALLOWED_HOSTS="shop.example.com",
    )
    assert (code, out, err) == (0, "System check identified no issues (2 silenced).\n", "")
