"""Rows not created by a seed are never deleted unasked."""

import os

import pytest

from tests.support.project import IS_POSTGRESQL, Project

SIZES = ("--users", "20", "--orders", "100")
V2 = ("--seed-version", "v2", *SIZES)


def shell(project: Project, script: str) -> str:
    imports = (
        "from accounts.models import User; from orders.models import Order, Payment; from model_bakery import baker; "
    )
    done = project.run("shell", "-v0", "-c", imports + script)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refusal(project: Project, *arguments: str) -> str:
    """Seed v2, which must be refused and change nothing; return what is said."""
    before = project.content(), project.history()
    done = project.run("seed", *V2, *arguments)
    assert (done.returncode, done.stdout) == (6, ""), done.stderr
    assert (project.content(), project.history()) == before
    assert "--overwrite" in done.stderr
    return done.stderr


def test_guard__a_user_not_created_by_a_seed(seeded_project: Project) -> None:
    shell(seeded_project, "baker.make_recipe('accounts.user')")
    assert "users: 1 row not created by a seed (key 21)" in refusal(seeded_project)
    assert "users: 1 row not created by a seed (key 21)" in refusal(seeded_project, "--force", "--noinput")
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT count(*), max(id) FROM users") == [(20, 20)]


def test_guard__an_order_not_created_by_a_seed(seeded_project: Project) -> None:
    shell(seeded_project, "baker.make_recipe('orders.payment', order__user=User.objects.first())")
    said = refusal(seeded_project)
    assert "orders: 1 row not created by a seed (key 101)" in said
    assert "payments: 1 row not created by a seed (key 101)" in said


def test_guard__tables_filled_before_the_first_seed(project: Project) -> None:
    shell(project, "baker.make_recipe('orders.order', _quantity=5)")
    said = refusal(project)
    assert "users: 1 row not created by a seed (key 1)" in said
    assert "orders: 5 rows not created by a seed (key 1, 2, 3, ...)" in said


def test_guard__after_the_row_is_deleted(seeded_project: Project) -> None:
    seeded_project.query("DELETE FROM seed_metadata")
    shell(seeded_project, "baker.make_recipe('accounts.user')")
    assert "users: 1 row not created by a seed (key 21)" in refusal(seeded_project)


def test_guard__rows_of_other_tables_that_point_at_seeded_ones(seeded_project: Project) -> None:
    shell(
        seeded_project,
        "from django.contrib.auth.models import Group; User.objects.first().groups.add(Group.objects.create(name='x'))",
    )
    assert "users_groups: 1 row references users rows that would be deleted, by user_id (key 1)" in refusal(
        seeded_project
    )
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT count(*) FROM users_groups") == [(0,)]
    assert seeded_project.query("SELECT count(*) FROM auth_group") == [(1,)]


def test_guard__edits_to_seeded_rows_do_not_block(seeded_project: Project) -> None:
    seeded_project.query("UPDATE users SET first_name = 'Ada'")
    seeded_project.query("DELETE FROM payments WHERE order_id < 50")
    assert seeded_project.seed(*V2).startswith("Seeded v2: ")


def test_guard__staff_stay_with_all_that_is_theirs(project: Project) -> None:
    make = (
        "from django.contrib.auth.models import Group; from django.contrib.admin.models import LogEntry;"
        "user = User.objects.create_superuser('{name}@example.com', 'a pass phrase');"
        "user.groups.add(Group.objects.get_or_create(name='boss')[0]);"
        "LogEntry.objects.create(user=user, action_flag=1, object_repr='{name}');"
        "baker.make_recipe('orders.payment', order__user=user); print(user.pk)"
    )
    before = shell(project, make.format(name="before"))
    project.seed(*SIZES)
    after = shell(project, make.format(name="after"))
    assert (before, after) == ("1\n", "22\n")
    for version in ("v2", "v1", "v3"):
        project.seed("--seed-version", version, *SIZES)
    look = (
        "from django.contrib.auth import authenticate;"
        "print([(u.pk, u.groups.get().name, u.logentry_set.get().object_repr, u.orders.get().payment.status,"
        " authenticate(username=u.email, password='a pass phrase') == u)"
        " for u in User.objects.filter(is_staff=True).order_by('pk')])"
    )
    assert shell(project, look) == (
        "[(1, 'boss', 'before', 'pending', True), (22, 'boss', 'after', 'pending', True)]\n"
    )
    assert project.query("SELECT count(*), min(id) FROM users WHERE NOT is_staff") == [(20, 23)]
    assert project.query("SELECT count(*) FROM orders") == [(102,)]


