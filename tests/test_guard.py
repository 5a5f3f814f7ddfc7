"""Rows that no seed created are never deleted unasked."""

from .conftest import Project

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


def test_guard__a_user_that_no_seed_made(seeded_project: Project) -> None:
    shell(seeded_project, "baker.make_recipe('accounts.user')")
    assert "users: 1 that no seed created (key 21)" in refusal(seeded_project)
    assert "users: 1 that no seed created (key 21)" in refusal(seeded_project, "--force", "--noinput")
    seeded_project.seed(*V2, "--overwrite")
    assert seeded_project.query("SELECT count(*), max(id) FROM users") == [(20, 20)]


def test_guard__an_order_that_no_seed_made(seeded_project: Project) -> None:
    shell(seeded_project, "baker.make_recipe('orders.payment', order__user=User.objects.first())")
    said = refusal(seeded_project)
    assert "orders: 1 that no seed created (key 101)" in said
    assert "payments: 1 that no seed created (key 101)" in said


def test_guard__tables_filled_before_the_first_seed(project: Project) -> None:
    shell(project, "baker.make_recipe('orders.order', _quantity=5)")
    said = refusal(project)
    assert "users: 1 that no seed created (key 1)" in said
    assert "orders: 5 that no seed created (key 1, 2, 3, …)" in said


def test_guard__after_the_row_is_deleted(seeded_project: Project) -> None:
    seeded_project.query("DELETE FROM seed_metadata")
    shell(seeded_project, "baker.make_recipe('accounts.user')")
    assert "users: 1 that no seed created (key 21)" in refusal(seeded_project)


def test_guard__rows_of_other_tables_that_point_at_seeded_ones(seeded_project: Project) -> None:
    shell(
        seeded_project,
        "from django.contrib.auth.models import Group; User.objects.first().groups.add(Group.objects.create(name='x'))",
    )
    assert "users_groups: 1 whose user is a row of users that goes (key 1)" in refusal(seeded_project)
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
