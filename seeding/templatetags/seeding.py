"""`{% load seeding %}{% seed_status %}`: what is in this database, for the admin's index page."""

from __future__ import annotations

from typing import Any

from django import template

from ..admin_actions import (
    QUICK_ROWS,
    ago,
    applied,
    cluster,
    configured,
    counts_of,
    is_quick,
    may_seed,
    nothing_applied,
    seconds,
)
from ..models import SeedMetadata, Status

register = template.Library()


@register.inclusion_tag("seeding/status.html", takes_context=True)
def seed_status(context: dict[str, Any]) -> dict[str, Any]:
    """Show the applied attempt and the last failure to those who may see attempts: three queries.

    A fourth asks PostgreSQL whether this is a cluster.
    """
    user = context["request"].user
    if not (user.has_perm("seeding.view_seedmetadata") or user.has_perm("seeding.change_seedmetadata")):
        return {"shown": False}
    attempt, found = applied(), configured()
    failure = SeedMetadata.objects.filter(status=Status.FAILED).order_by("-seeded_at", "-id").first()
    return {
        "shown": True,
        "attempt": attempt,
        "nothing_applied": nothing_applied() if attempt is None else "",
        "counts": counts_of(attempt) if attempt else {},
        "failure": failure,
        "failed_last": failure is not None and (attempt is None or failure.seeded_at > attempt.seeded_at),
        "configured": found,
        "differs": attempt is not None and found.is_enabled and found.version not in ("", attempt.seed_version),
        "may_seed": may_seed(user, found),
        "cluster": cluster() if attempt else "",
        "quick": is_quick(attempt),
        "quick_rows": f"{QUICK_ROWS:,}",
    }


@register.filter
def separated(number: int) -> str:
    """Return a number with separators: 1,000."""
    return f"{number:,}"


register.filter("seconds", seconds)
register.filter("ago", ago)
