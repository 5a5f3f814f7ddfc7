"""Give this project's `seed_metadata` its columns `row_count_users` and `row_count_orders`, read from `row_counts`.

They are for those who look with plain SQL. The engine, which other projects use too, doesn't know them; a database that
an earlier release migrated may have them already. SQLite can add only virtual columns to a table that is there.
"""

from django.db import migrations

TABLES = ("users", "orders")


def add(apps, schema_editor):
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for table in TABLES:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"ALTER TABLE seed_metadata ADD COLUMN IF NOT EXISTS row_count_{table} bigint"
                    f" GENERATED ALWAYS AS ((row_counts ->> '{table}')::bigint) STORED"
                )
            elif connection.vendor == "sqlite":
                cursor.execute("SELECT name FROM pragma_table_xinfo('seed_metadata')")
                if f"row_count_{table}" not in [row[0] for row in cursor.fetchall()]:
                    cursor.execute(
                        f"ALTER TABLE seed_metadata ADD COLUMN row_count_{table} bigint"
                        f" GENERATED ALWAYS AS (CAST(json_extract(row_counts, '$.{table}') AS bigint)) VIRTUAL"
                    )


def keep(apps, schema_editor):
    """Leave the columns, which hold nothing of their own."""


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_statistics_of_months"), ("seeding", "0002_proof_of_ownership")]
    operations = [migrations.RunPython(add, keep)]
