"""Settings, all from the environment, and from `.env` (or the file that ENV_FILE names), where that file exists.

The README lists every variable.

`SEED_*` variables are not read here: `seeding.conf` parses them when a seed needs them.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
if ENV_FILE.is_file():
    environ.Env.read_env(ENV_FILE)


def flag(name: str, default: bool = False) -> bool:
    """The boolean environment variable `name`. Anything but a known spelling is an error, never a guess."""
    value = env.str(name, default="").strip().lower()
    if value in ("", "1", "true", "yes", "on", "0", "false", "no", "off"):
        return value in ("1", "true", "yes", "on") if value else default
    raise ImproperlyConfigured(f"{name} is {value!r}: set it to on or off.")


def database(url: str) -> dict[str, Any]:
    """Django's settings of the database at `url`, a `postgres://` or `sqlite:///` URL."""
    scheme = url.partition(":")[0]
    if scheme not in ("postgres", "postgresql", "pgsql", "psql", "sqlite"):
        raise ImproperlyConfigured(
            f"DATABASE_URL has the scheme {scheme!r}: use postgres://user:password@host:5432/name or sqlite:///file."
        )
    try:
        urlsplit(url).port  # noqa: B018 (raises where the port is no number)
        config: dict[str, Any] = env.db_url_config(url)
    except ValueError as exc:
        raise ImproperlyConfigured(
            "DATABASE_URL can't be read (percent-encode what is special in a password): "
            "use postgres://user:password@host:5432/name or sqlite:///file."
        ) from exc
    options = config.setdefault("OPTIONS", {})
    if scheme == "sqlite":
        # Writers queue for the lock at BEGIN instead of failing halfway; readers go on meanwhile.
        options.setdefault("transaction_mode", "IMMEDIATE")
        options.setdefault("timeout", 20)
        options.setdefault("init_command", "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;")
    else:
        os.environ.setdefault("PGDATESTYLE", "ISO")  # psycopg reads no times in other styles, which a role may have
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        config["DISABLE_SERVER_SIDE_CURSORS"] = True  # a named cursor doesn't survive PgBouncer's transaction mode
        options.setdefault("connect_timeout", 10)
        for name, seconds in (("idle", 30), ("interval", 10), ("count", 3)):
            options.setdefault(f"keepalives_{name}", seconds)
    return config


DEBUG = flag("DEBUG")
SECRET_KEY = env.str("SECRET_KEY", default="") or get_random_secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

HTTPS = flag("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]  # the container asks itself, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "accounts",
    "orders",
    "seeding",
]
MIDDLEWARE = [
    "config.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "config" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

DATABASES = {"default": database(env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# psycopg warns of what it couldn't tidy up after an error; the error itself says what happened.
LOGGING = {"version": 1, "disable_existing_loggers": False, "loggers": {"psycopg": {"level": "ERROR"}}}

# The options of `manage.py seed` that count rows, with their defaults; SEED_USERS and SEED_ORDERS override them.
SEED_ROW_COUNTS = {"users": 1_000, "orders": 10_000}

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "config" / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
