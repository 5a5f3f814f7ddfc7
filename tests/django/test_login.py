"""Logging in: by an address in any case, and throttled."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import aauthenticate
from django.contrib.auth.backends import ModelBackend
from django.core.cache import caches
from django.test import Client, RequestFactory

from accounts.models import User
from config import login

pytestmark = pytest.mark.django_db

MANY = "Too many attempts to log in. Try again in "


@pytest.fixture(autouse=True)
def _middle_of_a_window(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    monkeypatch.setattr(login, "time", lambda: 1_000_000 * login.WINDOW_S + 100.0)
    caches["logins"].clear()
    yield
    caches["logins"].clear()


def attempt(username: str, password: str = "wrong", address: str = "192.0.2.1") -> Any:
    data = {"username": username, "password": password}
    return Client(REMOTE_ADDR=address).post("/admin/login/?next=/admin/", data)


def logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "config.login"]


def errors(response: Any) -> list[str]:
    return response.context["form"].non_field_errors()


@pytest.mark.django_db(transaction=True)
def test_login__asynchronously_by_address_in_any_case() -> None:
    User.objects.create_user("Boss@Example.com", "a pass phrase")
    found = async_to_sync(aauthenticate)(username="BOSS@example.COM", password="a pass phrase")
    assert found == User.objects.get(email="boss@example.com")


def test_login__is_refused_after_failures_of_one_account_from_one_address(caplog: pytest.LogCaptureFixture) -> None:
    User.objects.create_superuser("boss@example.com", "a pass phrase")
    for _ in range(login.PER_ACCOUNT):
        failed = attempt("Boss@example.com")
        assert (failed.status_code, "Retry-After" in failed.headers) == (200, False)
    for _ in range(3):
        refused = attempt(" boss@example.com", "a pass phrase")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "200")
        assert errors(refused) == [f"{MANY}4 minutes."]
    assert logged(caplog) == ["Failed log-in as 'boss@example.com' from 192.0.2.1."] * login.PER_ACCOUNT + [
        "Too many failed log-ins as 'boss@example.com' from 192.0.2.1: more are refused for 200 s."
    ]
    assert attempt("boss@example.com", "a pass phrase", "192.0.2.2").status_code == 302


def test_login__is_allowed_again_in_the_next_window(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(login.PER_ACCOUNT + 1):
        last = attempt("boss@example.com")
    assert last.status_code == 429
    monkeypatch.setattr(login, "time", lambda: 1_000_001 * login.WINDOW_S)
    assert attempt("boss@example.com").status_code == 200


def test_login__is_refused_after_failures_of_many_accounts_from_one_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    for number in range(login.PER_ADDRESS):
        assert attempt(f"user{number}@example.com").status_code == 200
    assert attempt("another@example.com").status_code == 429
    assert logged(caplog)[-1].startswith("Too many failed log-ins as 'another@example.com' from 192.0.2.1")
    assert attempt("another@example.com", address="192.0.2.2").status_code == 200


def test_login__that_succeeds_does_not_count() -> None:
    User.objects.create_superuser("boss@example.com", "a pass phrase")
    for _ in range(login.PER_ACCOUNT + 2):
        assert attempt("boss@example.com", "a pass phrase").status_code == 302
    for _ in range(login.PER_ACCOUNT):
        assert attempt("boss@example.com").status_code == 200


def test_login__counts_who_may_not_use_the_admin() -> None:
    User.objects.create_user("ada@example.com", "a pass phrase")
    codes = [attempt("ada@example.com", "a pass phrase").status_code for _ in range(login.PER_ACCOUNT + 1)]
    assert codes == [200] * login.PER_ACCOUNT + [429]


def test_login__does_not_count_an_empty_form() -> None:
    codes = [attempt("", "").status_code for _ in range(login.PER_ADDRESS + 1)]
    assert set(codes) == {200}


def test_login__logs_no_password_typed_for_an_address(caplog: pytest.LogCaptureFixture) -> None:
    attempt("open sesame", "open sesame")
    assert logged(caplog) == ["Failed log-in as something that is not an e-mail address, from 192.0.2.1."]


class Turn:
    """A lock that tells who is waiting for it."""

    def __init__(self) -> None:
        self.asked, self._lock = threading.Semaphore(0), threading.Lock()

    def __enter__(self) -> None:
        self.asked.release()
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


def test_login__takes_a_few_at_a_time_and_checks_one_password(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    turn, go_on = Turn(), threading.Event()
    checked: list[str] = []
    most_at_once: list[int] = []

    def slow(self: ModelBackend, request: Any, username: str, **credentials: Any) -> None:
        checked.append(username)
        assert go_on.wait(30)
        most_at_once.append(len(checked))
        checked.remove(username)

    monkeypatch.setattr(ModelBackend, "authenticate", slow)
    monkeypatch.setattr(login, "_turn", turn)
    codes: list[int] = []
    threads = [
        threading.Thread(target=lambda name=f"user{number}@example.com": codes.append(attempt(name).status_code))
        for number in range(login.AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    for _ in threads:
        assert turn.asked.acquire(timeout=30)
    put_off = [attempt("boss@example.com") for _ in range(login.PER_ACCOUNT + 1)]
    go_on.set()
    for thread in threads:
        thread.join()
    assert codes == [200] * login.AT_ONCE
    assert most_at_once == [1] * login.AT_ONCE
    assert [(one.status_code, one.headers["Retry-After"], errors(one)) for one in put_off] == [
        (429, "1", [f"{MANY}a few seconds."])
    ] * (login.PER_ACCOUNT + 1)
    assert [message for message in logged(caplog) if "Deferred" in message] == [
        "Deferred a log-in as 'boss@example.com' from 192.0.2.1, and maybe others: 3 are being checked already."
    ]
    monkeypatch.undo()
    assert attempt("boss@example.com").status_code == 200


@pytest.mark.parametrize(
    ("https", "forwarded", "address"),
    [
        (False, "198.51.100.9", "192.0.2.1"),
        (True, "", "192.0.2.1"),
        (True, "198.51.100.9", "198.51.100.9"),
        (True, "made up, 198.51.100.9", "198.51.100.9"),
    ],
)
def test_client_address__is_what_the_proxy_saw(settings: Any, https: bool, forwarded: str, address: str) -> None:
    settings.HTTPS = https
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert login.client_address(request) == address
