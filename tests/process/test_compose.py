"""docker-compose.yml as Compose itself resolves it; no engine is needed."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.checkout import ROOT, environment

CLIENT = {name: os.environ[name] for name in ("HOME", "DOCKER_CONFIG") if name in os.environ}  # where its plugins are


def compose(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["docker", "compose", "--file", str(ROOT / "docker-compose.yml"), *arguments],
        env=environment(**CLIENT, **variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


pytestmark = pytest.mark.skipif(
    not shutil.which("docker") or compose("version").returncode != 0, reason="docker compose is not installed"
)


def resolved(folder: Path, content: str = "", **variables: str) -> Any:
    """Return the services, with `content` as the project's `.env`."""
    env_file = folder / ".env"
    env_file.write_text(content)
    done = compose("--env-file", str(env_file), "--project-name", "one", "config", "--format", "json", **variables)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)["services"]


def test_compose__runs_migrate_then_seed_then_the_backend(tmp_path: Path) -> None:
    services = resolved(tmp_path)
    waits = {
        name: {other: wait["condition"] for other, wait in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    assert waits == {
        "db": {},
        "migrate": {"db": "service_healthy"},
        "seed": {"migrate": "service_completed_successfully"},
        "backend": {"seed": "service_completed_successfully"},
    }
    manage = ["python", "manage.py"]
    assert [services[name]["entrypoint"] for name in ("migrate", "seed", "backend")] == [manage, manage, None]
    assert {name: services[name]["restart"] for name in ("db", "backend")} == dict.fromkeys(
        ("db", "backend"), "unless-stopped"
    )


def test_compose__gives_the_containers_no_more_than_they_need(tmp_path: Path) -> None:
    services = resolved(tmp_path)
    for name in ("migrate", "seed", "backend"):
        assert services[name]["image"] == "one-app"
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]
    (volume,) = services["backend"]["volumes"]
    assert (volume["source"], volume["target"]) == ("tiger-config", "/home/app/.config/tiger")


def test_compose__another_version_changes_the_seed_and_not_the_backend(tmp_path: Path) -> None:
    first, second = resolved(tmp_path), resolved(tmp_path, SEED_VERSION="v2", SEED_USERS="5", SEED_ORDERS="7")
    assert first["seed"] != second["seed"]
    assert {**first, "seed": None} == {**second, "seed": None}


def test_compose__reads_the_variables(tmp_path: Path) -> None:
    content = "PORT=8001\nALLOWED_HOSTS='a.example, b.example'\nSECRET_KEY='a$b$$c'\nWEB_CONCURRENCY=3\n"
    backend = resolved(tmp_path, content)["backend"]
    assert backend["ports"] == [
        {"mode": "ingress", "host_ip": "127.0.0.1", "target": 8001, "published": "8001", "protocol": "tcp"}
    ]
    variables = backend["environment"]
    # Compose writes a literal $ as $$ in what it prints.
    assert variables["SECRET_KEY"].replace("$$", "$") == "a$b$$c"
    assert (variables["PORT"], variables["WEB_CONCURRENCY"]) == ("8001", "3")
    assert variables["ALLOWED_HOSTS"] == "localhost,127.0.0.1,[::1],a.example, b.example"
