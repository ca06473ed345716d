"""Notices: told once to each member, read on a page, mailed in at most one digest a day."""

from __future__ import annotations

import smtplib
import threading
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.mail.backends import locmem
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from aict.accounts import notices
from aict.accounts.enums import Role
from aict.accounts.models import Membership, Notice
from aict.accounts.notices import Mailing, News
from tests.conftest import make_actor, make_collectivity, make_member

PARIS = ZoneInfo("Europe/Paris")
MORNING = datetime(2027, 3, 1, 6, 30, tzinfo=PARIS)
NEXT_MORNING = MORNING + timedelta(days=1)
LIST = "/avis/"


def news(key: str = "sujet", **fields: str) -> News:
    given = {"tone": "info", "title": f"Avis {key}", "text": "Ce qu’il faut faire.", "url": "/partenaires/accords/"}
    return News(key=key, **(given | fields))


def tell(*actors, key: str = "sujet", **fields: str) -> int:
    return notices.tell(members=[actor.membership for actor in actors], news=[news(key, **fields)])


@pytest.fixture
def refusing(monkeypatch):
    """A mail server that refuses some addresses; `refusing.add(address)`."""
    refused: set[str] = set()
    real = locmem.EmailBackend.send_messages

    def send(self, messages):
        if refused & {address for message in messages for address in message.to}:
            raise smtplib.SMTPRecipientsRefused({})
        return real(self, messages)

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", send)
    return refused


# Told once -------------------------------------------------------------------------------


def test_each_member_gets_their_own_notice_and_the_same_key_is_never_told_twice(officer, admin):
    assert tell(officer, admin) == 2
    assert tell(officer, admin) == 0
    assert tell(officer, admin, key="autre") == 2
    assert Notice.objects.count() == 4
    assert {notice.collectivity for notice in Notice.objects.all()} == {officer.collectivity}


def test_a_notice_already_read_is_not_told_again(officer):
    tell(officer)
    Notice.objects.update(read_at=timezone.now())
    assert tell(officer) == 0
    assert not Notice.objects.unread().exists()


def test_somebody_who_joins_later_is_told_what_still_presses(officer, admin):
    tell(officer)
    assert tell(officer, admin) == 1
    assert Notice.objects.get(membership=admin.membership).key == "sujet"


def test_a_title_too_long_for_its_column_is_cut_not_refused(officer):
    tell(officer, title="É" * 450)
    assert len(Notice.objects.get().title) == 200


# The page --------------------------------------------------------------------------------


def test_unread_notices_come_first_with_their_count_in_the_top_bar(officer):
    tell(officer, key="ancien")
    Notice.objects.update(read_at=timezone.now())
    tell(officer, key="neuf")
    page = officer.client.get(LIST).content.decode()
    assert page.index("Avis neuf") < page.index("Avis ancien")
    assert "Avis : 1\u00a0non lu</span>" in page
    assert "Avis : 1\u00a0non lu</span>" in officer.client.get("/partenaires/accords/").content.decode()


def test_among_unread_notices_the_gravest_come_first(officer):
    for key, tone in (("doux", "info"), ("grave", "danger"), ("moyen", "warn"), ("grave aussi", "danger")):
        tell(officer, key=key, tone=tone)
    page = officer.client.get(LIST).content.decode()
    order = [page.index(f"<b>Avis {key}</b>") for key in ("grave", "grave aussi", "moyen", "doux")]
    assert order == sorted(order)


def test_a_network_has_neither_page_nor_bell(network):
    notices.tell(members=[network.membership], news=[news()])
    assert network.client.get(LIST).status_code == 403
    assert "/avis/" not in network.client.get("/collectivites/").content.decode()


def test_the_unread_count_costs_no_query_of_its_own_and_is_that_of_one_collectivite(officer, other_collectivity):
    elsewhere = Membership.objects.create(collectivity=other_collectivity, user=officer.user, role=Role.OFFICER)
    tell(officer)
    with CaptureQueriesContext(connection) as before:
        page = officer.client.get(LIST).content.decode()
    assert "1\u00a0non lu" in page
    for key in range(30):
        notices.tell(members=[officer.membership, elsewhere], news=[news(f"n{key}")])
    with CaptureQueriesContext(connection) as after:
        page = officer.client.get(LIST).content.decode()
    assert "31\u00a0non lus" in page
    assert len(after) == len(before) <= 7  # session, user, memberships, mine, total, notices
    assert sum("accounts_notice" in query["sql"] for query in after) == 3  # count with the memberships, total, page


def test_opening_a_notice_marks_it_as_read_and_goes_to_what_it_is_about(officer):
    tell(officer, url="/partenaires/territoires/")
    notice = Notice.objects.get()
    answer = officer.client.post(f"/avis/{notice.pk}/lu/", {"open": "1"})
    assert answer["Location"] == "/partenaires/territoires/"
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_notice_marked_as_read_stays_on_the_page_and_keeps_its_first_date(officer):
    tell(officer)
    notice = Notice.objects.get()
    assert officer.client.post(f"/avis/{notice.pk}/lu/")["Location"] == LIST
    first = Notice.objects.get().read_at
    officer.client.post(f"/avis/{notice.pk}/lu/")
    assert Notice.objects.get().read_at == first
    assert "Avis sujet" in officer.client.get(LIST).content.decode()


