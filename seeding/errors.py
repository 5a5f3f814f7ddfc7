"""What can go wrong with a seed: one family of errors, each with the exit code of `manage.py seed`."""


class SeedError(Exception):
    """The seed failed, and the database is as it was before."""

    exit_code = 1


class ConfigurationError(SeedError):
    """A setting has a value that can't be used."""

    def __init__(self, message: str, *, source: str = "") -> None:
        super().__init__(message)
        self.source = source  # the option or the variable that the value came from
        if source.startswith("--"):
            self.exit_code = 2


class RegistrationError(SeedError):
    """A `seeds.py` registers something that can't be seeded; `id` is documented in the README."""

    def __init__(self, message: str, *, id: str) -> None:  # noqa: A002 (as django.core.checks has it)
        super().__init__(f"{message} ({id})")
        self.id = id


class Pending(SeedError):
    """The version isn't applied."""

    exit_code = 3


class Differs(SeedError):
    """What is in the database isn't what this code and these settings generate."""

    exit_code = 4


class LockTimeout(SeedError):
    """Another session held a lock for longer than the lock timeout."""

    exit_code = 5


class Refused(SeedError):
    """Seeding isn't enabled here, or rows not created by a seed would be lost."""

    exit_code = 6


class Interrupted(SeedError):
    """A signal ended the seed; the exit code is 128 plus its number, as in a shell."""

    def __init__(self, message: str, signal_number: int) -> None:
        super().__init__(message)
        self.exit_code = 128 + signal_number
