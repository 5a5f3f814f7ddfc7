from django.apps import AppConfig


class ChangingConfig(AppConfig):
    """An app whose `seeds.py` is edited: CHANGING_EDITION says which edition of it there is."""

    name = "tests.faults.changing"
    default_auto_field = "django.db.models.BigAutoField"
