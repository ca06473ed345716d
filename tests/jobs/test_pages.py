"""The pages of background work: three states, who may read, who may try again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects, assertTemplateUsed

from aict.jobs import queue
from aict.jobs.models import Job, JobState
from aict.jobs.registry import JobError, Words
from tests.jobs.conftest import make_job

WORDS = Words(
    running="Le PDF se prépare",
    done="Le PDF est prêt",
    failed="Le PDF n’a pas pu être fait",
    result="Télécharger le PDF",
)


@pytest.fixture
def pdf_kind(kind):
    kind(lambda job, progress: "/x/", words=WORDS, steps=("Copie figée des données", "Mise en page", "Balisage"))


@pytest.fixture
def running(collectivity, pdf_kind) -> Job:
    job = make_job(collectivity, state=JobState.RUNNING, percent=58, attempts=1, started_at=timezone.now())
    job.steps, job.step, job.step_detail = [["Copie figée des données", 1.0]], "Mise en page", "page 17"
    job.save()
    return job


@pytest.fixture
def failed(collectivity, pdf_kind) -> Job:
    job = make_job(collectivity, attempts=1, started_at=timezone.now())
    Job.objects.fail(timezone.now(), JobError("Le logo est <vide>.", where="Couverture", how="Changez-le."))
    job.refresh_from_db()
    return job


@pytest.fixture
def rung(monkeypatch) -> list[int]:
    numbers: list[int] = []
    monkeypatch.setattr(queue, "ring", numbers.append)
    return numbers


def address(name: str, job: Job) -> str:
    return reverse(f"jobs:{name}", args=[job.pk])


def test_a_running_job_shows_its_progress_its_steps_and_comes_back_without_javascript(elected, running):
    page = elected.client.get(address("job_detail", running))
    assertContains(page, "Le PDF se prépare")
    assertContains(page, 'value="58"')
    assertContains(page, "Copie figée des données\u00a0: terminé")
    assertContains(page, "Mise en page, en cours")
    assertContains(page, "page 17")
    assertContains(page, "<span>Balisage</span>", html=True)
    assertContains(page, '<noscript><meta http-equiv="refresh" content="3"></noscript>')
    assertContains(page, "js/job.js")


def test_a_second_attempt_says_that_the_first_was_interrupted(elected, running):
    Job.objects.update(attempts=2)
    assertContains(elected.client.get(address("job_detail", running)), "Essai 2 sur 3")


def test_a_waiting_job_says_what_to_do_if_nothing_moves(officer, collectivity, pdf_kind):
    page = officer.client.get(address("job_detail", make_job(collectivity)))
    assertContains(page, "Le traitement attend son tour")
    assertContains(page, "prévenez l’administrateur")


def test_a_finished_job_gives_its_result_and_stays_still(elected, running):
    Job.objects.finish(timezone.now(), result_url="/strategies/1/pdf/9/")
    page = elected.client.get(address("job_detail", running))
    assertContains(page, "Le PDF est prêt")
    assertContains(page, '<a class="btn btn-main" href="/strategies/1/pdf/9/">')
    assertContains(page, "Télécharger le PDF")
    assertNotContains(page, "http-equiv")
    assertNotContains(page, "js/job.js")


def test_a_failed_job_says_what_where_and_how_and_may_be_tried_again(officer, failed):
    page = officer.client.get(address("job_detail", failed))
    for words in ("Le PDF n’a pas pu être fait", "Le logo est &lt;vide&gt;.", "Couverture.", "Changez-le.", "Relancer"):
        assertContains(page, words)
    assertContains(page, failed.reference)
    assertNotContains(page, "http-equiv")


def test_trying_again_puts_the_job_back_in_line(officer, failed, rung, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = officer.client.post(address("job_retry", failed))
    assertRedirects(answer, address("job_detail", failed))
    failed.refresh_from_db()
    assert (failed.state, rung) == (JobState.WAITING, [failed.pk])


def test_trying_again_is_never_a_get(officer, failed):
    assert officer.client.get(address("job_retry", failed)).status_code == 405
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


def test_the_live_part_is_the_plate_alone_and_is_never_cached(elected, running):
    answer = elected.client.get(address("job_state", running))
    assertTemplateUsed(answer, "jobs/_state.html")
    assertNotContains(answer, "<html")
    assertContains(answer, 'data-state="running"')
    assertContains(answer, 'data-say="Mise en page"')
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["job_detail", "job_state", "job_retry"])
def test_a_job_of_another_collectivite_does_not_exist(stranger, failed, name):
    ask = stranger.client.post if name == "job_retry" else stranger.client.get
    assert ask(address(name, failed)).status_code == 404
    failed.refresh_from_db()
    assert failed.state == JobState.FAILED


@pytest.mark.parametrize("name", ["job_detail", "job_state", "job_retry"])
def test_a_network_does_not_read_the_jobs_of_a_collectivite(network, failed, name):
    ask = network.client.post if name == "job_retry" else network.client.get
    assert ask(address(name, failed)).status_code == 403


def test_a_visitor_is_sent_to_the_sign_in_page(client, failed):
    assert client.get(address("job_detail", failed)).status_code == 302


def test_an_unknown_number_answers_404_and_never_500(officer):
    assert officer.client.get("/traitements/9999999999999999999999/").status_code == 404


def test_the_list_shows_the_last_thirty_days_of_this_collectivite_only(officer, stranger, running):
    old = make_job(officer.collectivity, target_id=8, label="Vieux travail")
    Job.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=31))
    make_job(stranger.collectivity, target_id=9, label="Travail d’ailleurs")
    page = officer.client.get(reverse("jobs:job_list"))
    assertContains(page, "PDF de la stratégie")
    assertContains(page, "aujourd’hui")
    assertNotContains(page, "Vieux travail")
    assertNotContains(page, "Travail d’ailleurs")


def test_an_empty_list_says_what_to_do_next(officer):
    assertContains(officer.client.get(reverse("jobs:job_list")), "Voir les stratégies")


@pytest.mark.parametrize("wanted", ["2", "0", "-1", "x", "999999999999999999999", "\0"])
def test_a_page_number_of_any_kind_answers(officer, wanted):
    for number in range(60):
        make_job(officer.collectivity, target_id=number)
    assert officer.client.get(reverse("jobs:job_list"), {"page": wanted}).status_code == 200


def test_the_list_has_fifty_rows_a_page_like_every_other(officer):
    for number in range(51):
        make_job(officer.collectivity, target_id=number)
    first, second = (officer.client.get(reverse("jobs:job_list"), {"page": page}).context["page"] for page in (1, 2))
    assert (len(first), len(second)) == (50, 1)


def test_the_list_takes_the_same_queries_for_1_and_30_jobs(officer, django_assert_max_num_queries):
    def count(rows: int) -> int:
        Job.objects.all().delete()
        for number in range(rows):
            make_job(officer.collectivity, target_id=number, owner=officer.user, state=JobState.DONE)
        with django_assert_max_num_queries(8) as queries:
            officer.client.get(reverse("jobs:job_list"))
        return len(queries)

    officer.client.get(reverse("jobs:job_list"))
    assert count(1) == count(30)


def test_what_users_type_is_shown_as_text(officer, collectivity):
    job = make_job(collectivity, label="<script>alert(1)</script> \U0001f600 \u202eabc")
    for page in (address("job_detail", job), reverse("jobs:job_list")):
        answer = officer.client.get(page)
        assertContains(answer, "&lt;script&gt;")
        assertNotContains(answer, "<script>alert")
