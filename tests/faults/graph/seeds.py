"""Registers the models that were made for the current example."""

from seeding import register

from .example import SEEDERS

for model, options, generate in SEEDERS:
    register(model, **options)(generate)
