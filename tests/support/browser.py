"""Headless Chromium, and the project served for it: for the browser's tests and for the documents' pictures."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

from tests.support.chance import free_port
from tests.support.project import Project

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ADDRESS, PASSWORD = "boss@example.com", "a pass phrase"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync")


@contextmanager
def chromium() -> Iterator["Browser"]:
    """Start Debian's Chromium (or the one that CHROMIUM names)."""
    from playwright.sync_api import sync_playwright

    sandbox = () if os.geteuid() else ("--no-sandbox",)  # root has none
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*QUIET, "--disable-component-update", *sandbox]
        )
        yield browser
        browser.close()


@contextmanager
def served(project: Project) -> Iterator[str]:
    """Serve the project's pages and static files; yield the address."""
    port = free_port()
    arguments = ("runserver", f"127.0.0.1:{port}", "--noreload")
    process = project.popen(arguments, {"DEBUG": "on"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 30
        while True:
            try:
                urlopen(f"{address}/health").close()
                break
            except URLError as exc:
                if hasattr(exc, "code"):  # it answers, though the version isn't applied
                    break
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait()


def make_login(project: Project) -> None:
    """Create the superuser that `log_in` uses."""
    done = project.run("createsuperuser", "--noinput", "--email", ADDRESS, DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    assert done.returncode == 0, done.stderr


def log_in(page: "Page", address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.get_by_label("Email").fill(ADDRESS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(f"{address}/admin/")
