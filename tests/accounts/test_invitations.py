"""Invitations: the link opens one membership, once, for fourteen days, for the person it was sent to."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, override_settings
from django.utils import timezone

from aict.accounts import invitations
from aict.accounts.enums import Role
from aict.accounts.models import Change, Invitation, Membership, User

INVITE = "/membres/inviter/"
GUEST = "nouvelle.personne@example.org"
SECRET = "une phrase assez longue"


def text_of(response):
    return response.content.decode()


def invite(actor, email=GUEST, role="economic"):
    """Send an invitation through the page; the path of the link that was mailed."""
    response = actor.client.post(INVITE, {"email": email, "role": role}, follow=True)
    assert "Invitation envoyée" in text_of(response), text_of(response)
    return re.search(r"http://testserver(/invitation/\S+)", mail.outbox[-1].body).group(1)


def answer(link, client=None, label="Poste neuf", **fields):
    form = {"label": label, "password1": SECRET, "password2": SECRET} | fields
    return (client or Client()).post(link, form, follow=True)


def test_the_mail_is_plain_french_text_that_says_from_whom_and_for_how_long(admin):
    invite(admin)
    message = mail.outbox[0]
    assert message.to == [GUEST]
    assert message.subject == "Métropole de Valmarée\u00a0: votre accès à AICT économique"
    assert "Votre rôle\u00a0: développement économique." in message.body
    assert "Il sert une fois et reste valable 14 jours." in message.body


def test_the_name_of_a_collectivite_cannot_forge_a_header_nor_markup(admin):
    admin.collectivity.name = "Ville & <b>Cie</b>\nBcc: tous@example.org"
    admin.collectivity.save()
    invite(admin)
    assert mail.outbox[0].subject.startswith("Ville & <b>Cie</b> Bcc: tous@example.org")
    assert mail.outbox[0].recipients() == [GUEST]


def test_a_new_person_opens_an_account_and_enters(admin):
    client = Client()
    response = answer(invite(admin), client)
    user = User.objects.get(email=GUEST)
    membership = Membership.objects.get(user=user)
    assert (user.label, user.check_password(SECRET)) == ("Poste neuf", True)
    assert (membership.collectivity, membership.role) == (admin.collectivity, Role.ECONOMIC)
    assert response.wsgi_request.user == user
    assert response.wsgi_request.path == "/"
    assert Change.objects.filter(model="accounts.membership", object_id=membership.pk, author=user).exists()


def test_a_network_that_enters_lands_on_its_collectivites(admin):
    assert answer(invite(admin, role="network")).wsgi_request.path == "/collectivites/"


def test_the_link_serves_once(admin):
    link = invite(admin)
    answer(link)
    again = Client().get(link)
    assert again.status_code == 410
    assert "Cette invitation a déjà servi" in text_of(again)
    assert answer(link).status_code == 410
    assert User.objects.filter(email=GUEST).count() == 1


def test_the_link_dies_after_fourteen_days(admin):
    link = invite(admin)
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=13, hours=23))
    assert Client().get(link).status_code == 200
    Invitation.objects.update(created_at=timezone.now() - timedelta(days=14))
    assert "Cette invitation a expiré" in text_of(Client().get(link))
    assert answer(link).status_code == 410
    assert not User.objects.filter(email=GUEST).exists()
    assert "lien expiré depuis le" in text_of(admin.client.get("/membres/"))


@pytest.mark.parametrize("token", ["x", "%00", "é🚀", "a" * 3000, "<script>alert(1)</script>", "%FF%FE"])
def test_an_unknown_link_says_so(db, client, token):
    response = client.get(f"/invitation/{token}/".replace("</", "<"))
    assert response.status_code == 404
    assert "Cette invitation n’existe pas" in text_of(response)
    assert "<script>alert" not in text_of(response)


def test_the_database_does_not_hold_the_link(admin):
    token = invite(admin).split("/")[2]
    kept = Invitation.objects.get().token
    assert kept != token
    assert Client().get(f"/invitation/{kept}/").status_code == 404


def test_a_cancelled_invitation_opens_nothing(admin):
    link = invite(admin)
    pk = Invitation.objects.get().pk
    response = admin.client.post(f"/membres/invitations/{pk}/annuler/", follow=True)
    assert f"Invitation de {GUEST} annulée" in text_of(response)
    assert Client().get(link).status_code == 404
    assert Change.objects.filter(model="accounts.invitation", object_id=pk, verb="deleted").exists()


def test_an_invitation_that_served_can_no_longer_be_cancelled(admin):
    answer(invite(admin))
    assert admin.client.post(f"/membres/invitations/{Invitation.objects.get().pk}/annuler/").status_code == 404


def test_the_invitation_of_another_collectivite_answers_404(admin, stranger):
    invite(stranger)
    pk = Invitation.objects.get().pk
    assert admin.client.post(f"/membres/invitations/{pk}/annuler/").status_code == 404
    assert Invitation.objects.filter(pk=pk).exists()


def test_inviting_again_replaces_the_first_link(admin):
    first, second = invite(admin), invite(admin, role="elected")
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert Invitation.objects.get().role == Role.ELECTED


def test_two_collectivites_may_invite_the_same_person(admin, stranger):
    answer(invite(admin))
    link = invite(stranger, role="elected")
    page = text_of(Client().get(link))
    assert "Un compte existe déjà à l’adresse" in page
    assert f"/compte/connexion/?next={link}" in page
    client = Client()
    client.post("/compte/connexion/", {"login": GUEST, "password": SECRET})
    assert "Accepter l’invitation" in text_of(client.get(link))
    client.post(link)
    roles = Membership.objects.filter(user__email=GUEST).values_list("collectivity__name", "role")
    assert set(roles) == {("Métropole de Valmarée", "economic"), ("Communauté de Rochebrune", "elected")}


def test_nobody_takes_over_an_account_with_its_invitation_link(admin, stranger):
    answer(invite(admin))
    answer(invite(stranger), password1="un autre mot de passe", password2="un autre mot de passe")
    assert User.objects.get(email=GUEST).check_password(SECRET)
    assert Membership.objects.filter(user__email=GUEST).count() == 1


def test_somebody_else_signed_in_cannot_use_the_link(admin, elected, stranger):
    link = invite(stranger, role="admin")
    assert "Ce n’est pas la même adresse." in text_of(elected.client.get(link))
    assert elected.client.post(link).status_code == 403
    assert not Membership.objects.filter(user=elected.user, collectivity=stranger.collectivity).exists()


def test_accepting_never_changes_the_role_of_a_member(admin, elected):
    invitation = Invitation(collectivity=admin.collectivity, email=elected.user.email, role=Role.ADMIN)
    token = invitations.issue(invitation=invitation, author=admin.user)
    elected.client.post(f"/invitation/{token}/")
    elected.membership.refresh_from_db()
    assert elected.membership.role == Role.ELECTED


def test_an_invitation_used_in_another_tab_ends_on_a_readable_page(admin, monkeypatch):
    link = invite(admin)
    first_seen = invitations.find(link.split("/")[2])
    answer(link)
    User.objects.filter(email=GUEST).update(email="deja.parti@example.org")
    answers = iter([first_seen])
    real = invitations.find
    monkeypatch.setattr(invitations, "find", lambda token: next(answers, None) or real(token))
    response = answer(link)
    assert response.status_code == 410
    assert not User.objects.filter(email=GUEST).exists()


def test_an_account_opened_meanwhile_at_the_same_address_ends_on_the_sign_in_page(admin, monkeypatch):
    link = invite(admin)

    def open_account(**story):
        User.objects.create_user(GUEST, label="Ouvert entre-temps")
        raise invitations.AddressTakenError

    monkeypatch.setattr(invitations, "open_account", open_account)
    assert "Un compte existe déjà à l’adresse" in text_of(answer(link))


def test_opening_twice_the_same_address_raises_instead_of_writing(admin):
    User.objects.create_user(GUEST, label="Déjà là")
    invitation = Invitation(collectivity=admin.collectivity, email=GUEST, role=Role.ELECTED)
    invitations.issue(invitation=invitation, author=admin.user)
    with pytest.raises(invitations.AddressTakenError):
        invitations.open_account(invitation=invitation, label="Second", password=SECRET)
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {"label": ""},
        {"label": "x" * 121},
        {"label": "\x00"},
        {"password1": "court", "password2": "court"},
        {"password1": "motdepasse", "password2": "motdepasse"},
        {"password2": "une phrase assez longuE"},
        {"password1": GUEST, "password2": GUEST},
        {"password1": "a" * 5000, "password2": "a" * 5000},
        {"password1": "\x00" * 14, "password2": "\x00" * 14},
    ],
)
def test_a_bad_answer_is_refused_on_the_same_page_and_opens_nothing(admin, fields):
    response = answer(invite(admin), **fields)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in text_of(response)
    assert not User.objects.filter(email=GUEST).exists()


@pytest.mark.parametrize("label", ["<script>alert(1)</script>", "🚀 Poste", "منصب דרגה", "Élu·e à l’international"])
def test_any_script_is_kept_as_typed_and_escaped(admin, label):
    response = answer(invite(admin), label=label)
    assert User.objects.get(email=GUEST).label == label
    assert "<script>alert" not in text_of(response)


@pytest.mark.parametrize(
    "email",
    ["", "pas-une-adresse", "\x00@example.org", "a" * 300 + "@example.org", "x@example.org\nBcc: y@example.org"],
)
def test_an_address_that_cannot_be_one_is_refused(admin, email):
    response = admin.client.post(INVITE, {"email": email, "role": "elected"})
    assert response.status_code == 200
    assert "Adresse électronique" in text_of(response)
    assert not Invitation.objects.exists()
    assert not mail.outbox


@pytest.mark.parametrize("role", ["", "chef", "\x00"])
def test_an_unknown_role_is_refused(admin, role):
    assert "Choisissez" in text_of(admin.client.post(INVITE, {"email": GUEST, "role": role}))
    assert not Invitation.objects.exists()


def test_a_member_is_not_invited_again_whatever_the_case_of_the_address(admin, elected):
    response = admin.client.post(INVITE, {"email": elected.user.email.upper(), "role": "admin"})
    assert "Cette personne est déjà membre de la collectivité." in text_of(response)


def test_when_the_mail_server_is_down_the_link_is_handed_to_the_admin(admin):
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=9):
        page = text_of(admin.client.post(INVITE, {"email": GUEST, "role": "elected"}, follow=True))
    assert "le message n’a pas pu partir" in page
    link = re.search(r"http://testserver(/invitation/[^\s<]+)", page).group(1)
    assert Client().get(link).status_code == 200
