"""Settings, all from the environment, and from `.env` (or the file that ENV_FILE names), where that file exists.

docs/reference.md lists every variable.

`SEED_*` variables are not read here: `seeding.conf` parses them when a seed needs them.
"""

import os
from pathlib import Path

from django.core.management.utils import get_random_secret_key

from config import database, env_file
from config.variables import flag, text, whole_number, words

BASE_DIR = Path(__file__).resolve().parent.parent

ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))  # ENV_FILE=/dev/null reads none
if os.path.lexists(ENV_FILE) and not ENV_FILE.is_dir():  # a folder of this name is somebody's virtual environment
    env_file.load(ENV_FILE)

DEBUG = flag("DEBUG")
SECRET_KEY = text("SECRET_KEY") or get_random_secret_key()
os.environ["SECRET_KEY"] = SECRET_KEY  # the processes that runserver starts when code changes keep the log-ins
ALLOWED_HOSTS = words("ALLOWED_HOSTS", default=("localhost", "127.0.0.1", "[::1]"))
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

HTTPS = flag("HTTPS")
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health$"]  # the container asks itself, without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
# An hour is enough to try it, and soon over. More, and more hosts, is for the owner of the domain to decide: browsers
# hold them to it.
SECURE_HSTS_SECONDS = whole_number("HSTS_SECONDS", 3_600, high=10 * 365 * 24 * 3_600) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # no subdomains, no preload: see above

INSTALLED_APPS = [
    "config",  # first: its templates override the admin's
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
    "config.login.LoginThrottleMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
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

DATABASE_URL = text("DATABASE_URL").strip()
DATABASES = {"default": database.from_url(DATABASE_URL) if DATABASE_URL else database.sqlite(BASE_DIR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# To standard error, with DEBUG on or off. Django's own handlers would be silent, or send e-mail.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "format": "[{asctime}] [{process}] [{levelname}] {name}: {message}",  # as gunicorn's
            "datefmt": "%Y-%m-%d %H:%M:%S %z",
            "style": "{",
        }
    },
    "filters": {"not_health": {"()": "config.logs.NotHealth"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["not_health"]}},
    "root": {"level": "WARNING", "handlers": ["stderr"]},
    "loggers": {
        "django": {"level": "INFO", "handlers": []},
        "seeding": {"level": "INFO"},
        "psycopg": {"level": "ERROR"},  # it warns of what it couldn't tidy up after an error, which says what happened
    },
}

# Counts failed log-ins (config.login), in each worker for itself. More entries than anyone tries in five minutes:
# where the cache is full, it forgets.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "logins": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "logins",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

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
FORMAT_MODULE_PATH = "config.formats"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.HashedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG
