"""The health check of a container that serves this database."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from . import conf
from .apply.seed import in_force, translated
from .database import record as recorder
from .errors import SeedError


@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers and, where seeding is enabled, the configured version is applied; else 503.

    It says no more than that, as it asks nobody who they are.
    """
    try:
        config = conf.read()
        with translated(config.using):
            ready = in_force(config) is not None or (not config.enabled and recorder.answers(config.using))
    except SeedError:
        ready = False
    return HttpResponse(
        "healthy\n" if ready else "unhealthy\n", status=200 if ready else 503, content_type="text/plain"
    )
