"""Settings of the unit tests."""

from hypothesis import settings

# The first example of a test makes tables that the others find ready: its time says nothing.
settings.register_profile("unit", deadline=None)
settings.load_profile("unit")
