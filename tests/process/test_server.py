"""The backend as the container runs it: gunicorn, DEBUG off, static files collected."""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.support.checkout import copy_to, environment, manage


@dataclass(frozen=True)
class Server:
    port: int
    process: subprocess.Popen[str]

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response.status, response.read().decode(), dict(response.getheaders())

    def stopped(self) -> str:
        """Stop it, and return all that it has logged."""
        self.process.terminate()
        return self.process.communicate(timeout=30)[0]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the Dockerfile makes, and a migrated database."""
    checkout = copy_to(tmp_path_factory.mktemp("image") / "app")
    for command in ("migrate", "collectstatic --noinput"):
        assert manage(*command.split(), "--verbosity=0", folder=checkout) == (0, "", "")
    return checkout


@pytest.fixture
def server(image: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    variable, value = getattr(request, "param", ("PORT", "{}"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "python:config.server"],
        cwd=image,
        env=environment(**{variable: value.format(port)}, WEB_CONCURRENCY="3", SEED_ENABLED="off"),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Server(port, process)
    deadline = time.monotonic() + 30
    while True:
        try:
            running.get("/health")
            break
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    yield running
    process.kill()
    process.communicate()


@pytest.mark.parametrize("server", [("PORT", "{}"), ("GUNICORN_CMD_ARGS", "--bind=127.0.0.1:{}")], indirect=True)
def test_server__logs_an_address_that_answers_and_no_health_checks(server: Server) -> None:
    assert server.get("/health")[:2] == (200, "healthy\n")
    assert server.get("/admin/login/")[0] == 200
    log = server.stopped()
    (address,) = re.findall(r"http://\S+", log)
    assert address == f"http://127.0.0.1:{server.port}"
    assert "/health" not in log
    assert len(re.findall(r"Booting worker", log)) == 3
    assert len(re.findall(r'"GET /admin/login/ HTTP/1.1" 200', log)) == 1


def test_server__lets_browsers_keep_static_files_for_ever(server: Server) -> None:
    page = server.get("/admin/login/")[1]
    names = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    assert len(names) > 3
    for name in names:
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", name), name
        status, _, headers = server.get(name)
        assert (status, headers["Cache-Control"]) == (200, "max-age=315360000, public, immutable")
    plain = server.get("/static/admin/css/base.css")
    assert (plain[0], plain[2]["Cache-Control"]) == (200, "max-age=60, public")


def test_server__logs_why_it_answers_400(server: Server) -> None:
    assert server.get("/admin/", Host="evil.example")[0] == 400
    assert "[ERROR] django.security.DisallowedHost: Invalid HTTP_HOST header: 'evil.example'." in server.stopped()
