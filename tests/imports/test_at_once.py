"""Two people write the same file, or two files with the same rows, at the same moment: each row is there once."""

from __future__ import annotations

from threading import Barrier, Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from aict.imports import runs
from aict.imports.models import ImportFile, ImportState
from aict.imports.tables import table_of
from partners.models import Territory
from tests.conftest import make_actor, make_collectivity

FILE = "Nom;Pays;Échelon\n" + "".join(f"Ville {n};Tunisie;Commune\n" for n in range(50))


@pytest.fixture
def officer(transactional_reference, settings, tmp_path):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one at a time")
    settings.MEDIA_ROOT = tmp_path
    return make_actor(make_collectivity("Métropole de Valmarée", "200000016"), "officer")


def checked(officer) -> ImportFile:
    row = runs.take(
        content=FILE.encode(),
        filename="villes.csv",
        table=table_of("territoires"),
        owner=officer.user,
        collectivity=officer.collectivity,
        abilities=officer.access.abilities,
    )
    runs.check(row=row, mapping=row.mapping)
    return row


def write_at_once(officer, keys: list[int]) -> list[str]:
    """One thread for each import; what each had to say."""
    barrier, said = Barrier(len(keys)), []

    def write(key: int) -> None:
        try:
            row = ImportFile.objects.get(pk=key)
            barrier.wait()
            runs.run(row=row, author=officer.user, only_good=False, at=timezone.now())
            said.append("")
        except runs.NotWrittenError as refused:
            said.append(str(refused))
        finally:
            connections.close_all()

    threads = [Thread(target=write, args=[key]) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return said


def test_one_import_written_from_three_tabs_gives_its_rows_once(officer):
    row = checked(officer)
    assert write_at_once(officer, [row.pk] * 3) == ["", "", ""]
    assert Territory.objects.count() == 50


def test_the_same_file_taken_twice_and_written_at_once_gives_its_rows_once(officer):
    keys = [checked(officer).pk for _ in range(2)]
    said = write_at_once(officer, keys)
    assert sorted(bool(text) for text in said) == [False, True]
    assert runs.CHANGED in said
    assert Territory.objects.count() == 50
    states = set(ImportFile.objects.values_list("state", flat=True))
    assert states == {ImportState.WRITTEN, ImportState.CHECKED}
