"""The partners' registers at the size of a national instance: median server time and queries of each page.

`./run bench [FILE.json]` runs it on a PostgreSQL of its own. It is for reading: it prints, and fails nothing.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import tests.real_servers  # noqa: F401 (starts PostgreSQL and names it in the environment)

COLLECTIVITIES = 400
# Of the collectivité whose pages are read: eight times the largest of the real twinnings (24).
OWN_TERRITORIES, OWN_AGREEMENTS = 200, 240
TERRITORIES, AGREEMENTS = 10_000, 12_000  # of the whole instance
AMENDED = 0.3  # share of the dated agreements that an avenant prolongs
RUNS = 15
GOAL = 150  # ms, issue « Partners »

PAGES = {
    "territoires": "/partenaires/territoires/",
    "territoires, deux filtres": "/partenaires/territoires/?continent=Afrique&level=commune",
    "territoires, recherche": "/partenaires/territoires/?q=ville+77",
    "territoires sans accord en 2024": "/partenaires/territoires/?without_agreement_in=2024",
    "territoires, usage et année": "/partenaires/territoires/?use=both&year=2024",
    "carte": "/partenaires/territoires/carte/",
    "carte, catégorie et état": "/partenaires/territoires/carte/?category=promotion&status=en-vigueur",
    "recherche d’un lieu": "/partenaires/territoires/lieux/?q=tripoli",
    "accords": "/partenaires/accords/",
    "accords, deux filtres": "/partenaires/accords/?status=en-vigueur&form=jumelage",
    "accords en vigueur le 1er juin 2024": "/partenaires/accords/?in_force_on=2024-06-01",
    "accords, échéance à 90 jours": "/partenaires/accords/?due=90",
    "accords, recherche": "/partenaires/accords/?q=convention+77",
    "API territoires": "/api/v1/territoires/",
    "GeoJSON des territoires": "/api/v1/territoires/geojson/",
    "API accords": "/api/v1/accords/",
}


def seed() -> Any:
    """The instance; the member whose pages are read is given back."""
    from aict.accounts.models import Collectivity, Membership, User
    from partners.models import Agreement, Amendment, Country, TerritorialLevel, Territory

    chance = random.Random(20261122)
    collectivities = Collectivity.objects.bulk_create(
        Collectivity(name=f"Collectivité {n}", siren=f"{n:09d}", kind="commune") for n in range(COLLECTIVITIES)
    )
    countries = list(Country.objects.all())
    levels = list(TerritorialLevel.objects.filter(code__in=["commune", "region", "metropole"]))
    owners = [collectivities[0]] * OWN_TERRITORIES
    owners += [chance.choice(collectivities[1:]) for _ in range(TERRITORIES - OWN_TERRITORIES)]
    territories = Territory.objects.bulk_create(
        Territory(
            collectivity=owner,
            name=f"Ville {n}",
            country=chance.choice(countries),
            level=chance.choice(levels),
            latitude=round(chance.uniform(-55, 70), 5),
            longitude=round(chance.uniform(-170, 170), 5),
        )
        for n, owner in enumerate(owners)
    )
    own, others = territories[:OWN_TERRITORIES], territories[OWN_TERRITORIES:]
    partners = [chance.choice(own) for _ in range(OWN_AGREEMENTS)]
    partners += [chance.choice(others) for _ in range(AGREEMENTS - OWN_AGREEMENTS)]
    agreements = Agreement.objects.bulk_create(_agreement(chance, n, territory) for n, territory in enumerate(partners))
    Amendment.objects.bulk_create(
        Amendment(
            collectivity=row.collectivity,
            agreement=row,
            title="Avenant nº 1",
            effective_on=row.ends - timedelta(days=90),
            ends=row.ends + timedelta(days=365),
        )
        for row in agreements
        if row.ends and chance.random() < AMENDED
    )
    user = User.objects.create_user("bench@example.org", label="Mesure")
    return Membership.objects.create(collectivity=collectivities[0], user=user, role="officer")


def _agreement(chance: random.Random, n: int, territory: Any) -> Any:
    from partners.models import Agreement

    starts = date(2000, 1, 1) + timedelta(days=chance.randrange(9_800))
    is_open = chance.random() < 0.4
    return Agreement(
        collectivity=territory.collectivity,
        territory=territory,
        title=f"Convention {n}",
        form=chance.choice(["jumelage", "convention-generale", "accord-projet"]),
        validity="sans-duree" if is_open else "revisable",
        holder="Collectivité",
        object="Échanges économiques entre les deux territoires.",
        amount=chance.randrange(0, 100_000, 500),
        transmitted_on=starts,
        starts=starts,
        ends=None if is_open else starts + timedelta(days=chance.randrange(300, 2_500)),
        review_on=starts + timedelta(days=3_650) if is_open else None,
    )


def measure(membership: Any) -> list[dict[str, Any]]:
    """Median and slowest milliseconds of each page, its queries and its weight."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client()
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    rows = []
    for name, address in PAGES.items():
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        count, times = len(queries), []
        for _ in range(RUNS):
            start = time.perf_counter()
            response = client.get(address)
            times.append((time.perf_counter() - start) * 1000)
        rows.append(
            {
                "page": name,
                "status": response.status_code,
                "median_ms": round(statistics.median(times), 1),
                "max_ms": round(max(times), 1),
                "queries": count,
                "kilobytes": round(len(response.content) / 1024, 1),
            }
        )
    return rows


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_reference", verbosity=0)
    membership = seed()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    rows = measure(membership)
    print(f"{TERRITORIES} territoires, {AGREEMENTS} accords, {COLLECTIVITIES} collectivités ; {connection.vendor}.")
    print(
        f"Collectivité lue : {OWN_TERRITORIES} territoires, {OWN_AGREEMENTS} accords. But : {GOAL} ms à la médiane.\n"
    )
    for row in rows:
        mark = "" if row["status"] == 200 and row["median_ms"] <= GOAL else "  <<"
        print(
            f"{row['page']:<38}{row['median_ms']:>8} ms (max {row['max_ms']}) {row['queries']:>3} requêtes "
            f"{row['kilobytes']:>7} Ko  {row['status']}{mark}"
        )
    for target in sys.argv[1:2]:
        Path(target).write_text(json.dumps(rows, ensure_ascii=False, indent=2), encoding="utf-8")
        print(f"\nÉcrit dans {target}.")


if __name__ == "__main__":
    main()
