from django.apps import AppConfig


class KeysConfig(AppConfig):
    """An app whose models have every sort of primary key, and references to them."""

    name = "tests.zoo.keys"
    default_auto_field = "django.db.models.BigAutoField"
