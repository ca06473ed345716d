"""Firms: SIREN, NAF section with its version, group."""

from __future__ import annotations

import pytest

from aict.accounts.models import Change
from partners.models import FirmGroup, NafSection, Stakeholder, StakeholderType
from tests.factories import FirmFactory, FirmGroupFactory

NEW = "/partenaires/acteurs/nouveau/"
SIREN, OTHER_SIREN = "732829320", "552100554"


def said(response) -> str:
    return response.content.decode().replace("\u00a0", " ").replace("&#x27;", "'")


@pytest.fixture
def firm_data(db) -> dict:
    return {
        "name": "Ateliers du port",
        "type": StakeholderType.objects.get(code="entreprise").pk,
        "siren": SIREN,
        "visibility": "internal",
    }


def cluster_data(firm_data: dict) -> dict:
    return firm_data | {"type": StakeholderType.objects.get(code="cluster").pk, "siren": ""}


def test_both_versions_of_the_naf_are_loaded_with_their_letters(db):
    letters = {
        version: "".join(NafSection.objects.filter(version=version).values_list("letter", flat=True))
        for version in ("rév. 2", "2025")
    }
    assert letters == {"rév. 2": "ABCDEFGHIJKLMNOPQRSTU", "2025": "ABCDEFGHIJKLMNOPQRSTUV"}


def test_the_same_letter_is_another_section_in_the_other_version(db):
    assert NafSection.objects.get(code="naf-2008-k").label == "Activités financières et d’assurance"
    assert NafSection.objects.get(code="naf-2025-l").label == "Activités financières et d’assurance"
    assert str(NafSection.objects.get(code="naf-2008-c")) == "C – Industrie manufacturière (NAF rév. 2)"


def test_the_form_groups_the_sections_by_version_and_says_which_to_take(officer):
    page = said(officer.client.get(NEW))
    assert '<optgroup label="NAF rév. 2, jusqu’au 31 décembre 2026">' in page
    assert '<optgroup label="NAF 2025, à partir du 1ᵉʳ janvier 2027">' in page
    assert "Prenez la version de l’avis de situation" in page


def test_a_firm_is_recorded_with_its_section_and_a_group_typed_by_name(economic, firm_data):
    naf = NafSection.objects.get(code="naf-2008-c")
    answer = economic.client.post(NEW, firm_data | {"naf": naf.pk, "new_group": "Groupe du golfe"})
    firm = Stakeholder.objects.get()
    assert answer.url == firm.get_absolute_url()
    assert firm.naf == naf and firm.group.name == "Groupe du golfe"
    page = said(economic.client.get(firm.get_absolute_url()))
    assert "C – Industrie manufacturière (NAF rév. 2)" in page and firm.group.get_absolute_url() in page


def test_a_group_typed_again_is_the_same_group(officer, firm_data):
    group = FirmGroupFactory(collectivity=officer.collectivity, name="Groupe du golfe")
    officer.client.post(NEW, firm_data | {"new_group": "groupe du GOLFE"})
    assert Stakeholder.objects.get().group == group and FirmGroup.objects.count() == 1


def test_a_group_of_another_collectivite_is_refused_and_its_name_opens_one_here(officer, firm_data, other_collectivity):
    foreign = FirmGroupFactory(collectivity=other_collectivity, name="Groupe du golfe")
    assert "Groupe du golfe" not in said(officer.client.get(NEW))
    assert officer.client.post(NEW, firm_data | {"group": foreign.pk}).status_code == 200
    assert not Stakeholder.objects.exists()
    officer.client.post(NEW, firm_data | {"new_group": "Groupe du golfe"})
    assert Stakeholder.objects.get().group.collectivity == officer.collectivity


def test_a_group_is_chosen_or_named_but_not_both(officer, firm_data):
    group = FirmGroupFactory(collectivity=officer.collectivity)
    answer = officer.client.post(NEW, firm_data | {"group": group.pk, "new_group": "Un autre"})
    assert "pas les deux" in said(answer) and not Stakeholder.objects.exists()


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("group", "Seule une entreprise appartient à un groupe"),
        ("new_group", "Seule une entreprise appartient à un groupe"),
        ("naf", "Seule une entreprise se classe dans une section NAF"),
    ],
)
def test_a_group_and_a_section_are_a_firms_alone(officer, firm_data, field, message):
    values = {
        "group": FirmGroupFactory(collectivity=officer.collectivity).pk,
        "new_group": "Groupe",
        "naf": NafSection.objects.get(code="naf-2008-c").pk,
    }
    answer = officer.client.post(NEW, cluster_data(firm_data) | {field: values[field]})
    assert message in said(answer) and not Stakeholder.objects.exists()


