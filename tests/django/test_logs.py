"""What the log of a process that serves says with DEBUG off, and to a stranger."""

import logging
from typing import Any

import pytest
from django.conf import settings
from django.http import HttpRequest
from django.test import Client

from seeding import seed

pytestmark = pytest.mark.django_db


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the project's own handler writes, in the project's own format."""
    from io import StringIO

    (handler,) = [one for one in logging.getLogger().handlers if one.name == "stderr"]
    stream = StringIO()
    monkeypatch.setattr(handler, "stream", stream)
    return stream


def test_logs__have_the_traceback_of_a_500(monkeypatch: pytest.MonkeyPatch, stderr: Any) -> None:
    def broken(request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a quirk")

    monkeypatch.setattr("django.contrib.admin.sites.AdminSite.has_permission", broken)
    response = Client(raise_request_exception=False).get("/admin/")
    assert (settings.DEBUG, response.status_code, b"quirk" in response.content) == (False, 500, False)
    lines = stderr.getvalue().splitlines()
    assert lines[0].endswith("[ERROR] django.request: Internal Server Error: /admin/")
    assert (lines[1], lines[-1]) == ("Traceback (most recent call last):", "RuntimeError: a quirk")


def test_logs__have_the_reason_of_a_400(stderr: Any) -> None:
    response = Client(HTTP_HOST="evil.example").get("/admin/")
    assert (response.status_code, b"evil" in response.content) == (400, False)
    lines = stderr.getvalue().splitlines()
    assert "[ERROR] django.security.DisallowedHost: Invalid HTTP_HOST header: 'evil.example'." in lines[0]


def test_logs__have_the_health_check_once_a_change_of_state(stderr: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seeding.health._last_reason", "")
    assert [Client().get("/health").status_code for _ in range(3)] == [503, 503, 503]
    seed(row_counts={"users": 1, "orders": 1})
    assert [Client().get("/health").status_code for _ in range(3)] == [200, 200, 200]
    lines = [line.split("] ", 2)[2] for line in stderr.getvalue().splitlines()]
    assert [line for line in lines if "health" in line] == [
        "[WARNING] seeding: unhealthy: v1 is not applied.",
        "[INFO] seeding: healthy again",
    ]
    assert "django.request" not in stderr.getvalue()


def test_logs__have_levels_by_logger(stderr: Any) -> None:
    for name in ("django", "seeding.apply", "another"):
        logging.getLogger(name).info("of %s", name)
        logging.getLogger(name).warning("of %s", name)
    said = [line.split("] ", 2)[2] for line in stderr.getvalue().splitlines()]
    assert said == [
        "[INFO] django: of django",
        "[WARNING] django: of django",
        "[INFO] seeding.apply: of seeding.apply",
        "[WARNING] seeding.apply: of seeding.apply",
        "[WARNING] another: of another",
    ]
