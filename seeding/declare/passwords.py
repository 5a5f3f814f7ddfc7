"""The password of seeded users: none, unless SEED_USER_PASSWORD says one."""

from functools import cache

from django.contrib.auth.hashers import make_password

from .. import conf


def seeded_password() -> str:
    """Return the hash that all seeded users share; without SEED_USER_PASSWORD one that no password matches."""
    return _hashed(conf.user_password())


@cache
def _hashed(password: str | None) -> str:
    return make_password(password)
