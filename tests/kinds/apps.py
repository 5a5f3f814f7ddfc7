from django.apps import AppConfig


class KindsConfig(AppConfig):
    """An app with a column of every kind; its tables are made by `migrate --run-syncdb`."""

    name = "tests.kinds"
    default_auto_field = "django.db.models.BigAutoField"
