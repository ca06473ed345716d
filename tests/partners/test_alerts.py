"""Alerts of legal cover (product rule 4, SYS-26): each deadline told at 180, 90, 30 and 15 days, once each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as project_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aict.accounts import daily, tasks
from aict.accounts.models import Notice
from aict.accounts.notices import Mailing
from partners import alerts
from partners.models import Agreement, AgreementParty, Amendment
from tests.factories import ActionFactory, AgreementFactory, TerritoryFactory
from typology.models import ActionType

ON = date(2027, 3, 1)
PARIS = ZoneInfo("Europe/Paris")


def days(number: int) -> timedelta:
    return timedelta(days=number)


def agreement(collectivity, **fields) -> Agreement:
    return AgreementFactory(collectivity=collectivity, **({"transmitted_on": date(2024, 1, 10)} | fields))


def cooperation(collectivity, territory, **fields):
    kind = ActionType.objects.filter(purpose__category__code="cooperation").first()
    given = {"collectivity": collectivity, "territory": territory, "type": kind, "status": "en-cours"}
    return ActionFactory(**(given | fields))


def keys() -> list[str]:
    return list(Notice.objects.order_by("pk").values_list("key", flat=True))


def run(collectivity, on: date = ON) -> int:
    return alerts.raise_alerts(collectivity, on=on)


# Thresholds ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "threshold"),
    [(181, None), (180, 180), (91, 180), (90, 90), (31, 90), (30, 30), (16, 30), (15, 15), (0, 15), (-1, None)],
)
def test_sys_26_an_end_is_told_at_the_nearest_threshold_that_it_has_passed(officer, left, threshold):
    row = agreement(officer.collectivity, ends=ON + days(left))
    assert run(officer.collectivity) == (threshold is not None)
    assert keys() == ([f"agreement:{row.pk}:{ON + days(left)}:{threshold}"] if threshold else [])


def test_sys_26_the_daily_runs_of_months_tell_each_threshold_once(officer):
    ends = ON + days(200)
    row = agreement(officer.collectivity, ends=ends)
    # Each day around a threshold, and one in six of the others.
    near = {200 - threshold + shift for threshold in (180, 90, 30, 15, 0) for shift in range(-2, 3)}
    told = {ON + days(n): run(officer.collectivity, ON + days(n)) for n in range(230) if n in near or n % 6 == 0}
    assert [(ends - day).days for day, count in told.items() if count] == [180, 90, 30, 15]
    assert keys() == [f"agreement:{row.pk}:{ends}:{threshold}" for threshold in (180, 90, 30, 15)]


def test_a_notice_names_the_document_its_partner_its_date_and_what_to_do(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    row = agreement(officer.collectivity, territory=territory, title="Convention d’appui", ends=ON + days(30))
    run(officer.collectivity)
    notice = Notice.objects.get()
    assert notice.title == "Fin le 31\u00a0mars 2027\u00a0: Convention d’appui"
    assert "Sfax (Tunisie)" in notice.text
    assert "Au 1er\u00a0mars 2027, il reste 30\u00a0jours." in notice.text
    assert "renouveler, modifier par un avenant, ou laisser s’éteindre" in notice.text
    assert notice.tone == "danger"
    assert notice.url == alerts.follow_up(row)
    assert officer.client.get(notice.url).status_code == 200


def test_a_perpetual_twinning_is_told_for_its_review(officer):
    row = agreement(officer.collectivity, form="jumelage", validity="sans-duree", review_on=ON + days(80))
    run(officer.collectivity)
    notice = Notice.objects.get()
    assert notice.key == f"agreement:{row.pk}:{ON + days(80)}:90"
    assert notice.title.startswith("Révision le 20\u00a0mai 2027")
    assert "fixez la prochaine date de révision" in notice.text


def test_an_avenant_that_moves_the_end_is_told_anew_at_its_own_dates(officer):
    row = agreement(officer.collectivity, ends=ON + days(20))
    assert run(officer.collectivity) == 1
    Amendment.objects.create(
        collectivity=officer.collectivity,
        agreement=row,
        title="Avenant 1",
        effective_on=ON + days(5),
        ends=ON + days(200),
    )
    assert run(officer.collectivity, ON + days(10)) == 0
    assert run(officer.collectivity, ON + days(20)) == 1
    assert keys()[-1] == f"agreement:{row.pk}:{ON + days(200)}:180"


def test_a_date_corrected_in_the_record_is_told_again_and_the_same_date_is_not(officer):
    row = agreement(officer.collectivity, ends=ON + days(20))
    run(officer.collectivity)
    Agreement.objects.filter(pk=row.pk).update(ends=ON + days(25))
    assert run(officer.collectivity) == 1
    Agreement.objects.filter(pk=row.pk).update(ends=ON + days(20))
    assert run(officer.collectivity) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"lapse_decided_on": ON - days(3), "lapse_reason": "Le partenaire se retire."},
        {"denounced_on": ON - days(3)},
        {"deleted_at": timezone.now()},
        {"transmitted_on": None, "deliberation_on": ON - days(3)},  # not in force: nothing ends
        {"transmitted_on": None},
        {"transmitted_on": ON + days(3)},
    ],
    ids=["lapse decided", "denounced", "deleted", "not transmitted", "project", "not yet"],
)
def test_what_will_not_be_followed_up_raises_no_alert(officer, fields):
    agreement(officer.collectivity, ends=ON + days(10), **fields)
    assert run(officer.collectivity) == 0


@pytest.mark.parametrize(
    ("follows", "told"),
    [
        ({"transmitted_on": ON - days(5)}, 0),  # in force already
        ({"transmitted_on": ON - days(5), "starts": ON + days(11)}, 0),  # from the day after
        ({"transmitted_on": ON - days(5), "starts": ON + days(12)}, 1),  # a day is left open
        ({"transmitted_on": ON - days(5), "ends": ON + days(10)}, 1),  # both end together
        ({"transmitted_on": None, "deliberation_on": ON - days(5)}, 1),  # not sent: no effect
        ({"transmitted_on": ON - days(5), "denounced_on": ON + days(2)}, 1),
        ({"transmitted_on": ON - days(5), "deleted_at": timezone.now()}, 1),
    ],
    ids=["in force", "the day after", "a day late", "ends too", "not sent", "denounced", "deleted"],
)
def test_sys_26_an_end_that_a_following_agreement_takes_over_is_not_told(officer, follows, told):
    row = agreement(officer.collectivity, ends=ON + days(10))
    fields = {"ends": ON + days(900)} | follows
    agreement(officer.collectivity, territory=row.territory, predecessor=row, **fields)
    run(officer.collectivity)
    assert keys().count(f"agreement:{row.pk}:{ON + days(10)}:15") == told


def test_an_agreement_of_the_same_partner_that_follows_nothing_silences_nothing(officer):
    row = agreement(officer.collectivity, ends=ON + days(10))
    agreement(officer.collectivity, territory=row.territory, ends=ON + days(900))
    assert run(officer.collectivity) == 1


@pytest.mark.parametrize(("denounced", "told"), [(5, 0), (10, 0), (11, 1)])
def test_an_end_that_a_denunciation_forestalls_is_not_told(officer, denounced, told):
    """Denounced from a day to come: nobody is asked to prepare what follows a later end."""
    agreement(officer.collectivity, ends=ON + days(10), denounced_on=ON + days(denounced))
    assert run(officer.collectivity) == told


# Who is told -----------------------------------------------------------------------------


def test_those_who_keep_the_agreements_are_told_each_their_own_and_nobody_else(
    officer, admin, elected, economic, network, stranger
):
    agreement(officer.collectivity, ends=ON + days(10))
    assert run(officer.collectivity) == 2
    assert set(Notice.objects.values_list("membership", flat=True)) == {officer.membership.pk, admin.membership.pk}


def test_a_closed_account_is_told_nothing(officer):
    type(officer.user).objects.update(is_active=False)
    agreement(officer.collectivity, ends=ON + days(10))
    assert run(officer.collectivity) == 0


def test_a_collectivite_hears_of_its_own_agreements_alone(officer, stranger):
    agreement(stranger.collectivity, title="Ailleurs", ends=ON + days(10))
    assert run(officer.collectivity) == 0
    assert run(stranger.collectivity) == 1
    assert Notice.objects.get().membership == stranger.membership


# Rule 4: actions without cover -----------------------------------------------------------


def test_an_action_under_way_without_agreement_in_force_is_told_with_the_last_document(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity, name="Sfax")
    agreement(officer.collectivity, territory=territory, title="La première", ends=date(2020, 1, 1))
    last = agreement(officer.collectivity, territory=territory, title="La dernière", ends=date(2026, 6, 30))
    cooperation(officer.collectivity, territory)
    cooperation(officer.collectivity, territory)
    assert run(officer.collectivity) == 1
    notice = Notice.objects.get()
    assert notice.key == f"uncovered:{territory.pk}:2026-06-30"
    assert notice.tone == "danger"
    assert notice.title == "Sans accord en vigueur\u00a0: Sfax (Tunisie)"
    assert "2\u00a0actions de coopération en cours" in notice.text
    assert "«\u00a0La dernière\u00a0», a pris fin le 30\u00a0juin 2026" in notice.text
    assert notice.url == alerts.follow_up(last)
    assert run(officer.collectivity, ON + days(1)) == 0


def test_an_action_with_a_partner_that_never_had_an_agreement_is_told_too(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    cooperation(officer.collectivity, territory)
    run(officer.collectivity)
    notice = Notice.objects.get()
    assert notice.key == f"uncovered:{territory.pk}:never"
    assert notice.url == territory.get_absolute_url()


def test_a_partner_that_was_another_party_is_told_the_agreement_that_covered_it(officer):
    """Not « sans aucun accord qui ait pris effet »."""
    third = TerritoryFactory(collectivity=officer.collectivity)
    row = agreement(officer.collectivity, ends=date(2026, 6, 30), title="À plusieurs")
    AgreementParty.objects.create(collectivity=officer.collectivity, agreement=row, territory=third)
    cooperation(officer.collectivity, third)
    run(officer.collectivity)
    assert keys() == [f"uncovered:{third.pk}:2026-06-30"]
    assert "«\u00a0À plusieurs\u00a0», a pris fin" in Notice.objects.get().text


def test_an_agreement_denounced_leaves_its_actions_uncovered(officer):
    row = agreement(officer.collectivity, ends=date(2030, 1, 1), denounced_on=date(2027, 1, 15))
    cooperation(officer.collectivity, row.territory)
    run(officer.collectivity)
    assert keys() == [f"uncovered:{row.territory_id}:2027-01-15"]


def test_a_territory_covered_or_without_cooperation_under_way_is_not_told(officer):
    collectivity = officer.collectivity
    expired = agreement(collectivity, ends=date(2026, 6, 30))
    cooperation(collectivity, expired.territory, status="terminee")
    cooperation(collectivity, expired.territory, deleted_at=timezone.now())
    ActionFactory(collectivity=collectivity, territory=expired.territory, status="en-cours")  # prospecting
    renewed = agreement(collectivity, ends=date(2026, 6, 30))
    agreement(collectivity, territory=renewed.territory, transmitted_on=date(2026, 7, 1), ends=date(2030, 1, 1))
    cooperation(collectivity, renewed.territory)
    third = TerritoryFactory(collectivity=collectivity)
    AgreementParty.objects.create(
        collectivity=collectivity, agreement=agreement(collectivity, ends=date(2030, 1, 1)), territory=third
    )
    cooperation(collectivity, third)
    cooperation(collectivity, TerritoryFactory(collectivity=collectivity, is_own=True))
    assert run(collectivity) == 0


def test_a_partner_uncovered_again_after_a_second_agreement_is_told_again(officer):
    territory = TerritoryFactory(collectivity=officer.collectivity)
    agreement(officer.collectivity, territory=territory, ends=date(2026, 6, 30))
    cooperation(officer.collectivity, territory)
    run(officer.collectivity)
    agreement(officer.collectivity, territory=territory, transmitted_on=ON, ends=ON + days(400))
    assert run(officer.collectivity, ON + days(1)) == 0
    assert run(officer.collectivity, ON + days(401)) == 1
    assert keys()[-1] == f"uncovered:{territory.pk}:{ON + days(400)}"


# Deliberated and not sent ----------------------------------------------------------------


@pytest.mark.parametrize(("waiting", "told"), [(29, 0), (30, 1), (400, 1)])
def test_a_deliberation_not_sent_for_thirty_days_is_told_once(officer, waiting, told):
    row = agreement(officer.collectivity, transmitted_on=None, deliberation_on=ON - days(waiting))
    assert run(officer.collectivity) == told
    if told:
        assert keys() == [f"unsent:{row.pk}:{ON - days(waiting)}"]
        assert "n’entre pas en vigueur (CGCT, art.\u00a0L.1115-1)" in Notice.objects.get().text
        assert run(officer.collectivity, ON + days(1)) == 0


# The daily run ---------------------------------------------------------------------------


def test_sys_26_two_runs_a_day_and_the_next_day_mail_each_alert_once(officer, admin):
    ends = ON + days(91)
    agreement(officer.collectivity, title="Convention", ends=ends)
    morning = datetime(2027, 3, 1, 6, 30, tzinfo=PARIS)
    assert daily.run(at=morning) == daily.Run(1, 0, 2, Mailing(sent=2))
    assert daily.run(at=morning + timedelta(hours=2)) == daily.Run(1, 0, 0, Mailing())
    assert daily.run(at=morning + days(1)).mailing == Mailing(sent=2)  # 90 days: a threshold of its own
    assert daily.run(at=morning + days(2)).mailing == Mailing()
    assert len(mail.outbox) == 4


def test_one_collectivite_in_error_does_not_silence_the_others(officer, stranger, monkeypatch):
    agreement(stranger.collectivity, ends=ON + days(10))
    real = alerts.raise_alerts

    def fail(collectivity, *, on):
        if collectivity == officer.collectivity:
            raise RuntimeError
        return real(collectivity, on=on)

    monkeypatch.setattr(daily, "_SOURCES", [fail])
    assert daily.run(at=datetime(2027, 3, 1, 6, 30, tzinfo=PARIS)) == daily.Run(1, 1, 1, Mailing(sent=1))


def test_the_command_says_what_it_did_and_repeats_nothing(officer):
    agreement(officer.collectivity, ends=timezone.localdate() + days(10))
    said = StringIO()
    call_command("send_alerts", stdout=said)
    assert said.getvalue() == "1\u00a0collectivité lue, 1\u00a0avis nouveau, 1\u00a0courriel envoyé.\n"
    call_command("send_alerts", stdout=said)
    assert said.getvalue().endswith("0\u00a0avis nouveau, 0\u00a0courriel envoyé.\n")


def test_the_command_fails_aloud_when_the_mail_does_not_leave(officer, monkeypatch):
    agreement(officer.collectivity, ends=timezone.localdate() + days(10))
    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", lambda self: 1 / 0)
    with pytest.raises(CommandError, match="1\u00a0courriel non envoyé"):
        call_command("send_alerts", stdout=StringIO())


def test_the_clock_rings_the_task_at_half_past_six_in_paris(officer):
    entry = project_settings.CELERY["beat_schedule"]["alerts"]
    assert entry["task"] == tasks.daily_alerts.name
    assert (entry["schedule"].hour, entry["schedule"].minute) == ({6}, {30})
    assert project_settings.CELERY["timezone"] == "Europe/Paris"
    agreement(officer.collectivity, ends=timezone.localdate() + days(10))
    tasks.daily_alerts()
    assert len(mail.outbox) == 1


def test_the_worker_knows_the_task():
    from aict.celery import app

    app.loader.import_default_modules()
    assert {"aict.accounts.tasks.daily_alerts", "aict.jobs.tasks.sweep"} <= set(app.tasks)


# Cost ------------------------------------------------------------------------------------


def test_alerts_take_the_same_queries_for_one_and_thirty_agreements(officer, admin):
    def fill(count: int) -> None:
        for n in range(count):
            agreement(officer.collectivity, ends=ON + days(n))
            agreement(officer.collectivity, transmitted_on=None, deliberation_on=ON - days(40))
            row = agreement(officer.collectivity, ends=date(2026, 1, 1))
            cooperation(officer.collectivity, row.territory)

    fill(1)
    with CaptureQueriesContext(connection) as one:
        assert run(officer.collectivity) == 6
    fill(30)
    with CaptureQueriesContext(connection) as thirty:
        assert run(officer.collectivity) == 180
    readings, later = ([query["sql"] for query in run if query["sql"].startswith("SELECT")] for run in (one, thirty))
    assert len(later) == len(readings) == 10
    assert sum(query["sql"].startswith("INSERT") for query in one) == 1
