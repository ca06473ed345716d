"""Journeys of firms (SYS-13): recording who took part, reading names from a list, and what the file of a firm shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString

from aict.accounts import history
from aict.accounts.models import Collectivity, User
from aict.accounts.siren import validate_siren
from aict.ui.tracks import Mark, Track, tracks
from partners.models import Stakeholder, StakeholderType
from partners.models.stakeholders import FIRM
from typology.enums import Modality, Stage
from typology.models import Action, Appointment, Event, Participation

AT_ONCE = 300  # firms of one entry: beyond, the page would be slow and nobody reads it again

# Guide, fiche 1, « Quoi »: what each stage holds.
STAGE_HELP: dict[str, str] = {
    Stage.UPSTREAM: "sensibilisation, information, formation, veille",
    Stage.DESIGN: "stratégie de l’entreprise, organisation, recrutement",
    Stage.DELIVERY: "opérations à l’étranger : logistique, appui financier",
}


# Recording --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recorded:
    """What an entry has done: participations added, and firms that already had this very one."""

    added: list[Participation]
    already: list[Stakeholder]


def date_error(on: date, *, today: date) -> str:
    """Why a participation cannot be of that day; empty when it can. A journey tells what was done, not what may be."""
    if on > today:
        return f"Le {on:%d/%m/%Y} n’est pas encore venu : consignez la participation une fois faite."
    return ""


def modality_error(modality: str, firms: int) -> str:
    """Why so many firms cannot share this modality; empty when they can."""
    if modality == Modality.INDIVIDUAL and firms > 1:
        return (
            f"Un appui individuel s’adresse à une seule entreprise, et vous en donnez {firms}. "
            "Gardez-en une, ou choisissez « Collective »."
        )
    return ""


@transaction.atomic
def record(
    *, action: Action, firms: Iterable[Stakeholder], stage: str, modality: str, on: date, author: User | None,
    event: Event | None = None, note: str = "",
) -> Recorded:  # fmt: skip
    """Add one entry to the journey of each firm, with its history; an entry already there is left as it is.

    Raises ValidationError when a firm, the event or the day does not fit.
    """
    Action.objects.select_for_update().get(pk=action.pk)  # two people sending the same list add it once
    firms = list({firm.pk: firm for firm in firms}.values())
    known = Participation.objects.for_collectivity(action.collectivity).filter(action=action, stage=stage, on=on)
    there = set(known.values_list("firm", flat=True))
    added = []
    for firm in firms:
        if firm.pk in there:
            continue
        row = Participation(
            collectivity=action.collectivity, action=action, event=event, firm=firm, stage=stage, modality=modality,
            on=on, note=note,
        )  # fmt: skip
        row.clean()
        row.save()
        history.record(instance=row, author=author)
        added.append(row)
    return Recorded(added, [firm for firm in firms if firm.pk in there])


# Names typed one a line -------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """A name that the register lacks, where it was typed, its SIREN if any, and the names that look like it."""

    line: int
    name: str
    siren: str
    near: list[str]

    def __str__(self) -> str:
        near = ", ".join(f"« {other} »" for other in self.near)
        told = f"Ligne {self.line} : aucune entreprise ne s’appelle « {self.name[:80]} »."
        return f"{told} Noms proches : {near}." if near else told


@dataclass
class Named:
    """What a list of names says: firms of the register, names that it lacks, and lines that cannot be read."""

    firms: list[Stakeholder] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


class _Register:
    """The firms of a collectivité by SIREN and by name, read in one query."""

    def __init__(self, collectivity: Collectivity) -> None:
        self.by_siren: dict[str, list[Stakeholder]] = {}
        self.by_name: dict[str, list[Stakeholder]] = {}
        for firm in Stakeholder.objects.for_collectivity(collectivity).firms().select_related("type").order_by("pk"):
            self.by_name.setdefault(firm.name.casefold(), []).append(firm)
            if firm.siren:
                self.by_siren.setdefault(firm.siren, []).append(firm)

    def found(self, name: str, siren: str) -> list[Stakeholder]:
        """Those of the SIREN; else those of the name, unless they have another SIREN."""
        named = self.by_name.get(name.casefold(), [])
        if not siren:
            return named
        return self.by_siren.get(siren) or [firm for firm in named if not firm.siren]

    def near(self, name: str) -> list[str]:
        """Up to three names that hold what was typed."""
        words = name.casefold()
        return [rows[0].name for known, rows in self.by_name.items() if words in known][:3]


def read_names(collectivity: Collectivity, text: str) -> Named:
    """Firms typed one a line: a name, a SIREN, or « name ; SIREN ». A refusal tells its line and how to mend it."""
    named, register = Named(), _Register(collectivity)
    for number, line in enumerate(text.replace("\x00", "").splitlines(), start=1):
        if words := line.strip():
            _read_line(named, register, number, words)
    named.firms = list({firm.pk: firm for firm in named.firms}.values())
    return named


def _read_line(named: Named, register: _Register, number: int, words: str) -> None:
    name, siren = _parts(words)
    if siren:
        try:
            validate_siren(siren)
        except ValidationError as refusal:
            named.errors.append(f"Ligne {number} : {refusal.messages[0]}")
            return
    found = register.found(name, siren)
    if len(found) > 1 and name:
        found = [firm for firm in found if firm.name.casefold() == name.casefold()] or found
    if len(found) == 1:
        named.firms.append(found[0])
    elif found:
        told = "ce SIREN" if siren else "ce nom"
        hint = "ajoutez le nom de l’établissement" if siren else "écrivez plutôt le SIREN"
        named.errors.append(f"Ligne {number} : plusieurs entreprises portent {told}, « {words[:80]} » ; {hint}.")
    elif not name:
        named.errors.append(
            f"Ligne {number} : aucune entreprise du registre n’a le SIREN {siren}. "
            "Écrivez « nom ; SIREN » pour pouvoir l’ajouter."
        )
    else:
        named.missing.append(Missing(number, name, siren, register.near(name)))


def _parts(words: str) -> tuple[str, str]:
    """Name and SIREN of a line; digits and spaces alone are a SIREN, right or wrong."""
    name, _, siren = words.partition(";")
    digits = "".join(words.split())
    if digits.isdigit():
        return "", digits
    return name.strip()[:200], "".join(siren.split())


@transaction.atomic
def create_missing(*, collectivity: Collectivity, named: Named, author: User | None) -> list[Stakeholder]:
    """A file in the register for each name that it lacks, of type « Entreprises », the same name once."""
    kind = StakeholderType.objects.get(code=FIRM)
    created: dict[str, Stakeholder] = {}
    for row in named.missing:
        key = row.siren or row.name.casefold()
        if key not in created:
            firm = Stakeholder(collectivity=collectivity, name=row.name, siren=row.siren, type=kind)
            firm.full_clean()
            firm.save()
            history.record(instance=firm, author=author)
            created[key] = firm
    return list(created.values())


# Reading ----------------------------------------------------------------------------------


def supported_firms(collectivity: Collectivity | None) -> QuerySet[Stakeholder]:
    """Firms that took part in an action, by name, each with `current_stage`, `last_on`, `first_on`, `action_count`.

    The current stage is that of the latest participation; actions that are deleted do not count.
    """
    taken = Participation.objects.for_collectivity(collectivity).live().filter(firm=OuterRef("pk"))
    latest, oldest = taken.order_by("-on", "-pk"), taken.order_by("on", "pk")
    actions = taken.order_by().values("firm").annotate(actions=Count("action", distinct=True)).values("actions")
    return (
        Stakeholder.objects.for_collectivity(collectivity)
        .filter(Exists(taken))
        .annotate(
            current_stage=Subquery(latest.values("stage")[:1]),
            last_on=Subquery(latest.values("on")[:1]),
            first_on=Subquery(oldest.values("on")[:1]),
            action_count=Subquery(actions),
        )
        .order_by("name", "pk")
    )


def stage_label(code: str) -> str:
    """The name of a stage."""
    return dict(Stage.choices).get(code, code)


def journey_firms(collectivity: Collectivity | None) -> QuerySet[Stakeholder]:
    """Those whose file may be opened, deleted ones included: every firm, and whoever already has an entry."""
    entries = Participation.objects.for_collectivity(collectivity).filter(firm=OuterRef("pk"))
    return Stakeholder.objects.filter(Q(type__code=FIRM) | Exists(entries)).select_related("type", "group")


@dataclass(frozen=True)
class StagePart:
    """One of the three stages in the journey of a firm: its entries, the earliest first."""

    code: str
    label: str
    help: str
    entries: list[Participation]
    is_current: bool

    @property
    def actions(self) -> list[Action]:
        """The actions of this stage, each once, in the order of the journey."""
        return list({entry.action_id: entry.action for entry in self.entries}.values())


@dataclass(frozen=True)
class Journey:
    """The file of a firm: its entries in time order, the stage of the latest, the same by stage, and the drawing."""

    entries: list[Participation]
    stages: list[StagePart]
    drawing: SafeString
    appointments: list[Appointment]

    @property
    def current(self) -> StagePart | None:
        """The stage of the latest entry; None before the first."""
        return next((part for part in self.stages if part.is_current), None)


def journey(firm: Stakeholder, *, today: date, accent: str) -> Journey:
    """What the file of a firm shows, from two queries."""
    rows = Participation.objects.for_collectivity(firm.collectivity).live().filter(firm=firm).for_journey()
    entries = list(rows)[::-1]
    met = Appointment.objects.for_collectivity(firm.collectivity).filter(
        firm=firm, event__deleted_at=None, event__action__deleted_at=None
    )
    now = entries[-1].stage if entries else ""
    stages = [
        StagePart(code, label, STAGE_HELP[code], [row for row in entries if row.stage == code], code == now)
        for code, label in Stage.choices
    ]
    drawing = _drawing(firm, stages, today, accent) if entries else SafeString("")
    return Journey(entries, stages, drawing, list(met.for_table().select_related("event")))


def _drawing(firm: Stakeholder, stages: Sequence[StagePart], today: date, accent: str) -> SafeString:
    lanes = [
        Track(
            stage.label,
            "stade actuel" if stage.is_current else "",
            [Mark(entry.on, hollow=entry.modality == Modality.INDIVIDUAL) for entry in stage.entries],
            stage.is_current,
        )
        for stage in stages
    ]
    counts = ", ".join(f"{stage.label.lower()} {len(stage.entries)}" for stage in stages)
    return tracks(
        lanes,
        today=today,
        title=f"Parcours de {firm.name}",
        description=f"Nombre de participations par stade : {counts}. Le tableau qui suit les donne une à une.",
        full="appui collectif",
        hollow="appui individuel",
        accent=accent,
    )
