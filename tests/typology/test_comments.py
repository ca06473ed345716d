"""Comments on actions: mentions told once, a stranger refused by their address, closing, deleting one's own."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from aict.accounts.models import Change, Membership, Notice, User
from tests.factories import ActionFactory, CommentFactory
from typology import comments
from typology.models import Comment

NBSP = "\u00a0"


@pytest.fixture
def action(collectivity):
    return ActionFactory(collectivity=collectivity, title="Mission à Sfax")


def write(actor, action, text="Faut-il un interprète ?", mentions=()):
    address = reverse("typology:comment_create", args=[action.pk])
    return actor.client.post(address, {"text": text, "mentions": [member.membership.pk for member in mentions]})


def page_of(actor, action) -> str:
    return actor.client.get(reverse("typology:action_follow_up", args=[action.pk])).content.decode()


def test_those_ticked_and_those_called_in_the_text_are_told_once(officer, economic, elected, action):
    text = f"Avis de @{economic.user.email}, puis @{elected.user.email.upper()}. Copie à @{officer.user.email}"
    assert write(officer, action, text, mentions=[economic]).status_code == 302
    comment = Comment.objects.get()
    assert comment.author == officer.user
    notices = {notice.membership_id: notice for notice in Notice.objects.all()}
    assert set(notices) == {economic.membership.pk, elected.membership.pk}  # nobody is told of what they wrote
    notice = notices[elected.membership.pk]
    assert notice.title == f"On vous demande votre avis{NBSP}: Mission à Sfax"
    assert "Avis de" in notice.text
    assert notice.url == comment.get_absolute_url()
    page = page_of(elected, action)
    assert "Avis de" in page
    assert "Poste economic" in page


def test_a_mention_of_a_stranger_is_refused_by_address_and_nothing_typed_is_lost(
    officer, economic, stranger, network, action
):
    for address in (stranger.user.email, network.user.email, "inconnu@exemple.fr"):
        text = f"Qu’en pense @{address} ? Et @{economic.user.email} ?"
        response = write(officer, action, text, mentions=[economic])
        page = response.content.decode()
        assert response.status_code == 200
        assert f"«{NBSP}{address}{NBSP}»{NBSP}: cette adresse n’est pas celle d’un membre" in page
        assert f"Qu’en pense @{address} ?" in page
        box = page[page.index(f'value="{economic.membership.pk}"') :]
        assert "checked" in box[: box.index(">")]
    assert not Comment.objects.exists()
    assert not Notice.objects.exists()


def test_a_member_of_another_collectivite_cannot_be_ticked(officer, stranger, network, action):
    for actor in (stranger, network):
        assert write(officer, action, mentions=[actor]).status_code == 200
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@poste@ville.fr", ["poste@ville.fr"]),
        ("Voir avec @Poste.Deux@Ville-Neuve.fr.", ["poste.deux@ville-neuve.fr"]),
        ("(@a@b.fr), @a@b.fr ; @c@d.co.uk", ["a@b.fr", "c@d.co.uk"]),
        ("Écrire à contact@ville.fr", []),
        ("@equipe, rendez-vous @ 14 h", []),
        ("@@@@" * 900, []),
        ("@a" * 1900, []),
    ],
)
def test_only_an_address_after_an_at_sign_calls_somebody(text, found):
    assert comments.addresses_in(text) == found


def test_a_closed_account_cannot_be_called(officer, economic, action):
    User.objects.filter(pk=economic.user.pk).update(is_active=False)
    assert write(officer, action, f"@{economic.user.email}").status_code == 200


def test_a_comment_is_closed_by_a_colleague_then_opened_again(officer, economic, action):
    comment = CommentFactory(collectivity=action.collectivity, action=action, author=officer.user, text="À revoir")
    economic.client.post(reverse("typology:comment_resolve", args=[comment.pk]))
    comment.refresh_from_db()
    assert comment.resolved_by == economic.user
    assert "1\u00a0commentaire résolu" in page_of(officer, action)
    officer.client.post(reverse("typology:comment_resolve", args=[comment.pk]))
    comment.refresh_from_db()
    assert comment.resolved_by == economic.user  # the second changes nothing
    officer.client.post(reverse("typology:comment_reopen", args=[comment.pk]))
    comment.refresh_from_db()
    assert (comment.resolved_at, comment.resolved_by) == (None, None)
    assert Change.objects.filter(model="typology.comment", verb="updated").count() == 2


def test_one_deletes_ones_own_comment_and_no_other(officer, admin, action):
    mine = CommentFactory(collectivity=action.collectivity, action=action, author=officer.user)
    theirs = CommentFactory(collectivity=action.collectivity, action=action, author=admin.user)
    page = page_of(officer, action)
    assert reverse("typology:comment_delete", args=[mine.pk]) in page
    assert reverse("typology:comment_delete", args=[theirs.pk]) not in page
    assert officer.client.post(reverse("typology:comment_delete", args=[theirs.pk])).status_code == 403
    assert officer.client.post(reverse("typology:comment_delete", args=[mine.pk])).status_code == 302
    assert list(Comment.objects.all()) == [theirs]


def test_an_elected_official_reads_comments_and_writes_none(elected, officer, action):
    CommentFactory(collectivity=action.collectivity, action=action, author=officer.user, text="Lisible")
    page = page_of(elected, action)
    assert "Lisible" in page
    assert "<textarea" not in page
    assert write(elected, action).status_code == 403


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001, "\x00"])
def test_an_empty_or_endless_comment_is_refused(officer, action, text):
    response = write(officer, action, text)
    assert response.status_code == 200
    assert "error" in response.content.decode()
    assert not Comment.objects.exists()


def test_markup_and_directions_of_writing_stay_text(officer, action):
    write(officer, action, "<script>alert(1)</script> \u202eשלום 🌍")
    page = page_of(officer, action)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_comment_outlives_its_author_and_whom_it_named(officer, economic, elected, action):
    write(officer, action, "À garder", mentions=[economic])
    Membership.objects.filter(pk=economic.membership.pk).delete()
    User.objects.filter(pk=officer.user.pk).delete()
    page = page_of(elected, action)
    assert "À garder" in page
    assert "Compte retiré" in page


def test_the_history_of_fields_is_on_the_follow_up_and_its_last_line_on_the_sheet(officer, action):
    from aict.accounts import history

    before = history.state_of(action)
    action.title = "Mission à Tunis"
    action.save()
    history.record(instance=action, author=officer.user, before=before)
    follow_up = page_of(officer, action)
    assert "<del>Mission à Sfax</del>" in follow_up
    sheet = officer.client.get(action.get_absolute_url()).content.decode()
    assert "<del>Mission à Sfax</del>" not in sheet
    assert f"Dernier changement le {timezone.localdate().day}" in sheet
    assert f"/actions/{action.pk}/suivi/#historique" in sheet
