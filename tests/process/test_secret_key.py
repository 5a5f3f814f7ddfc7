"""SECRET_KEY, where none is set."""

from tests.support.checkout import manage

SHOW = (
    "shell",
    "-v0",
    "-c",
    "import os, subprocess, sys; from django.conf import settings; print(settings.SECRET_KEY, flush=True);"
    "'DEPTH' in os.environ or subprocess.run([sys.executable, *sys.argv], env={**os.environ, 'DEPTH': '1'})",
)


def test_secret_key__is_random_and_shared_with_child_processes() -> None:
    """So a log-in outlives the reloads of `runserver`, whose processes are children of the first."""
    runs = [manage(*SHOW, SECRET_KEY=given) for given in (None, "")]
    assert [(code, err) for code, _, err in runs] == [(0, ""), (0, "")]
    (first, of_its_child), (second, of_another_child) = [out.splitlines() for _, out, _ in runs]
    assert (first, second) == (of_its_child, of_another_child)
    assert first != second
    assert len(first) == 50
