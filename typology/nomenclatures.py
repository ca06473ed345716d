"""Loads the typology, fiches, target zones, funding schemes, SDGs, glossary and skills."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from aict.accounts.reference import Report, read_yaml, sync
from partners.models import SupportActor
from typology import money_nomenclatures
from typology.enums import Question, SchemeReach
from typology.models import (
    ActionCategory,
    ActionPurpose,
    ActionType,
    ExportPhase,
    Fiche,
    FicheOption,
    FicheSection,
    FocusPractice,
    FundingScheme,
    GlossaryTerm,
    Sdg,
    Skill,
    TargetZone,
)


def load(folder: Path) -> list[Report]:
    """Everything that an action or a strategy cites."""
    funding = read_yaml(folder / "funding.yaml")
    fiches = read_yaml(folder / "fiches.yaml")["fiches"]
    return [
        *_typology(read_yaml(folder / "typology.yaml")["categories"]),
        *_fiches(fiches),
        _options(fiches),
        _focus(read_yaml(folder / "focus.yaml")["focus"]),
        _zones(fiches),
        sync(ExportPhase, _numbered(funding["export_phases"])),
        sync(Sdg, _numbered(read_yaml(folder / "sdg.yaml")["sdg"])),
        *_schemes(funding["schemes"]),
        sync(GlossaryTerm, _numbered(read_yaml(folder / "glossary.yaml")["terms"])),
        sync(Skill, _numbered(read_yaml(folder / "skills.yaml")["skills"])),
        *money_nomenclatures.load(folder),
    ]


def _numbered(rows: list[dict]) -> list[dict]:
    return [dict(row, order=order) for order, row in enumerate(rows, start=1)]


def _typology(categories: list[dict]) -> Iterator[Report]:
    yield sync(
        ActionCategory,
        [
            {"code": c["code"], "label": c["label"], "details": c.get("details", ""), "order": order}
            for order, c in enumerate(categories, start=1)
        ],
    )
    by_code = {row.code: row for row in ActionCategory.objects.all()}
    purposes = [(c["code"], p) for c in categories for p in c["purposes"]]
    yield sync(
        ActionPurpose,
        [
            {
                "code": p["code"],
                "label": p["label"],
                "details": p.get("details", ""),
                "order": order,
                "category": by_code[code],
            }
            for order, (code, p) in enumerate(purposes, start=1)
        ],
    )
    by_purpose = {row.code: row for row in ActionPurpose.objects.all()}
    yield sync(
        ActionType,
        [
            {
                "code": t["code"],
                "label": t["label"],
                "details": t.get("details", ""),
                "order": t["order"],
                "may_be_state_aid": t["may_be_state_aid"],
                "purpose": by_purpose[p["code"]],
            }
            for _, p in purposes
            for t in p["types"]
        ],
    )


def _fiches(fiches: list[dict]) -> Iterator[Report]:
    categories = {row.code: row for row in ActionCategory.objects.all()}
    yield sync(
        Fiche,
        [
            {
                "code": f["code"],
                "label": f["label"],
                "number": f["number"],
                "order": order,
                "category": categories.get(f.get("category", "")),
            }
            for order, f in enumerate(fiches, start=1)
        ],
    )
    by_code = {row.code: row for row in Fiche.objects.all()}
    sections = [(f["code"], s) for f in fiches for s in f["sections"]]
    yield sync(
        FicheSection,
        [
            {
                # The seven questions bear the same codes in three fiches; the eight steps are unique.
                "code": f"{code}-{s['code']}" if "fields" not in s else s["code"],
                "label": s["label"],
                "subtitle": s.get("subtitle", ""),
                "guidance": s.get("guidance", []),
                "options": s.get("options", {}),
                "order": order,
                "fiche": by_code[code],
            }
            for order, (code, s) in enumerate(sections, start=1)
        ],
    )


# Lists that are not choices of the sheet: indicators have their own register, places are target zones.
_NOT_CHOICES = ("indicateurs", "legitimite", "heading", "zones", "vagues")


def _options(fiches: list[dict]) -> Report:
    """What the seven questions of fiches 1 to 3 offer; an actor that a list names by its code gets its own label."""
    sections = {row.code: row for row in FicheSection.objects.all()}
    actors = dict(SupportActor.objects.values_list("code", "label"))
    choices = [
        (f"{fiche['code']}-{section['code']}", section["code"], group, choice)
        for fiche in fiches
        for section in fiche["sections"]
        if section["code"] in Question.values
        for group, choices in section.get("options", {}).items()
        if group not in _NOT_CHOICES
        for choice in choices
    ]
    rows = []
    for order, (key, question, group, choice) in enumerate(choices, start=1):
        given = choice if isinstance(choice, dict) else {"code": choice, "label": actors[choice]}
        rows.append(
            {
                "code": f"{key}-{group.replace('_', '-')}-{given['code']}",
                "label": given["label"],
                "section": sections[key],
                "question": question,
                "group": group,
                "items": given.get("items", []),
                "order": order,
            }
        )
    return sync(FicheOption, rows)


def _focus(rows: list[dict]) -> Report:
    """The good practices that the guide puts forward (SYS-53)."""
    fiches = {row.code: row for row in Fiche.objects.all()}
    optional: dict = {"holder": "", "form": "", "place": "", "facts": [], "figures": [], "today_text": ""}
    return sync(FocusPractice, _numbered([optional | row | {"fiche": fiches[row["fiche"]]} for row in rows]))


# The lists of « Où » that name places; « evolution » (fiche 3) is a way to change partners, not a place.
_PLACES = ("heading", "zones", "vagues")
_OWN_TERRITORY = ("fiche-2", "heading", "territoire")


def _zones(fiches: list[dict]) -> Report:
    """Every place that « Où » of fiches 1 to 3 proposes: its headings, its zones, its waves; codes bear their fiche."""
    categories = {row.code: row for row in ActionCategory.objects.all()}
    zones = [
        (fiche, group, zone)
        for fiche in fiches
        if fiche.get("category") in categories
        for section in fiche["sections"]
        if section["code"] == "ou"
        for group in _PLACES
        for zone in section.get("options", {}).get(group, [])
    ]
    return sync(
        TargetZone,
        [
            {
                "code": f"{fiche['code']}-{zone['code']}",
                "label": zone["label"],
                "category": categories[fiche["category"]],
                "group": group,
                "items": zone.get("items", []),
                "is_own_territory": (fiche["code"], group, zone["code"]) == _OWN_TERRITORY,
                "order": order,
            }
            for order, (fiche, group, zone) in enumerate(zones, start=1)
        ],
    )


# The fields of a scheme that its row gives as they are, and what an absent one means.
_SCHEME_FIELDS: dict[str, Any] = {
    **dict.fromkeys(("code", "label", "kind", "today_status"), ""),
    **dict.fromkeys(("label_printed", "acronym", "details", "level", "footnote", "scope", "today_text"), ""),
    "domains": [],
    "beneficiaries": [],
    "provides": [],
    "valid_from": None,
    "valid_until": None,
    "reach": SchemeReach.EVERYWHERE.value,
    "is_printed": True,
    "phase_is_deduced": False,
    "today_is_checked": False,
}


def _schemes(rows: list[dict]) -> Iterator[Report]:
    actors = {row.code: row for row in SupportActor.objects.all()}
    phases = {row.code: row for row in ExportPhase.objects.all()}
    categories = {row.code: row for row in ActionCategory.objects.all()}
    goals = {row.code: row for row in Sdg.objects.all()}
    covered = {row["code"]: [categories[code] for code in row.get("action_categories", [])] for row in rows}
    yield sync(
        FundingScheme,
        [
            {
                **{name: row.get(name, unknown) for name, unknown in _SCHEME_FIELDS.items()},
                "order": order,
                "funder": actors.get(row.get("funder", "")),
                "phase": phases.get(row.get("phase", "")),
            }
            for order, row in enumerate(rows, start=1)
        ],
        related={
            "categories": covered,
            "sdgs": {row["code"]: [goals[code] for code in row.get("sdgs", [])] for row in rows},
        },
    )
    # A scheme may come before its successor in the file: they are joined once all are there.
    by_code = {row.code: row for row in FundingScheme.objects.all()}
    joined = sync(
        FundingScheme,
        [
            {"code": row["code"], **{name: by_code.get(row.get(name, "")) for name in ("parent", "successor")}}
            for row in rows
        ],
    )
    yield replace(joined, name="filiations de dispositifs")
