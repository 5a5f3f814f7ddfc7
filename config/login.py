"""Logging in, throttled: who guesses passwords is soon refused, and never keeps the other pages waiting.

Counts are kept for five minutes, in each worker for itself. An attempt counts before its password is checked, so that
many at once get no more tries than one after another; one that succeeds is taken back.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import time

from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

WINDOW_S = 300
PER_ACCOUNT = 5  # failures of one account from one address
PER_ADDRESS = 50  # failures from one address: an office may share it
AT_ONCE = 3  # log-ins that a worker's four threads take up, so that one is left for everything else
BUSY_S = 1
RETRY_AFTER = "config.login.retry_after_s"  # in a request's META

logger = logging.getLogger(__name__)
_admitted = threading.BoundedSemaphore(AT_ONCE)
_turn = threading.Lock()  # to check a password takes a processor: two at a time take twice as long


class Throttled(ValidationError):
    """The form's error for an attempt whose password isn't even looked at."""

    def __init__(self, retry_after_s: int) -> None:
        minutes = -(-retry_after_s // 60)
        when = "a few seconds" if retry_after_s <= BUSY_S else "a minute" if minutes == 1 else f"{minutes} minutes"
        super().__init__(f"Too many attempts to log in. Try again in {when}.", code="throttled")
        self.retry_after_s = retry_after_s


class LoginForm(AdminAuthenticationForm):
    """The admin's form, which checks no more passwords than the throttle allows, and logs what fails."""

    def clean(self) -> dict[str, object]:
        username, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if self.request is None or username is None or not password:
            return super().clean()
        try:
            with _attempt(username, client_address(self.request)):
                return super().clean()
        except Throttled as exc:
            self.request.META[RETRY_AFTER] = exc.retry_after_s
            raise


class LoginThrottleMiddleware:
    """Answers a throttled attempt with 429 instead of the 200 of a form with errors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if RETRY_AFTER in request.META:
            response.status_code = 429
            response.headers["Retry-After"] = str(request.META[RETRY_AFTER])
        return response


def client_address(request: HttpRequest) -> str:
    """Return the address that the request came from, as the nearest proxy saw it.

    HTTPS=on says that there is a proxy; the last address that it forwards is the one that it added itself.
    """
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")) if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))


@contextmanager
def _attempt(username: str, address: str) -> Iterator[None]:
    """Count the attempt, and take it back where the block succeeds. Raises Throttled."""
    now = time()
    window, left_s = int(now // WINDOW_S), WINDOW_S - int(now % WINDOW_S)
    account = username.strip().lower()
    limits = {f"{window} {address} {account}": PER_ACCOUNT, f"{window} {address}": PER_ADDRESS}
    # Whoever types a password where the address belongs doesn't want to find it in a log.
    who = (
        f"{account!r} from {address}" if "@" in account else f"something that is not an e-mail address, from {address}"
    )

    counts = {key: _add(key, 1) for key in limits}
    if any(counts[key] > limit for key, limit in limits.items()):
        if any(counts[key] == limit + 1 for key, limit in limits.items()):
            logger.warning("Too many failed log-ins as %s: more are refused for %s s.", who, left_s)
        raise Throttled(left_s)
    if not _admitted.acquire(blocking=False):
        for key in limits:
            _add(key, -1)
        if _add(f"{window} busy", 1) == 1:
            logger.warning("Deferred a log-in as %s, and maybe others: %s are being checked already.", who, AT_ONCE)
        raise Throttled(BUSY_S)
    try:
        with _turn:
            yield
    except ValidationError:
        logger.warning("Failed log-in as %s.", who)
        raise
    else:
        for key in limits:
            _add(key, -1)
    finally:
        _admitted.release()


def _add(key: str, change: int) -> int:
    """Add to the count at `key`, and return the sum."""
    cache, digest = caches["logins"], hashlib.sha256(key.encode()).hexdigest()  # any key, as caches want them
    cache.add(digest, 0, WINDOW_S)
    try:
        return int(cache.incr(digest, change))
    except ValueError:  # the cache is full, and has just forgotten it
        return change
