"""What a cluster is: Citus, an extension of PostgreSQL. A coordinator plans, and worker nodes hold the tables' shards.

Elsewhere nothing is known of it: the tables of a coordinator are read and written as those of any server.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from django.db import Error, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from ..errors import Refused
from ..report.wording import number_of
from .names import run

if TYPE_CHECKING:
    from ..report.results import Node

# For a transaction that changes foreign keys of distributed tables, before it first reads one: statements run shard by
# shard, and a foreign key that is dropped and recreated makes no local table another kind. COPY then has one connection
# to each node, and sends a shard's rows when so many have come together: with the usual 4 MB, most are sent only when
# all rows have been read. Servers without Citus take all three for placeholders.
SETTINGS = {
    "citus.multi_shard_modify_mode": "sequential",
    "citus.enable_local_reference_table_foreign_keys": "off",
    "citus.copy_switchover_threshold": "512kB",
}
KEYS_OF_A_NODE = 1 << 48  # the sequences of worker n begin at n times that; those of the coordinator at 1

SIZES_WITHIN_MS = 2_000  # a seed that is running locks the shards whose sizes are asked for


class Cluster(NamedTuple):  # a data class takes a millisecond of each start
    """A cluster, as one of its servers knows it."""

    nodes: tuple[str, ...]  # `host:port` of those that hold shards
    coordinator: str | None  # `host:port`, where it is known
    is_worker: bool  # the server that was asked is none but a worker

    def __str__(self) -> str:
        return f"a Citus cluster of {number_of(len(self.nodes), 'node')}"

    def refusal(self, database: str) -> str:
        """Return why nothing is done by the way of this worker."""
        name = f", {self.coordinator}," if self.coordinator else ""
        return f"{database} is a worker of a Citus cluster: connect to its coordinator{name} instead."


def has_citus(connection: BaseDatabaseWrapper) -> bool:
    """Return True if the database has the extension: one query."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_extension WHERE extname = 'citus'")
        return cursor.fetchone() is not None


def cluster_of(connection: BaseDatabaseWrapper) -> Cluster | None:
    """Return the cluster that the database is in; None where no worker holds shards."""
    if not has_citus(connection):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nodename || ':' || nodeport, n.groupid, shouldhaveshards, here.groupid"
            " FROM pg_dist_node AS n, pg_dist_local_group AS here"
            " WHERE noderole = 'primary' AND isactive ORDER BY n.groupid"
        )
        rows = cursor.fetchall()
    if not any(group and holds_shards for _, group, holds_shards, _ in rows):
        return None
    coordinator = next((name for name, group, *_ in rows if not group), None)
    return Cluster(tuple(name for name, _, holds_shards, _ in rows if holds_shards), coordinator, bool(rows[0][3]))


def distributed_tables(connection: BaseDatabaseWrapper) -> frozenset[int]:
    """Return the numbers of the tables that Citus knows, whose rows are in other tables: their shards."""
    if not has_citus(connection):
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute("SELECT logicalrelid::oid FROM pg_dist_partition")
        return frozenset(row[0] for row in cursor.fetchall())


def refuse_worker(connection: BaseDatabaseWrapper, database: str) -> None:
    """Raise Refused where the server is a worker, naming its coordinator."""
    cluster = cluster_of(connection)
    if cluster is not None and cluster.is_worker:
        raise Refused(cluster.refusal(database))


def configure(connection: BaseDatabaseWrapper) -> None:
    """Set, until the transaction ends, what a seed needs on a cluster; to be called before it first reads."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("; ".join(f"SET LOCAL {name} = '{value}'" for name, value in SETTINGS.items()))


def nodes(using: str, is_locked: Callable[[], bool] = lambda: False) -> Sequence[Node]:
    """Return the nodes of the cluster, each with the bytes of all shards on it where that can be told in time.

    A seed that runs locks the shards whose sizes would be asked for; `is_locked` is asked for that on a cluster alone.
    """
    connection = connections[using]
    cluster = cluster_of(connection)
    if cluster is None:
        return ()
    sizes: dict[str, int] = {}
    if not is_locked():
        try:
            with transaction.atomic(using), connection.cursor() as cursor:
                run(cursor, f"SET LOCAL statement_timeout = {SIZES_WITHIN_MS}")
                run(cursor, "SELECT nodename || ':' || nodeport, sum(shard_size)::bigint FROM citus_shards GROUP BY 1")
                sizes = dict(cursor.fetchall())
                transaction.set_rollback(True, using)  # and with it the limit, which a caller's transaction would keep
        except Error:  # a node is down, or a seed holds its locks
            sizes = {}
    from ..report.results import Node  # it would be imported with every migration

    return tuple(Node(name, sizes.get(name)) for name in cluster.nodes)
