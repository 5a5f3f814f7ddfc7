"""Random instants and free ports that can be had again: TEST_SEED is the seed of everything random in a run."""

import os
import random
import socket


def seed_of_the_run() -> str:
    """Return TEST_SEED, which is chosen now if nobody has set it; workers and children inherit it."""
    return os.environ.setdefault("TEST_SEED", str(random.SystemRandom().randrange(10**9)))


def chance_of(test: str) -> random.Random:
    """Return a generator for one test, whatever runs before it, or beside it."""
    return random.Random(f"{seed_of_the_run()} {test}")


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens at, as the kernel hands them out."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port
