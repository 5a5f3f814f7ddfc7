"""Runs `manage.py` in processes that start in a quarter of the time: forked off one that has imported the libraries.

What such a process does is what `python manage.py` does, from `manage.py`'s first line on; only the libraries are there
already. Under coverage, and for environments that the interpreter itself heeds at its start, it is `python manage.py`
that runs. So it is wherever a test stops a process or looks at how one starts.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import IO, Any

LIBRARIES = "tests.support.libraries"
HEEDED_AT_START = ("PYTHON", "LANG", "LC_")


def suits(changes: Mapping[str, str | None]) -> bool:
    """Return True if a process with these changes of the environment may be a forked one."""
    return not any(name.startswith(HEEDED_AT_START) for name in changes)


def run(
    root: Path, arguments: Sequence[str], environment: Mapping[str, str], timeout_s: float
) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in `root` to its end, without input."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([LIBRARIES])
    with _file() as out, _file() as err:
        streams = DupFd(out.fileno()), DupFd(err.fileno())
        process = context.Process(target=_manage, args=(root, arguments, dict(environment), *streams))
        process.start()
        process.join(timeout_s)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, timeout_s)
        code = process.exitcode
        process.close()
        for file in (out, err):
            file.seek(0)
        return subprocess.CompletedProcess(arguments, code, out.read(), err.read())


def _file() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8")


def _manage(root: Path, arguments: Sequence[str], environment: Mapping[str, str], out: Any, err: Any) -> None:
    for number, stream in ((1, out), (2, err)):
        os.dup2(stream.detach(), number)
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 (a stream for the whole process)
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", 1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(root)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["manage.py", *arguments]
    sys.dont_write_bytecode = bool(environment.get("PYTHONDONTWRITEBYTECODE"))
    sys.path[:] = [str(root), *filter(None, environment.get("PYTHONPATH", "").split(os.pathsep)), *sys.path[1:]]
    runpy.run_path("manage.py", run_name="__main__")
