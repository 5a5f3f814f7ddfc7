"""Calls of Docker Compose in documents: are they valid, and what do they run in a container?"""

import os
import re
import shlex
import shutil
import subprocess

from tests.support.checkout import ROOT, environment

FILE = ROOT / "docker-compose.yml"
CLIENT = {name: os.environ[name] for name in ("HOME", "DOCKER_CONFIG") if name in os.environ}  # where its plugins are

# The options that the documents use, by subcommand; those that end with = take a value.
OPTIONS = {
    "build": set(),
    "down": {"--volumes"},
    "exec": set(),
    "logs": {"--follow"},
    "run": {"--rm", "--no-deps", "--volume=", "--entrypoint="},
    "up": {"--build", "--detach"},
}
ABOUT_ONE_SERVICE = ("exec", "run")


def services() -> set[str]:
    """Return the names of the services."""
    text = FILE.read_text().partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    return set(re.findall(r"^  ([a-z]+):", text, re.M))


def is_installed() -> bool:
    """Return True if there is a Compose client; it needs no engine to check options."""
    return shutil.which("docker") is not None and client("version").returncode == 0


def client(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Call the client."""
    command = ["docker", "compose", "--file", str(FILE), *arguments]
    return subprocess.run(command, env=environment(**CLIENT), capture_output=True, text=True, timeout=60, check=False)


def parsed(arguments: list[str]) -> tuple[str, list[str], str | None, list[str]]:
    """Return the subcommand, its options, the service and what is run in it. Raises ValueError for what is unknown."""
    subcommand, *rest = arguments
    if subcommand not in OPTIONS:
        raise ValueError(f"docker compose {subcommand} isn't among the subcommands that the tests know")
    options = []
    while rest and rest[0].startswith("-"):
        option = rest.pop(0)
        options.append(option)
        if f"{option}=" in OPTIONS[subcommand] and rest:
            options.append(rest.pop(0))
        elif option not in OPTIONS[subcommand]:
            raise ValueError(f"docker compose {subcommand} {option} isn't among the options that the tests know")
    named = rest[:1] if subcommand in ABOUT_ONE_SERVICE else rest
    if unknown := set(named) - services():
        raise ValueError(f"{shlex.join(arguments)} names {unknown}, and the services are {services()}")
    if subcommand in ABOUT_ONE_SERVICE and not named:
        raise ValueError(f"{shlex.join(arguments)} names no service")
    return subcommand, options, named[0] if named else None, rest[1:] if subcommand in ABOUT_ONE_SERVICE else []


def in_the_project(arguments: list[str]) -> list[str] | None:
    """Return the arguments of `manage.py` that the call runs in a container; None where it runs something else."""
    subcommand, options, service, inside = parsed(arguments)
    if subcommand == "run" and service == "seed" and "--entrypoint" not in options:
        return inside or ["seed_step"]
    if subcommand == "exec" and inside[:2] == ["python", "manage.py"]:
        return inside[2:]
    return None
