"""What the container's log leaves out: the health check, which asks every ten seconds and logs its own reasons."""

import logging

HEALTH = "/health"


class NotHealth(logging.Filter):
    """Drops what Django logs of each answer of the health check."""

    def filter(self, record: logging.LogRecord) -> bool:
        return getattr(getattr(record, "request", None), "path", None) != HEALTH
