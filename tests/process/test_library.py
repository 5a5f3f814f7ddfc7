"""An app takes part in seeding by its `seeds.py` alone."""

from tests.support.project import Project

SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.library.settings", "SEED_ANCHOR": "2026-01-05"}


def test_seed__another_app_takes_part(project: Project) -> None:
    assert project.run("migrate", "-v0", **SETTINGS).returncode == 0
    last = project.seed("--users", "4", "--orders", "8", "--books", "20", **SETTINGS)
    made = last.removeprefix("Seeded v1: ").split(" in ")[0].split(", ")
    assert made == ["7 library_author", "4 users", "20 library_book", "8 orders", "20 library_cover", "8 payments"]
    books = project.query("SELECT id, slug, reader_id, subtitle, shelf, price FROM library_book ORDER BY id")
    assert [book[0] for book in books] == list(range(1, 21))
    assert books[4][1] == "volume 4"
    assert [book[2] is None for book in books] == [number % 3 == 0 for number in range(20)]
    assert {book[3:5] for book in books} == {("", 3)}
    assert all(1 <= book[5] <= 100 for book in books)
    covers = project.query("SELECT book_id, colour, printed_at FROM library_cover ORDER BY book_id")
    assert {cover[1] for cover in covers} == {"red", None}
    assert str(covers[1][2]).startswith("2026-01-04 23:59:59")

    assert project.seed("--users", "4", "--orders", "8", **SETTINGS).startswith("Seed already applied")
    project.seed("--users", "4", "--orders", "8", "--force", "--books", "5", **SETTINGS)
    assert project.query("SELECT count(*) FROM library_book") == [(5,)]


def test_guard__rows_of_another_app_that_point_at_seeded_ones(seeded_project: Project) -> None:
    """Where the other app isn't seeded, its rows are named like any other's."""
    settings = {**SETTINGS, "DJANGO_SETTINGS_MODULE": "tests.library.unseeded_settings"}
    assert seeded_project.run("migrate", "-v0", **settings).returncode == 0
    script = "from tests.library.models import *; a = Author.objects.create(name='x');"
    script += "Book.objects.create(author=a, reader_id=3, title='y', price=1, weight=1)"
    assert seeded_project.run("shell", "-v0", "-c", script, **settings).returncode == 0
    done = seeded_project.run("seed", "--seed-version", "v2", "--users", "20", "--orders", "100", **settings)
    assert done.returncode == 6
    assert "library_book: 1 row references users rows that would be deleted, by reader_id (key 1)" in done.stderr


def test_guard__what_a_row_that_stays_points_at_stays_too(project: Project) -> None:
    """A book stays with its reader, who is staff; so does its author, who belongs to nobody."""
    assert project.run("migrate", "-v0", **SETTINGS).returncode == 0
    sizes = ("--users", "4", "--orders", "8", "--books", "20")
    project.seed(*sizes, **SETTINGS)
    project.query("UPDATE users SET is_staff = true WHERE id = 2")
    theirs = "SELECT book.id, author.name FROM library_book book JOIN library_author author ON author.id = author_id"
    theirs += " WHERE reader_id = 2 ORDER BY book.id"
    kept = project.query(theirs)
    assert kept
    project.seed(*sizes, "--seed-version", "v2", **SETTINGS)
    assert project.query(theirs) == kept
    assert project.query("SELECT count(*) FROM library_book") == [(20 + len(kept),)]
    assert project.run("seed", "--verify", *sizes, "--seed-version", "v2", **SETTINGS).returncode == 0
