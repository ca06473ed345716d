"""On PostgreSQL, the words of actions are found by trigrams: 200,000 actions are searched in some ms, not in 600.

pg_trgm comes with PostgreSQL and needs no superuser. Where it cannot be installed the search stays right, and slower;
so it does on SQLite. These indexes are no part of the models: SQLite could not read them.
"""

from django.db import DatabaseError, migrations, transaction

_INDEXES = {"action_words_of_title": "title", "action_words_of_result": "expected_result"}


def _has_trigrams(connection) -> bool:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError:
        return False
    return True


def add(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql" or not _has_trigrams(schema_editor.connection):
        return
    for name, column in _INDEXES.items():
        # UPPER(column), as `icontains` asks it.
        schema_editor.execute(f"CREATE INDEX {name} ON typology_action USING gin (UPPER({column}) gin_trgm_ops)")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in _INDEXES:
            schema_editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("typology", "0020_funding")]

    operations = [migrations.RunPython(add, remove)]
