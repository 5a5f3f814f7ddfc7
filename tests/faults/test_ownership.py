"""A row is the seed's when it is shown to be: that its key was once a seeded row's proves nothing.

OWNERSHIP_HISTORIES is how many random histories are played (12), OWNERSHIP_SEED which ones: a failing test's name says
it all, so `OWNERSHIP_SEED=… OWNERSHIP_HISTORIES=… pytest -k 'history[…]'` plays it again.
"""

import os
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, TypedDict, Unpack

import pytest
from django.db import IntegrityError, connection

from accounts.models import User
from orders.models import Order, Payment
from seeding import SeedError, plan, seed
from tests.support.project import IS_POSTGRESQL, Project

from .databases import LARGE, LOADERS, SIZES, TABLES, V2, losses, refused

TRUE = "true" if IS_POSTGRESQL else "1"
ALL_SIZES = [pytest.param(SIZES, id="small")] + [pytest.param(LARGE, id="large")] * IS_POSTGRESQL
CUSTOMER = "customer{}@shop.example"


class How(TypedDict):
    """What a seed is told, apart from its version."""

    row_counts: dict[str, int]
    loader: str


def empty(project: Project, *, restart: bool) -> None:
    """Delete all rows of the seeded tables; with `restart`, start their keys again."""
    if IS_POSTGRESQL:
        project.query(f"TRUNCATE {', '.join(TABLES)}{' RESTART IDENTITY' if restart else ''} CASCADE")
        return
    for table in reversed(TABLES):
        project.query(f"DELETE FROM {table}")
    if restart:
        project.query("DELETE FROM sqlite_sequence WHERE name IN ('users', 'orders')")


def customer_signs_up(project: Project, number: int, key: int | None = None) -> int:
    """Add a customer as the shop would, or as an import with keys of its own does; return the key."""
    names, values = ("id, ", f"{key}, ") if key is not None else ("", "")
    ((key,),) = project.query(
        f"INSERT INTO users ({names}email, first_name, last_name, password, is_staff, is_superuser, is_active, "
        f"created_at) VALUES ({values}'{CUSTOMER.format(number)}', 'Real', 'Customer', 'x', NOT {TRUE}, NOT {TRUE}, "
        f"{TRUE}, '2026-02-03 04:05:06.{number:06}+00:00') RETURNING id"
    )
    return key


def customer_orders(project: Project, number: int, user: int, key: int | None = None) -> int:
    """Add an order and its payment, likewise."""
    names, values = ("id, ", f"{key}, ") if key is not None else ("", "")
    at = f"'2026-02-03 05:06:07.{number:06}+00:00'"
    ((key,),) = project.query(
        f"INSERT INTO orders ({names}user_id, total, status, created_at) "
        f"VALUES ({values}{user}, 12.5, 'pending', {at}) RETURNING id"
    )
    project.query(f"INSERT INTO payments (order_id, amount, status, created_at) VALUES ({key}, 12.5, 'pending', {at})")
    return key


def customers(project: Project) -> list[tuple[Any, ...]]:
    return project.query("SELECT id, email FROM users WHERE email LIKE '%shop.example' ORDER BY id")


@pytest.mark.parametrize("sizes", ALL_SIZES)
@pytest.mark.parametrize("loader", LOADERS)
def test_ownership__customers_after_a_truncation_that_restarts_the_keys(
    project: Project, sizes: tuple[str, ...], loader: str
) -> None:
    project.seed(*sizes, "--loader", loader)
    empty(project, restart=True)
    keys = [customer_signs_up(project, number) for number in range(3)]
    assert keys == [1, 2, 3]
    assert [customer_orders(project, number, 1 + number % 3) for number in range(4)] == [1, 2, 3, 4]
    assert losses(project, *V2, *sizes, "--loader", loader) == {"users": 3, "orders": 4, "payments": 4}
    assert "--overwrite" in refused(project, *V2, *sizes, "--loader", loader)
    assert len(customers(project)) == 3
    project.seed(*V2, *sizes, "--loader", loader, "--overwrite")
    assert customers(project) == []


def test_ownership__customers_after_a_truncation__the_same_version_again(seeded_project: Project) -> None:
    empty(seeded_project, restart=True)
    customer_signs_up(seeded_project, 1)
    assert "users" in refused(seeded_project, *SIZES, "--force")


