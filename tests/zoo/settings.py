"""A project that has nothing in common with this one but Django and the engine, and Django's own user model."""

import environ

SECRET_KEY = "zoo"
DATABASES = {"default": environ.Env().db_url("DATABASE_URL")}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "seeding",
    "tests.zoo",
    "tests.zoo.keys",
]
AUTH_USER_MODEL = "auth.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Pacific/Auckland"  # far from UTC, where the days and weeks begin that times count back from
SEED_ROW_COUNTS = {"keepers": 6, "beasts": 40}
