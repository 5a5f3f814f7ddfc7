"""What is sensible for users: a password that all seeded ones share, and staff that stay."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models
from django.db.models import Q

from .. import conf


def seeded_password() -> str:
    """Return the hash that all seeded users share; without SEED_USER_PASSWORD one that no password matches."""
    return _hashed(conf.user_password())


@cache
def _hashed(password: str | None) -> str:
    return make_password(password)


def staff_of(model: type[models.Model]) -> Q | None:
    """Return which rows of the project's user model are staff's and superusers'; None for any other model."""
    if model._meta.label_lower != settings.AUTH_USER_MODEL.lower():
        return None
    names = {f.name for f in model._meta.get_fields()} & {"is_staff", "is_superuser"}
    return Q(*((name, True) for name in sorted(names)), _connector=Q.OR) if names else None
