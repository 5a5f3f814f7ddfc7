"""Tell PostgreSQL's planner that there are few months, so that it counts them without sorting all orders.

The expression is that of `orders.models.Month`. Other databases have no such statistics.
"""

from django.db import migrations

CREATE = """
CREATE STATISTICS orders_month ON ((date_trunc('month', created_at AT TIME ZONE 'UTC'))::date) FROM orders
"""


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(CREATE)
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT FROM orders LIMIT 1")
            has_rows = cursor.fetchone() is not None
        if has_rows:  # then no cluster's node has them, of which not each can be looked at in a transaction
            schema_editor.execute("ANALYZE orders")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS orders_month")


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_unfinished")]
    operations = [migrations.RunPython(create, drop)]
