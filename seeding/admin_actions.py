"""What a person may set off from the admin: verifying, and seeding again. Only at sizes that take a second or two.

Every command of a project loads this module, and most show no page: what only pages need is imported by them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import DEFAULT_DB_ALIAS
from django.http import HttpRequest
from django.utils import timezone
from django.utils.timesince import timesince

from .models import SeedMetadata, Status

if TYPE_CHECKING:
    from .report.results import SeedPlan

QUICK_ROWS = 100_000  # up to here a page may wait for every row to be compared, or to be made
MAY_SEED = "seeding.apply_seed"  # the permission to seed again


class Configured(SimpleNamespace):
    """What a seed would apply here, as the `SEED_*` settings have it."""

    version: str = ""
    rows: int = 0  # asked for, by the counting options
    is_enabled: bool = False
    error: str = ""  # why the settings can't be read


def configured() -> Configured:
    """Return what the settings say; where they can't be read, why."""
    from . import conf
    from .errors import SeedError

    try:
        config = conf.read()
    except SeedError as exc:
        return Configured(error=str(exc))
    return Configured(version=config.version, rows=sum(config.row_counts.values()), is_enabled=config.enabled)


def may_seed(user: Any, found: Configured | None = None) -> bool:
    """Return True if this user may seed here: the permission is one of its own, and seeding must be enabled."""
    return bool(user.has_perm(MAY_SEED)) and (found or configured()).is_enabled


def applied() -> SeedMetadata | None:
    """Return the applied attempt, if any."""
    return SeedMetadata.objects.filter(status=Status.SUCCESS).first()


def nothing_applied() -> str:
    """Say that no attempt is applied: none ever was, or its rows were cleared."""
    was_seeded = SeedMetadata.objects.filter(status=Status.REPLACED).exists()
    return "No seed is applied." if was_seeded else "No seed has been applied yet."


def counts_of(attempt: SeedMetadata) -> dict[str, int]:
    """Return the row counts, or none where somebody edited them into something else."""
    return attempt.counts


def rows_of(attempt: SeedMetadata) -> int:
    """Return how many rows the attempt made, in all tables."""
    return sum(counts_of(attempt).values())


def is_quick(attempt: SeedMetadata | None) -> bool:
    """Return True if a page may compare all rows of the attempt."""
    return attempt is not None and rows_of(attempt) <= QUICK_ROWS


def is_quick_to_seed(attempt: SeedMetadata | None, found: Configured) -> bool:
    """Return True if a page may delete the applied rows and make those that the settings ask for."""
    return found.rows <= QUICK_ROWS and (attempt is None or is_quick(attempt))


def seconds(duration_ms: int | None) -> str:
    """Return a duration, where it is known: 0.8 s."""
    from .report.wording import duration

    return "-" if duration_ms is None else duration(duration_ms / 1000)


def ago(moment: datetime) -> str:
    """Return how long ago something was: 3 minutes ago."""
    is_recent = timezone.now() - moment < timedelta(minutes=1)
    return "just now" if is_recent else f"{timesince(moment, depth=1)} ago"


def verify_every_row(request: HttpRequest, attempt: SeedMetadata) -> None:
    """Compare every row with what was generated, and say how that went."""
    using = attempt._state.db or DEFAULT_DB_ALIAS
    if attempt.status != Status.SUCCESS:
        messages.warning(request, "Only the applied attempt can be verified: the data of the others is gone.")
    elif _is_running(using):
        messages.warning(request, "A seed is running: verify when it has ended.")
    elif not is_quick(attempt):
        messages.warning(request, "That would take long here: run `python manage.py seed --verify` in a shell.")
    else:
        from . import verify
        from .errors import SeedError

        try:
            found = verify(attempt.seed_version, using=using)
        except SeedError as exc:
            messages.error(request, f"Not verified. {exc}")
        else:
            level = messages.SUCCESS if found.same else messages.ERROR
            messages.add_message(request, level, f"Compared every row. {found}")


def planned(found: Configured) -> SeedPlan:
    """Return what seeding again would do. Raises SeedError."""
    from . import plan

    return plan(found.version)


def seed_again(request: HttpRequest, found: Configured) -> SeedMetadata | None:
    """Seed as the plan says, and say how that went; return the new attempt. Rows not created by a seed stay."""
    if _is_running(DEFAULT_DB_ALIAS):
        messages.warning(request, "A seed is running: look at the plan again when it has ended.")
        return None
    from . import seed
    from .errors import SeedError

    try:
        done = seed(found.version, force=True)
    except SeedError as exc:
        messages.error(request, f"Not seeded. {exc}")
        return None
    messages.success(request, str(done))
    return applied()


def cluster() -> str:
    """Return in words of how many nodes a cluster is, and how its rows are spread; nothing where there is none."""
    from .database.cluster import nodes
    from .report.results import cluster_in_words

    return cluster_in_words(nodes(DEFAULT_DB_ALIAS))


def _is_running(using: str) -> bool:
    from .database.locks import is_running  # it would take most of what this app costs each start of the project

    return is_running(using)
