"""A project with these two tables alone."""

import environ

from config.database import from_url

SECRET_KEY = "kinds"
DATABASES = {"default": from_url(environ.Env().str("DATABASE_URL"))}
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "seeding", "benchmarks.kinds"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
SEED_ROW_COUNTS = {"shops": 100_000, "products": 1_000_000}
