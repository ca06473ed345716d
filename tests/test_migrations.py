"""Migrations on a real PostgreSQL: the suite makes its tables from the models; the way there is proven here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from uuid import uuid4

import psycopg2
import pytest
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.skipif(
    "postgresql" not in settings.DATABASES["default"]["ENGINE"], reason="the browser tests apply them on SQLite"
)
def test_every_migration_applies_to_an_empty_postgresql():
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    name = f"migrated_{uuid4().hex[:12]}"
    place = {"host": settings.DATABASES["default"]["HOST"], "user": settings.DATABASES["default"]["USER"]}
    place |= {key: value for key, value in _optional().items() if value}
    owner = psycopg2.connect(dbname="postgres", **place)
    owner.autocommit = True
    owner.cursor().execute(f"CREATE DATABASE {name}")
    try:
        env = os.environ | {"DATABASE_URL": f"{server}/{name}", "DJANGO_SETTINGS_MODULE": "aict.settings"}
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        with psycopg2.connect(dbname=name, **place) as made, made.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM django_migrations WHERE app = 'typology'")
            assert cursor.fetchone()[0] == len(list((ROOT / "typology" / "migrations").glob("0*.py")))
            cursor.execute("SELECT indexname FROM pg_indexes WHERE indexname LIKE 'action_words_of_%' ORDER BY 1")
            assert [row[0] for row in cursor] == ["action_words_of_result", "action_words_of_title"]
        made.close()
    finally:
        owner.cursor().execute(f"DROP DATABASE {name} WITH (FORCE)")
        owner.close()


def _optional() -> dict[str, str]:
    database = settings.DATABASES["default"]
    return {"password": database.get("PASSWORD", ""), "port": str(database.get("PORT", "") or "")}
