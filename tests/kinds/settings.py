"""A project of the app with a column of every kind, and nothing else."""

import environ

from config.database import from_url

SECRET_KEY = "kinds"
DATABASES = {"default": from_url(environ.Env().str("DATABASE_URL"))}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "seeding", "tests.kinds"]
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    INSTALLED_APPS.append("django.contrib.postgres")  # which has the adapters of hstore
AUTH_USER_MODEL = "auth.User"
USE_TZ = True
TIME_ZONE = "Pacific/Auckland"
SEED_ROW_COUNTS = {"things": 40}
