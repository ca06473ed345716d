"""The sheet by the seven questions (SYS-10), the specific data of fiches 1 to 3 (SYS-12, SYS-21, SYS-25), risks."""

import re

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from aict.accounts.models import Change
from aict.accounts.reference import read_yaml
from partners.models import Country, InternalService
from tests.factories import ActionFactory, AgreementFactory, CooperationFactory, RiskAssessmentFactory, TerritoryFactory
from typology import questions, zones
from typology.enums import Question
from typology.models import Action, ActionCategory, ActionType, FicheOption, QuestionNote, RiskAssessment, TargetZone
from typology.question_lists import LISTS

SLUGS = [question.value for question in Question]


def words(response) -> str:
    assert response.status_code == 200, response.content[:300]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())).replace("\u00a0", " ")


def sheet_of(action) -> questions.Sheet:
    return questions.load(Action.objects.for_detail().get(pk=action.pk))


def url(action, slug: str = "") -> str:
    return reverse("typology:action_question", args=[action.pk, slug]) if slug else f"/actions/{action.pk}/questions/"


def option(code: str) -> FicheOption:
    return FicheOption.objects.get(code=code)


def action_in(category: str, collectivity, **values) -> Action:
    kind = ActionType.objects.filter(purpose__category__code=category).first()
    return ActionFactory(collectivity=collectivity, type=kind, **values)


# The table of the lists ------------------------------------------------------------------


def test_the_lists_are_those_of_the_fiches_and_none_is_left_out(db):
    printed = [
        (fiche["category"], section["code"], group)
        for fiche in read_yaml(settings.FIXTURES_DIR / "reference" / "fiches.yaml")["fiches"][:3]
        for section in fiche["sections"]
        for group in section.get("options", {})
        if group not in ("indicateurs", "legitimite", "heading", "zones", "vagues", "risques")
    ]
    assert [(row.category, row.question.value, row.group) for row in LISTS] == printed
    loaded = FicheOption.objects.answers().values_list("section__fiche__category__code", "question", "group")
    assert set(loaded) == set(printed)


# SYS-10 ----------------------------------------------------------------------------------


