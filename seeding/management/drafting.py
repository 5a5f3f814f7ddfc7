"""`manage.py seed --draft`: the options, and what they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import CommandParser

from seeding import conf
from seeding.errors import ConfigurationError, SeedError
from seeding.report.wording import number_of, shown

_OTHER_MODES = ("plan", "status", "verify", "force", "overwrite")


def add_arguments(parser: CommandParser) -> None:
    """Add `--draft` and `--write`."""
    parser.add_argument(
        "--draft",
        nargs="*",
        metavar="LABEL",
        help="print a first seeds.py for an app or a model, like shop or shop.Book; with --check, exit 4 if a seeder "
        "lacks a column that its model needs",
    )
    parser.add_argument(
        "--write", nargs="?", const="", metavar="APP", help="write the draft to this app's seeds.py, if there is none"
    )


def draft(options: Mapping[str, Any]) -> str:
    """Return what to print. Raises SeedError."""
    labels: Sequence[str] = options["draft"]
    if labels is None:
        raise ConfigurationError("--write goes with --draft.", source="--write")
    if other := [name for name in _OTHER_MODES if options[name]]:
        raise ConfigurationError(f"--draft doesn't go with --{other[0]}.", source="--draft")
    if options["check"]:
        from seeding.draft.missing import check_columns

        return check_columns(labels)
    if not labels:
        raise ConfigurationError("--draft needs an app or a model, like shop or shop.Book.", source="--draft")
    from seeding.draft.module import is_installed, module
    from seeding.draft.selection import select

    selection = select(labels, options["database"])
    target = selection.app
    if options["write"]:
        try:
            target = apps.get_app_config(options["write"])
        except LookupError:
            raise ConfigurationError(f"There is no app {shown(options['write'])}.", source="--write") from None
    made = module(selection, conf.default_row_counts(), target)
    if options["write"] is None:
        return made.text.rstrip("\n")
    path = Path(target.path) / "seeds.py"
    if is_installed(target):
        raise SeedError(
            f"{target.label} is an installed package's app, where nothing of yours should stand: name an app of your "
            "own, like --write shop."
        )
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(made.text)
    except FileExistsError:
        raise SeedError(
            f"{path} is there already, and nothing was written: print the draft, and copy from it."
        ) from None
    except OSError as exc:
        raise SeedError(f"{path} can't be written: {exc.strerror}.") from exc
    comments = number_of(made.comments, "column") + " left to you as comments"
    return (
        f"Wrote {_from_here(path)}: {number_of(made.models, 'model')}, {number_of(made.columns, 'column')}"
        f"{f', {comments}' if made.comments else ''}. Next: manage.py seed --plan"
    )


def _from_here(path: Path) -> str:
    return str(path).removeprefix(f"{Path.cwd()}/")