@pytest.mark.parametrize("typed", ["732 829 320", "732\u00a0829\u00a0320", "732829320"])
def test_a_siren_is_read_with_the_spaces_it_is_pasted_with(officer, firm_data, typed):
    officer.client.post(NEW, firm_data | {"siren": typed})
    assert Stakeholder.objects.get().siren == SIREN


@pytest.mark.parametrize("typed", ["732829321", "73282932", "7328293200", "٧٣٢٨٢٩٣٢٠", "73282932O", "\x00" * 9])
def test_a_siren_whose_key_is_wrong_is_refused(officer, firm_data, typed):
    answer = officer.client.post(NEW, firm_data | {"siren": typed})
    assert answer.status_code == 200 and not Stakeholder.objects.exists()


def test_a_siren_already_taken_is_a_warning_that_names_the_other_and_can_be_passed(officer, firm_data):
    FirmFactory(collectivity=officer.collectivity, name="Chantiers du port", siren=SIREN)
    refused = officer.client.post(NEW, firm_data)
    assert "Ce SIREN est déjà celui de « Chantiers du port »" in said(refused)
    assert 'type="checkbox" name="same_siren"' in said(refused)
    assert Stakeholder.objects.count() == 1
    passed = officer.client.post(NEW, firm_data | {"same_siren": "on"})
    assert passed.status_code == 302 and Stakeholder.objects.filter(siren=SIREN).count() == 2


def test_the_warning_on_a_siren_is_not_repeated_when_another_field_changes(officer, firm_data):
    FirmFactory(collectivity=officer.collectivity, siren=SIREN)
    twin = FirmFactory(collectivity=officer.collectivity, siren=SIREN)
    answer = officer.client.post(f"{twin.get_absolute_url()}modifier/", firm_data | {"name": "Nouveau nom"})
    assert answer.status_code == 302


def test_a_siren_of_another_collectivite_or_an_empty_one_is_no_warning(officer, firm_data, other_collectivity):
    FirmFactory(collectivity=other_collectivity, siren=SIREN)
    FirmFactory(collectivity=officer.collectivity, siren="")
    assert officer.client.post(NEW, firm_data).status_code == 302
    assert officer.client.post(NEW, firm_data | {"siren": ""}).status_code == 302


def test_the_siren_of_a_deleted_firm_says_that_it_can_come_back(officer, firm_data):
    firm = FirmFactory(collectivity=officer.collectivity, name="Disparue", siren=SIREN)
    officer.client.post(f"{firm.get_absolute_url()}supprimer/")
    assert "fiche supprimée" in said(officer.client.post(NEW, firm_data))


def test_the_page_of_a_group_lists_its_firms_and_says_what_a_single_undertaking_is(officer, elected, stranger):
    group = FirmGroupFactory(collectivity=officer.collectivity, name="Groupe du golfe")
    for name, siren in (("Ateliers du port", SIREN), ("Chantiers du port", OTHER_SIREN)):
        FirmFactory(collectivity=officer.collectivity, name=name, siren=siren, group=group)
    FirmFactory(collectivity=officer.collectivity, name="Indépendante")
    page = said(elected.client.get(group.get_absolute_url()))
    for words in ("Ateliers du port", OTHER_SIREN, "règlement (UE) 2023/2831", "2 entreprises"):
        assert words in page
    assert "Indépendante" not in page
    assert stranger.client.get(group.get_absolute_url()).status_code == 404
    assert elected.client.get(f"{group.get_absolute_url()}renommer/").status_code == 403


def test_a_group_is_renamed_but_not_with_the_name_of_another(officer):
    group = FirmGroupFactory(collectivity=officer.collectivity, name="Avant")
    FirmGroupFactory(collectivity=officer.collectivity, name="Pris")
    address = f"{group.get_absolute_url()}renommer/"
    assert "déjà enregistré" in said(officer.client.post(address, {"name": "Pris"}))
    assert officer.client.post(address, {"name": "Après"}).url == group.get_absolute_url()
    group.refresh_from_db()
    assert group.name == "Après"


def test_a_group_goes_with_its_last_firm(officer, firm_data):
    group = FirmGroupFactory(collectivity=officer.collectivity)
    first, last = (FirmFactory(collectivity=officer.collectivity, group=group) for _ in range(2))
    officer.client.post(f"{first.get_absolute_url()}modifier/", firm_data)
    assert FirmGroup.objects.filter(pk=group.pk).exists()
    officer.client.post(f"{last.get_absolute_url()}modifier/", firm_data | {"siren": OTHER_SIREN})
    assert not FirmGroup.objects.filter(pk=group.pk).exists()
    assert Change.objects.filter(model="partners.firmgroup", object_id=group.pk, verb="deleted").exists()
