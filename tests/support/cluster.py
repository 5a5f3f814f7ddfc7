"""A database of its own on every node of the Citus cluster whose coordinator TEST_CITUS_URL names."""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import psycopg
from psycopg import sql

from tests.support.project import Project

URL = os.environ.get("TEST_CITUS_URL", "")
WHY_NOT = "set TEST_CITUS_URL to a database with Citus on the coordinator of a cluster, of a role that may do all"


@dataclass(frozen=True)
class Cluster:
    """A database on each node, and `manage.py` on them."""

    coordinator: Project
    workers: tuple[Project, ...]

    @property
    def all(self) -> tuple[Project, ...]:
        return self.coordinator, *self.workers

    @cached_property
    def names(self) -> list[str]:
        """The workers, as `host:port`."""
        return [_address(worker) for worker in self.workers]

    def catalogues(self) -> list[list[tuple[Any, ...]]]:
        """Return what each node knows of tables, shards, constraints and indexes, and of how they are spread."""
        found = []
        for node in self.all:
            with connection_of(node) as connection:
                found.append([row for query in _CATALOGUE for row in connection.execute(query).fetchall()])
        return found

    def shards(self, table: str) -> list[tuple[Any, ...]]:
        """Return the number of rows in each shard, by its node."""
        return self.coordinator.query(
            "SELECT nodeport, result::bigint FROM run_command_on_shards"
            f"('{table}', 'SELECT count(*) FROM %s') JOIN citus_shards USING (shardid) WHERE success ORDER BY 1"
        )


# Shards are ordinary tables on the nodes: a session that shows them sees all.
_SHOWN = "SET citus.override_table_visibility = off"
_CATALOGUE = (
    "SELECT 't', oid::regclass::text, relkind, reloptions, relacl FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace ORDER BY 2",
    "SELECT 'c', conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid), convalidated FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace ORDER BY 2, 3",
    "SELECT 'i', indexrelid::regclass::text, pg_get_indexdef(indexrelid), indisvalid FROM pg_index"
    " WHERE indexrelid::regclass::text NOT LIKE 'pg\\_%' ORDER BY 2",
    "SELECT 'd', logicalrelid::regclass::text, partmethod, repmodel, colocationid FROM pg_dist_partition ORDER BY 2",
    "SELECT 's', shardid, shardminvalue, shardmaxvalue FROM pg_dist_shard ORDER BY 2",
)


def connection_of(project: Project, **options: Any) -> psycopg.Connection:
    """Connect to one node's database; the session sees shards."""
    connection = psycopg.connect(**project.parameters, autocommit=True, **options)
    connection.execute(_SHOWN)
    return connection


def _address(project: Project) -> str:
    return f"{project.parameters['host']}:{project.parameters['port']}"


def _nodes() -> list[Project]:
    """Return the server of each node, the coordinator first."""
    given = Project(URL)
    rows = given.query(
        "SELECT nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' ORDER BY groupid, nodeport"
    )
    who = URL.partition("//")[2].rpartition("@")[0]
    login = f"{who}@" if who else ""
    return [Project(f"postgres://{login}{host}:{port}/{given.database}") for host, port in rows]


@contextlib.contextmanager
def cluster(name: str, *, joined: bool = True) -> Iterator[Cluster]:
    """Create a database of that name on every node, and make them a cluster; drop them afterwards."""
    name = f"{name}_{os.getpid()}"
    servers = _nodes()
    _on_all(servers, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    _on_all(servers, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    nodes = [Project(f"{server.url.rpartition('/')[0]}/{name}") for server in servers]
    try:
        for node in nodes:
            node.query("CREATE EXTENSION citus")
        made = Cluster(nodes[0], tuple(nodes[1:]))
        if joined:
            join(made)
        yield made
    finally:
        _on_all(servers, sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def join(made: Cluster) -> None:
    """Add the workers to the coordinator."""
    place = made.coordinator.parameters
    made.coordinator.query(f"SELECT citus_set_coordinator_host('{place['host']}', {place['port']})")
    for worker in made.workers:
        made.coordinator.query(f"SELECT citus_add_node('{worker.parameters['host']}', {worker.parameters['port']})")


def _on_all(servers: list[Project], statement: sql.Composed) -> None:
    for server in servers:
        with psycopg.connect(**server.parameters, autocommit=True) as connection:
            connection.execute(statement)