def test_marking_all_as_read_leaves_a_colleagues_notices_alone(officer, admin):
    tell(officer, admin)
    tell(officer, admin, key="autre")
    page = officer.client.post("/avis/lus/", follow=True).content.decode()
    assert "2\u00a0avis marqués comme lus." in page
    assert Notice.objects.unread().filter(membership=officer.membership).count() == 0
    assert Notice.objects.unread().filter(membership=admin.membership).count() == 2


def test_a_colleagues_notice_does_not_exist(officer, admin):
    tell(admin)
    assert officer.client.post(f"/avis/{Notice.objects.get().pk}/lu/").status_code == 404
    assert Notice.objects.get().read_at is None


def test_my_notice_of_another_collectivite_is_not_touched_from_this_one(officer, other_collectivity):
    elsewhere = Membership.objects.create(collectivity=other_collectivity, user=officer.user, role=Role.OFFICER)
    notices.tell(members=[elsewhere], news=[news()])
    assert officer.client.post(f"/avis/{Notice.objects.get().pk}/lu/").status_code == 404
    officer.client.post("/avis/lus/")
    assert Notice.objects.get().read_at is None
    assert "Avis sujet" not in officer.client.get(LIST).content.decode()


def test_a_hostile_title_is_text(officer):
    tell(officer, title="<script>alert(1)</script> 🌍 \u202e", text="<b>gras</b>")
    page = officer.client.get(LIST).content.decode()
    assert "<script>alert" not in page
    assert "&lt;b&gt;gras" in page


# The digest ------------------------------------------------------------------------------


def test_a_digest_names_each_notice_in_text_and_html_with_a_link_and_how_to_stop(officer, settings):
    settings.SITE_URL = "https://aict.example.org"
    tell(officer, title="Fin le 30 mars 2027 : L’accord d’été & d’hiver", tone="danger", url="/partenaires/accords/7/")
    assert notices.send_digests(at=MORNING) == Mailing(sent=1)
    (message,) = mail.outbox
    assert message.to == [officer.user.email]
    assert message.subject == "1\u00a0avis\u00a0: Métropole de Valmarée"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    ((html, kind),) = message.alternatives
    assert kind == "text/html"
    assert "L’accord d’été & d’hiver" in message.body
    assert "L’accord d’été &amp; d’hiver" in html
    for content in (message.body, html):
        assert "https://aict.example.org/partenaires/accords/7/" in content
        assert "https://aict.example.org/avis/#courriel" in content
        assert "Urgent" in content
        assert "1er\u00a0mars 2027" in content
    assert not [word for word in ("<img", "<script", "<link", "url(", "http://") if word in html]


def test_a_notice_is_mailed_once_ever_whether_the_same_day_or_the_next(officer):
    tell(officer)
    assert notices.send_digests(at=MORNING).sent == 1
    assert notices.send_digests(at=MORNING + timedelta(hours=1)).sent == 0
    assert notices.send_digests(at=NEXT_MORNING).sent == 0
    assert len(mail.outbox) == 1


def test_what_comes_after_the_message_of_the_day_waits_for_the_next_one(officer):
    tell(officer)
    notices.send_digests(at=MORNING)
    tell(officer, key="du midi")
    assert notices.send_digests(at=MORNING.replace(hour=23, minute=59)) == Mailing()
    assert Notice.objects.get(key="du midi").mailed_at is None
    assert notices.send_digests(at=NEXT_MORNING.replace(hour=0, minute=1)).sent == 1
    assert "Avis du midi" in mail.outbox[1].body
    assert "Avis sujet" not in mail.outbox[1].body


def test_what_was_read_is_not_mailed(officer):
    tell(officer)
    Notice.objects.update(read_at=timezone.now())
    assert notices.send_digests(at=MORNING) == Mailing()


def test_a_member_of_two_collectivites_gets_one_message_with_both(officer, other_collectivity, settings):
    settings.SITE_URL = "https://aict.example.org"
    elsewhere = Membership.objects.create(collectivity=other_collectivity, user=officer.user, role=Role.OFFICER)
    tell(officer, key="ici")
    notices.tell(members=[elsewhere], news=[news("là-bas")])
    assert notices.send_digests(at=MORNING).sent == 1
    (message,) = mail.outbox
    assert message.subject == "2\u00a0avis\u00a0: Communauté de Rochebrune, Métropole de Valmarée"
    assert message.body.index("Rochebrune") < message.body.index("Avis là-bas") < message.body.index("Avis ici")
    assert "https://aict.example.org/collectivites/" in message.body


def test_two_members_get_two_messages_and_neither_sees_the_other(officer, admin):
    tell(officer, admin)
    notices.send_digests(at=MORNING)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([officer.user.email, admin.user.email])
    assert not [message for message in mail.outbox if len(message.recipients()) != 1]


