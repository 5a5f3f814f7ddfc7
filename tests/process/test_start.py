"""What the app costs a project that starts: next to nothing."""

from tests.support.project import Project


def test_start__imports_nothing_of_a_seed(bare_project: Project) -> None:
    """`manage.py check` and the admin need neither the loaders nor the locks, and no NumPy."""
    script = "import sys; from django.contrib import admin; admin.autodiscover(); print(sorted(sys.modules))"
    done = bare_project.run_alone("shell", "-v0", "-c", script)
    assert done.returncode == 0, done.stderr
    modules = set(eval(done.stdout))
    assert "seeding.admin" in modules
    rooms = ("apply", "declare", "draft", "generate", "load", "protect")
    assert not {name for name in modules if name.startswith(tuple(f"seeding.{room}" for room in rooms))}
    assert not modules & {"numpy", "rich", "seeding.database.locks", "seeding.report.results"}
