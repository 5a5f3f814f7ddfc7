"""Distribute the tables of a database that was migrated before they were, or before there was a cluster.

Users are on each node, so that their addresses stay unique and orders may refer to any of them; an order is with its
payment on one. All three in one migration: a foreign key would turn what isn't distributed yet into another kind of
table.
"""

from django.conf import settings
from django.db import migrations

from seeding.operations import Distribute


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_seed_metadata_counts"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        Distribute("users", reference=True),
        Distribute("orders", by="id"),
        Distribute("payments", by="order_id", beside="orders"),
    ]
