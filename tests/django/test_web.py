"""Logging in, and the health check."""

import pytest
from django.test import Client

from accounts.models import User
from seeding import seed

pytestmark = pytest.mark.django_db


def test_login__by_address_in_any_case() -> None:
    User.objects.create_superuser("Boss@Example.com", "a pass phrase")
    client = Client()
    answer = client.post("/admin/login/?next=/admin/", {"username": "BOSS@example.COM", "password": "a pass phrase"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/")


def test_health__is_true_when_the_version_is_applied(monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    pending = client.get("/health")
    assert (pending.status_code, pending.content) == (503, b"unhealthy\n")
    seed(row_counts={"users": 1, "orders": 1})
    applied = client.get("/health")
    assert (applied.status_code, applied.content) == (200, b"healthy\n")
    monkeypatch.setenv("SEED_VERSION", "v2")
    assert client.get("/health").status_code == 503
    monkeypatch.setenv("SEED_ENABLED", "off")
    assert client.get("/health").status_code == 200
    monkeypatch.setenv("SEED_VERSION", "no version")
    assert client.get("/health").status_code == 503
    assert client.post("/health").status_code == 405
