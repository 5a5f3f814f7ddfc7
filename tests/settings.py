"""The project's settings for tests in process: those that it has where nothing is set but the database."""

from tests.support.hermetic import clean_environment

clean_environment()

from config.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the others take their time, as they should
