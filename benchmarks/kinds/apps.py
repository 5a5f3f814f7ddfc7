from django.apps import AppConfig


class KindsConfig(AppConfig):
    """Its tables are made by `migrate --run-syncdb`."""

    name = "benchmarks.kinds"
