from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete, post_init, post_save, pre_delete, pre_save


class ZooConfig(AppConfig):
    """An app whose models have everything that makes seeding hard, each thing once."""

    name = "tests.zoo"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_init.connect(rename, sender="zoo.Animal")
        for signal in (pre_save, post_save, pre_delete, post_delete):
            signal.connect(refuse, sender="zoo.Animal")


def rename(instance: Any, **kwargs: Any) -> None:
    """Change what an instance is made with, as receivers do."""
    instance.nickname = f"{instance.nickname} the receiver's"


def refuse(**kwargs: Any) -> None:
    raise AssertionError("a seed sends no signals of single rows")
