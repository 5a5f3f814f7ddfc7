"""Measures the admin's pages on a large database, inside the server: `make bench-pages`.

It seeds a throwaway PostgreSQL, opens each page several times as a superuser, and prints the median of the seconds, the
number of queries, and the median of the slowest query.
"""

import argparse
import os
import statistics
import time
import warnings

from tests.support.postgres import server

ORDERS = ("", "o=4", "p=2", "p=50", "status__exact=completed", "status__exact=pending", "status__exact=processing&p=50")
DAYS = "created_at__since={since}&created_at__until={until}"
SEARCHES = ("q={key}", "q={email}", "q=a", "q=ebba", "q=nobody")


def paths() -> list[str]:
    """Return the pages, with blanks for what is known when the data is there."""
    orders = (*ORDERS, DAYS, f"{DAYS}&status__exact=pending", f"{DAYS}&status__exact=completed&p=50", "user={user}")
    payments = ("", "p=50", "status__exact=pending", "status__exact=completed", "q=ebba&status__exact=processing")
    users = ("", "p=50", "is_staff__exact=1", "is_staff__exact=0", "is_superuser__exact=1", "is_active__exact=0", DAYS)
    return [
        "",
        *(f"orders/order/?{query}" for query in (*orders, *SEARCHES)),
        *(f"orders/payment/?{query}" for query in (*payments, *SEARCHES)),
        *(f"accounts/user/?{query}" for query in (*users, *SEARCHES)),
        *(f"{model}/{{key}}/change/" for model in ("orders/order", "orders/payment")),
        *(f"accounts/user/{{user}}/{action}/" for action in ("change", "delete")),
        "seeding/seedmetadata/",
        "seeding/seedmetadata/?status__exact=success",
        "seeding/seedmetadata/{attempt}/change/",
        "seeding/seedmetadata/seed-again/",
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, default=1_000_000)
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    with server() as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings", "SEED_ENABLED": "on"}
        os.environ["ALLOWED_HOSTS"] = "testserver"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("seed", users=options.users, orders=options.orders)
        warnings.simplefilter("ignore")  # nobody collected the static files
        measure(options.runs)


def measure(runs: int) -> None:
    """Print a table, the slowest page first."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User
    from orders.models import Order
    from seeding.models import SeedMetadata

    client = Client()
    client.force_login(User.objects.create_superuser("boss@example.com"))
    user = User.objects.exclude(is_staff=True).latest("pk")
    newest = Order.objects.latest("created_at").created_at.date()
    blanks = {
        "user": user.pk,
        "email": user.email,
        "key": Order.objects.latest("pk").pk,
        "since": newest.replace(day=1),
        "until": newest,
        "attempt": SeedMetadata.objects.latest("pk").pk,
    }
    rows = []
    for path in (f"/admin/{path.format(**blanks)}" for path in paths()):
        seconds, slowest = [], []
        for _ in range(runs):
            with CaptureQueriesContext(connection) as queries:
                started = time.perf_counter()
                answer = client.get(path)
                seconds.append(time.perf_counter() - started)
            if answer.status_code >= 400:
                raise SystemExit(f"{path} answers {answer.status_code}")
            slowest.append(max(float(query["time"]) for query in queries.captured_queries))
        rows.append((statistics.median(seconds), len(queries), statistics.median(slowest), path))
    print("| seconds | queries | slowest query | page |\n| ---: | ---: | ---: | --- |")  # noqa: T201
    for row in sorted(rows, reverse=True):
        print("| {:.3f} | {} | {:.3f} | `{}` |".format(*row))  # noqa: T201


if __name__ == "__main__":
    main()
