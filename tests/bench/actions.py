"""The list of actions and their sheet at the size of a national instance: `./run bench actions [ROWS]`.

Fills one collectivité with ROWS actions (200,000 by default), and as many shared by 399 others, on a PostgreSQL of its
own. Prints the medians of the list, of every pair of filters (the worst are named), of a deep page beside the first, of
the sheet, and the time of the files beside a raw COPY. It is for reading: it prints, and fails nothing.
"""

from __future__ import annotations

import io
import itertools
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from tests.bench.imports import in_a_process_of_its_own, peak

COLLECTIVITIES = 400
TERRITORIES, TAGS, AGREEMENTS = 250, 40, 120  # of the collectivité that is read
RUNS, QUICK_RUNS, RUNS_EXPORT = 15, 5, 3
PAIR_GOAL, SHEET_GOAL, DEEP_GOAL = 150, 200, 1.3  # ms, ms, times the first page

LIST, API = "/actions/", "/api/v1/actions/"


# The instance -----------------------------------------------------------------------------


def copied(model: Any, names: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Write rows by COPY: the given columns, and the model's own defaults in the others."""
    from django.db import connection
    from django.utils import timezone

    now = timezone.now().isoformat()
    others = [field for field in model._meta.concrete_fields if field.attname not in names and not field.primary_key]
    fixed = [
        now if getattr(field, "auto_now_add", 0) or getattr(field, "auto_now", 0) else field.get_default()
        for field in others
    ]
    tail = "\t".join(_as_copy(value) for value in fixed)
    buffer = io.StringIO()
    for row in rows:
        head = "\t".join(_as_copy(value) for value in row)
        buffer.write(f"{head}\t{tail}\n" if tail else f"{head}\n")
    buffer.seek(0)
    columns = [*(model._meta.get_field(name).column for name in names), *(field.column for field in others)]
    with connection.cursor() as cursor:
        cursor.copy_from(buffer, model._meta.db_table, columns=columns)


def _as_copy(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, list):
        return "[]"
    return str(value)


def seed(rows: int) -> Any:
    """The instance; the member whose pages are read is given back."""
    from django.db import connection

    from aict.accounts.models import Collectivity, Membership, User

    chance = random.Random(20261122)
    collectivities = Collectivity.objects.bulk_create(
        Collectivity(name=f"Collectivité {n}", siren=f"{n:09d}", kind="commune") for n in range(COLLECTIVITIES)
    )
    own, others = collectivities[0], [one.pk for one in collectivities[1:]]
    places = _register(own)
    _actions(chance, rows, own, others, places)
    _parts(chance, own, places["tags"])
    user = User.objects.create_user("bench@example.org", label="Mesure")
    membership = Membership.objects.create(collectivity=own, user=user, role="officer")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return membership


def _register(own: Any) -> dict[str, list[int]]:
    """The territories, agreements and tags of the collectivité that is read."""
    from partners.models import Agreement, Country, TerritorialLevel, Territory
    from typology.models import Tag

    countries, level = list(Country.objects.all()), TerritorialLevel.objects.get(code="commune")
    territories = Territory.objects.bulk_create(
        Territory(collectivity=own, name=f"Ville {n}", country=countries[n % len(countries)], level=level)
        for n in range(TERRITORIES)
    )
    agreements = Agreement.objects.bulk_create(
        Agreement(collectivity=own, territory=territories[n], title=f"Convention {n}", form="jumelage", amount=0)
        for n in range(AGREEMENTS)
    )
    tags = Tag.objects.bulk_create(Tag(collectivity=own, name=f"étiquette {n}") for n in range(TAGS))
    return {"territories": [row.pk for row in territories], "tags": [row.pk for row in tags]} | {
        "agreements": [row.pk for row in agreements]
    }


_WORDS = "salon forum mission port filière énergie formation export jumelage délégation hydrogène santé bois eau climat"
ACTION_COLUMNS = [
    "collectivity_id",
    "title",
    "type_id",
    "territory_id",
    "agreement_id",
    "status",
    "timing",
    "starts",
    "ends",
    "lead_service_id",
    "elected_portfolio_id",
    "expected_result",
    "local_interest",
    "economic_aim",
    "visibility",
]


def _actions(chance: random.Random, rows: int, own: Any, others: list[int], places: dict[str, list[int]]) -> None:
    from partners.models import ElectedPortfolio, InternalService
    from typology.models import Action, ActionType

    pk = {
        model: list(model.objects.values_list("pk", flat=True))
        for model in (ActionType, InternalService, ElectedPortfolio)
    }
    words = _WORDS.split()
    states = ["terminee"] * 12 + ["en-cours"] * 4 + ["prevue"] * 2 + ["programmee", "suspendue", "abandonnee"]

    def one(n: int, collectivity: int, territories: list[int], agreements: list[int]) -> tuple[Any, ...]:
        starts = date(2012, 1, 1) + timedelta(days=chance.randrange(6_200)) if chance.random() < 0.95 else None
        said = " ".join(chance.choices(words, k=14))
        return (
            collectivity,
            f"{' '.join(chance.choices(words, k=4)).capitalize()} {n}",
            chance.choice(pk[ActionType]),
            chance.choice(territories) if territories and chance.random() < 0.9 else None,
            chance.choice(agreements) if agreements and chance.random() < 0.4 else None,
            chance.choice(states),
            "ponctuel",
            starts,
            starts + timedelta(days=chance.randrange(1, 400)) if starts else None,
            chance.choice(pk[InternalService]) if chance.random() < 0.9 else None,
            chance.choice(pk[ElectedPortfolio]) if pk[ElectedPortfolio] and chance.random() < 0.5 else None,
            f"Résultat : {said}" if chance.random() < 0.7 else "",
            f"Intérêt : {said}" if chance.random() < 0.7 else "",
            chance.random() < 0.9,
            chance.choice(["internal", "internal", "network", "public"]),
        )

    mine = (one(n, own.pk, places["territories"], places["agreements"]) for n in range(rows))
    theirs = (one(n, chance.choice(others), [], []) for n in range(rows))
    copied(Action, ACTION_COLUMNS, itertools.chain(mine, theirs))


def _parts(chance: random.Random, own: Any, tags: list[int]) -> None:
    """Budget lines, indicators, and what is ticked: tags, services, fields, SDGs."""
    from evaluation.models import Indicator, IndicatorUse
    from partners.models import EconomicField, InternalService
    from typology.models import Action, BudgetLine, Sdg

    owners = list(Action.objects.order_by("pk").values_list("pk", "collectivity_id"))

    def lines() -> Iterator[tuple[Any, ...]]:
        for pk, collectivity in owners:
            for year in range(2024, 2024 + chance.choice([0, 1, 1, 2, 3])):
                yield collectivity, pk, year, chance.randrange(0, 80_000, 100), None

    copied(BudgetLine, ["collectivity_id", "action_id", "year", "planned", "actual"], lines())
    indicators = list(Indicator.objects.values_list("pk", flat=True))
    uses = ((collectivity, pk, chance.choice(indicators)) for pk, collectivity in owners if chance.random() < 0.7)
    copied(IndicatorUse, ["collectivity_id", "action_id", "indicator_id"], uses)
    ticked = [("fields", EconomicField, 1.0), ("sdgs", Sdg, 0.8), ("associated_services", InternalService, 0.5)]
    for name, model, share in ticked:
        choices = list(model.objects.values_list("pk", flat=True))
        _ticked(name, ((pk, chance.choice(choices)) for pk, _ in owners if chance.random() < share))
    _ticked("tags", ((pk, chance.choice(tags)) for pk, owner in owners if owner == own.pk and chance.random() < 0.4))


def _ticked(name: str, pairs: Iterable[tuple[int, int]]) -> None:
    from typology.models import Action

    through = getattr(Action, name).through
    to = next(f for f in through._meta.concrete_fields if f.is_relation and f.related_model is not Action)
    copied(through, ["action_id", to.attname], pairs)


# What is measured --------------------------------------------------------------------------


def filters_of(own: Any) -> dict[str, str]:
    """One value of each filter of the page, as its address has it."""
    from partners.models import Agreement, Territory
    from typology.models import Tag

    first = {
        model: model.objects.filter(collectivity=own).order_by("pk").values_list("pk", flat=True)[0]
        for model in (Tag, Territory, Agreement)
    }
    return {
        "mot rare": "q=19999",
        "mot courant": "q=hydrogène",
        "catégorie": "category=cooperation",
        "état": "status=suspendue",
        "service": "service=relations-internationales",
        "territoire": f"territory={first[Territory]}",
        "année": "year=2014",
        "type": "type=compagnonnages",
        "étiquette": f"tag={first[Tag]}",
        "manque": "lacking=indicateur",
        "délégation": "portfolio=innovation",
        "visée": "economic=false",
        "champ": "field=commerce",
        "ODD": "sdg=8",
        "accord": f"agreement={first[Agreement]}",
        "visibilité": "visibility=public",
    }


def timed(client: Any, address: str, runs: int) -> tuple[float, Any]:
    """Median milliseconds of an address, and its last answer."""
    times, response = [], None
    for _ in range(runs):
        start = time.perf_counter()
        response = client.get(address)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), response


