"""Waiting for a database that is still starting."""

from __future__ import annotations

import time

from django.db import OperationalError, connections

from ..report.progress import Progress, Report
from .connections import describe
from .errors import explained, message_of

POLL_S = 0.2


def wait_until_up(using: str, timeout_s: float, report: Report) -> None:
    """Wait for a database that is still starting, for `timeout_s` seconds at most. Raises SeedError."""
    connection = connections[using]
    deadline = time.monotonic() + timeout_s
    told = False
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as exc:
            if time.monotonic() >= deadline:
                raise explained(exc, using) from exc
            if not told:
                report(Progress("waiting", f"Waiting for {describe(using)}: {message_of(exc)}."))
                told = True
        time.sleep(min(POLL_S, max(0.0, deadline - time.monotonic())))
