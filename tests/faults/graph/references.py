"""Judges a graph of foreign keys: `python -m tests.faults.graph.references`, with examples as lines of JSON.

An example has `tables` (each `kind`, `key`, `with_key_of`, `count`, `keep`, `side`, `parent`), `edges` (each `of`,
`to`, `null`, `known`, `deletes`, `both`, `declared`), `inserts` and `edits` made after the seed of v1, and a `loader`.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from itertools import count
from typing import Any

import django

django.setup()

from django.db import connection, models, transaction  # noqa: E402

from seeding import SeedError, plan, seed, verify  # noqa: E402
from tests.faults.graph.example import SEEDERS, SIDE, rows_of, serve  # noqa: E402

IS_POSTGRESQL = connection.vendor == "postgresql"
TYPES = {"integer": "bigint", "uuid": "uuid" if IS_POSTGRESQL else "char(32)", "text": "varchar(20)"}
FIELDS: dict[str, Any] = {
    "uuid": lambda: models.UUIDField(primary_key=True, default=uuid.uuid4, db_column="id"),
    "text": lambda: models.CharField(primary_key=True, max_length=20, db_column="id"),
}


def new_key(kind: str, there: Collection[Any], choice: int) -> Any:
    """Return a key that no row has, as SQL's driver gives it: right above the others, or anywhere."""
    if kind == "integer":
        return max(there, default=0) + 1
    if kind == "text":
        return next(key for n in count() if (key := f"{'vwa'[choice % 3]}{n}") not in there)
    highest = max((uuid.UUID(str(key)).int for key in there), default=0)
    found = uuid.UUID(int=highest + 1 if choice % 2 else (choice << 64) + len(there))
    return found if IS_POSTGRESQL else found.hex


