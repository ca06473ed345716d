"""The reference data and the command that loads it: idempotent, exact, never destructive."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from aict.accounts.models import Authority
from aict.accounts.reference import Report, sync
from evaluation.models import Indicator, PotentialImpact
from partners import models as partners
from tests.factories import ActionFactory, StakeholderFactory
from typology import models as typology

COUNTS = [
    (typology.ActionCategory, 3),
    (typology.ActionPurpose, 6),
    (typology.ActionType, 27),
    (typology.Fiche, 7),
    (typology.GlossaryTerm, 65),
    (typology.Skill, 50),
    (typology.Sdg, 17),
    (typology.FocusPractice, 5),
    (typology.AidRegime, 5),
    (typology.PublicPolicy, 9),
    (Indicator, 39),
    (PotentialImpact, 7),
    (partners.EconomicField, 11),
    (partners.StakeholderType, 24),
    (partners.Country, 250),
    (Authority, 1390),
]


def printed(capsys) -> list[list[int]]:
    """The five figures of every line that the command prints."""
    call_command("load_reference")
    lines = capsys.readouterr().out.strip().splitlines()
    return [[int(part.split()[0]) for part in line.split(" : ")[-1].split(", ")] for line in lines]


def test_loading_twice_changes_nothing(db, capsys):
    reports = printed(capsys)
    assert len(reports) >= 20
    for created, updated, unchanged, retired, deleted in reports:
        assert (created, updated, retired, deleted) == (0, 0, 0, 0)
        assert unchanged > 0


def test_countries_are_offered_in_the_order_of_a_french_dictionary(db):
    names = [row.label for row in partners.Country.objects.current()]
    assert len(names) == 250
    for group in (
        ["Belgique", "Belize", "Bénin", "Bermudes", "Bhoutan"],
        ["Estonie", "Eswatini", "État de la Cité du Vatican", "États-Unis", "Éthiopie"],
    ):
        start = names.index(group[0])
        assert names[start : start + len(group)] == group
    assert names.index("Hongrie") < names.index("Îles Caïmans") < names.index("Inde")
    assert names[-1] == "Zimbabwe"


def test_a_changed_label_is_updated_and_the_row_keeps_its_identity(db):
    kind = typology.ActionType.objects.get(code="compagnonnages")
    typology.ActionType.objects.filter(pk=kind.pk).update(label="Ancien libellé", details="autre")
    call_command("load_reference", verbosity=0)
    again = typology.ActionType.objects.get(code="compagnonnages")
    assert (again.pk, again.label, again.details) == (kind.pk, kind.label, kind.details)


def test_a_deleted_row_comes_back(db):
    typology.GlossaryTerm.objects.filter(label="SRDEII").delete()
    call_command("load_reference", verbosity=0)
    assert typology.GlossaryTerm.objects.filter(label="SRDEII").count() == 1


def field_rows(*codes: str) -> list[dict]:
    kept = partners.EconomicField.objects.filter(code__in=codes)
    names = ("code", "label", "order", "group_code", "group", "in_fiche_b")
    return [{name: getattr(row, name) for name in names} for row in kept]


def test_a_row_that_left_the_source_is_retired_when_used_and_deleted_when_not(officer):
    used = partners.EconomicField.objects.get(code="tourisme")
    StakeholderFactory(collectivity=officer.collectivity).fields.add(used)
    report = sync(partners.EconomicField, field_rows("commerce"))
    assert (report.retired, report.deleted, report.unchanged) == (1, 9, 1)
    used.refresh_from_db()
    assert used.retired
    assert list(partners.EconomicField.objects.current().values_list("code", flat=True)) == ["commerce"]


def test_a_used_type_is_never_deleted(officer):
    action = ActionFactory(collectivity=officer.collectivity)
    report = sync(typology.ActionType, [])
    action.refresh_from_db()
    assert action.type.retired
    assert (report.retired, report.deleted) == (1, 26)


def test_a_row_cited_by_a_key_without_a_way_back_is_retired_and_not_deleted(officer):
    actor = partners.SupportActor.objects.get(code="bpifrance")
    correction = partners.ActorCorrection(actor=actor, sector="public", location="france")
    correction.collectivity = officer.collectivity
    correction.save()
    kept = [{"code": "cci", "label": "Chambres de commerce et d’industrie"}]
    sync(partners.SupportActor, kept)
    actor.refresh_from_db()
    assert actor.retired


def test_a_retired_row_that_comes_back_in_the_source_is_current_again(officer):
    used = partners.EconomicField.objects.get(code="tourisme")
    StakeholderFactory(collectivity=officer.collectivity).fields.add(used)
    rows = field_rows("tourisme", "commerce")
    sync(partners.EconomicField, rows[:0])
    sync(partners.EconomicField, rows)
    used.refresh_from_db()
    assert not used.retired


def test_a_second_sync_of_the_same_rows_reports_no_work(db):
    rows = field_rows("commerce", "tourisme")
    sync(partners.EconomicField, rows)
    assert sync(partners.EconomicField, rows) == Report(name="champs économiques locaux", unchanged=2)


@pytest.mark.parametrize(("model", "count"), COUNTS, ids=lambda value: getattr(value, "__name__", None))
def test_every_nomenclature_has_its_rows(model, count, db):
    assert model.objects.current().count() == count


# Compared with the source documents, when they are beside the project ---------------------


def read(folder: Path, name: str):
    return yaml.load((folder / "reference" / name).read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def labels(model, **filters) -> dict[str, str]:
    return dict(model.objects.filter(**filters).values_list("code", "label"))


def test_the_typology_has_the_labels_and_details_of_the_source(db, shared_folder):
    categories = read(shared_folder, "typology.yaml")["categories"]
    purposes = [purpose for category in categories for purpose in category["subcategories"]]
    types = [row for purpose in purposes for row in purpose["actions"]]
    assert labels(typology.ActionCategory) == {row["code"]: row["label"] for row in categories}
    assert labels(typology.ActionPurpose) == {row["code"]: row["label"] for row in purposes}
    assert labels(typology.ActionType) == {row["code"]: row.get("display_label") or row["label"] for row in types}
    details = dict(typology.ActionType.objects.values_list("code", "details"))
    assert details == {row["code"]: row.get("details") or "" for row in types}
    order = list(typology.ActionType.objects.order_by("order").values_list("code", flat=True))
    assert order == [row["code"] for row in sorted(types, key=lambda row: row["order_global"])]


def test_the_glossary_has_the_acronyms_of_the_source_in_their_order(db, shared_folder):
    source = read(shared_folder, "glossary.yaml")
    wanted = [(row["acronym"], row["expansion"]) for row in source["abbreviations"]]
    kept = typology.GlossaryTerm.objects.filter(kind="abreviation").values_list("label", "expansion")
    assert list(kept) == wanted


def test_the_indicators_have_the_labels_and_printed_scores_of_the_source(db, shared_folder):
    source = read(shared_folder, "indicators.yaml")
    rows = source["impact"] + source["internationalisation"] + source["prose"]
    assert labels(Indicator) == {row["code"]: row["label"] for row in rows}
    scores = Indicator.objects.exclude(access=None).values_list("code", "access_printed", "relevance_printed")
    assert set(scores) == {(r["code"], r["acces_printed"], r["pertinence_printed"]) for r in rows if "acces" in r}


def test_the_economic_fields_have_the_labels_of_the_source(db, shared_folder):
    source = read(shared_folder, "local_economic_fields.yaml")
    assert labels(partners.EconomicField) == {row["code"]: row["label"] for row in source["fields"]}


def test_the_skills_have_the_labels_of_the_source(db, shared_folder):
    source = read(shared_folder, "skills.yaml")
    groups = [*source["savoir_faire"], *source["savoirs"], source["savoir_etre"]]
    assert set(labels(typology.Skill).values()) == {row["label"] for group in groups for row in group["items"]}
