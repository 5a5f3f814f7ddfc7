"""The health check of a container that serves this database."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import conf
from .database import record
from .database.errors import translated
from .errors import SeedError

logger = logging.getLogger("seeding")

_last_reason = ""


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and, where seeding is enabled, the configured version is applied; else 503.

    It says no more than that, as it asks nobody who they are; the reason is logged once a change of state.
    """
    reason = _reason()
    _log_change(reason)
    return HttpResponse(
        "unhealthy\n" if reason else "healthy\n", status=503 if reason else 200, content_type="text/plain"
    )


def _reason() -> str:
    """Return why the database isn't ready; empty where it is."""
    try:
        config = conf.read()
        with translated(config.using):
            if record.applied_as(config.version, config.using) is not None:
                return ""
            if not config.enabled and record.answers(config.using):
                return ""
        return f"{config.version} is not applied."
    except SeedError as exc:
        return str(exc)


def _log_change(reason: str) -> None:
    global _last_reason  # noqa: PLW0603 (what this process logged last)
    if reason != _last_reason:
        if reason:
            logger.warning("unhealthy: %s", reason)
        elif _last_reason:
            logger.info("healthy again")
        _last_reason = reason