def told(name: str, median: float, goal: float | None = None, note: str = "") -> None:
    mark = "  <<" if goal is not None and median > goal else ""
    print(f"{name:<46}{median:>8.1f} ms  {note}{mark}", flush=True)


def measure_list(client: Any, own: Any) -> None:
    """The first page, each pair of filters, a deep page beside the first."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    timed(client, LIST, 2)
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST)
    count = len(queries)
    first, _ = timed(client, LIST, RUNS)
    told("liste, première page", first, PAIR_GOAL, f"{count} requêtes")
    key = deep_key(own)
    for name, address in (("page profonde (9 dixièmes de la liste)", LIST), ("page profonde de l’API", API)):
        deep = f"{address}?{key}"
        timed(client, deep, 2)
        # Side by side: the machine is as busy for one as for the other.
        pairs = [(timed(client, address, 1)[0], timed(client, deep, 1)[0]) for _ in range(RUNS)]
        near, far = (statistics.median(column) for column in zip(*pairs, strict=True))
        told(name, far, near * DEEP_GOAL, f"{far / near:.2f} fois la première, {near:.1f} ms")
    values = filters_of(own)
    found = []
    for (one, left), (other, right) in itertools.combinations(values.items(), 2):
        if left[:2] != right[:2] or left[:2] != "q=":
            median, response = timed(client, f"{LIST}?{left}&{right}", QUICK_RUNS)
            assert response.status_code == 200, (left, right)
            assert b"Filtre illisible" not in response.content, (left, right)
            found.append((median, f"{one} + {other}"))
    found.sort(reverse=True)
    for median, name in found[:8]:
        told(f"  {name}", median, PAIR_GOAL)
    over = sum(median > PAIR_GOAL for median, _ in found)
    told(f"paires de filtres ({len(found)}), médiane", statistics.median(median for median, _ in found), PAIR_GOAL)
    print(f"  au-dessus de {PAIR_GOAL} ms : {over} sur {len(found)}", flush=True)


def deep_key(own: Any) -> str:
    """What the address of the page that starts past nine tenths of the list asks."""
    from aict.ui import keyset
    from typology.models import Action

    rows = Action.objects.for_collectivity(own).for_list().select_related(None)
    row = rows[rows.count() * 9 // 10]
    return f"{keyset.AFTER}={keyset.key_of(row, 'listed_on')}"


def measure_sheet(client: Any, own: Any) -> None:
    """The page of one action, among those that have parts."""
    from typology.models import Action

    action = Action.objects.for_collectivity(own).exclude(territory=None).exclude(indicator_uses=None).order_by("pk")[7]
    address = action.get_absolute_url()
    timed(client, address, 2)
    told("fiche d’une action", timed(client, address, RUNS)[0], SHEET_GOAL)


def measure_export(client: Any, membership: Any) -> None:
    """The files of all the actions beside a raw COPY of the same rows and columns, best of RUNS_EXPORT each."""
    from django.http import QueryDict

    from aict.accounts.access import Access
    from aict.ui import bulk_workbooks
    from aict.ui.bulk_exports import csv_blocks, lines
    from typology.action_register import ACTIONS

    rows, fields = ACTIONS.rows(Access.of(membership), QueryDict("")), ACTIONS.fields
    named = {f"raw_{place}": one.source for place, one in enumerate(fields) if not isinstance(one.source, str)}
    raw = [one.source if isinstance(one.source, str) else f"raw_{place}" for place, one in enumerate(fields)]

    def workbook() -> None:
        with tempfile.TemporaryFile() as file:
            bulk_workbooks.write(file, lines(rows, fields), fields, sheet="Actions")

    works: dict[str, Callable[[], Any]] = {
        "COPY brut": lambda: _raw_copy(rows.annotate(**named).values_list(*raw)),
        "CSV": lambda: sum(map(len, csv_blocks(rows, fields))),
        "XLSX": workbook,
    }
    best = {name: min(_seconds(work) for _ in range(RUNS_EXPORT)) for name, work in works.items()}
    for name, seconds in best.items():
        print(f"{name:<46}{seconds:>8.2f} s   {seconds / best['COPY brut']:.2f} fois le COPY", flush=True)
    start = time.perf_counter()
    next(iter(client.get("/actions/export.csv").streaming_content))
    told("CSV, premier octet", (time.perf_counter() - start) * 1000, 1000)
    print(f"mémoire du processus : {peak()}", flush=True)


def _raw_copy(rows: Any) -> None:
    """The same rows, as the database has them, to nowhere."""
    from django.db import connection

    with connection.cursor() as cursor, Path(os.devnull).open("wb") as nowhere:
        query = cursor.mogrify(*rows.query.sql_with_params()).decode()
        cursor.copy_expert(f"COPY ({query}) TO STDOUT WITH (FORMAT csv)", nowhere)


def _seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    import tests.real_servers  # noqa: F401 (starts PostgreSQL and names it in the environment)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from aict.accounts.models import Membership
    from typology.models import Action

    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    call_command("load_reference", verbosity=0)
    start = time.perf_counter()
    membership = Membership.objects.filter(user__email="bench@example.org").first() or seed(rows)
    own = membership.collectivity
    print(
        f"{Action.objects.for_collectivity(own).count()} actions dans la collectivité lue, {Action.objects.count()} "
        f"sur l’instance de {COLLECTIVITIES} collectivités, en {time.perf_counter() - start:.0f} s.\n"
    )
    client = Client()
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    measure_list(client, own)
    measure_sheet(client, own)
    in_a_process_of_its_own(lambda: measure_export(client, membership))


if __name__ == "__main__":
    main()