def test_ownership__customers_after_a_truncation__the_attempts_deleted(seeded_project: Project) -> None:
    empty(seeded_project, restart=True)
    seeded_project.query("DELETE FROM seed_metadata")
    customer_signs_up(seeded_project, 1)
    customer_orders(seeded_project, 1, 1)
    assert losses(seeded_project, *SIZES) == {"users": 1, "orders": 1, "payments": 1}
    refused(seeded_project, *SIZES)


def test_ownership__as_many_customers_as_there_were_seeded_users(seeded_project: Project) -> None:
    """Neither counts nor the smallest and largest keys tell them apart."""
    empty(seeded_project, restart=True)
    for number in range(20):
        customer_signs_up(seeded_project, number)
    for number in range(100):
        customer_orders(seeded_project, number, 1 + number % 20)
    assert losses(seeded_project, *V2, *SIZES) == {"users": 20, "orders": 100, "payments": 100}
    refused(seeded_project, *V2, *SIZES)


def test_ownership__customers_of_a_lowered_sequence(seeded_project: Project) -> None:
    """Of all that was seeded only the first users are there; the newest keys go to customers."""
    for statement in (
        "DELETE FROM payments WHERE order_id IN (SELECT id FROM orders WHERE user_id > 15)",
        "DELETE FROM orders WHERE user_id > 15",
        "DELETE FROM users WHERE id > 15",
        "SELECT setval('users_id_seq', 15)"
        if IS_POSTGRESQL
        else "UPDATE sqlite_sequence SET seq = 15 WHERE name = 'users'",
    ):
        seeded_project.query(statement)
    assert [customer_signs_up(seeded_project, number) for number in range(2)] == [16, 17]
    assert losses(seeded_project, *V2, *SIZES) == {"users": 2}
    assert "16, 17" in refused(seeded_project, *V2, *SIZES)


