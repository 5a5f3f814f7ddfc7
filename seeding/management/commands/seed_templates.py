"""`manage.py seed_templates`: lists and drops the seeded databases that tests keep as templates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from seeding.database.errors import translated
from seeding.errors import SeedError
from seeding.management.errors import PlainErrors
from seeding.report.wording import counted, number_of, printable
from seeding.testing.templates import Found, Templates, templates_of


class Command(PlainErrors):
    help = "Lists the templates that tests clone their seeded databases from, and drops them."
    requires_system_checks = ()  # it looks at no model

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--drop", action="store_true", help="drop them, with what killed test runs left behind")
        parser.add_argument(
            "--older-than", type=float, default=0, metavar="DAYS", help="only those built at least so many days ago"
        )
        parser.add_argument("--database", default="default", metavar="ALIAS", help="whose templates (default)")

    def handle(self, **options: Any) -> None:
        before = timezone.now() - timedelta(days=options["older_than"])
        try:
            templates = templates_of(options["database"])
            with translated(options["database"]):
                found = [each for each in templates.found() if each.built_at is None or each.built_at <= before]
                if options["drop"]:
                    self._drop(templates, found)
                else:
                    self._list(templates, found)
        except SeedError as exc:
            raise CommandError(str(exc), returncode=exc.exit_code) from exc

    def _list(self, templates: Templates, found: Sequence[Found]) -> None:
        self.stdout.write(f"{number_of(len(found), 'template') if found else 'No templates'} in {templates.place}.")
        for each in found:
            self.stdout.write(f"  {printable(each.name)}  {_megabytes(each.size):>9}  {_told(each)}")

    def _drop(self, templates: Templates, found: Sequence[Found]) -> None:
        dropped = [each for each in found if templates.drop(each)]
        for each in found:
            if each not in dropped:
                self.stderr.write(f"{printable(each.name)} is in use and was not dropped.")
        size = _megabytes(sum(each.size for each in dropped))
        self.stdout.write(f"Dropped {number_of(len(dropped), 'template')} in {templates.place}: {size}.")


def _told(found: Found) -> str:
    if found.row_counts is None or found.built_at is None:
        return "left behind by a killed test run, or in use by one"
    return f"{found.version}: {counted(found.row_counts)}, built at {found.built_at:%Y-%m-%d %H:%M}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.1f} MB"
