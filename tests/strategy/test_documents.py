"""From the click to the file: freezing, the background work, the download, the vote."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from aict.jobs import lease
from aict.jobs.models import Job, JobState
from aict.jobs.tasks import run_job
from aict.ui import pdf
from strategy import document, documents, life_cycle, snapshots
from strategy.enums import StrategyStatus
from strategy.models import StrategyVersion
from tests.strategy.builders import ON, complete_strategy, empty_strategy

STATIC = Path(__file__).resolve().parents[2] / "static"
TINY = pdf.Pdf(content=b"%PDF-1.7 petit", pages=3)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def quick(monkeypatch):
    """Renders at once a file that is no real PDF; how often it was asked to."""
    asked: list[str] = []

    def render_pdf(html, *, progress=None, **options):
        asked.append(html)
        return TINY

    monkeypatch.setattr(documents, "render_pdf", render_pdf)
    return asked


def ask(actor, strategy):
    return actor.client.post(reverse("strategy:make_document", args=[strategy.pk]))


def frozen(strategy, **fields) -> StrategyVersion:
    version = documents.freeze(strategy=strategy, author=None, on=ON)
    StrategyVersion.objects.filter(pk=version.pk).update(**fields)
    version.refresh_from_db()
    return version


# Asking --------------------------------------------------------------------------------------
def test_asking_for_a_document_freezes_the_strategy_and_leads_to_the_page_of_the_work(officer):
    strategy = empty_strategy(officer.collectivity)
    answer = ask(officer, strategy)
    job, version = Job.objects.get(), StrategyVersion.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, job.get_absolute_url())
    assert (job.kind, job.target_id, job.owner, job.state) == ("strategy-pdf", version.pk, officer.user, "waiting")
    assert (version.number, version.author, version.sha256) == (1, officer.user, snapshots.sha256(version.snapshot))


def test_a_second_click_finds_the_same_work_and_the_same_version(officer, elected):
    strategy = empty_strategy(officer.collectivity)
    assert ask(officer, strategy)["Location"] == ask(elected, strategy)["Location"]
    assert (Job.objects.count(), StrategyVersion.objects.count()) == (1, 1)


def test_a_document_already_made_is_not_made_again(officer, quick):
    strategy = empty_strategy(officer.collectivity)
    ask(officer, strategy)
    run_job(Job.objects.get().pk)
    assert ask(officer, strategy)["Location"] == Job.objects.get().get_absolute_url()
    assert len(quick) == 1


def test_a_stranger_a_network_and_a_link_make_no_document(stranger, network, officer):
    strategy = empty_strategy(officer.collectivity)
    assert ask(stranger, strategy).status_code == 404
    assert ask(network, strategy).status_code == 403
    assert officer.client.get(reverse("strategy:make_document", args=[strategy.pk])).status_code == 405
    assert not StrategyVersion.objects.exists()


# The work ------------------------------------------------------------------------------------
def test_the_worker_makes_the_pdf_shows_its_progress_and_gives_its_address(officer, monkeypatch):
    strategy = complete_strategy(officer.collectivity)
    ask(officer, strategy)
    job, told = Job.objects.get(), []
    write = lease.Progress._write
    monkeypatch.setattr(lease.Progress, "_write", lambda self: (told.append(self._job.step), write(self)))
    run_job(job.pk)
    job.refresh_from_db()
    version = StrategyVersion.objects.get()
    assert (job.state, job.result_url) == (JobState.DONE, f"/strategies/{strategy.pk}/versions/1.pdf"), job.error
    assert len(dict.fromkeys(filter(None, told))) >= 5
    assert version.pages > 8
    assert version.pdf.read().startswith(b"%PDF-1.7")


def test_work_that_starts_again_makes_no_second_document(officer, quick, media):
    version = frozen(empty_strategy(officer.collectivity))
    documents.make_pdf(version, lambda percent, step: None)
    first = version.pdf.name
    documents.make_pdf(StrategyVersion.objects.get(), lambda percent, step: None)
    stale = StrategyVersion.objects.get()
    stale.pdf = ""  # read before another worker finished
    documents.make_pdf(stale, lambda percent, step: None)
    assert stale.pdf.name == first
    assert len(list(media.rglob("*.pdf"))) == 1


def test_a_version_that_is_gone_says_so_in_plain_words(officer, quick):
    strategy = empty_strategy(officer.collectivity)
    ask(officer, strategy)
    StrategyVersion.objects.all().delete()
    run_job(Job.objects.get().pk)
    job = Job.objects.get()
    assert (job.state, "n’existe plus" in job.error) == (JobState.FAILED, True)


def test_work_never_reaches_the_version_of_another_collectivite(officer, stranger, quick):
    version = frozen(empty_strategy(stranger.collectivity))
    job = documents.request_document(strategy=empty_strategy(officer.collectivity), author=officer.user, on=ON)
    Job.objects.filter(pk=job.pk).update(target_id=version.pk)
    run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.FAILED
    assert not StrategyVersion.objects.get(pk=version.pk).pdf


def test_the_command_makes_the_same_document_without_a_worker(collectivity, tmp_path, capsys):
    strategy = empty_strategy(collectivity)
    out = tmp_path / "strategie.pdf"
    call_command("strategy_pdf", str(strategy.pk), output=out, on=ON)
    version = StrategyVersion.objects.get()
    assert out.read_bytes() == version.pdf.read()
    assert re.search(
        rf"Version 1 : {version.pages} pages en \d+,\d s\. SHA-256 {version.sha256}", capsys.readouterr().out
    )


def test_the_command_says_what_it_does_not_find(db, tmp_path):
    with pytest.raises(CommandError, match="numéro 404"):
        call_command("strategy_pdf", "404", output=tmp_path / "x.pdf")


# The download --------------------------------------------------------------------------------
def test_a_member_downloads_the_document_under_a_clean_name(elected, quick):
    strategy = empty_strategy(elected.collectivity, title="Stratégie d’action <économique>")
    documents.make_pdf(frozen(strategy), lambda percent, step: None)
    answer = elected.client.get(f"/strategies/{strategy.pk}/versions/1.pdf")
    assert b"".join(answer.streaming_content) == TINY.content
    assert answer["Content-Disposition"] == (
        'attachment; filename="strategie-d-action-economique-2027-2032-version-1.pdf"'
    )
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


def test_a_document_is_not_there_while_it_is_not_made_or_for_others(officer, stranger, network, quick):
    strategy = empty_strategy(officer.collectivity)
    version = frozen(strategy)
    address = documents.download_url(version)
    assert officer.client.get(address).status_code == 404
    documents.make_pdf(version, lambda percent, step: None)
    assert stranger.client.get(address).status_code == 404
    assert network.client.get(address).status_code == 403
    assert officer.client.get(f"/strategies/{strategy.pk}/versions/99.pdf").status_code == 404
    Path(version.pdf.path).unlink()
    assert officer.client.get(address).status_code == 404


# The vote ------------------------------------------------------------------------------------
def _adopt(strategy, author, **changed):
    options = {"deliberation_number": "2026-118", "on": date(2026, 11, 20), "today": ON} | changed
    return documents.adopt_and_request(strategy=strategy, author=author, **options)


def test_the_adopted_document_carries_its_deliberation_on_the_cover(officer):
    strategy = complete_strategy(officer.collectivity)
    life_cycle.move(strategy=strategy, to=StrategyStatus.IN_REVIEW, author=officer.user, on=ON)
    version = _adopt(strategy, officer.user)
    version.refresh_from_db()
    assert version.is_adopted
    assert version.snapshot["strategy"]["status"] == "adopted"
    cover = document.build(version.snapshot, number=version.number).cover
    assert cover.status[0] == "Adoptée, version 1"
    assert cover.vote == ("Délibération n°\u00a02026-118", "du 20\u00a0novembre 2026")
    assert Job.objects.get().target_id == version.pk


def test_a_strategy_that_is_not_in_review_is_neither_adopted_nor_frozen(officer):
    strategy = complete_strategy(officer.collectivity)
    with pytest.raises(ValidationError):
        _adopt(strategy, officer.user)
    assert not StrategyVersion.objects.exists()
    assert not Job.objects.exists()


# The logo ------------------------------------------------------------------------------------
def test_the_logo_stands_on_the_cover_and_one_that_changed_since_does_not(collectivity, tmp_path, monkeypatch):
    collectivity.logo.save("logo.svg", ContentFile((STATIC / "img/valmaree.svg").read_bytes()))
    strategy = empty_strategy(collectivity)
    snapshot = snapshots.take(strategy, ON)
    said = []

    def render_pdf(html, *, files, **options):
        said.append((sorted(files), "<img" in html))
        return TINY

    monkeypatch.setattr(documents, "render_pdf", render_pdf)
    documents.render(snapshot, number=1)
    name = snapshot["collectivity"]["logo"]["path"].rsplit("/", 1)[-1]
    Path(collectivity.logo.path).write_bytes(b"<svg/>")
    documents.render(snapshot, number=1)
    assert said == [
        ([name, "layout.css"] if name < "layout.css" else ["layout.css", name], True),
        (["layout.css"], False),
    ]


# The file ------------------------------------------------------------------------------------
def test_the_file_is_tagged_titled_and_sound(collectivity, tmp_path):
    collectivity.logo.save("logo.svg", ContentFile((STATIC / "img/valmaree.svg").read_bytes()))
    made = documents.render(snapshots.take(complete_strategy(collectivity), ON), number=1)
    path = tmp_path / "strategie.pdf"
    path.write_bytes(made.content)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    about = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged:\s+yes", about)
    assert re.search(r"Title:\s+Stratégie d’action économique internationale, 2027-2032", about)
    assert re.search(r"Author:\s+Métropole de Valmarée", about)
    assert re.search(r"Page size:.*A4", about)
    tags = subprocess.run(["pdfinfo", "-struct", path], check=True, capture_output=True, text=True).stdout
    levels = [int(level) for level in re.findall(r"^\s*H(\d)\b", tags, re.MULTILINE)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
