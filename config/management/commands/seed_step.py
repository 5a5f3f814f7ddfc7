"""`manage.py seed_step`: the seed as a step of a deployment, as docker-compose.yml has it."""

import json
from io import StringIO
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError

from seeding.management.errors import PlainErrors

REFUSED = 6


class Command(PlainErrors):
    help = "Runs `seed --noinput`. Where seeding is not enabled it says so, and ends with 0."
    requires_system_checks = ()  # as `seed`

    def handle(self, **options: Any) -> None:
        given = {name: options[name] for name in ("verbosity", "no_color", "force_color", "traceback")}
        try:
            call_command("seed", "--noinput", **given)
        except CommandError as exc:
            if exc.returncode != REFUSED:
                raise
            plan = self.plan()
            version = plan["version"]
            if not plan["enabled"]:
                self.stdout.write(f"Seeding is not enabled here (SEED_ENABLED): {version} was not applied.")
                return
            raise CommandError(
                f"{exc}\nA backend that was running keeps serving. To apply {version} all the same: "
                f"docker compose run --rm seed seed --seed-version {version} --overwrite",
                returncode=REFUSED,
            ) from exc

    def plan(self) -> dict[str, Any]:
        """Return the plan that `seed --plan` prints for programs."""
        printed = StringIO()
        call_command("seed", "--plan", "--format", "json", stdout=printed)
        plan: dict[str, Any] = json.loads(printed.getvalue())
        return plan
