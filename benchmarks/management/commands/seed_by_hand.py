"""The usual hand-written command that seeds an empty database: Faker rows, model instances, one transaction."""

import random
from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from faker import Faker

from accounts.models import User
from orders.models import Order, Payment

BATCH_SIZE = 1000


class Command(BaseCommand):
    help = "Seeds users, orders and payments as hand-written commands do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--users", type=int, default=1_000)
        parser.add_argument("--orders", type=int, default=10_000)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        fake = Faker()
        Faker.seed(1)
        random.seed(1)
        password = make_password(None)
        users = User.objects.bulk_create(
            [
                User(
                    email=fake.unique.email(),
                    first_name=fake.first_name(),
                    last_name=fake.last_name(),
                    password=password,
                    created_at=fake.date_time_between("-1y", "now", tzinfo=UTC),
                )
                for _ in range(options["users"])
            ],
            batch_size=BATCH_SIZE,
        )
        orders = Order.objects.bulk_create(
            [
                Order(
                    user=random.choice(users),
                    total=Decimal(random.randint(1_000, 50_000)) / 100,
                    status=random.choices(["completed", "pending", "processing"], [6, 1, 1])[0],
                    created_at=fake.date_time_between("-1y", "now", tzinfo=UTC),
                )
                for _ in range(options["orders"])
            ],
            batch_size=BATCH_SIZE,
        )
        Payment.objects.bulk_create(
            [
                Payment(
                    order=order,
                    amount=order.total,
                    status=order.status,
                    created_at=order.created_at + timedelta(seconds=random.randint(1, 900)),
                )
                for order in orders
            ],
            batch_size=BATCH_SIZE,
        )
        self.stdout.write(f"Seeded {len(users)} users, {len(orders)} orders, {len(orders)} payments.")
