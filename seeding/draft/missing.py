"""Does each seeder give all columns that its model needs? For CI, as `makemigrations --check`."""

from __future__ import annotations

from collections.abc import Sequence

from ..declare.registry import registry
from ..errors import Differs, RegistrationError
from ..report.wording import number_of
from .selection import models_of


def check_columns(labels: Sequence[str] = ()) -> str:
    """Return a line where each seeder gives what its model needs, of these apps and models, or of all.

    Raises Differs that names the columns that are missing, RegistrationError for a `seeds.py` that can't be used.
    """
    declared = set(registry.declarations())
    wanted = declared & models_of(labels) if labels else declared
    missing = []
    for model in sorted(wanted, key=lambda model: model._meta.label):
        try:
            registry.seeder(model)
        except RegistrationError as exc:
            if "(seeding.E102)" not in str(exc):
                raise
            missing.append(str(exc))
    if missing:
        raise Differs("\n".join(missing))
    return f"Each of {number_of(len(wanted), 'seeder')} gives all columns that its model needs."
