import logging
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import register
from django.db import connections
from django.db.models.signals import pre_migrate


class SeedingConfig(AppConfig):
    name = "seeding"
    verbose_name = "Seeding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        logging.getLogger("seeding").addHandler(logging.NullHandler())  # silent where a project configures no logging
        from .checks import check_settings

        register(check_settings)
        pre_migrate.connect(refuse_worker, sender=self)


def refuse_worker(using: str, plan: Sequence[Any], **kwargs: Any) -> None:
    """Raise CommandError where the database is a worker of a cluster, before `migrate` leaves a table there."""
    from django.core.management.base import CommandError

    from .database.cluster import cluster_of
    from .database.connections import describe

    cluster = cluster_of(connections[using]) if plan else None
    if cluster is not None and cluster.is_worker:
        raise CommandError(cluster.refusal(describe(using)))
