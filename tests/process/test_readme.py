"""The README's commands do what it says."""

import re

from tests.support.project import ROOT, Project

README = (ROOT / "README.md").read_text()


def commands() -> list[str]:
    """Return the `manage.py` commands of all tables, in their order."""
    rows = [line for line in README.splitlines() if line.startswith("|")]
    return re.findall(r"`python manage\.py ([^`]+)`", "\n".join(rows))


def test_readme__commands_work_in_their_order(project: Project) -> None:
    """Each exits with 0: `--check` and `--verify` stand after the seed that they find applied."""
    sizes = {"SEED_USERS": "20", "SEED_ORDERS": "100"}
    found = commands()
    assert len(found) > 10
    for command in found:
        only_look = ("--check",) if command == "makemigrations" else ()
        done = project.run(*command.split(), *only_look, **sizes)
        assert done.returncode == 0, (command, done.stderr)


def test_readme__python_in_a_shell(project: Project) -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, re.S)
    in_shell = [block for block in blocks if "register" not in block]
    assert len(in_shell) == 3
    done = project.run("shell", "-v0", "-c", "\n".join(in_shell) + "print(payment.order.user.email)")
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.splitlines()
    assert first.startswith("Seeded v1: 100 users, 1,000 orders, 1,000 payments in ")
    assert second == "ada@example.com"


def test_readme__query(seeded_project: Project) -> None:
    (query,) = re.findall(r"```sql\n(.*?);\n```", README, re.S)
    ((_, version, _, users, orders, status),) = seeded_project.query(query)
    assert (version, users, orders, status) == ("v1", 20, 100, "success")


def test_readme__shows_pictures_that_are_there() -> None:
    pictures = set(re.findall(r"docs/[a-z-]+\.png", README))
    assert len(pictures) > 4
    assert pictures == {f"docs/{path.name}" for path in (ROOT / "docs").iterdir()}


def test_readme__names_every_variable_and_make_target() -> None:
    example = (ROOT / ".env.example").read_text()
    documented = re.findall(r"^\| `([A-Z_]+)` \|", README, re.M)
    assert len(documented) > 10
    for name in documented:
        assert re.search(rf"^# {name}=", example, re.M), name
    for name in re.findall(r"^# ([A-Z_]+)=", example, re.M):
        assert f"| `{name}` |" in README, name
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^|\$ )make ([a-z-]+)", README, re.M))
    assert {"seed", "test"} <= named <= targets
