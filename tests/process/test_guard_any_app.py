"""Nothing is lost unannounced, in any app: self-references, removed seeders, tables that are Django's own."""

import pytest

from tests.sketch import LOADERS, Write, failure, lost_rows, plan_of, session, verified
from tests.support.project import IS_POSTGRESQL, Project

SMALL = ("--users", "20", "--orders", "100")
LARGE = ("--users", "20", "--orders", "5000")
V2 = ("--seed-version", "v2")
NEW_STAFF = (
    "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at,"
    " invited_by) VALUES ('{0}@example.com', '{0}', '', '!', {1}, false, true, '2026-01-01 00:00:00', {2})"
)

PEOPLE = """
class Person(models.Model):
    name = models.CharField(max_length=20)
    is_staff = models.BooleanField(default=False)
    boss = models.ForeignKey("self", models.CASCADE, null=True)

class Comment(models.Model):
    author = models.ForeignKey(Person, models.CASCADE, null=True)
    parent = models.ForeignKey("self", models.CASCADE, null=True)
"""
PEOPLE_SEEDS = """
@register(Person, count=4, keep=Q(is_staff=True))
def people(rows):
    return {"name": rows.choice("name", {"Ada": 1, "Bea": 1})}
"""


# Self-references


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("sizes", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("on_delete", ["CASCADE", "SET NULL", "NO ACTION"])
def test_self_reference__of_the_database_alone_from_a_kept_row(
    project: Project, on_delete: str, sizes: tuple[str, ...], loader: str
) -> None:
    """Django knows nothing of the column: a kept row must neither vanish nor change, and the plan must be right."""
    project.seed(*sizes)
    project.query(f"ALTER TABLE users ADD COLUMN invited_by bigint REFERENCES users (id) ON DELETE {on_delete}")
    project.query(NEW_STAFF.format("eve", "true", 3))
    before = project.query("SELECT * FROM users WHERE email = 'eve@example.com'")
    losses = lost_rows(plan_of(project, *sizes, *V2))
    done = project.run("seed", *sizes, *V2, "--loader", loader)
    assert project.query("SELECT * FROM users WHERE email = 'eve@example.com'") == before
    assert (done.returncode, "users" in losses) in [(0, False), (6, True)], (losses, done.stderr)
    if done.returncode == 6:
        assert "users" in done.stderr
        assert project.history()[0][0] == "v1"
    else:
        verified(project, *V2)
        assert project.query("SELECT count(*) FROM users WHERE id = 3") == [(1,)]


def test_self_reference__of_the_database_alone_between_rows_not_created_by_a_seed(project: Project) -> None:
    """A row not created by a seed references a seeded one by way of another: all of them are named."""
    project.seed(*SMALL)
    project.query("ALTER TABLE users ADD COLUMN invited_by bigint REFERENCES users (id) ON DELETE CASCADE")
    project.query(NEW_STAFF.format("guest", "false", 3))
    project.query(NEW_STAFF.format("friend", "false", 21))
    assert lost_rows(plan_of(project, *SMALL, *V2)) == {"users": 2}
    said = failure(project, "seed", *SMALL, *V2, code=6)
    assert "users: 2 " in said
    project.seed(*SMALL, *V2, "--overwrite")
    assert project.query("SELECT count(*) FROM users") == [(20,)]


@pytest.mark.parametrize("loader", LOADERS)
def test_self_reference__of_a_kept_row_lets_seeds_go_on(sketch: Write, loader: str) -> None:
    """The kept row's boss stays with it, and the boss's boss."""
    shop = sketch(PEOPLE, PEOPLE_SEEDS)
    shop.seed("--loader", loader)
    shop.query("INSERT INTO shop_person (name, is_staff, boss_id) VALUES ('Eve', true, 2)")
    shop.query("UPDATE shop_person SET boss_id = 3 WHERE id = 2")
    stay = "SELECT id, name, is_staff, boss_id FROM shop_person WHERE id IN (2, 3, 5) ORDER BY id"
    before = shop.query(stay)
    plan = shop.plan(*V2)
    assert (plan["losses"], plan["clashes"]) == ([], [])
    assert [(t["table"], t["delete"], t["keep"], t["create"]) for t in plan["tables"]] == [("shop_person", 2, 3, 4)]
    for version in ("v2", "v1", "v3"):
        shop.seed("--seed-version", version, "--loader", loader)
        assert shop.query(stay) == before
        assert shop.query("SELECT count(*) FROM shop_person") == [(7,)]
        verified(shop, "--seed-version", version)


def test_self_reference__what_belongs_to_a_kept_row_stays(sketch: Write) -> None:
    """Whoever has a kept boss is kept like the children of other kept rows are."""
    shop = sketch(PEOPLE, PEOPLE_SEEDS)
    shop.seed()
    shop.query("UPDATE shop_person SET is_staff = true WHERE id = 1")
    shop.query("UPDATE shop_person SET boss_id = 1 WHERE id = 2")
    shop.query("UPDATE shop_person SET boss_id = 2 WHERE id = 3")
    before = shop.query("SELECT id, name, boss_id FROM shop_person WHERE id <= 3 ORDER BY id")
    assert lost_rows(shop.plan(*V2)) == {}
    shop.seed(*V2)
    assert shop.query("SELECT id, name, boss_id FROM shop_person WHERE id <= 3 ORDER BY id") == before


def test_self_reference__kept_rows_that_reference_one_another(sketch: Write) -> None:
    shop = sketch(PEOPLE, PEOPLE_SEEDS)
    shop.query("INSERT INTO shop_person (name, is_staff) VALUES ('Eve', true), ('Flo', true)")
    shop.query("UPDATE shop_person SET boss_id = 3 - id")
    before = shop.rows("shop_person")
    for version in ("v1", "v2"):
        shop.seed("--seed-version", version)
        assert [row for row in shop.rows("shop_person") if row[0] <= 2] == before


def test_self_reference__replies_are_among_the_losses(sketch: Write) -> None:
    """Replies to a comment on a seeded row's account go along with it, whoever wrote them."""
    shop = sketch(PEOPLE, PEOPLE_SEEDS)
    shop.seed()
    for author, parent in (("2", "NULL"), ("NULL", "1"), ("NULL", "2"), ("NULL", "NULL")):
        shop.query(f"INSERT INTO shop_comment (author_id, parent_id) VALUES ({author}, {parent})")
    assert lost_rows(shop.plan(*V2)) == {"shop_comment": 3}
    assert "shop_comment" in failure(shop, "seed", *V2, code=6)
    assert shop.query("SELECT count(*) FROM shop_comment") == [(4,)]
    shop.seed(*V2, "--overwrite")
    assert shop.query("SELECT id FROM shop_comment") == [(4,)]


def test_self_reference__replies_in_a_table_without_a_model(seeded_project: Project) -> None:
    seeded_project.query(
        "CREATE TABLE note (id integer PRIMARY KEY, order_id bigint REFERENCES orders (id) ON DELETE CASCADE,"
        " parent_id integer REFERENCES note (id) ON DELETE CASCADE)"
    )
    seeded_project.query("INSERT INTO note VALUES (1, 5, NULL), (2, NULL, 1), (3, NULL, 2), (4, NULL, NULL)")
    assert lost_rows(plan_of(seeded_project, *SMALL, *V2)) == {"note": 3}
    assert "note" in failure(seeded_project, "seed", *SMALL, *V2, code=6)
    seeded_project.seed(*SMALL, *V2, "--overwrite")
    assert seeded_project.query("SELECT id FROM note") == [(4,)]


def test_cycle__of_tables_without_seeder_is_followed(seeded_project: Project) -> None:
    """Two tables that reference one another, round and round: what goes is named, once."""
    seeded_project.query("CREATE TABLE note (id integer PRIMARY KEY, order_id bigint REFERENCES orders (id))")
    seeded_project.query("CREATE TABLE reply (id integer PRIMARY KEY, note_id integer REFERENCES note (id))")
    seeded_project.query("ALTER TABLE note ADD COLUMN reply_id integer REFERENCES reply (id)")
    seeded_project.query("INSERT INTO note (id, order_id, reply_id) VALUES (1, 5, NULL)")
    seeded_project.query("INSERT INTO reply (id, note_id) VALUES (1, 1), (9, NULL)")
    seeded_project.query("INSERT INTO note (id, order_id, reply_id) VALUES (2, NULL, 1), (8, NULL, 9)")
    seeded_project.query("INSERT INTO reply (id, note_id) VALUES (2, 2)")
    assert lost_rows(plan_of(seeded_project, *SMALL, *V2)) == {"note": 2, "reply": 2}
    failure(seeded_project, "seed", *SMALL, *V2, code=6)
    seeded_project.seed(*SMALL, *V2, "--overwrite")
    assert seeded_project.query("SELECT id FROM note UNION ALL SELECT id FROM reply ORDER BY 1") == [(8,), (9,)]


# Seeders that are gone

BADGES = """
class Person(models.Model):
    name = models.CharField(max_length=20)

class Badge(models.Model):
    person = models.ForeignKey(Person, models.CASCADE)

class Poster(models.Model):
    title = models.CharField(max_length=20)
"""
PERSON_SEEDS = """
@register(Person, count=4)
def people(rows):
    return {"name": rows.choice("name", {"Ada": 1, "Bea": 1})}
"""
ALL_SEEDS = f"""{PERSON_SEEDS}
@register(Badge, count=6)
def badges(rows):
    return {{"person": rows.reference("person", Person)}}

@register(Poster, count=5)
def posters(rows):
    return {{"title": "x"}}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_removed_seeder__its_rows_are_the_seeds(sketch: Write, loader: str) -> None:
    """They are cleared with the rest, and `--plan` says so."""
    shop = sketch(BADGES, ALL_SEEDS)
    shop.seed("--loader", loader)
    shop.write(seeds=PERSON_SEEDS)
    plan = shop.plan(*V2)
    assert plan["losses"] == []
    assert {(t["table"], t["delete"]) for t in plan["tables"]} == {
        ("shop_person", 4),
        ("shop_badge", 6),
        ("shop_poster", 5),
    }
    shop.seed(*V2, "--loader", loader)
    assert (shop.rows("shop_badge"), shop.rows("shop_poster")) == ([], [])
    verified(shop, *V2)


def test_removed_seeder__rows_not_created_by_a_seed_stay(sketch: Write) -> None:
    shop = sketch(BADGES, ALL_SEEDS)
    shop.seed()
    shop.query("INSERT INTO shop_poster (title) VALUES ('mine')")
    shop.write(seeds=PERSON_SEEDS)
    shop.seed(*V2)
    assert shop.query("SELECT title FROM shop_poster") == [("mine",)]


def test_removed_seeder__comes_back(sketch: Write) -> None:
    """Whatever happens to its rows meanwhile, they never turn into rows not created by a seed."""
    shop = sketch(BADGES, ALL_SEEDS)
    shop.seed()
    shop.write(seeds=PERSON_SEEDS)
    shop.run("seed", *V2, "--overwrite")
    shop.write(seeds=ALL_SEEDS)
    assert shop.plan("--seed-version", "v3")["losses"] == []
    shop.seed("--seed-version", "v3")
    counts = "SELECT (SELECT count(*) FROM shop_badge), (SELECT count(*) FROM shop_poster)"
    assert shop.query(counts) == [(6, 5)]
    verified(shop, "--seed-version", "v3")


def test_removed_seeder__and_removed_model(sketch: Write) -> None:
    """The table is still there, its foreign key too, but no app knows it any more."""
    shop = sketch(BADGES, ALL_SEEDS)
    shop.seed()
    badges = len(shop.rows("shop_badge"))
    shop.write(models=BADGES.split("class Badge")[0], seeds=PERSON_SEEDS)
    if IS_POSTGRESQL:
        assert shop.plan(*V2)["losses"] == []
        shop.seed(*V2)
    else:  # nothing there shows whose rows they are, once no model says what they hold: they are announced
        assert [loss["rows"] for loss in shop.plan(*V2)["losses"]] == [badges]
        shop.seed(*V2, "--overwrite")
    assert shop.rows("shop_badge") == []


# Unique values of kept rows

NULLABLE = """
class Person(models.Model):
    email = models.CharField(max_length=30, unique=True, null=True)
    number = models.IntegerField(unique=True, null=True)
    is_staff = models.BooleanField(default=False)
"""
NULLABLE_SEEDS = """
@register(Person, count=4, keep=Q(is_staff=True))
def people(rows):
    odd = rows.numbers % 2 == 1
    texts = np.strings.add(rows.version + "-", rows.numbers.astype("U9"))
    return {"email": np.ma.array(texts, mask=odd), "number": np.ma.array(rows.numbers, mask=odd)}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_clash__null_is_no_value(sketch: Write, loader: str) -> None:
    shop = sketch(NULLABLE, NULLABLE_SEEDS)
    shop.query("INSERT INTO shop_person (is_staff) VALUES (true), (true)")
    for version in ("v1", "v2"):
        plan = shop.plan("--seed-version", version)
        assert (plan["losses"], plan["clashes"]) == ([], [])
        shop.seed("--seed-version", version, "--loader", loader)
        verified(shop, "--seed-version", version)
    assert shop.query("SELECT count(*), count(email), count(number) FROM shop_person") == [(6, 2, 2)]


def test_clash__equal_values_are_one(sketch: Write) -> None:
    shop = sketch(NULLABLE, NULLABLE_SEEDS)
    shop.query("INSERT INTO shop_person (is_staff, email, number) VALUES (true, 'v1-2', NULL), (true, NULL, 2)")
    assert len(shop.plan()["clashes"]) == 2
    said = failure(shop, "seed", code=6)
    assert "email" in said
    assert "'v1-2'" in said
    assert "number" in said


# Tables that are Django's own

LIKE = """
class Like(models.Model):
    content_type = models.ForeignKey(ContentType, models.CASCADE)
    object_id = models.IntegerField()
"""


def test_relation_to_an_unseeded_table__says_what_to_use(sketch: Write) -> None:
    """The advice is not to register content types."""
    seeds = "@register(Like, count=3)\ndef likes(rows):\n    return {'content_type': rows.numbers, 'object_id': 1}\n"
    shop = sketch(LIKE, seeds)
    said = failure(shop, "seed")
    assert "content_type" in said
    assert "register" not in said
    assert "leave the column out" in said


OWN_TABLES = {
    "ContentType": (
        "from django.contrib.contenttypes.models import ContentType as It",
        {"app_label": "x", "model": "y"},
    ),
    "Permission": ("from django.contrib.auth.models import Permission as It", {"name": "x", "codename": "y"}),
    "Site": ("from django.contrib.sites.models import Site as It", {"domain": "example.com", "name": "x"}),
    "Migration": (
        "from django.db.migrations.recorder import MigrationRecorder\nIt = MigrationRecorder.Migration",
        {"app": "x", "name": "y", "applied": 0},
    ),
    "SeedMetadata": ("from seeding.models import SeedMetadata as It", {"seed_version": "x", "status": "failed"}),
}


@pytest.mark.parametrize("name", OWN_TABLES)
def test_register__refuses_tables_that_django_fills(sketch: Write, name: str) -> None:
    imported, columns = OWN_TABLES[name]
    settings = "INSTALLED_APPS += ['django.contrib.sites']\nSITE_ID = 1\n"
    shop = sketch(LIKE, f"{imported}\nregister(It, count=1)(lambda rows: {columns})\n", settings)
    before = shop.query("SELECT count(*) FROM django_content_type"), shop.query("SELECT count(*) FROM auth_permission")
    for arguments in (("seed", "--plan"), ("seed",), ("seed", "--overwrite")):
        said = failure(shop, *arguments)
        assert name in said
        assert "seeding.E" in said
        assert "--overwrite" not in said
    after = shop.query("SELECT count(*) FROM django_content_type"), shop.query("SELECT count(*) FROM auth_permission")
    assert after == before
    assert shop.query("SELECT count(*) FROM seed_metadata WHERE status = 'success'") == [(0,)]


# Rows that changed since they were announced


@pytest.mark.parametrize("announced", [False, True], ids=["nothing announced", "one announced"])
def test_overwrite__rows_that_changed_since_the_announcement(seeded_project: Project, announced: bool) -> None:
    """Who gave --overwrite isn't told to give it."""
    insert = (
        "INSERT INTO users (email, first_name, last_name, password, is_staff, is_superuser, is_active, created_at)"
        " VALUES ('{}@example.com', '', '', '!', false, false, true, '2026-01-01 00:00:00')"
    )
    if announced:
        seeded_project.query(insert.format("announced"))
    other = session(seeded_project)
    other.execute("BEGIN" if IS_POSTGRESQL else "BEGIN IMMEDIATE")
    other.execute(insert.format("late"))
    waiting = seeded_project.start("seed", *SMALL, *V2, "--overwrite")
    assert waiting.stdout is not None
    assert waiting.stdout.readline().startswith("Waiting for ")
    other.execute("COMMIT")
    other.close()
    _, stderr = waiting.communicate(timeout=60)
    assert waiting.returncode == 6
    assert "users" in stderr
    assert "give --overwrite" not in stderr
    assert "again" in stderr
    assert seeded_project.history() == [("v1", 20, 100, "success")]
    seeded_project.seed(*SMALL, *V2, "--overwrite")


# Rows that visits leave behind

COUNTERS = """
class Product(models.Model):
    name = models.CharField(max_length=20)

class ProductRecord(models.Model):
    product = models.OneToOneField(Product, models.CASCADE)
    views = models.IntegerField(default=0)

class Report(models.Model):
    record = models.ForeignKey(ProductRecord, models.CASCADE)
"""
COUNTER_SEEDS = """
@register(Product, count=4, keep=Q(name="mine"), disposable=[ProductRecord])
def products(rows):
    return {"name": "x"}
"""


@pytest.mark.parametrize("loader", LOADERS)
def test_disposable__rows_go_with_the_rows_that_they_reference(sketch: Write, loader: str) -> None:
    shop = sketch(COUNTERS, COUNTER_SEEDS)
    shop.seed("--loader", loader)
    shop.query("INSERT INTO shop_product (name) VALUES ('mine')")
    shop.query("INSERT INTO shop_productrecord (product_id, views) VALUES (2, 7), (3, 1), (5, 9)")
    plan = shop.run("seed", "--plan", *V2)
    assert plan.returncode == 0
    assert "--overwrite" not in plan.stdout
    (line,) = [line for line in plan.stdout.splitlines() if "shop_productrecord" in line]
    assert "2" in line
    assert shop.plan(*V2)["losses"] == []
    assert shop.query("SELECT count(*) FROM shop_productrecord") == [(3,)]
    shop.seed(*V2, "--loader", loader)
    assert shop.query("SELECT product_id, views FROM shop_productrecord") == [(5, 9)]


def test_disposable__what_references_them_is_still_a_loss(sketch: Write) -> None:
    shop = sketch(COUNTERS, COUNTER_SEEDS)
    shop.seed()
    shop.query("INSERT INTO shop_productrecord (product_id, views) VALUES (2, 7)")
    shop.query("INSERT INTO shop_report (record_id) VALUES (1)")
    assert lost_rows(shop.plan(*V2)) == {"shop_report": 1}
    said = failure(shop, "seed", *V2, code=6)
    assert "shop_report" in said
    shop.seed(*V2, "--overwrite")
    assert (shop.rows("shop_report"), shop.rows("shop_productrecord")) == ([], [])
