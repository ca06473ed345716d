"""Avenants, other parties and successive agreements: what they change, what is refused, in words that help."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from aict.accounts.models import Change
from partners import standing
from partners.models import Agreement, AgreementParty, Amendment, TerritorialLevel, Territory
from tests.factories import AgreementFactory, AmendmentFactory, DocumentFactory, StakeholderFactory, TerritoryFactory
from tests.partners.test_forms import said
from tests.partners.test_registers import queries_of

ON = date(2026, 11, 23)
LIST = "/partenaires/accords/"


@pytest.fixture
def agreement(collectivity) -> Agreement:
    return AgreementFactory(
        collectivity=collectivity, title="Convention", transmitted_on=date(2020, 1, 1), ends=date(2026, 6, 30)
    )


def data_of(agreement: Agreement, **changes) -> dict:
    return {
        "territory": agreement.territory_id,
        "title": agreement.title,
        "form": agreement.form,
        "validity": agreement.validity,
        "holder": agreement.holder,
        "object": agreement.object,
        "amount": "10000",
        "transmitted_on": "2020-01-01",
        "ends": "2026-06-30",
        "visibility": "internal",
        **changes,
    }


def amend(actor, agreement: Agreement, **changes):
    data = {"title": "Avenant n° 1", "effective_on": "2026-03-01", "ends": "2029-12-31", **changes}
    return actor.client.post(f"{LIST}{agreement.pk}/avenants/ajouter/", data)


# What an avenant changes -----------------------------------------------------------------


def test_an_avenant_changes_the_terms_from_its_date_and_only_what_it_gives(agreement):
    first = {"effective_on": date(2022, 1, 1), "ends": None, "amount": 25_000, "title": "Montant"}
    AmendmentFactory(collectivity=agreement.collectivity, agreement=agreement, **first)
    AmendmentFactory(
        collectivity=agreement.collectivity, agreement=agreement, effective_on=date(2026, 3, 1), object="Formation"
    )
    before, between, after = (agreement.terms(day) for day in (date(2021, 1, 1), date(2023, 1, 1), ON))
    assert (before.ends, before.amount) == (date(2026, 6, 30), 10_000)
    assert (between.ends, between.amount) == (date(2026, 6, 30), Decimal(25_000))
    assert (after.ends, after.amount, after.object) == (date(2030, 12, 31), Decimal(25_000), "Formation")


def test_an_extended_agreement_is_in_force_and_says_so_on_its_page_and_in_the_list(officer, agreement):
    assert standing.standing(agreement, ON).is_closed
    answer = amend(officer, agreement, amount="45 000", object="Hydrogène et formation")
    assert answer.status_code == 302 and answer.url == agreement.get_absolute_url()
    row = standing.standing(Agreement.objects.get(pk=agreement.pk), ON)
    assert row.status == "en-vigueur" and "fin fixée par avenant" in row.reason
    page = said(officer.client.get(agreement.get_absolute_url()))
    for words in ("Avenant n° 1", "31/12/2029", "45 000", "Hydrogène et formation", "Objet d’origine", "par avenant"):
        assert words in page
    listed = said(officer.client.get(LIST))
    assert "31/12/2029" in listed and "45 000" in listed


def test_the_timeline_draws_apart_what_an_avenant_adds(agreement):
    AmendmentFactory(collectivity=agreement.collectivity, agreement=agreement, effective_on=date(2026, 3, 1))
    spans = [(span.start, span.end, span.extended) for span in standing.effects(agreement)]
    assert spans == [
        (date(2020, 1, 1), date(2026, 6, 30), False),
        (date(2026, 7, 1), date(2030, 12, 31), True),
    ]
    (lane,) = standing.lanes([agreement])
    assert lane.note == "2020-2030, 1\u00a0avenant"


def test_an_avenant_that_shortens_ends_the_effect_sooner(agreement):
    AmendmentFactory(
        collectivity=agreement.collectivity, agreement=agreement, effective_on=date(2024, 1, 1), ends=date(2024, 3, 31)
    )
    assert [(span.start, span.end) for span in standing.effects(agreement)] == [(date(2020, 1, 1), date(2024, 3, 31))]


def test_an_avenant_that_a_later_one_holds_by_is_not_deleted_first(officer, agreement):
    """The later one would revive an agreement that has ended, which no form accepts."""
    mine = {"collectivity": agreement.collectivity, "agreement": agreement}
    after = agreement.ends.replace(year=agreement.ends.year + 1)
    first = AmendmentFactory(effective_on=agreement.ends, ends=after, **mine)
    second = AmendmentFactory(effective_on=after, ends=after.replace(year=after.year + 1), **mine)
    address = f"{LIST}{agreement.pk}/avenants/"
    page = said(officer.client.post(f"{address}{first.pk}/supprimer/", follow=True))
    assert f"« {second} » ne tiendrait plus sans lui" in page
    assert agreement.amendments.count() == 2
    for amendment in (second, first):
        officer.client.post(f"{address}{amendment.pk}/supprimer/")
    assert not agreement.amendments.exists()


def test_the_history_of_the_agreement_tells_its_avenants(officer, agreement):
    amend(officer, agreement)
    amendment = Amendment.objects.get()
    address = f"{LIST}{agreement.pk}/avenants/{amendment.pk}/"
    edited = {"title": "Avenant n° 1", "effective_on": "2026-03-01", "ends": "2028-12-31"}
    assert officer.client.post(address, edited).status_code == 302
    assert "Suppression faite" in said(officer.client.post(f"{address}supprimer/", follow=True))
    assert not Amendment.objects.exists()
    changes = Change.objects.for_collectivity(officer.collectivity).about(agreement)
    assert [change.fields["avenants"] == ["", ""] for change in changes] == [False, False, False]
    page = said(officer.client.get(agreement.get_absolute_url()))
    assert "fin le 31/12/2029" in page and "fin le 31/12/2028" in page


# What is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"effective_on": "2019-12-31"}, "L’avenant précède l’accord, qui prend effet le 1er janvier 2020"),
        ({"effective_on": "2026-07-01"}, "un avenant ne le fait pas revivre"),
        ({"ends": "2026-02-01"}, "La nouvelle fin précède le jour où l’avenant prend effet"),
        ({"deliberation_on": "2026-04-01"}, "L’avenant prend effet avant sa délibération"),
        ({"ends": ""}, "Un avenant change la fin, le montant ou l’objet"),
        ({"amount": "-1"}, "Un montant ne peut pas être négatif"),
        ({"effective_on": "31/02/2026"}, "n’est pas une date du calendrier"),
        ({"effective_on": ""}, "À remplir."),
        ({"ends": "2999-01-01"}, "L’année 2999 ne convient pas"),
        ({"title": "a\x00b"}, "caractère"),
    ],
)
def test_an_avenant_that_cannot_hold_is_refused_with_its_reason(officer, agreement, changes, message):
    answer = amend(officer, agreement, **changes)
    assert answer.status_code == 200 and message in said(answer)
    assert not Amendment.objects.exists()


def test_an_agreement_without_effect_or_denounced_takes_no_avenant(officer, agreement):
    project = AgreementFactory(collectivity=officer.collectivity, deliberation_on=date(2026, 1, 1))
    assert "n’a pas encore d’effet" in said(amend(officer, project))
    agreement.denounced_on = date(2026, 2, 1)
    agreement.save()
    assert "est dénoncé le 1er février 2026" in said(amend(officer, agreement))


def test_a_change_that_leaves_a_saved_avenant_out_of_term_is_refused(officer, agreement):
    amend(officer, agreement)
    address = f"{agreement.get_absolute_url()}modifier/"
    answer = officer.client.post(address, data_of(agreement, ends="2025-12-31"))
    assert "L’avenant « Avenant n° 1 » ne tiendrait plus" in said(answer)
    assert officer.client.post(address, data_of(agreement, ends="2026-04-30")).status_code == 302


def test_an_earlier_avenant_that_would_end_the_agreement_before_a_later_one_is_refused(agreement):
    AmendmentFactory(collectivity=agreement.collectivity, agreement=agreement, effective_on=date(2026, 3, 1))
    early = Amendment(
        collectivity=agreement.collectivity, agreement=agreement, title="Court", effective_on=date(2024, 1, 1),
        ends=date(2024, 12, 31),
    )  # fmt: skip
    with pytest.raises(ValidationError, match="ne tiendrait plus"):
        early.full_clean()


def test_an_avenant_of_another_agreement_or_collectivity_is_not_found(officer, stranger, agreement):
    amend(officer, agreement)
    other = AgreementFactory(collectivity=officer.collectivity)
    number = Amendment.objects.get().pk
    assert officer.client.get(f"{LIST}{other.pk}/avenants/{number}/").status_code == 404
    assert stranger.client.post(f"{LIST}{agreement.pk}/avenants/{number}/supprimer/").status_code == 404
    assert Amendment.objects.exists()


# Parties ---------------------------------------------------------------------------------


def test_an_agreement_covers_every_territory_that_is_party_to_it(officer, agreement):
    second = TerritoryFactory(collectivity=officer.collectivity, name="Sousse")
    actor = StakeholderFactory(collectivity=officer.collectivity, name="Université")
    sent = data_of(
        agreement, party_territories=[second.pk], party_stakeholders=[actor.pk], party_names="Agence\n\nClub"
    )
    assert officer.client.post(f"{agreement.get_absolute_url()}modifier/", sent).status_code == 302
    assert sorted(str(party) for party in agreement.parties.all()) == ["Agence", "Club", "Sousse", "Université"]
    rows = Agreement.objects.for_collectivity(officer.collectivity)
    assert list(rows.covering(second)) == list(rows.covering(agreement.territory_id)) == [agreement]
    assert rows.by_territory() == {agreement.territory_id: [agreement], second.pk: [agreement]}
    assert rows.territory_count() == 2
    (change,) = Change.objects.for_collectivity(officer.collectivity).about(agreement)
    assert change.fields["autres parties"] == ["", "Agence, Club, Sousse, Université"]
    assert "Sousse" in said(officer.client.get(LIST, {"q": "sousse"}))
    officer.client.post(f"{agreement.get_absolute_url()}modifier/", data_of(agreement, party_names="Club"))
    assert [str(party) for party in agreement.parties.all()] == ["Club"]


def test_an_agreement_with_itself_or_with_ones_own_territory_is_refused(officer, agreement, stranger):
    own = TerritoryFactory(collectivity=officer.collectivity, is_own=True)
    foreign = TerritoryFactory(collectivity=stranger.collectivity)
    address = f"{agreement.get_absolute_url()}modifier/"
    twice = officer.client.post(address, data_of(agreement, party_territories=[agreement.territory_id]))
    assert "est déjà le premier partenaire" in said(twice)
    for other in (own, foreign):
        answer = officer.client.post(address, data_of(agreement, party_territories=[other.pk]))
        assert "un accord se passe avec un autre territoire que le vôtre" in said(answer)
    assert "nommé deux fois" in said(officer.client.post(address, data_of(agreement, party_names="Club\nclub")))
    assert not AgreementParty.objects.exists()
    for facts in ({"territory": agreement.territory}, {"territory": own}):
        with pytest.raises(ValidationError):
            AgreementParty(collectivity=officer.collectivity, agreement=agreement, **facts).full_clean()


def test_a_party_is_there_once(agreement):
    facts = {"collectivity": agreement.collectivity, "agreement": agreement, "name": "Club"}
    AgreementParty.objects.create(**facts)
    with pytest.raises(ValidationError, match="déjà partie"):
        AgreementParty(**facts | {"name": "CLUB"}).full_clean()


def test_a_state_among_the_parties_needs_the_exception_too(officer, agreement):
    level = TerritorialLevel.objects.get(code="pays")
    state = TerritoryFactory(collectivity=officer.collectivity, name="Tunisie", level=level)
    address = f"{agreement.get_absolute_url()}modifier/"
    refused = officer.client.post(address, data_of(agreement, party_territories=[state.pk]))
    assert "Un accord avec un État étranger est interdit" in said(refused)
    allowed = {"state_exception": "loi", "state_exception_reference": "Loi n° 2025-1"}
    sent = data_of(agreement, party_territories=[state.pk], **allowed)
    assert officer.client.post(address, sent).status_code == 302
    # Taking the State out and the exception with it is one gesture.
    assert officer.client.post(address, data_of(agreement)).status_code == 302


# Successive agreements -------------------------------------------------------------------


def test_a_circle_of_successive_agreements_is_refused(officer, agreement):
    second = AgreementFactory(collectivity=officer.collectivity, territory=agreement.territory, predecessor=agreement)
    third = AgreementFactory(collectivity=officer.collectivity, territory=agreement.territory, predecessor=second)
    address = f"{agreement.get_absolute_url()}modifier/"
    assert "suit déjà, de proche en proche" in said(
        officer.client.post(address, data_of(agreement, predecessor=third.pk))
    )
    agreement.predecessor = agreement
    with pytest.raises(ValidationError, match="de proche en proche"):
        agreement.clean()


def test_the_previous_agreement_has_the_same_partner(officer, agreement):
    other = AgreementFactory(collectivity=officer.collectivity, title="Ailleurs")
    same = AgreementFactory(collectivity=officer.collectivity, territory=agreement.territory, title="Ici d’abord")
    address = f"{agreement.get_absolute_url()}modifier/"
    page = said(officer.client.get(address))
    assert "Ici d’abord" in page and "Ailleurs" not in page
    refused = officer.client.post(address, data_of(agreement, predecessor=other.pk))
    assert "Choisissez un accord passé avec le même territoire" in said(refused)
    assert officer.client.post(address, data_of(agreement, predecessor=same.pk)).status_code == 302


def test_the_page_shows_the_agreements_before_and_after(officer, agreement):
    here = {"collectivity": officer.collectivity, "territory": agreement.territory}
    before = AgreementFactory(**here, title="Avant", transmitted_on=date(2010, 1, 1), ends=date(2019, 12, 31))
    AgreementFactory(**here, title="Après", transmitted_on=date(2026, 7, 1), predecessor=agreement)
    agreement.predecessor = before
    agreement.save()
    page = said(officer.client.get(agreement.get_absolute_url()))
    plate = page[page.index("Accords successifs") :]
    assert plate.index("Avant") < plate.index("cet accord") < plate.index("Après")


# The legal steps -------------------------------------------------------------------------


def test_the_checklist_says_what_is_done_what_lacks_and_what_proves_it(officer):
    agreement = AgreementFactory(collectivity=officer.collectivity, deliberation_on=date(2026, 1, 15), review_on=ON)
    DocumentFactory(collectivity=officer.collectivity, agreement=agreement, kind="deliberation", title="CM-2026-01")
    page = said(officer.client.get(agreement.get_absolute_url()))
    steps = page[page.index("Les étapes légales") : page.index("La durée de l’accord")]
    assert steps.count(">Manque<") == steps.count("Manque") == 3 and steps.count("Fait") == 1
    assert "CM-2026-01" in steps and "15 janvier 2026" in steps
    assert "Transmettez l’accord au préfet" in steps and "kind=accuse-prefecture" in steps


def test_an_action_without_contract_owes_no_legal_step(officer):
    informal = AgreementFactory(collectivity=officer.collectivity, form="non-contractualise")
    page = said(officer.client.get(informal.get_absolute_url()))
    steps = page[page.index("Les étapes légales") : page.index("La durée de l’accord")]
    assert steps.count("Sans objet") == 4 and "Joindre" not in steps


# Filters and cost ------------------------------------------------------------------------


def test_filters_read_the_terms_of_the_day_that_they_name(officer, agreement):
    AgreementFactory(collectivity=officer.collectivity, title="Autre", transmitted_on=date(2027, 1, 1), review_on=ON)
    amend(officer, agreement)
    assert "Convention" in said(officer.client.get(LIST, {"in_force_on": "2028-01-01"})).split("<tbody")[1]
    assert "<tbody" not in said(officer.client.get(LIST, {"in_force_on": "2019-01-01"}))
    assert "Convention" in said(officer.client.get(LIST, {"ends_in": "2029"})).split("<tbody")[1]
    assert "<tbody" not in said(officer.client.get(LIST, {"ends_in": "2026"}))


def test_fifteen_days_is_a_deadline_of_its_own(officer):
    today = timezone.localdate()
    for days in (14, 29):
        AgreementFactory(
            collectivity=officer.collectivity, title=f"Fin {days}", transmitted_on=date(2020, 1, 1),
            ends=today + timedelta(days=days),
        )  # fmt: skip
    table = said(officer.client.get(LIST, {"due": "15"})).split("<tbody")[1]
    assert "Fin 14" in table and "Fin 29" not in table


def test_perpetual_twinnings_are_listed_for_review(officer):
    make = {"collectivity": officer.collectivity, "form": "jumelage", "validity": "sans-duree"}
    AgreementFactory(**make, title="Jumelage de 1962", signed_year=1962)
    AgreementFactory(**make, title="Jumelage relu", signed_year=1975, review_on=date(2099, 1, 1))
    page = said(officer.client.get(LIST))
    assert "?status=a-revoir" in page
    table = said(officer.client.get(LIST, {"status": "a-revoir", "form": "jumelage"})).split("<tbody")[1]
    assert "Jumelage de 1962" in table and "Jumelage relu" not in table


def test_avenants_and_parties_cost_no_query_per_row(officer):
    def grow(count: int) -> tuple[int, int]:
        for _ in range(count):
            amendment = AmendmentFactory(collectivity=officer.collectivity)
            place = TerritoryFactory(collectivity=officer.collectivity)
            AgreementParty.objects.create(
                collectivity=officer.collectivity, agreement=amendment.agreement, territory=place
            )
        return queries_of(officer.client, LIST), queries_of(officer.client, "/api/v1/accords/")

    assert grow(1) == grow(29)


def test_the_api_gives_avenants_and_parties_and_a_network_sees_the_shared_ones_without_amounts(officer, network):
    c = officer.collectivity
    amendment = AmendmentFactory(collectivity=c, amount=5000)
    agreement = amendment.agreement
    hidden, shared = (TerritoryFactory(collectivity=c, name=name) for name in ("Caché", "Montré"))
    Territory.objects.filter(pk=shared.pk).update(visibility="network")
    Agreement.objects.filter(pk=agreement.pk).update(visibility="network")
    for facts in ({"territory": hidden}, {"territory": shared}, {"name": "Club"},
                  {"stakeholder": StakeholderFactory(collectivity=c, name="Discret")}):  # fmt: skip
        AgreementParty.objects.create(collectivity=c, agreement=agreement, **facts)
    mine = officer.client.get(f"/api/v1/accords/{agreement.pk}/").json()
    assert (mine["ends"], mine["current_ends"], mine["current_amount"]) == (None, "2030-12-31", "5000.00")
    assert mine["amendments"][0]["amount"] == "5000.00" and len(mine["parties"]) == 4
    answer = network.client.get(f"/api/v1/accords/{agreement.pk}/")
    seen = answer.json()
    assert [(row["territory"] or {}).get("name") or row["name"] for row in seen["parties"]] == ["Montré", "Club"]
    assert "amount" not in answer.content.decode() and "predecessor" not in seen
    assert network.client.get("/api/v1/accords/", {"q": "caché"}).json()["results"] == []
    assert len(network.client.get("/api/v1/accords/", {"q": "montré"}).json()["results"]) == 1
