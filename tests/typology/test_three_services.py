"""The three-service rule (SYS-27): seats, who is missing, where it is shown."""

import re

import pytest

from partners.models import InternalService
from tests.factories import ActionFactory, CooperationFactory
from typology.models import Action
from typology.three_services import three_services

SRI, SDE, ST = "relations-internationales", "developpement-economique", "service-technique"


def service(code: str) -> InternalService:
    return InternalService.objects.get(code=code)


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def cooperation(collectivity, lead: str = "", *associated: str, **values) -> Action:
    action = CooperationFactory(collectivity=collectivity, lead_service=service(lead) if lead else None, **values)
    action.associated_services.set([service(code) for code in associated])
    return action


def test_sys_27_with_two_of_the_three_services_the_check_names_the_missing_one(officer):
    action = cooperation(officer.collectivity, SRI, SDE)
    table = three_services(action)
    assert not table.is_full
    assert [seat.acronym for seat in table.missing] == ["ST"]
    assert (table.kind, table.text) == ("danger", "Il manque le service technique concerné")
    for page in (f"/actions/{action.pk}/", f"/actions/{action.pk}/questions/"):
        html = officer.client.get(page).content.decode()
        assert re.search(r'<span class="st st-danger">.*?Il manque le service technique concerné</span>', html)
        assert html.count('<li class="free">') == 1


def test_sys_27_adding_the_missing_service_turns_the_check_green(officer):
    action = cooperation(officer.collectivity, SRI, SDE)
    data = {
        "lead_service": service(SRI).pk,
        "associated_services": [service(SDE).pk, service(ST).pk],
        "economic_actors": "on",
    }
    assert officer.client.post(f"/actions/{action.pk}/questions/qui/", data).status_code == 302
    for page in (f"/actions/{action.pk}/", f"/actions/{action.pk}/questions/"):
        html = officer.client.get(page).content.decode()
        assert re.search(r'<span class="st st-ok">.*?Les trois services sont là</span>', html)
        assert '<li class="free">' not in html
        assert "il manque l’un des trois services" not in words(officer.client.get(page))


@pytest.mark.parametrize(
    ("lead", "associated", "missing"),
    [
        ("", (), ["SRI", "ST", "SDE"]),
        ("", (ST,), ["SRI", "SDE"]),
        ("protocole", ("tourisme",), ["ST"]),  # of the same families
        ("cabinet", ("communication",), ["SRI", "ST", "SDE"]),
        (ST, (SDE, SRI), []),
    ],
)
def test_a_seat_is_taken_by_the_lead_service_or_an_associated_one_of_its_family(lead, associated, missing, officer):
    table = three_services(cooperation(officer.collectivity, lead, *associated))
    assert [seat.acronym for seat in table.missing] == missing


def test_two_missing_services_are_both_named(officer):
    table = three_services(cooperation(officer.collectivity, SRI))
    assert table.text == "Il manque le service technique concerné et le service du développement économique"


def test_the_rule_concerns_neither_a_cooperation_without_firms_nor_another_category(officer):
    assert three_services(cooperation(officer.collectivity, economic_actors=False)) is None
    assert three_services(ActionFactory(collectivity=officer.collectivity)) is None
    alone = cooperation(officer.collectivity, economic_actors=False)
    assert "Règle des trois services" not in words(officer.client.get(f"/actions/{alone.pk}/questions/"))


def test_a_non_economic_cooperation_with_firms_also_needs_the_three(officer):
    assert three_services(cooperation(officer.collectivity, economic_aim=False)) is not None