def test_guard__a_seeded_user_promoted_to_staff_keeps_the_orders(seeded_project: Project) -> None:
    seeded_project.query("UPDATE users SET is_staff = true WHERE id = 3")
    theirs = seeded_project.query("SELECT id, total FROM orders WHERE user_id = 3 ORDER BY id")
    assert theirs
    seeded_project.seed(*V2)
    assert seeded_project.query("SELECT id, total FROM orders WHERE user_id = 3 ORDER BY id") == theirs
    assert seeded_project.query("SELECT count(*) FROM payments") == [(100 + len(theirs),)]


def test_guard__a_log_entry_of_a_user_who_is_not_staff(seeded_project: Project) -> None:
    script = "from django.contrib.admin.models import LogEntry; LogEntry.objects.create(user_id=4, action_flag=1)"
    shell(seeded_project, script)
    assert "django_admin_log: 1 row references users rows that would be deleted, by user_id (key 1)" in refusal(
        seeded_project
    )
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT count(*) FROM django_admin_log") == [(0,)]


def test_guard__an_address_that_the_seed_needs(seeded_project: Project) -> None:
    """Of a promoted user of the same version, or of anybody who stays."""
    ((address,),) = seeded_project.query("SELECT email FROM users WHERE id = 7")
    seeded_project.query("UPDATE users SET is_staff = true WHERE id = 7")
    before = seeded_project.content(), seeded_project.history()
    done = seeded_project.run("seed", "--force", "--overwrite", *SIZES)
    assert done.returncode == 6
    assert f"  users: the row with key 7 holds the email '{address}'\n" in done.stderr
    assert (seeded_project.content(), seeded_project.history()) == before
    seeded_project.seed(*V2)


def test_guard__a_row_added_after_the_announcement(seeded_project: Project) -> None:
    holder = seeded_project.start("shell", "-v0", "-c", HOLD)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    waiting = seeded_project.start("seed", *V2)
    assert waiting.stdout is not None
    assert waiting.stdout.readline().startswith("Waiting for the ")
    holder.communicate(timeout=30)  # lets it end
    assert holder.returncode == 0
    _, stderr = waiting.communicate(timeout=30)
    assert waiting.returncode == 6
    assert "users: 1 row not created by a seed (key 21)" in stderr
    assert seeded_project.query("SELECT count(*) FROM users") == [(21,)]
    assert seeded_project.history() == [("v1", 20, 100, "success")]


