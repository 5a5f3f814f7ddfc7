"""The files that declare seeders, known without importing them."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

from django.apps import apps


def digests() -> dict[str, str]:
    """Return a digest of each installed app's `seeds.py`, by the app's name."""
    files = {app.name: Path(app.path) / "seeds.py" for app in apps.get_app_configs()}
    return {name: blake2b(f.read_bytes(), digest_size=16).hexdigest() for name, f in files.items() if f.is_file()}
