"""Loads the nomenclatures of the partners' register."""

import csv
from pathlib import Path

from aict.accounts.reference import Report, read_yaml, sync
from aict.ui.typography import fold, fold_words
from partners import country_lists
from partners.models import (
    Country,
    CountryGroup,
    EconomicField,
    ElectedPortfolio,
    InternalService,
    NafSection,
    StakeholderType,
    SupportActor,
    TerritorialLevel,
)


def load(folder: Path) -> list[Report]:
    """Countries and their dated groups, levels, economic fields, types of stakeholder, services, portfolios, actors."""
    lists = read_yaml(folder / "stakeholders.yaml")
    return [
        sync(Country, _countries(folder / "pays.csv")),
        sync(CountryGroup, country_lists.groups(folder)),
        sync(TerritorialLevel, _numbered(lists["territorial_levels"])),
        sync(EconomicField, _economic_fields(folder / "economic_fields.yaml")),
        sync(StakeholderType, _numbered(lists["stakeholder_types"])),
        sync(NafSection, _naf_sections(folder / "naf.yaml")),
        sync(InternalService, _numbered(lists["internal_services"])),
        sync(ElectedPortfolio, _numbered(lists["elected_portfolios"])),
        sync(SupportActor, _actors(folder / "actors.yaml")),
    ]


def _numbered(rows: list[dict]) -> list[dict]:
    return [dict(row, order=order) for order, row in enumerate(rows, start=1)]


def _countries(path: Path) -> list[dict]:
    """CLDR names, World Bank and DAC groups (sources in docs/data.md), in the order of a French dictionary."""
    with path.open(encoding="utf-8") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: (fold_words(row["nom_fr"]), row["iso2"]))
    return _numbered(
        [
            {
                "code": row["iso2"].lower(),
                "label": row["nom_fr"],
                "iso3": row["iso3"],
                "continent": row["continent"],
                "subregion": row["sous_region"],
                "income_group": row["rnb_bm"],
                "is_least_developed": row["pma"] == "1",
                "dac_code": row["code_cad"],
                "in_eu": row["ue27"] == "1",
                "in_oecd": row["ocde38"] == "1",
            }
            for row in rows
        ]
    )


def _economic_fields(path: Path) -> list[dict]:
    data = read_yaml(path)
    groups = {group["code"]: group["label"] for group in data["groups"]}
    return [
        {
            "code": row["code"],
            "label": row["label"],
            "order": order,
            "group_code": row["group"],
            "group": groups[row["group"]],
            "in_fiche_b": row["in_fiche_b"],
        }
        for order, row in enumerate(data["fields"], start=1)
    ]


def _naf_sections(path: Path) -> list[dict]:
    """Both versions in use, the older first: a firm says which one its section belongs to."""
    rows = [
        {
            "code": f"{edition['prefix']}-{letter.lower()}",
            "label": label,
            "version": edition["version"],
            "letter": letter,
        }
        for edition in read_yaml(path)["versions"]
        for letter, label in edition["sections"].items()
    ]
    return _numbered(rows)


def _actors(path: Path) -> list[dict]:
    """Names, acronyms and sites as printed; « today » and the deductions are ours (sources in docs/data.md)."""
    types = {row.code: row for row in StakeholderType.objects.all()}
    unsaid = {"acronym": "", "on_map": False, "map_label": "", "site_printed": "", "is_fixed_point": False}
    return [
        {
            **unsaid,
            **row,
            "order": order,
            "stakeholder_type": types.get(row.get("stakeholder_type")),
            "folded": _searched(row),
        }
        for order, row in enumerate(read_yaml(path)["actors"], start=1)
    ]


def _searched(actor: dict) -> str:
    """What a search of the directory reads: every name, one a line, then what became of the actor."""
    names = [actor["label"], actor.get("acronym", ""), *actor["names"], actor.get("map_label", ""), actor["today"]]
    return "\n".join(fold(text) for text in names if text)
