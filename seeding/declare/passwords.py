"""The password of seeded users: none, unless SEED_USER_PASSWORD says one."""

import os
from functools import cache

from django.contrib.auth.hashers import make_password


def seeded_password() -> str:
    """Return the hash that all seeded users share; without SEED_USER_PASSWORD one that no password matches."""
    return _hashed(os.environ.get("SEED_USER_PASSWORD") or None)


@cache
def _hashed(password: str | None) -> str:
    return make_password(password)
