"""A project whose models are made at run time."""

import environ

SECRET_KEY = "graph"
DATABASES = {"default": environ.Env().db_url("DATABASE_URL")}
INSTALLED_APPS = ["django.contrib.contenttypes", "seeding", "tests.faults.graph"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