class Graph:
    """The tables of an example, and what is known of them."""

    def __init__(self, example: dict[str, Any]) -> None:
        self.tables, self.edges = example["tables"], example["edges"]
        self.loader: str = example["loader"]
        self.models: list[type[models.Model] | None] = []
        self.names = [
            f"{SIDE}.g_t{number}" if table["side"] and IS_POSTGRESQL else f"g_t{number}"
            for number, table in enumerate(self.tables)
        ]
        self.keys = ["id" if table["parent"] is None else self._link(table) for table in self.tables]

    def _link(self, table: dict[str, Any]) -> str:
        return f"t{table['parent']}_ptr_id"

    def linked_to(self, number: int) -> int | None:
        """Return the table whose keys this one has, too."""
        table = self.tables[number]
        if table["parent"] is not None:
            return int(table["parent"])
        return int(table["with_key_of"]) if table["key"] == "one-to-one" else None

    def sort_of_key(self, number: int) -> str:
        linked = self.linked_to(number)
        return str(self.tables[number]["key"]) if linked is None else self.sort_of_key(linked)

    def rows(self, number: int) -> int:
        """Return how many rows a seed makes."""
        table = self.tables[number]
        linked = self.linked_to(number)
        return int(table["count"]) if linked is None else min(table["count"], self.rows(linked))

    @property
    def key_by_name(self) -> dict[str, str]:
        return dict(zip(self.names, self.keys, strict=True))

    def of(self, number: int) -> list[tuple[int, dict[str, Any]]]:
        return [(n, edge) for n, edge in enumerate(self.edges) if edge["of"] == number]

    def column(self, n: int) -> str:
        return f"r{n}_id"

    def create(self) -> None:
        for number, table in enumerate(self.tables):
            self.models.append(None if table["kind"] == "raw" else self._model(number, table))
        with connection.schema_editor() as editor:
            for model in self.models:
                if model is not None:
                    editor.create_model(model)
        with connection.cursor() as cursor:
            for number, table in enumerate(self.tables):
                if table["kind"] == "raw":
                    cursor.execute(self._raw(number))
            for number in sorted({edge["to"] for edge in self.edges if edge["both"]}):
                cursor.execute(f"CREATE UNIQUE INDEX g_both{number} ON {self.names[number]} (id, tag)")
            for n, edge in enumerate(self.edges):
                self._add_unknown(cursor, n, edge)

    def _model(self, number: int, table: dict[str, Any]) -> type[models.Model]:
        schema, _, name = self.names[number].rpartition(".")
        meta = type("Meta", (), {"app_label": "graph", "db_table": f'"{schema}"."{name}"' if schema else name})
        fields: dict[str, Any] = {"__module__": __name__, "Meta": meta}
        base: type[models.Model] = models.Model
        if table["parent"] is not None:
            base = self.models[table["parent"]] or models.Model
        else:
            fields |= {"kept": models.BooleanField(default=False), "tag": models.IntegerField(default=0)}
            if table["key"] == "one-to-one":
                other = f"graph.T{table['with_key_of']}"
                fields["own"] = models.OneToOneField(
                    other, models.CASCADE, primary_key=True, db_column="id", related_name=f"own{number}"
                )
            elif table["key"] in FIELDS:
                fields["key"] = FIELDS[table["key"]]()
        for n, edge in self.of(number):
            if edge["known"]:
                fields[f"r{n}"] = models.ForeignKey(
                    f"graph.T{edge['to']}", models.CASCADE, null=edge["null"], related_name=f"back{n}"
                )
        return type(f"T{number}", (base,), fields)

    def _raw(self, number: int) -> str:
        lines = [
            f"id {TYPES[self.sort_of_key(number)]} PRIMARY KEY",
            "kept boolean NOT NULL DEFAULT false",
            "tag integer NOT NULL DEFAULT 0",
        ]
        for n, edge in self.of(number):
            lines.append(
                f"{self.column(n)} {TYPES[self.sort_of_key(edge['to'])]}" + ("" if edge["null"] else " NOT NULL")
            )
            lines += [f"r{n}_tag integer"] if edge["both"] else []
        if connection.vendor == "sqlite":  # which adds no constraint later
            lines += [self._constraint(n, edge) for n, edge in self.of(number)]
        return f"CREATE TABLE {self.names[number]} ({', '.join(lines)})"

    def _constraint(self, n: int, edge: dict[str, Any]) -> str:
        columns = f"{self.column(n)}, r{n}_tag" if edge["both"] else self.column(n)
        targets = "id, tag" if edge["both"] else self.keys[edge["to"]]
        deletes = edge["deletes"] if edge["null"] or edge["deletes"] != "SET NULL" else "CASCADE"
        return f"FOREIGN KEY ({columns}) REFERENCES {self.names[edge['to']]} ({targets}) ON DELETE {deletes}"

    def _add_unknown(self, cursor: Any, n: int, edge: dict[str, Any]) -> None:
        """Add the foreign keys that no model has to tables that are there."""
        table, raw = self.names[edge["of"]], self.tables[edge["of"]]["kind"] == "raw"
        if edge["known"]:
            return
        sort = TYPES[self.sort_of_key(edge["to"])]
        if connection.vendor == "sqlite":
            if not raw:
                target = f"{self.names[edge['to']]} ({self.keys[edge['to']]})"
                column = f"{self.column(n)} {sort} REFERENCES {target} ON DELETE {edge['deletes']}"
                cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
            return
        if not raw:
            cursor.execute(f"ALTER TABLE {table} ADD COLUMN {self.column(n)} {sort}")
        cursor.execute(f"ALTER TABLE {table} ADD {self._constraint(n, edge)}")

    def register(self) -> None:
        for number, table in enumerate(self.tables):
            if table["kind"] == "seeded":
                keep = {"keep": models.Q(kept=True)} if table["keep"] else {}
                model = self.models[number]
                assert model is not None
                SEEDERS.append((model, {"count": self.rows(number), **keep}, self._generate(number)))

    def _generate(self, number: int) -> Any:
        def generate(rows: Any) -> dict[str, Any]:
            import numpy as np

            columns: dict[str, Any] = {"tag": rows.numbers % 3}
            if self.tables[number]["key"] == "text":
                columns["key"] = rows.code(rows.version + "-{n}")
            for n, edge in self.of(number):
                if edge["known"] and edge["declared"]:
                    to = rows.reference(f"r{n}", self.models[edge["to"]])
                    columns[f"r{n}"] = np.ma.array(to, mask=rows.numbers % 2 == 1) if edge["null"] else to
            return columns

        return generate

    def insert(self, number: int, kept: bool, choices: list[int]) -> None:
        """Insert a row, or none where it would have nothing to reference."""
        there = rows_of(self.key_by_name)
        table, name = self.tables[number], self.names[number]
        values: dict[str, Any] = {}
        if (linked := self.linked_to(number)) is not None:
            free = sorted(set(there[self.names[linked]]) - set(there[name]))
            if not free:
                return
            values[self.keys[number]] = free[choices[0] % len(free)]
        else:
            values["id"] = new_key(table["key"], there[name], choices[0])
        if table["parent"] is None:
            values |= {"kept": kept, "tag": 3 + choices[0] % 3}  # no seeded row has such a tag
        for position, (n, edge) in enumerate(self.of(number), 1):
            target = self._target(there, edge, choices[position % len(choices)])
            if target is None and not edge["null"]:
                return
            values |= self._reference(n, edge, target)
        names = ", ".join(values)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {name} ({names}) VALUES ({', '.join(['%s'] * len(values))})", list(values.values())
            )

    def edit(self, n: int, row: int, choice: int, kept: bool) -> None:
        """Let an existing row reference another one, and be kept or not."""
        edge, there = self.edges[n], rows_of(self.key_by_name)
        name, keys = self.names[edge["of"]], sorted(there[self.names[edge["of"]]])
        target = self._target(there, edge, choice)
        if not keys or (target is None and not edge["null"]):
            return
        values = self._reference(n, edge, target)
        if self.tables[edge["of"]]["parent"] is None:
            values["kept"] = kept
        changes = ", ".join(f"{column} = %s" for column in values)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {name} SET {changes} WHERE {self.keys[edge['of']]} = %s",
                [*values.values(), keys[row % len(keys)]],
            )

    def _target(self, there: Any, edge: dict[str, Any], choice: int) -> Any:
        keys = sorted(there[self.names[edge["to"]]])
        if not keys or (edge["null"] and choice % 4 == 0):
            return None
        return keys[choice // 4 % len(keys)]

    def _reference(self, n: int, edge: dict[str, Any], target: Any) -> dict[str, Any]:
        values: dict[str, Any] = {self.column(n): target}
        if edge["both"]:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT tag FROM {self.names[edge['to']]} WHERE id = %s", [target])
                found = cursor.fetchone()
            values[f"r{n}_tag"] = found[0] if found else None
        return values


class Judge:
    """Compares what is there after a seed with what was there before it."""

    def __init__(self, graph: Graph, made: dict[str, dict[Any, tuple[str, ...]]]) -> None:
        self.graph, self.made = graph, made
        self.before = rows_of(graph.key_by_name)
        # A seeded row that somebody changed since may be taken for somebody's; it needn't be.
        self.changed = {
            name for name, rows in made.items() if any(self.before[name].get(key) != row for key, row in rows.items())
        }
        for number, name in enumerate(graph.names):  # nor need a row that has its key
            linked = graph.linked_to(number)
            if linked is not None and graph.names[linked] in self.changed:
                self.changed.add(name)
        self.kept = {
            name: self._kept(name)
            for name, table in zip(graph.names, graph.tables, strict=True)
            if table["kind"] == "seeded" and table["keep"]
        }

    def _kept(self, name: str) -> set[Any]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {name} WHERE kept")
            return {key for (key,) in cursor.fetchall()}

    def lost(self) -> Counter[str]:
        """Return how many rows not created by a seed are gone, or are other ones now, by table."""
        after = rows_of(self.graph.key_by_name)
        return Counter(
            name
            for name, rows in self.before.items()
            for key, row in rows.items()
            if key not in self.made[name] and after[name].get(key) != row
        )

    def kept_lost(self) -> list[str]:
        """Return the rows that match `keep` and aren't there as they were, in words."""
        after = rows_of(self.graph.key_by_name)
        return [
            f"the kept row {key} of {name} was {self.before[name][key]}, and is {after[name].get(key)}"
            for name, keys in self.kept.items()
            for key in sorted(keys)
            if after[name].get(key) != self.before[name][key]
        ]

    def unannounced(self, refused: SeedError | None) -> list[str]:
        """Return what is wrong with a seed of which the plan said that nothing would be lost."""
        faults = [f"the plan is clean, and the seed fails: {refused}"] if refused else []
        return faults + ([f"lost unannounced: {dict(self.lost())}"] if self.lost() else [])

    def announced(self, announced: Counter[str], refused: SeedError | None) -> list[str]:
        """Return what is wrong with a refusal, and with the loss of what it named."""
        if refused is None or refused.exit_code != 6:
            return [f"the plan announces {dict(announced)}, and the seed says {refused}"]
        said = str(refused).replace('"', "")
        faults = [f"the refusal doesn't name {table}: {said}" for table in announced if table not in said]
        if rows_of(self.graph.key_by_name) != self.before:
            faults.append("a refused seed changed rows")
        try:
            seed("v2", loader=self.graph.loader, overwrite=True)
        except SeedError as exc:
            return [*faults, f"{dict(announced)} may go, and the seed fails: {exc}"]
        gone = self.lost()
        if any(rows > announced[table] for table, rows in gone.items()) or set(announced) - set(gone) - self.changed:
            faults.append(f"announced {dict(announced)}, and lost {dict(gone)}")
        return faults


def attempt(graph: Graph, version: str) -> SeedError | None:
    """Seed; return the error, if any."""
    try:
        seed(version, loader=graph.loader)
    except SeedError as exc:
        return exc
    return None


def judge(example: dict[str, Any]) -> dict[str, Any]:
    """Return what is wrong with how the engine seeds the example twice, and what the plan announced."""
    graph = Graph(example)
    graph.create()
    graph.register()
    if error := attempt(graph, "v1"):
        return {"faults": [f"v1 can't be seeded: {error}"]}
    made = rows_of(graph.key_by_name)
    with transaction.atomic():
        for number, kept, choices in example["inserts"]:
            graph.insert(number % len(graph.tables), kept, choices)
        for n, row, choice, kept in example["edits"] if graph.edges else []:
            graph.edit(n % len(graph.edges), row, choice, kept)
    judged = Judge(graph, made)
    try:
        losses = plan("v2", loader=graph.loader).losses
    except SeedError as exc:
        return {"faults": [f"v2 can't be planned: {exc}"]}
    announced: Counter[str] = Counter()
    for loss in losses:
        announced[loss.table.replace('"', "")] += loss.rows
    refused = attempt(graph, "v2")
    faults = judged.announced(announced, refused) if announced else judged.unannounced(refused)
    faults += judged.kept_lost()
    if not faults:
        connection.check_constraints()
        found = verify("v2")
        faults += [] if found.same else [f"not verified: {found}"]
    return {"faults": faults, "announced": dict(announced)}


if __name__ == "__main__":
    serve(judge)