def test_sys_10_a_cooperation_shows_fiche_3_and_only_its_options(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    page = words(officer.client.get(url(action)))
    assert "Les sept questions de la fiche 3" in page
    sheet, offered = sheet_of(action), set()
    for part in sheet.parts:
        response = officer.client.get(part.url)
        offered |= set(re.findall(r'value="(fiche-\d[\w-]+)"', response.content.decode()))
        assert "Ce que dit la fiche 3" in words(response)
        assert part.section.guidance[0].replace("\u00a0", " ")[:40] in words(response)
    expected = FicheOption.objects.answers().filter(section__fiche__code="fiche-3")
    assert offered == set(expected.values_list("code", flat=True))
    assert len(offered) > 30


def test_sys_10_progress_is_computed_and_a_question_left_unanswered_is_among_the_gaps(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    page = words(officer.client.get(url(action)))
    assert "0/7 questions renseignées" in page
    for slug in SLUGS[:-1]:
        questions.write_note(action, slug, f"Réponse à {slug}", officer.user)
    response = officer.client.get(url(action))
    html = response.content.decode()
    assert "6/7 questions renseignées" in words(response)
    gaps = re.search(r'<ul class="gaps">(.*?)</ul>', html, re.S)[1]
    assert re.findall(r'href="([^"]+)"', gaps) == [url(action, "pourquoi")]
    officer.client.post(url(action, "pourquoi"), {"logiques": "fiche-3-pourquoi-logiques-solidarite"})
    assert "Les sept questions ont une réponse." in words(officer.client.get(url(action)))


def test_what_a_quick_logged_action_says_already_answers_its_questions(officer):
    service = InternalService.objects.first()
    territory = TerritoryFactory(collectivity=officer.collectivity)
    action = CooperationFactory(
        collectivity=officer.collectivity, territory=territory, lead_service=service, starts="2027-01-01"
    )
    assert [part.code for part in sheet_of(action).parts if part.is_answered] == ["qui", "ou", "quand"]


def test_saving_one_question_never_touches_another(officer):
    action = CooperationFactory(collectivity=officer.collectivity, expected_result="Dix apprentis", starts="2027-03-01")
    questions.answer(action, "quoi", [option("fiche-3-quoi-types-projet")])
    QuestionNote.objects.create(collectivity=action.collectivity, action=action, question="quoi", text="Une école.")
    answer = officer.client.post(
        url(action, "comment"), {"formes_accord": "fiche-3-comment-formes-accord-intermediaire", "note": "Par le club."}
    )
    assert answer.status_code == 302
    action.refresh_from_db()
    assert (action.expected_result, str(action.starts)) == ("Dix apprentis", "2027-03-01")
    assert set(action.answers.values_list("code", flat=True)) == {
        "fiche-3-quoi-types-projet",
        "fiche-3-comment-formes-accord-intermediaire",
    }
    assert dict(action.notes.values_list("question", "text")) == {"quoi": "Une école.", "comment": "Par le club."}


def test_saving_again_replaces_the_answers_and_an_empty_note_takes_it_away(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    first = {"types": ["fiche-3-quoi-types-projet", "fiche-3-quoi-types-partenariat"], "note": "Une école."}
    officer.client.post(url(action, "quoi"), first)
    assert action.answers.count() == 2
    officer.client.post(url(action, "quoi"), {"types": ["fiche-3-quoi-types-projet"], "note": ""})
    assert [row.code for row in action.answers.all()] == ["fiche-3-quoi-types-projet"]
    assert not action.notes.exists()
    told = [change.fields for change in Change.objects.about(action).order_by("pk")]
    assert told[0] == {"réponses à la fiche": ["", "Mise en œuvre de projet, Établissement de partenariat"]}
    assert told[1] == {"précisions, quoi": ["", "Une école."]}
    assert told[3] == {"précisions, quoi": ["Une école.", ""]}


def test_save_and_continue_opens_the_next_question_and_the_last_one_returns_to_the_sheet(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    answer = officer.client.post(url(action, "quoi"), {"suite": "1"})
    assert answer["Location"] == url(action, "qui")
    answer = officer.client.post(url(action, "pourquoi"), {"suite": "1"})
    assert answer["Location"].startswith(url(action))


@pytest.mark.parametrize(
    ("slug", "data"),
    [
        ("quoi", {"types": "fiche-1-quoi-formes-export"}),
        ("comment", {"formes_accord": "fiche-2-comment-registres-international"}),
    ],
)
def test_an_option_of_another_category_is_refused_by_the_form(slug, data, officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    assert "une réponse d’une autre fiche" in words(officer.client.post(url(action, slug), data))
    assert not action.answers.exists()


def test_a_zone_of_another_fiche_is_refused_by_the_form_and_by_the_model(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    zone = TargetZone.objects.get(code="fiche-1-peu-ciblees")
    assert "une réponse d’une autre fiche" in words(officer.client.post(url(action, "ou"), {"zone": zone.pk}))
    action.zone = zone
    with pytest.raises(ValidationError, match="une réponse d’une autre fiche"):
        action.full_clean()


@pytest.mark.parametrize("code", ["fiche-1-quoi-formes-export", "fiche-3-pourquoi-risques-delocalisation"])
def test_an_option_of_another_category_and_a_risk_are_refused_by_the_model(code, officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    with pytest.raises(ValidationError, match="une réponse d’une autre fiche"):
        action.set_related("answers", [option(code)])
    with pytest.raises(ValidationError, match="une réponse d’une autre fiche"):
        questions.answer(action, "quoi", [option(code)])
    assert not action.answers.exists()


def test_changing_the_type_to_another_category_drops_the_answers_and_says_so(officer):
    action = action_in("internationalisation", officer.collectivity)
    action.answers.set([option("fiche-1-quoi-formes-export")])
    Action.objects.filter(pk=action.pk).update(zone=TargetZone.objects.get(code="fiche-1-peu-ciblees"))
    kind = ActionType.objects.filter(purpose__category__code="cooperation").first()
    data = {"title": action.title, "type": kind.pk, "status": "prevue", "timing": "ponctuel", "visibility": "internal"}
    page = words(officer.client.post(f"/actions/{action.pk}/modifier/", data, follow=True))
    assert "les réponses de l’ancienne fiche ont été retirées (Peu ciblées, Commerce international : export)" in page
    action.refresh_from_db()
    assert (action.zone, action.answers.count()) == (None, 0)
    change = Change.objects.about(action).latest("pk").fields
    assert change["réponses à la fiche"] == ["Commerce international\u00a0: export", ""]
    assert change["zone cible"] == ["Peu ciblées", ""]


def test_an_answer_left_behind_by_another_fiche_answers_nothing(officer):
    """« formes » of « Quoi » is a list of fiche 1 and of fiche 2."""
    promotion = action_in("promotion", officer.collectivity)
    promotion.answers.set([option("fiche-1-quoi-formes-export")])
    assert sheet_of(promotion).answered == 0
    assert "Commerce international" not in words(officer.client.get(url(promotion)))


def test_a_type_of_the_same_category_keeps_the_answers(officer):
    action = action_in("internationalisation", officer.collectivity)
    action.answers.set([option("fiche-1-quoi-formes-export")])
    kind = ActionType.objects.filter(purpose__category__code="internationalisation").last()
    data = {"title": action.title, "type": kind.pk, "status": "prevue", "timing": "ponctuel", "visibility": "internal"}
    officer.client.post(f"/actions/{action.pk}/modifier/", data)
    assert action.answers.count() == 1


def test_quand_offers_what_the_fiche_prints_and_the_rhythm_already_there(officer):
    promotion = action_in("promotion", officer.collectivity)
    html = officer.client.get(url(promotion, "quand")).content.decode()
    assert re.findall(r'name="timing" value="(\w+)"', html) == ["ponctuel", "recurrent"]
    Action.objects.filter(pk=promotion.pk).update(timing="permanent")
    html = officer.client.get(url(promotion, "quand")).content.decode()
    assert re.findall(r'name="timing" value="(\w+)"', html) == ["ponctuel", "recurrent", "permanent"]


def test_a_scheduled_action_keeps_what_its_gate_asked(officer):
    action = CooperationFactory(
        collectivity=officer.collectivity, status="programmee", local_interest="Emploi", expected_result="Dix contrats"
    )
    page = words(officer.client.post(url(action, "pourquoi"), {"local_interest": "", "expected_result": ""}))
    assert "il manque l’intérêt local" in page
    action.refresh_from_db()
    assert action.local_interest == "Emploi"


def test_the_elected_official_reads_the_sheet_without_any_gesture(elected):
    action = CooperationFactory(collectivity=elected.collectivity)
    html = elected.client.get(url(action)).content.decode()
    assert "/questions/quoi/" not in html and "/risques/nouveau/" not in html
    assert elected.client.get(url(action, "quoi")).status_code == 403
    assert elected.client.get(url(action, "quoi")).status_code == 403


def test_an_unknown_question_is_a_404_and_so_is_an_action_of_somebody_else(officer, stranger):
    action = CooperationFactory(collectivity=officer.collectivity)
    assert officer.client.get(url(action, "combien-de-temps")).status_code == 404
    assert stranger.client.get(url(action)).status_code == 404
    assert stranger.client.post(url(action, "quoi"), {"note": "vol"}).status_code == 404
    assert not QuestionNote.objects.exists()


def test_the_number_of_queries_does_not_grow_with_the_answers(officer):
    action = CooperationFactory(collectivity=officer.collectivity)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert officer.client.get(url(action)).status_code == 200
        return len(queries)

    count()
    before = count()
    action.answers.set(FicheOption.objects.answers().filter(section__fiche__code="fiche-3"))
    for slug in SLUGS:
        questions.write_note(action, slug, "x" * 100, officer.user)
    for row in FicheOption.objects.risks():
        RiskAssessmentFactory(collectivity=officer.collectivity, action=action, risk=row)
    assert count() <= before < 40


# SYS-12 ----------------------------------------------------------------------------------


def test_sys_12_choosing_morocco_is_proposed_under_maghreb_a_recurrent_target(officer):
    action = action_in("internationalisation", officer.collectivity)
    form = officer.client.get(f"{url(action, 'ou')}?pays=maroc")
    assert "Maroc : Maghreb (cibles récurrentes)" in words(form)
    recurrent = TargetZone.objects.get(code="fiche-1-cibles-recurrentes")
    assert re.search(rf'<option value="{recurrent.pk}" selected>', form.content.decode())
    rabat = TerritoryFactory(collectivity=officer.collectivity, country=Country.objects.get(code="ma"))
    officer.client.post(url(action, "ou"), {"territory": rabat.pk})
    assert "Proposé pour Maroc : Maghreb (cibles récurrentes)." in words(officer.client.get(url(action, "ou")))


def test_sys_12_fiche_1_holds_its_eight_data(officer):
    action = action_in("internationalisation", officer.collectivity)
    given = {
        "quoi": {"formes": "export", "objets": "services", "modalites": "collective", "stades": "amont"},
        "quand": {"duree_dispositif": "indeterminee", "types_operation": "mission"},
        "comment": {"formats": "mission-collective"},
        "combien": {"circuits": "cci-region"},
    }
    zone = TargetZone.objects.get(code="fiche-1-cibles-recurrentes")
    for slug, data in given.items():
        coded = {group: f"fiche-1-{slug}-{group.replace('_', '-')}-{code}" for group, code in data.items()}
        assert officer.client.post(url(action, slug), {**coded, "timing": "permanent"}).status_code == 302
    officer.client.post(url(action, "ou"), {"zone": zone.pk})
    sheet = sheet_of(action)
    for data in given.values():
        for group, code in data.items():
            assert sheet.codes(group) == {code}
    assert sheet.action.zone == zone
    page = words(officer.client.get(url(action)))
    for said in ("Commerce international : export", "Collective", "En amont", "Mission collective", "Maghreb"):
        assert said in page


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ma", "Maroc : Maghreb (cibles récurrentes)"),
        ("de", "Allemagne : Europe (opérations intra-européennes) (activité courante"),
        ("ca", "Canada : pays de l’OCDE (cibles récurrentes)"),
        ("br", "Brésil : Amérique latine (peu ciblées)"),
        ("sn", "Sénégal : Afrique subsaharienne (peu ciblées)"),
        ("za", "Afrique du Sud : Afrique du Sud (cibles récurrentes)"),
        ("in", "Inde : Asie du Sud (peu ciblées)"),
        ("ae", "Émirats arabes unis : Moyen-Orient (peu ciblées)"),
    ],
)
def test_a_country_is_read_in_the_zone_that_names_it(code, expected, db):
    listed = list(TargetZone.objects.filter(category__code="internationalisation"))
    reading = zones.proposed(Country.objects.get(code=code), listed)
    assert reading.sentence.replace("\u00a0", " ").startswith(expected)


def test_every_place_that_fiche_1_names_has_a_reading_and_a_country_that_it_does_not_name_has_none(db):
    listed = list(TargetZone.objects.filter(category__code="internationalisation"))
    named = [place for zone in listed if zone.group == "zones" for place in zone.items]
    assert set(named) == set(zones.PLACES)
    countries = list(Country.objects.current())
    assert all(any(zones.PLACES[place](country) for country in countries) for place in named)
    assert zones.proposed(Country.objects.get(code="vn"), listed) is None


# SYS-25: risks ---------------------------------------------------------------------------


def test_sys_25_a_risk_is_assessed_on_both_sides_with_its_level_and_mitigation(officer):
    action = CooperationFactory(collectivity=officer.collectivity)
    code = "fiche-3-pourquoi-risques-transfert-technologies"
    create = reverse("typology:risk_create", args=[action.pk])
    form = officer.client.get(f"{create}?risque={code}").content.decode()
    assert re.search(r'value="economie"[^>]*checked', form)
    data = {
        "risk": option(code).pk,
        "side": "economie",
        "level": "eleve",
        "mitigation": "Licence signée avant l’envoi.",
    }
    assert officer.client.post(create, data).status_code == 302
    risk = RiskAssessment.objects.get()
    page = words(officer.client.get(url(action)))
    assert "Transfert de technologies Acteurs économiques Élevé Licence signée avant l’envoi." in page
    assert "déjà évalué pour cette action" in words(officer.client.post(create, data))
    officer.client.post(reverse("typology:risk_edit", args=[action.pk, risk.pk]), data | {"level": "faible"})
    risk.refresh_from_db()
    assert risk.level == "faible"
    officer.client.post(reverse("typology:risk_delete", args=[action.pk, risk.pk]))
    assert not RiskAssessment.objects.exists()


def test_a_risk_is_of_fiche_3_and_of_a_cooperation(officer):
    promotion = action_in("promotion", officer.collectivity)
    delocalisation = option("fiche-3-pourquoi-risques-delocalisation")
    data = {"risk": delocalisation.pk, "side": "deux", "level": "faible"}
    create = reverse("typology:risk_create", args=[promotion.pk])
    assert "Ces risques sont ceux d’une coopération" in words(officer.client.post(create, data))
    cooperation = CooperationFactory(collectivity=officer.collectivity)
    create = reverse("typology:risk_create", args=[cooperation.pk])
    foreign = {**data, "risk": option("fiche-3-quoi-types-projet").pk}
    assert "Ce risque n’est pas dans la liste de la fiche 3" in words(officer.client.post(create, foreign))
    assert not RiskAssessment.objects.exists()


def test_agreements_proposed_under_comment_are_those_of_the_territory(officer):
    mine = {"collectivity": officer.collectivity}
    territory = TerritoryFactory(**mine)
    near, far = AgreementFactory(territory=territory, **mine), AgreementFactory(**mine)
    action = CooperationFactory(territory=territory, **mine)
    html = officer.client.get(url(action, "comment")).content.decode()
    assert f'value="{near.pk}"' in html and f'value="{far.pk}"' not in html
    assert ActionCategory.objects.count() == 3
