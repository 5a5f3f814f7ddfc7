"""What a test asks for, and the content that this means: a fingerprint tells it from any other."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import django
from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from .. import __version__, conf
from ..apply.pipeline import sample_digests
from ..declare import sources
from ..declare.registry import registry
from ..generate.digests import DEFINITION
from ..generate.streams import Dataset


@dataclass(frozen=True)
class Wanted:
    """What a test asks for. What it leaves open comes from the `SEED_*` settings."""

    version: str | None = None
    row_counts: tuple[tuple[str, int], ...] = ()
    using: str = "default"

    @classmethod
    def of(cls, version: str | None = None, *, using: str = "default", **row_counts: int) -> Wanted:
        """Return what `@pytest.mark.seeded` takes."""
        return cls(version, tuple(sorted(row_counts.items())), using)


@dataclass(frozen=True)
class Content:
    """What a seeded database holds."""

    config: conf.SeedConfig
    row_counts: Mapping[str, int]  # by table
    fingerprint: str


def content_of(wanted: Wanted, server: str) -> Content:
    """Return the content that is wanted, on a server of that version. Raises SeedError.

    Rows not created by a seed are known by the migrations which make them; generating samples needs no database.
    """
    config = conf.read(version=wanted.version, row_counts=dict(wanted.row_counts), using=wanted.using)
    config = config.changed(anchor=conf.monday(config.anchor or timezone.now()), enabled=True)
    seeders = registry.discover()
    dataset = Dataset(config.version, seeders.row_counts(config.row_counts))
    with dataset.asking():
        samples = sample_digests(seeders, dataset)
    parts = {
        "code": [__version__, DEFINITION, django.get_version()],
        "server": server,
        "database": _database(config.using),
        "schema": {app.label: _schema(app, config.using) for app in apps.get_app_configs()},
        "seed": [config.version, str(config.anchor), dict(dataset.row_counts), samples, sources.digests()],
        "password": [settings.PASSWORD_HASHERS[:1], _digest([(conf.user_password() or "").encode()])],
    }
    text = json.dumps(parts, sort_keys=True, default=lambda value: type(value).__qualname__)
    return Content(config, dict(dataset.row_counts), _digest([text.encode()]))


def _digest(contents: Iterable[bytes]) -> str:
    digest = blake2b(digest_size=10)
    for content in contents:
        digest.update(len(content).to_bytes(8) + content)
    return digest.hexdigest()


def _database(using: str) -> dict[str, Any]:
    """Return the settings that can show in a database, or decide who may use it."""
    given = connections.settings[using]
    test = {name: given["TEST"].get(name) for name in ("CHARSET", "COLLATION", "TEMPLATE", "MIGRATE")}
    return {**{name: given[name] for name in ("ENGINE", "USER", "OPTIONS")}, **test}


def _schema(app: AppConfig, using: str) -> str:
    """Return a digest of what the app's tables are made from: its migrations, or its models where it has none."""
    files = [] if connections.settings[using]["TEST"]["MIGRATE"] is False else _migrations(app.label)
    files = files or _modules_of_models(app)
    return _digest(part for path in sorted(files) for part in (path.name.encode(), path.read_bytes()))


def _migrations(label: str) -> list[Path]:
    """Return the files in the package of the app's migrations, SQL that lies there, too."""
    name, _ = MigrationLoader.migrations_module(label)
    try:
        spec = find_spec(name) if name else None
    except ModuleNotFoundError:
        spec = None
    folders = (spec.submodule_search_locations if spec is not None else None) or ()
    found = [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]
    return [path for path in found if "__pycache__" not in path.parts]


def _modules_of_models(app: AppConfig) -> list[Path]:
    names = {model.__module__ for model in app.get_models(include_auto_created=True)}
    files = [getattr(sys.modules.get(name), "__file__", None) for name in names]
    return [Path(file) for file in files if file]
