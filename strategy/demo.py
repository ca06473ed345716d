"""The fictional data of the demonstration, through the same door as any import.

Files of fixtures/demo/ hold `{A-1}` (a year, from today's) and `{J+25}` (a day, from today), so that the
demonstration never ages: an agreement that ends in 25 days always does.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.base import ContentFile
from django.db import transaction

from aict.accounts import daily
from aict.accounts.enums import Role
from aict.accounts.models import Collectivity, Membership, User
from strategy import demo_actions, demo_registers, documents, life_cycle
from strategy.enums import StrategyStatus
from strategy.imports import plan_import, write
from strategy.imports.reading import Row, parse_case
from strategy.models import Strategy
from typology.models import ActionType

SIREN, SECOND_SIREN = "000123455", "000246819"  # valid keys, never attributed: no SIREN starts with 000
PASSWORD = "demonstration-valmaree"  # noqa: S105 (public, and refused outside the demonstration)
DOMAIN = "valmaree.example"
ACCOUNTS = {
    Role.ADMIN: (f"admin@{DOMAIN}", "Administration de l’application"),
    Role.OFFICER: (f"relations-internationales@{DOMAIN}", "Chargé·e de mission relations internationales"),
    Role.ECONOMIC: (f"economie@{DOMAIN}", "Chef·fe de projet développement économique"),
    Role.ELECTED: (f"elu@{DOMAIN}", "Vice-présidence à l’économie"),
    Role.NETWORK: (f"reseau@{DOMAIN}", "Réseau partenaire, lecture"),
}
ADOPTED, PROJECT = "strategie-adoptee", "strategie-projet"
IMPACTS = {
    "internationalisation": ["nouveaux-marches"],
    "promotion": ["notoriete", "attractivite"],
    "cooperation": ["partenariats"],
}


def is_seeded() -> bool:
    """Whether the demonstration is there: it is written in one transaction, so its last row tells."""
    return Membership.objects.filter(collectivity__siren=SECOND_SIREN, user__email=ACCOUNTS[Role.ADMIN][0]).exists()


@transaction.atomic
def seed(today: date) -> None:
    """Two collectivités, five accounts, the registers, an adopted strategy and the next one, almost complete."""
    users = _accounts()
    officer = users[Role.OFFICER]
    collectivity = _load("valmaree-registres", today, officer)
    for role, user in users.items():
        Membership.objects.get_or_create(collectivity=collectivity, user=user, defaults={"role": role})
    _dress(collectivity)
    _load("valmaree-actions", today, officer)
    _load("valmaree-adoptee", today, officer)
    _adopt(Strategy.objects.for_collectivity(collectivity).get(ref=ADOPTED), officer)
    _load("valmaree-mesures", today, users[Role.ECONOMIC])
    _load("valmaree-projet", today, officer)
    demo_registers.complete(read_demo("valmaree-complements", today), collectivity, officer)
    demo_actions.complete(read_demo("valmaree-suivi", today), collectivity, officer)
    daily.tell(collectivity, on=today)
    second = _load("montfauve", today, users[Role.ADMIN])
    Membership.objects.get_or_create(collectivity=second, user=users[Role.ADMIN], defaults={"role": Role.ADMIN})


def read_demo(name: str, today: date) -> Row:
    """One file of fixtures/demo/, its dates resolved."""
    return parse_case(resolve(_path(name).read_text(encoding="utf-8"), today))


def resolve(text: str, today: date) -> str:
    """Replace `{A}` and `{A-2}` by years, `{J+25}` by days, counted from today."""
    text = re.sub(r"\{A([+-]\d+)?\}", lambda found: str(today.year + int(found[1] or 0)), text)
    return re.sub(r"\{J([+-]\d+)?\}", lambda found: (today + timedelta(int(found[1] or 0))).isoformat(), text)


def _path(name: str) -> Path:
    return Path(settings.FIXTURES_DIR) / "demo" / f"{name}.yaml"


def _accounts() -> dict[str, User]:
    hashed = make_password(PASSWORD)
    return {
        role: User.objects.get_or_create(email=email, defaults={"label": label, "password": hashed})[0]
        for role, (email, label) in ACCOUNTS.items()
    }


def _load(name: str, today: date, author: User) -> Collectivity:
    case = read_demo(name, today)
    if name == "valmaree-adoptee":
        case["strategy"]["steps"]["d-1-resultats"] = _results(read_demo("valmaree-actions", today))
    plan = plan_import(case)
    if plan.report.refused:
        raise ValueError("\n".join([f"fixtures/demo/{name}.yaml", *plan.report.lines()]))
    write(plan, author=author)
    return plan.collectivity


def _results(case: Row) -> list[Row]:
    """Step D1 of the adopted strategy: what each action of the register says of itself."""
    categories = dict(ActionType.objects.values_list("code", "purpose__category__code"))
    rows = []
    for action in case["actions"]:
        uses = [use if isinstance(use, str) else use["code"] for use in action["indicators"]]
        first: Any = action["indicators"][0] if isinstance(action["indicators"][0], dict) else {}
        row = Row(
            ref=f"d1-{action['ref']}",
            action=action["ref"],
            resultat_attendu=action["expected_result"],
            interet_local=action["local_interest"],
            type_impact=IMPACTS[categories[action["type"]]],
            indicateurs=uses,
            valeur_depart=first.get("baseline"),
            cible=first.get("target"),
            date_cible=first.get("target_on"),
            source_donnee=first.get("data_source"),
            frequence=first.get("frequency"),
            odd=action.get("sdg"),
            provenance=Row(nature="fait", source="Fiche action validée par le service pilote"),
        )
        row.line, row.lines = action.line, {}
        rows.append(row)
    return rows


def _dress(collectivity: Collectivity) -> None:
    """The fictional logo of the mock-ups."""
    if not collectivity.logo:
        drawing = Path(settings.STATICFILES_DIRS[0]) / "img" / "valmaree.svg"
        collectivity.logo.save("logo.svg", ContentFile(drawing.read_bytes()))


def _adopt(strategy: Strategy, author: User) -> None:
    """Through review and the vote, as the application asks; its document is asked for at the same time."""
    voted = date(strategy.period_start, 6, 24)
    if strategy.status != StrategyStatus.DRAFT:
        return
    strategy = life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=author, on=voted)
    number = f"{voted.year}-118"
    documents.adopt_and_request(strategy=strategy, author=author, deliberation_number=number, on=voted, today=voted)


def ensure_document(on: date) -> None:
    """Ask once for the PDF of the strategy in project, so that a document waits for the visitor."""
    strategy = Strategy.objects.get(collectivity__siren=SIREN, ref=PROJECT)
    if not strategy.versions.exists():
        officer = User.objects.get(email=ACCOUNTS[Role.OFFICER][0])
        documents.request_document(strategy=strategy, author=officer, on=on)
