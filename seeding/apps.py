import logging

from django.apps import AppConfig
from django.core.checks import register


class SeedingConfig(AppConfig):
    name = "seeding"
    verbose_name = "Seeding"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        logging.getLogger("seeding").addHandler(logging.NullHandler())  # silent where a project configures no logging
        from .checks import check_settings

        register(check_settings)
