"""Two rows that are one partner are merged: everything goes to the row that is kept, and nothing is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.db.models import ForeignKey

from aict.accounts.models import Change
from partners import merging
from partners.models import AgreementParty, Country, FormerName, TerritorialLevel, Territory
from strategy.models import InternationalLink, Priority
from strategy.writing import open_steps
from tests.factories import (
    ActionFactory,
    AgreementFactory,
    CampaignFactory,
    ContactFactory,
    DocumentFactory,
    EventFactory,
    GraphNodeFactory,
    LocalRoleFactory,
    MeasureFactory,
    MobilityFactory,
    OfficeFactory,
    PracticeFactory,
    StakeholderFactory,
    StrategyFactory,
    TargetFactory,
    TerritoryFactory,
)
from tests.partners.test_forms import said

TODAY = date(2026, 11, 22)


@pytest.fixture
def kept(collectivity) -> Territory:
    return TerritoryFactory(collectivity=collectivity, name="Sfax")


@pytest.fixture
def merged(collectivity) -> Territory:
    return TerritoryFactory(collectivity=collectivity, name="Grand Sfax")


def merge(kept: Territory, merged: Territory, author: Any = None, *, keep_names: bool = True) -> merging.Merge:
    done = merging.merge(kept=kept, merged=merged, author=author, on=TODAY, keep_names=keep_names)
    kept.refresh_from_db()
    merged.refresh_from_db()
    return done


# Nothing is forgotten ------------------------------------------------------------------------


def key(field: ForeignKey) -> str:
    return f"{field.model._meta.label}.{field.name}"


def fields_to_territory() -> set[str]:
    """Every foreign key to Territory of the registry of models, link tables included, found without `merging`."""
    return {
        key(field)
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and field.related_model is Territory
    }


def strategy_row(model: type[models.Model]) -> Callable[[Territory], models.Model]:
    def made(territory: Territory) -> models.Model:
        strategy = StrategyFactory(collectivity=territory.collectivity)
        open_steps(strategy)
        return model.objects.create(strategy=strategy, territory=territory, collectivity=territory.collectivity)

    return made


def linked_stakeholder(territory: Territory) -> models.Model:
    stakeholder = StakeholderFactory(collectivity=territory.collectivity)
    stakeholder.territories.add(territory)
    return stakeholder


def aimed_campaign(territory: Territory) -> models.Model:
    campaign = CampaignFactory(collectivity=territory.collectivity)
    campaign.territories.add(territory)
    return campaign


def party(territory: Territory) -> models.Model:
    agreement = AgreementFactory(collectivity=territory.collectivity)
    return AgreementParty.objects.create(agreement=agreement, territory=territory, collectivity=territory.collectivity)


def by(factory: Any, **values: Any) -> Callable[[Territory], models.Model]:
    return lambda territory: factory(territory=territory, collectivity=territory.collectivity, **values)


# One row of each relation: a relation added to the models needs a line here.
ROWS: dict[str, Callable[[Territory], models.Model]] = {
    "partners.Territory.merged_into": lambda territory: TerritoryFactory(
        collectivity=territory.collectivity, merged_into=territory, deleted_at="2026-01-01T00:00Z"
    ),
    "partners.FormerName.territory": lambda territory: FormerName.objects.create(
        territory=territory, name="Taparura", until=date(1850, 1, 1), collectivity=territory.collectivity
    ),
    "partners.Stakeholder_territories.territory": linked_stakeholder,
    "partners.AgreementParty.territory": party,
    "partners.Agreement.territory": by(AgreementFactory),
    "partners.Contact.territory": by(ContactFactory),
    "partners.Document.territory": by(DocumentFactory, agreement=None),
    "typology.Office.territory": by(OfficeFactory),
    "typology.Action.territory": by(ActionFactory),
    "typology.Event.territory": by(EventFactory),
    "typology.Practice.territory": by(PracticeFactory),
    "typology.Mobility.territory": lambda territory: MobilityFactory(
        collectivity=territory.collectivity, territory=territory, country=territory.country
    ),
    "typology.Campaign_territories.territory": aimed_campaign,
    "typology.GraphNode.territory": by(GraphNodeFactory),
    "typology.Target.territory": by(TargetFactory),
    "typology.LocalRole.territory": by(LocalRoleFactory),
    "evaluation.Measure.territory": by(MeasureFactory),
    "strategy.InternationalLink.territory": strategy_row(InternationalLink),
    "strategy.Priority.territory": strategy_row(Priority),
}


def test_every_relation_of_the_registry_of_models_is_moved_and_has_its_row_below():
    assert {key(field) for field in merging.relations()} == fields_to_territory() == set(ROWS)
    assert not [
        field
        for model in apps.get_models()
        for field in model._meta.local_many_to_many
        if field.related_model is Territory and not field.remote_field.through
    ]


def test_nothing_points_at_the_merged_row_any_more(kept, merged, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for make in ROWS.values():
        make(merged)
    done = merge(kept, merged)
    for field in merging.relations():
        rows = field.model._base_manager
        assert not rows.filter(**{field.name: merged}).exclude(pk=kept.pk).exists(), key(field)
        assert rows.filter(**{field.name: kept}).exists(), key(field)
    assert sum(part.count for part in done.moved) == len(ROWS)
    assert not done.dropped


@pytest.mark.parametrize("relation", sorted(ROWS))
def test_a_row_that_is_deleted_softly_moves_too_and_the_rows_of_others_stay(kept, merged, relation, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    other = TerritoryFactory(collectivity=kept.collectivity)
    row, theirs = ROWS[relation](merged), ROWS[relation](other)
    if hasattr(row, "deleted_at"):
        type(row)._base_manager.filter(pk=row.pk).update(deleted_at="2026-01-01T00:00Z")
    merge(kept, merged)
    field = next(field for field in merging.relations() if key(field) == relation)
    assert field.model._base_manager.filter(**{field.name: kept}).count() >= 1
    assert field.model._base_manager.filter(**{field.name: other}).count() == 1, theirs


# What would be there twice -------------------------------------------------------------------


def test_what_would_be_there_twice_is_let_go_and_said(kept, merged, collectivity):
    mine = {"collectivity": collectivity}
    stakeholder = StakeholderFactory(**mine)
    stakeholder.territories.set([kept, merged])
    elsewhere = AgreementFactory(**mine)
    parties = [AgreementParty.objects.create(agreement=elsewhere, territory=one, **mine) for one in (kept, merged)]
    for territory in (kept, merged):
        TargetFactory(territory=territory, note=f"Vers {territory}", **mine)
        LocalRoleFactory(territory=territory, **mine)
    LocalRoleFactory(territory=merged, year=2020, **mine)
    done = merge(kept, merged)
    assert sorted(map(str, done.dropped)) == [
        "1 cible géographique",
        "1 partie prenante",
        "1 partie à un accord",
        "1 rôle local",
    ]
    assert [str(part) for part in done.moved] == ["1 rôle local"]
    assert list(stakeholder.territories.all()) == [kept]
    assert list(elsewhere.parties.all()) == [parties[0]]
    assert [target.note for target in kept.targets.all()] == ["Vers Sfax"]
    assert sorted(kept.local_roles.values_list("year", flat=True)) == [2020, 2027]
    gone = Change.objects.get(model="typology.target", verb="deleted")
    assert gone.fields["précision"] == ["Vers Grand Sfax", ""], "the history keeps what is let go"


def test_a_territory_does_not_become_the_other_party_of_its_own_agreement(kept, merged, collectivity):
    for main, other in ((kept, merged), (merged, kept)):
        agreement = AgreementFactory(collectivity=collectivity, territory=main)
        AgreementParty.objects.create(agreement=agreement, territory=other, collectivity=collectivity)
        AgreementParty.objects.create(agreement=agreement, name="Agence du port", collectivity=collectivity)
    done = merge(kept, merged)
    assert [str(part) for part in done.dropped] == ["2 parties à un accord"]
    assert [str(part) for part in done.moved] == ["1 accord"]
    for agreement in kept.agreements.all():
        assert [str(party) for party in agreement.parties.all()] == ["Agence du port"]
        agreement.full_clean(exclude=["ref"])


# Names, values, history ----------------------------------------------------------------------


def test_every_name_of_the_merged_row_still_finds_the_partner(kept, merged, collectivity):
    FormerName.objects.create(territory=merged, name="Taparura", until=date(1850, 1, 1), collectivity=collectivity)
    FormerName.objects.create(territory=merged, name="SFAX", until=date(1900, 1, 1), collectivity=collectivity)
    FormerName.objects.create(territory=kept, name="taparura", until=date(1860, 1, 1), collectivity=collectivity)
    Territory.objects.filter(pk=kept.pk).update(name_en="Sfax")
    Territory.objects.filter(pk=merged.pk).update(name_en="Greater Sfax", name_local="صفاقس الكبرى")
    merge(kept, merged)
    assert kept.name_local == "صفاقس الكبرى", "an empty field takes the other's value, which is then no former name"
    names = {former.name: former.until for former in kept.former_names.all()}
    assert names == {"Grand Sfax": TODAY, "Greater Sfax": TODAY, "taparura": date(1860, 1, 1)}
    for words in ("Grand Sfax", "Greater", "taparura"):
        assert list(Territory.objects.for_collectivity(collectivity).matching(words)) == [kept]


def test_empty_fields_are_filled_and_none_is_overwritten(kept, merged, collectivity):
    Territory.objects.filter(pk=kept.pk).update(population=280_000, links="https://a.example", note="Ville portuaire.")
    Territory.objects.filter(pk=merged.pk).update(
        population=1, wikidata="Q178916", latitude="34.74", longitude="10.76", ref="sfax-2",
        links="https://a.example\nhttps://b.example", note="Rencontrée en 2019.", visibility="public",
    )  # fmt: skip
    merge(kept, merged)
    assert (kept.population, kept.wikidata, kept.ref, kept.visibility) == (280_000, "Q178916", "sfax-2", "internal")
    assert (kept.latitude, kept.longitude) == (Decimal("34.74000"), Decimal("10.76000"))
    assert kept.links == "https://a.example\nhttps://b.example"
    assert kept.note == "Ville portuaire.\n\nRencontrée en 2019."
    assert merged.population == 1, "the merged row keeps what it said"
    kept.full_clean()


def test_a_note_too_long_for_both_stays_readable_in_the_merged_row(kept, merged):
    Territory.objects.filter(pk=kept.pk).update(note="a" * 3000)
    Territory.objects.filter(pk=merged.pk).update(note="b" * 3000)
    merge(kept, merged)
    assert (kept.note, merged.note) == ("a" * 3000, "b" * 3000)


def test_both_histories_tell_it_with_what_moved(officer, kept, merged):
    AgreementFactory(collectivity=kept.collectivity, territory=merged)
    Territory.objects.filter(pk=merged.pk).update(wikidata="Q178916")
    merge(kept, merged, officer.user)
    one = Change.objects.for_collectivity(kept.collectivity).about(kept).first()
    assert one.fields["fusion"] == ["", "«\u00a0Grand Sfax\u00a0» fusionné ici\u00a0: 1 accord"]
    assert one.fields["identifiant Wikidata"] == ["", "Q178916"]
    other = Change.objects.for_collectivity(kept.collectivity).about(merged).first()
    assert (other.verb, other.author) == ("deleted", officer.user)
    assert other.fields["fusion"] == ["", "fusionné dans «\u00a0Sfax\u00a0»\u00a0: 1 accord"]


def test_a_chain_of_merges_leads_to_the_last_one(kept, merged, collectivity):
    first = TerritoryFactory(collectivity=collectivity, name="Sfax-Ville")
    merge(merged, first)
    merge(kept, merged)
    first.refresh_from_db()
    assert first.merged_into == merged.merged_into == kept
    assert sorted(kept.former_names.values_list("name", flat=True)) == ["Grand Sfax", "Sfax-Ville"]


def test_what_is_announced_is_what_is_done_and_nothing_is_written_before(kept, merged, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for make in ROWS.values():
        make(merged)
    StakeholderFactory(collectivity=kept.collectivity).territories.set([kept, merged])
    before = Change.objects.count()
    announced = merging.preview(kept, merged)
    assert Change.objects.count() == before
    assert merge(kept, merged) == announced


# Refusals ------------------------------------------------------------------------------------


def test_what_cannot_be_merged_is_refused_and_nothing_moves(kept, merged, collectivity, other_collectivity):
    own = TerritoryFactory(collectivity=collectivity, name="Valmarée", is_own=True)
    gone = TerritoryFactory(collectivity=collectivity, name="Tripoli", deleted_at="2026-01-01T00:00Z")
    theirs = TerritoryFactory(collectivity=other_collectivity)
    for one, other, words in (
        (kept, kept, "avec lui-même"),
        (kept, own, "Le territoire de votre collectivité"),
        (own, merged, "Le territoire de votre collectivité"),
        (kept, gone, "Tripoli\u00a0» est supprimé"),
        (gone, merged, "Tripoli\u00a0» est supprimé"),
        (kept, theirs, "n’existe pas dans votre collectivité"),
    ):
        agreement = AgreementFactory(collectivity=other.collectivity, territory=other)
        with pytest.raises(merging.NotMergeable, match=words):
            merge(one, other)
        agreement.refresh_from_db()
        assert agreement.territory == other
    assert not Change.objects.filter(fields__has_key="fusion").exists()


def test_a_state_does_not_inherit_the_agreements_of_a_town(kept, merged, collectivity):
    kept.level = TerritorialLevel.objects.get(code="pays")
    kept.save()
    merge(kept, TerritoryFactory(collectivity=collectivity))
    agreement = AgreementFactory(collectivity=collectivity, territory=merged)
    with pytest.raises(merging.NotMergeable, match=r"L\.1115-5"):
        merge(kept, merged)
    type(agreement).objects.update(state_exception="loi", state_exception_reference="Loi n° 1")
    merge(kept, merged)
    agreement.refresh_from_db()
    assert agreement.territory == kept


# The page ------------------------------------------------------------------------------------


def page_of(territory: Territory) -> str:
    return f"/partenaires/territoires/{territory.pk}/fusionner/"


def test_the_page_proposes_then_shows_then_merges(officer, kept, merged):
    AgreementFactory(collectivity=kept.collectivity, territory=merged, title="Jumelage de 1971")
    page = said(officer.client.get(page_of(kept)))
    assert page.index("Noms proches") < page.index("Grand Sfax (Tunisie)")
    page = said(officer.client.get(page_of(kept), {"avec": merged.pk}))
    assert "1 accord" in page
    assert "l’autre : ancien nom, si vous le gardez" in page
    assert f'href="{page_of(merged)}?avec={kept.pk}"' in page, "the other way round is one click away"
    assert not Territory.objects.filter(merged_into=kept).exists(), "to look is not to do"
    page = said(officer.client.post(page_of(kept), {"avec": merged.pk}, follow=True))
    assert "« Grand Sfax » est fusionné dans « Sfax » : 1 accord." in page
    assert "Jumelage de 1971" in page


def test_a_merged_row_is_not_restored_and_says_where_it_went(officer, kept, merged):
    merge(kept, merged)
    page = said(officer.client.post(f"/partenaires/territoires/{merged.pk}/retablir/", follow=True))
    assert "fusionné dans « Sfax »" in page
    merged.refresh_from_db()
    assert merged.deleted_at
    assert merged.merged_into == kept


@pytest.mark.parametrize("value", ["", "x", "0", "-1", "99999999999999999999", "\x00", "<script>"])
def test_a_territory_that_is_not_one_is_refused_beside_its_field(officer, kept, merged, value):
    answer = officer.client.post(page_of(kept), {"avec": value})
    assert answer.status_code == 200
    assert 'id="id_avec_error"' in said(answer)
    assert officer.client.get(page_of(kept), {"avec": value}).status_code == 200
    assert not Territory.objects.exclude(merged_into=None).exists()


def test_the_territory_of_another_collectivite_answers_like_an_unknown_one(officer, stranger, kept, merged):
    theirs = TerritoryFactory(collectivity=stranger.collectivity)
    foreign = said(officer.client.post(page_of(kept), {"avec": theirs.pk}))
    unknown = said(officer.client.post(page_of(kept), {"avec": 987654321}))
    assert "n’existe pas dans votre collectivité" in foreign
    assert "n’existe pas dans votre collectivité" in unknown
    assert officer.client.get(page_of(theirs)).status_code == 404
    assert stranger.client.post(page_of(kept), {"avec": merged.pk}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.merged_into is None


def test_the_own_territory_and_what_is_deleted_are_not_merged_on_the_page(officer, kept, collectivity):
    own = TerritoryFactory(collectivity=collectivity, name="Valmarée", is_own=True)
    gone = TerritoryFactory(collectivity=collectivity, name="Tripoli", deleted_at="2026-01-01T00:00Z")
    page = said(officer.client.get(page_of(own)))
    assert "Le territoire de votre collectivité ne se fusionne" in page
    assert 'name="avec"' not in page
    assert officer.client.get(page_of(gone)).status_code == 404
    page = said(officer.client.get(page_of(kept)))
    assert "Valmarée (" not in page
    assert "Tripoli" not in page


def test_beyond_three_hundred_territories_one_types_a_name(officer, kept, collectivity):
    Territory.objects.bulk_create(
        Territory(collectivity=collectivity, name=f"Ville {n}", country=kept.country, level=kept.level)
        for n in range(301)
    )
    page = said(officer.client.get(page_of(kept)))
    assert "<option" not in page
    assert 'name="nom"' in page
    page = said(officer.client.get(page_of(kept), {"nom": "Ville 27"}))
    assert page.count('class="t" href="?avec=') == 11, "Ville 27 and Ville 270 to 279"
    assert "ne porte ces mots" in said(officer.client.get(page_of(kept), {"nom": "Zanzibar"}))
    assert "hoisissez" in said(officer.client.post(page_of(kept), {"avec": ""}))


def test_two_countries_are_pointed_out(officer, kept, collectivity):
    other = TerritoryFactory(collectivity=collectivity, name="Sfax", country=Country.objects.get(code="ma"))
    assert "Deux pays différents" in said(officer.client.get(page_of(kept), {"avec": other.pk}))


# Former names and places that are far apart: the reader decides -------------------------------


def box(page: str) -> str:
    return page[page.index('id="id_garder"') :].partition(">")[0]


def test_the_name_of_a_mere_duplicate_is_let_go_with_its_other_names(officer, kept, collectivity):
    other = TerritoryFactory(collectivity=collectivity, name="Agadir", name_en="Agadir City")
    Territory.objects.filter(pk=kept.pk).update(name_en="Sfax")
    FormerName.objects.create(territory=other, name="Taparura", until=date(1850, 1, 1), collectivity=collectivity)
    page = said(officer.client.get(page_of(kept), {"avec": other.pk}))
    assert "Agadir</bdi> », « <bdi>Agadir City</bdi> » comme anciens noms" in page
    assert "checked" not in box(page), "names that do not resemble: probably not two names of one place"
    page = said(officer.client.post(page_of(kept), {"avec": other.pk}, follow=True))
    assert [former.name for former in kept.former_names.all()] == ["Taparura"], "a former name moves in every case"
    assert "anciennement Taparura" in page.replace("<bdi>", "").replace("</bdi>", "")
    assert not Territory.objects.for_collectivity(collectivity).matching("Agadir").exists()


def test_the_name_that_is_kept_still_finds_the_partner(officer, kept, merged, collectivity):
    page = said(officer.client.get(page_of(kept), {"avec": merged.pk}))
    assert "checked" in box(page), "names that resemble: the box is ticked"
    officer.client.post(page_of(kept), {"avec": merged.pk, "garder": "on"})
    assert [former.name for former in kept.former_names.all()] == ["Grand Sfax"]
    assert list(Territory.objects.for_collectivity(collectivity).matching("Grand Sfax")) == [kept]


def test_nothing_is_asked_when_every_name_is_already_known(officer, kept, collectivity):
    other = TerritoryFactory(collectivity=collectivity, name="SFAX", name_en="Sfax")
    assert merging.spare_names(kept, other) == []
    assert 'name="garder"' not in said(officer.client.get(page_of(kept), {"avec": other.pk}))


@pytest.mark.parametrize(
    ("latitude", "longitude", "km"),
    [("30.42", "-9.60", 1963), ("36.80", "10.18", 235), ("35.83", "10.64", None), (None, None, None)],
)
def test_two_places_far_apart_are_pointed_out_with_their_distance(officer, kept, merged, latitude, longitude, km):
    Territory.objects.filter(pk=kept.pk).update(latitude="34.74", longitude="10.76")
    Territory.objects.filter(pk=merged.pk).update(latitude=latitude, longitude=longitude)
    for row in (kept, merged):
        row.refresh_from_db()
    found = merging.apart(kept, merged)
    assert found == merging.apart(merged, kept)
    page = said(officer.client.get(page_of(kept), {"avec": merged.pk}))
    if km is None:
        assert found is None
        assert "l’un de l’autre" not in page
    else:
        assert abs(found - km) <= 0.02 * km
        assert "km l’un de l’autre : vérifiez" in page
