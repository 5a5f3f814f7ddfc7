"""A project whose models are made at run time."""

import environ

from config.settings import database

SECRET_KEY = "graph"
DATABASES = {"default": database(environ.Env().str("DATABASE_URL"))}
INSTALLED_APPS = ["django.contrib.contenttypes", "seeding", "tests.faults.graph"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