def test_ownership__rows_imported_over_the_keys_of_deleted_ones(seeded_project: Project) -> None:
    for statement in (
        "DELETE FROM payments WHERE order_id IN (SELECT id FROM orders WHERE user_id IN (3, 7))",
        "DELETE FROM orders WHERE user_id IN (3, 7)",
        "DELETE FROM users WHERE id IN (3, 7)",
        "DELETE FROM payments WHERE order_id IN (SELECT id FROM orders ORDER BY id LIMIT 2)",
    ):
        seeded_project.query(statement)
    (first,), (second,) = seeded_project.query("SELECT id FROM orders ORDER BY id LIMIT 2")
    seeded_project.query(f"DELETE FROM orders WHERE id IN ({first}, {second})")
    customer_signs_up(seeded_project, 1, key=3)
    customer_signs_up(seeded_project, 2, key=7)
    customer_orders(seeded_project, 1, 3, key=first)
    customer_orders(seeded_project, 2, 5, key=second)  # of a user who was seeded
    assert losses(seeded_project, *V2, *SIZES) == {"users": 2, "orders": 2, "payments": 2}
    said = refused(seeded_project, *V2, *SIZES)
    assert all(table in said for table in TABLES)
    assert "3, 7" in said
    seeded_project.seed(*V2, *SIZES, "--overwrite")
    assert customers(seeded_project) == []
    assert seeded_project.query("SELECT count(*) FROM orders") == [(100,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_ownership__a_few_rows_imported_into_a_large_table(project: Project, loader: str) -> None:
    project.seed(*LARGE, "--loader", loader)
    project.query("DELETE FROM payments WHERE order_id IN (1234, 2345, 4999)")
    project.query("DELETE FROM orders WHERE id IN (1234, 2345, 4999)")
    for number, key in enumerate((1234, 2345, 4999)):
        customer_orders(project, number, 5, key=key)
    assert losses(project, *V2, *LARGE, "--loader", loader) == {"orders": 3, "payments": 3}
    refused(project, *V2, *LARGE, "--loader", loader)


def test_ownership__a_payment_of_a_customer_on_a_seeded_order(seeded_project: Project) -> None:
    seeded_project.query("DELETE FROM payments WHERE order_id = 9")
    seeded_project.query("INSERT INTO payments VALUES (9, 1.5, 'pending', '2026-02-03 04:05:06+00:00')")
    assert losses(seeded_project, *V2, *SIZES) == {"payments": 1}
    refused(seeded_project, *V2, *SIZES)


VISITORS_EDITS = {
    "a name": ["UPDATE users SET first_name = 'Ada' WHERE id = 4"],
    "names and address": [
        "UPDATE users SET first_name = 'Ada', last_name = 'Lovelace', email = 'ada@shop.example' WHERE id = 4"
    ],
    "all names": ["UPDATE users SET first_name = 'Ada', last_name = 'Lovelace'"],
    "all of a few users": [
        "UPDATE users SET first_name = 'A', last_name = 'B', email = 'u' || id || '@shop.example', password = 'x', "
        f"is_active = NOT {TRUE}, last_login = '2026-02-03 04:05:06+00:00' WHERE id < 6"
    ],
    "an order": [
        "UPDATE orders SET status = 'completed', total = 99 WHERE id = 5",
        "UPDATE payments SET status = 'completed', amount = 99 WHERE order_id = 5",
    ],
    "an order given to another user": ["UPDATE orders SET user_id = 1, status = 'completed' WHERE id IN (5, 6, 7)"],
    "the status of all orders": [
        "UPDATE orders SET status = 'completed'",
        "UPDATE payments SET status = 'completed'",
    ],
    "deletions": ["DELETE FROM payments WHERE order_id < 90", "DELETE FROM orders WHERE id < 90"],
    "of the newest and the oldest": [
        "UPDATE users SET first_name = 'Ada', email = 'u' || id || '@shop.example' WHERE id IN (1, 20)",
        "UPDATE orders SET total = 99, status = 'pending' WHERE id IN (1, 100)",
        "UPDATE payments SET amount = 99, status = 'pending' WHERE order_id IN (1, 100)",
    ],
}


@pytest.mark.parametrize("edits", VISITORS_EDITS.values(), ids=VISITORS_EDITS)
@pytest.mark.parametrize("attempts", ["kept", "deleted"])
def test_ownership__edits_of_a_demos_visitors_do_not_block(
    seeded_project: Project, edits: list[str], attempts: str
) -> None:
    for statement in edits:
        seeded_project.query(statement)
    if attempts == "deleted":
        seeded_project.query("DELETE FROM seed_metadata")
    assert losses(seeded_project, *V2, *SIZES) == {}
    assert seeded_project.seed(*V2, *SIZES).startswith("Seeded v2: ")
    assert seeded_project.query("SELECT count(*) FROM users WHERE email LIKE '%shop.example'") == [(0,)]


def test_ownership__edits_of_a_small_table_do_not_block(project: Project) -> None:
    """So few rows that the values of every column differ: that of the moment alone is left to tell them by."""
    few = ("--users", "10", "--orders", "16")
    project.seed(*few)
    project.query("UPDATE users SET first_name = 'A', last_name = 'B', email = 'u' || id || '@shop.example'")
    project.query("DELETE FROM seed_metadata")
    assert losses(project, *V2, *few) == {}


def test_ownership__the_row_deleted_and_seeded_again(seeded_project: Project) -> None:
    """The first thing that the operating manual says to do, time and again."""
    for _ in range(3):
        seeded_project.query("DELETE FROM seed_metadata")
        assert losses(seeded_project, *SIZES) == {}
        assert seeded_project.seed(*SIZES).startswith("Seeded v1: ")
    assert seeded_project.query("SELECT count(*) FROM users") == [(20,)]


CHANGING = {"DJANGO_SETTINGS_MODULE": "tests.faults.changing.settings"}
EDITED = {**CHANGING, "CHANGING_EDITION": "2"}


@pytest.mark.parametrize("attempts", ["kept", "deleted"])
@pytest.mark.parametrize("arguments", [V2, ("--force",)], ids=["v2", "force"])
def test_ownership__a_seeds_py_that_changed(project: Project, arguments: tuple[str, ...], attempts: str) -> None:
    """What the code generates now tells nothing of what it generated then."""
    assert project.run("migrate", "-v0", **CHANGING).returncode == 0
    project.seed(*SIZES, **CHANGING)
    project.query("UPDATE changing_ticket SET title = 'edited' WHERE id < 4")
    if attempts == "deleted":
        project.query("DELETE FROM seed_metadata")
    assert losses(project, *arguments, *SIZES, **EDITED) == {}
    project.seed(*arguments, *SIZES, **EDITED)
    assert project.query("SELECT count(*) FROM changing_ticket WHERE title LIKE 'edition 2, %'") == [(30,)]


def test_ownership__a_seeds_py_that_changed__and_rows_of_customers(project: Project) -> None:
    assert project.run("migrate", "-v0", **CHANGING).returncode == 0
    project.seed(*SIZES, **CHANGING)
    project.query("DELETE FROM changing_ticket WHERE id IN (2, 30)")
    for key in (2, 30):
        project.query(f"INSERT INTO changing_ticket VALUES ({key}, 'It is broken', '2026-02-03 04:05:06+00:00')")
    assert losses(project, *V2, *SIZES, **EDITED) == {"changing_ticket": 2}
    done = project.run("seed", *V2, *SIZES, **EDITED)
    assert done.returncode == 6
    assert "changing_ticket" in done.stderr
    assert project.query("SELECT count(*) FROM changing_ticket WHERE title = 'It is broken'") == [(2,)]


LARGE_TABLE = (*SIZES, "--tickets", "30000")  # more rows than are marked


def test_ownership__a_large_table_restored(project: Project) -> None:
    """Samples of the rows that one transaction wrote stand for all of them, and for no other row."""
    assert project.run("migrate", "-v0", **CHANGING).returncode == 0
    project.seed(*LARGE_TABLE, **CHANGING)
    project.query("UPDATE changing_ticket SET title = title")
    assert losses(project, *V2, *LARGE_TABLE, **EDITED) == {}
    project.query("DELETE FROM changing_ticket WHERE id IN (2, 30)")
    for key in (2, 30):
        project.query(f"INSERT INTO changing_ticket VALUES ({key}, 'It is broken', '2026-02-03 04:05:06+00:00')")
    if IS_POSTGRESQL:
        assert losses(project, *V2, *LARGE_TABLE, **EDITED) == {"changing_ticket": 2}


def test_ownership__a_large_table_imported_with_the_keys_of_seeded_rows(project: Project) -> None:
    assert project.run("migrate", "-v0", **CHANGING).returncode == 0
    project.seed(*LARGE_TABLE, **CHANGING)
    project.query("UPDATE changing_ticket SET title = 'It is broken', opened_at = '2026-02-03 04:05:06+00:00'")
    assert losses(project, *V2, *LARGE_TABLE, **EDITED) == {"changing_ticket": 30_000}


ODD_VALUES = [
    "created_at = '2026-13-45 00:00:00'",
    "created_at = 'hello'",
    "created_at = 5",
    "created_at = x'00ff'",
    "created_at = CAST(x'00ff' AS text)",
    "total = 'abc'",
    "total = 1e999",
    "total = x'00ff'",
    "user_id = 'u'",
    "user_id = CAST(x'ff' AS text)",
]


@pytest.mark.skipif(IS_POSTGRESQL, reason="PostgreSQL's columns hold values of their type alone")
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_ownership__of_rows_with_values_of_another_type(seeded_project: Project, odd: str) -> None:
    seeded_project.query(f"UPDATE orders SET {odd} WHERE id = 5")
    done = seeded_project.run("seed", "--verify", *SIZES)
    assert (done.returncode, done.stderr.count("\n")) == (4, 3), done.stderr
    assert "orders: 100 rows generated, 1 different, 0 missing" in done.stderr
    assert set(losses(seeded_project, *V2, *SIZES).items()) <= {("orders", 1), ("payments", 1)}
    assert seeded_project.seed(*V2, *SIZES, "--overwrite").startswith("Seeded v2: ")


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no infinite dates")
def test_ownership__of_rows_with_dates_that_python_does_not_have(project: Project) -> None:
    """They can be read neither by the driver nor by what compares rows: each is a row of its own."""
    settings = {"DJANGO_SETTINGS_MODULE": "tests.library.settings"}
    assert project.run("migrate", "-v0", **settings).returncode == 0
    sizes = (*SIZES, "--books", "100")
    project.seed(*sizes, **settings)
    project.query("UPDATE library_author SET name = name")
    assert losses(project, *V2, *sizes, **settings) == {}
    project.query("UPDATE library_author SET born = 'infinity' WHERE id = 3")
    project.query("UPDATE library_author SET born = '0044-03-15 BC' WHERE id = 7")
    project.query("UPDATE library_cover SET printed_at = '-infinity' WHERE book_id = 3")
    project.query("UPDATE orders SET created_at = 'infinity' WHERE id = 5")
    assert losses(project, *V2, *sizes, **settings) == {
        "library_author": 2,
        "library_cover": 1,
        "orders": 1,
        "payments": 1,
    }
    done = project.run("seed", "--verify", *sizes, **settings)
    assert "library_author 7, born: was " in done.stderr
    assert "is 0044-03-15 BC" in done.stderr
    assert "is infinity" in done.stderr
    done = project.run("seed", *V2, *sizes, **settings)
    assert (done.returncode, "library_author" in done.stderr) == (6, True)
    assert project.query("SELECT count(*) FROM orders WHERE NOT isfinite(created_at)") == [(1,)]
    assert project.seed(*V2, *sizes, "--overwrite", **settings).startswith("Seeded v2: ")


HISTORIES = int(os.environ.get("OWNERSHIP_HISTORIES", "12"))
SEED = os.environ.get("OWNERSHIP_SEED", "2026")
BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)  # customers' rows are told by their moments, which no seed generates


class History:
    """Plays random things that happen to a database, and keeps account of the rows that people made."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.moments = 0
        self.versions = 0
        self.told: list[str] = []
        self.only_visitors = True  # since the last seed, nobody added a row
        self.outcomes: Counter[str] = Counter()

    def play(self, steps: int) -> None:
        self.seeds()
        deeds: list[tuple[Callable[[], None], int]] = [
            (self.seeds, 5),
            (self.visitors_edit, 3),
            (self.visitors_delete, 2),
            (self.customers_sign_up, 4),
            (self.customers_order, 4),
            (self.truncates, 2),
            (self.imports, 3),
            (self.promotes, 1),
            (self.restarts_keys, 1),
            (self.forgets_attempts, 1),
        ]
        for _ in range(steps):
            (deed,) = self.chance.choices([deed for deed, _ in deeds], [weight for _, weight in deeds])
            self.told.append(deed.__name__)
            deed()
        self.seeds()

    def moment(self) -> datetime:
        self.moments += 1
        return BEGINNING + timedelta(seconds=self.moments)

    def peoples_rows(self) -> dict[str, set[tuple[int, datetime]]]:
        """Return the keys and the moments of the rows that people made."""
        end = BEGINNING + timedelta(days=365)
        return {
            model._meta.db_table: set(model.objects.filter(created_at__lt=end).values_list("pk", "created_at"))
            for model in (User, Order, Payment)
        }

    @staticmethod
    def content() -> list[Any]:
        return [sorted(model.objects.values_list()) for model in (User, Order, Payment)]

    def seeds(self) -> None:
        self.versions += 1
        version = f"v{self.versions}"
        counts = {"users": self.chance.randint(1, 12), "orders": self.chance.randint(0, 40)}
        how: How = {"row_counts": counts, "loader": self.chance.choice(LOADERS)}
        self.told[-1:] = [f"seeds {version} {counts} {how['loader']}"]
        there, before = self.peoples_rows(), self.content()
        planned = plan(version, **how)
        announced = Counter(dict.fromkeys(TABLES, 0))
        for loss in planned.losses:
            announced[loss.table] += loss.rows
        refusal = self.refusal(version, **how)
        if refusal is None:
            assert self.lost(there) == Counter(), f"{self.told}: rows that people made are gone, unannounced"
            assert not planned.losses
            self.outcomes["seeded"] += 1
            self.only_visitors = True
            return
        assert refusal.exit_code == 6, refusal
        assert self.content() == before
        assert planned.losses or planned.clashes
        assert planned.clashes or not self.only_visitors, f"{self.told}: edits alone block: {refusal}"
        self.outcomes["refused"] += 1
        if planned.clashes or self.chance.random() < 0.5:
            return
        seed(version, **how, overwrite=True)
        lost = self.lost(there)
        assert all(lost[table] <= announced[table] for table in TABLES), (
            f"{self.told}: announced {announced}, lost {lost}"
        )
        self.outcomes["overwritten"] += 1
        self.only_visitors = True

    @staticmethod
    def refusal(version: str, **how: Unpack[How]) -> SeedError | None:
        try:
            seed(version, **how)
        except SeedError as exc:
            return exc
        return None

    def lost(self, there: dict[str, set[tuple[int, datetime]]]) -> Counter[str]:
        now = self.peoples_rows()
        return Counter({table: len(rows - now[table]) for table, rows in there.items() if rows - now[table]})

    def some(self, model: Any) -> list[Any]:
        keys = sorted(model.objects.values_list("pk", flat=True))
        return self.chance.sample(keys, min(len(keys), self.chance.randint(1, 5)))

    def visitors_edit(self) -> None:
        for key in self.some(User):
            changes: dict[str, str | Decimal] = {
                "first_name": "Ada",
                "last_name": "Lovelace",
                "email": f"visitor{self.versions}-{key}@shop.example",
            }
            names = self.chance.sample(sorted(changes), self.chance.randint(1, 3))
            User.objects.filter(pk=key).update(**{name: changes[name] for name in names})
        for key in self.some(Order):
            changes = {"status": "completed", "total": Decimal(self.chance.randint(1, 999))}
            names = self.chance.sample(sorted(changes), self.chance.randint(1, 2))
            Order.objects.filter(pk=key).update(**{name: changes[name] for name in names})
        Payment.objects.filter(pk__in=self.some(Payment)).update(status="processing", amount=Decimal("1.25"))

    def visitors_delete(self) -> None:
        Payment.objects.filter(pk__in=self.some(Payment)).delete()
        Order.objects.filter(pk__in=self.some(Order)).delete()
        keys = self.some(User)
        Order.objects.filter(user__in=keys).delete()
        User.objects.filter(pk__in=keys).delete()

    def customers_sign_up(self, keys: list[int] | None = None) -> None:
        """Customers sign up; where a sequence lags behind, some in vain."""
        for key in keys if keys is not None else [None] * self.chance.randint(1, 4):
            at = self.moment()
            self.only_visitors = False
            try:
                User.objects.create(pk=key, email=f"customer{self.moments}@shop.example", created_at=at)
            except IntegrityError:
                continue

    def customers_order(self, keys: list[int] | None = None) -> None:
        users = sorted(User.objects.values_list("pk", flat=True))
        for key in keys if keys is not None else [None] * self.chance.randint(1, 4):
            if not users:
                return
            at = self.moment()
            self.only_visitors = False
            try:
                order = Order.objects.create(pk=key, user_id=self.chance.choice(users), total=5, created_at=at)
                if self.chance.random() < 0.7:
                    Payment.objects.create(order=order, amount=5, created_at=at)
            except IntegrityError:
                continue

    def truncates(self) -> None:
        tables = TABLES[self.chance.choice([0, 0, 1, 2]) :]
        restart = self.chance.random() < 0.7
        with connection.cursor() as cursor:
            if IS_POSTGRESQL:
                cascade = ", users_groups, users_user_permissions, django_admin_log" if "users" in tables else ""
                cursor.execute(f"TRUNCATE {', '.join(tables)}{cascade}{' RESTART IDENTITY' if restart else ''}")
                return
            for table in reversed(tables):
                cursor.execute(f"DELETE FROM {table}")
            if restart:
                self._restart(cursor, tables)

    def _restart(self, cursor: Any, tables: tuple[str, ...]) -> None:
        for table in {"users", "orders"} & set(tables):
            if IS_POSTGRESQL:
                cursor.execute(f"SELECT setval('{table}_id_seq', greatest(1, (SELECT max(id) FROM {table})))")
            else:
                cursor.execute(f"UPDATE sqlite_sequence SET seq = 0 WHERE name = '{table}'")

    def restarts_keys(self) -> None:
        with connection.cursor() as cursor:
            self._restart(cursor, TABLES)

    def imports(self) -> None:
        """Rows come with keys of their own, in the gaps that deletions left and above."""
        self.visitors_delete()
        taken = set(User.objects.values_list("pk", flat=True))
        free = [key for key in range(1, 60) if key not in taken]
        self.customers_sign_up(self.chance.sample(free, self.chance.randint(1, 4)))
        taken = set(Order.objects.values_list("pk", flat=True))
        free = [key for key in range(1, 120) if key not in taken]
        self.customers_order(self.chance.sample(free, self.chance.randint(1, 4)))

    def promotes(self) -> None:
        User.objects.filter(pk__in=self.some(User)[:1]).update(is_staff=True)

    def forgets_attempts(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM seed_metadata")


@pytest.mark.django_db(transaction=True, reset_sequences=True)
@pytest.mark.parametrize("number", range(HISTORIES))
def test_ownership__history(number: int) -> None:
    """A row not created by a seed is never deleted unless announced and allowed; edits alone never block."""
    chance = random.Random(f"{SEED}-{number}")
    history = History(chance)
    history.play(chance.randint(6, 14))
    assert history.outcomes["seeded"]