def test_a_member_switches_the_digest_off_and_on_again(officer):
    tell(officer)
    page = officer.client.post("/avis/courriel/", {}, follow=True).content.decode()
    assert "Résumé par courriel arrêté" in page
    assert notices.send_digests(at=MORNING) == Mailing()
    assert Notice.objects.get().mailed_at is None
    officer.client.post("/avis/courriel/", {"wants_digest": "on"})
    assert notices.send_digests(at=MORNING).sent == 1


@pytest.mark.parametrize("how", ["closed", "network", "left"])
def test_whoever_may_no_longer_read_is_not_written_to(officer, how):
    tell(officer)
    if how == "closed":
        type(officer.user).objects.update(is_active=False)
    elif how == "network":
        Membership.objects.update(role=Role.NETWORK)
    else:
        officer.membership.delete()
    assert notices.send_digests(at=MORNING) == Mailing()
    assert mail.outbox == []


def test_a_refused_message_is_not_marked_as_sent_and_leaves_the_next_run(officer, admin, refusing):
    tell(officer, admin)
    refusing.add(officer.user.email)
    assert notices.send_digests(at=MORNING) == Mailing(sent=1, failed=1)
    assert Notice.objects.get(membership=officer.membership).mailed_at is None
    refusing.clear()
    assert notices.send_digests(at=MORNING + timedelta(hours=1)) == Mailing(sent=1)
    assert sorted(message.to[0] for message in mail.outbox) == sorted([officer.user.email, admin.user.email])


def test_a_worker_killed_while_it_sends_loses_a_message_rather_than_sending_it_twice(officer, monkeypatch):
    tell(officer)

    def die(self, messages):
        raise SystemExit

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", die)
    with pytest.raises(SystemExit):
        notices.send_digests(at=MORNING)
    monkeypatch.undo()
    assert notices.send_digests(at=NEXT_MORNING) == Mailing()
    assert Notice.objects.unread().count() == 1  # still told on the page


def test_a_mail_server_that_is_down_is_asked_three_times_not_a_thousand(collectivity, monkeypatch):
    tries = []

    def refuse(self, messages):
        tries.append(messages)
        raise ConnectionRefusedError

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", refuse)
    others = [make_collectivity(f"Collectivité {n}", f"2000001{n:02}") for n in range(6)]
    notices_of = [make_member(one, Role.OFFICER) for one in others]
    for member in notices_of:
        notices.tell(members=[member], news=[news()])
    assert notices.send_digests(at=MORNING) == Mailing(sent=0, failed=6)
    assert len(tries) == 3
    assert not Notice.objects.exclude(mailed_at=None).exists()


def test_a_long_digest_tells_the_gravest_and_counts_the_rest(officer):
    rows = [news(f"n{n:03}", tone="info") for n in range(200)] + [news("grave", tone="danger")]
    notices.tell(members=[officer.membership], news=rows)
    notices.send_digests(at=MORNING)
    (message,) = mail.outbox
    assert message.subject.startswith("201\u00a0avis")
    assert message.body.index("Avis grave") < message.body.index("Avis n000")
    assert "Avis n199" not in message.body
    assert "Et 176\u00a0autres avis" in message.body
    assert len(message.alternatives[0][0].encode()) < 60_000
    assert not Notice.objects.filter(mailed_at=None).exists()


def test_a_hostile_title_breaks_neither_the_headers_nor_the_html(officer, collectivity):
    type(collectivity).objects.update(name="Ville\r\nBcc: autre@example.org")
    tell(officer, title="<script>alert(1)</script>")
    assert notices.send_digests(at=MORNING).sent == 1
    (message,) = mail.outbox
    assert "\n" not in message.subject
    assert message.recipients() == [officer.user.email]
    assert "<script>alert" not in message.alternatives[0][0]


def test_the_digests_take_the_same_queries_for_one_and_thirty_notices(officer):
    tell(officer)
    with CaptureQueriesContext(connection) as one:
        notices.send_digests(at=MORNING)
    for n in range(30):
        tell(officer, key=f"n{n}")
    with CaptureQueriesContext(connection) as thirty:
        notices.send_digests(at=NEXT_MORNING)
    assert len(thirty) == len(one)
    assert len(mail.outbox) == 2


def test_eight_runs_at_once_send_one_message(transactional_reference, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("the suite keeps its SQLite database in memory, where threads cannot wait for one another")
    people = [make_actor(make_collectivity(f"Ville {n}", f"20000020{n}"), Role.OFFICER) for n in range(3)]
    for person in people:
        tell(person)
    outbox, start = [], threading.Barrier(8)
    monkeypatch.setattr(locmem.EmailBackend, "send_messages", lambda self, messages: outbox.extend(messages))
    errors = []

    def run() -> None:
        try:
            start.wait()
            notices.send_digests(at=timezone.now())
        except Exception as error:  # a thread would keep it to itself
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert sorted(message.to[0] for message in outbox) == sorted(person.user.email for person in people)