HOLD = """
import sys
from model_bakery import baker
from seeding.database import locks
with locks.seed_lock("default", locks.Deadline(5), print):
    print("held", flush=True)
    sys.stdin.read()
    baker.make_recipe("accounts.user")
"""


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 6), ("", 6)])
def test_guard__asks_at_a_terminal(seeded_project: Project, answer: str, code: int) -> None:
    shell(seeded_project, "baker.make_recipe('accounts.user')")
    ours, theirs = os.openpty()
    with seeded_project.popen(("seed", *V2), {}, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        said = b""
        while b"[y/N]" not in said:
            said += os.read(ours, 1000)
        os.write(ours, f"{answer}\n".encode())
        assert process.wait(timeout=60) == code
    os.close(ours)
    text = said.decode()
    assert "users: 1 row not created by a seed (key 21)" in text
    assert seeded_project.database in text
    assert seeded_project.query("SELECT count(*) FROM users") == [(21 if code else 20,)]


@pytest.mark.parametrize("sizes", [SIZES, ("--users", "20", "--orders", "5000")], ids=["small", "large"])
@pytest.mark.parametrize("on_delete", ["NO ACTION", "CASCADE", "SET NULL"])
def test_guard__rows_of_a_table_without_a_model(project: Project, on_delete: str, sizes: tuple[str, ...]) -> None:
    """A DELETE in the database would take them along, or break; Django knows nothing of them."""
    project.seed(*sizes)
    project.query(f"CREATE TABLE note (text varchar(9), order_id bigint REFERENCES orders (id) ON DELETE {on_delete})")
    project.query("INSERT INTO note VALUES ('x', 5), ('y', NULL)")
    done = project.run("seed", "--seed-version", "v2", *sizes)
    assert done.returncode == 6
    assert "  note: 1 row references orders rows that would be deleted, by order_id\n" in done.stderr
    assert project.query("SELECT * FROM note ORDER BY text") == [("x", 5), ("y", None)]
    project.seed("--seed-version", "v2", "--overwrite", *sizes)
    assert project.query("SELECT * FROM note") == [("y", None)]


@pytest.mark.parametrize(
    "tables",
    [
        ["CREATE TABLE note (n integer, order_id bigint REFERENCES ORDERS (ID) ON DELETE CASCADE)"],
        ["CREATE TABLE note (n integer PRIMARY KEY, order_id bigint REFERENCES payments ON DELETE CASCADE)"],
        [
            "CREATE UNIQUE INDEX orders_both ON orders (id, user_id)",
            "CREATE TABLE note (n integer, order_id bigint, user_id bigint,"
            " FOREIGN KEY (order_id, user_id) REFERENCES orders (id, user_id) ON DELETE CASCADE)",
        ],
    ],
    ids=["other case", "no column", "two columns"],
)
def test_guard__foreign_keys_of_all_forms(seeded_project: Project, tables: list[str]) -> None:
    for statement in tables:
        seeded_project.query(statement)
    ((user,),) = seeded_project.query("SELECT user_id FROM orders WHERE id = 5")
    values = f"1, 5, {user}" if "user_id" in tables[-1] else "1, 5"
    seeded_project.query(f"INSERT INTO note VALUES ({values})")
    referenced = "payments" if "payments" in tables[-1] else "orders"
    columns = "order_id, user_id" if "user_id" in tables[-1] else "order_id"
    said = f"  note: 1 row references {referenced} rows that would be deleted, by {columns}"
    assert said in refusal(seeded_project)
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT * FROM note") == []


def test_guard__names_rows_that_reference_rows_to_delete_through_others(seeded_project: Project) -> None:
    seeded_project.query("CREATE TABLE note (id integer PRIMARY KEY, order_id bigint REFERENCES orders (id))")
    seeded_project.query("CREATE TABLE reply (n integer, note_id integer REFERENCES note (id) ON DELETE CASCADE)")
    seeded_project.query("INSERT INTO note VALUES (1, 5)")
    seeded_project.query("INSERT INTO reply VALUES (1, 1), (2, 1)")
    said = refusal(seeded_project)
    assert "  reply: 2 rows reference note rows that would be deleted, by note_id\n" in said
    assert "  note: 1 row references orders rows that would be deleted, by order_id (key 1)\n" in said
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT 1 FROM note UNION ALL SELECT 2 FROM reply") == []


@pytest.mark.skipif(not IS_POSTGRESQL, reason="SQLite has no schemas")
def test_guard__a_table_of_the_same_name_in_another_schema(seeded_project: Project) -> None:
    seeded_project.query("CREATE SCHEMA archive")
    seeded_project.query("CREATE TABLE archive.orders (user_id bigint REFERENCES public.users ON DELETE CASCADE)")
    seeded_project.query("INSERT INTO archive.orders VALUES (5)")
    assert "  archive.orders: 1 row references users rows that would be deleted, by user_id\n" in refusal(
        seeded_project
    )
