"""What a column would hold, judging by its field: for `manage.py seed --draft`, and for models without a seeder."""

from .models import Draft, Surroundings, draft_of

__all__ = ["Draft", "Surroundings", "draft_of"]
