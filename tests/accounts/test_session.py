"""Sign-in, lockout, forgotten and changed passwords, sign-out, and the pages of allauth that do not exist."""

import re

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse

from aict.accounts.enums import Role
from aict.accounts.models import User
from aict.accounts.session_views import DEMO_ACCOUNTS, DEMO_PASSWORD
from strategy import demo
from tests.conftest import PASSWORD

LOGIN = "/compte/connexion/"
FORGOTTEN = "/compte/mot-de-passe/oublie/"
CHANGE = "/compte/mot-de-passe/"
NEW = "une phrase neuve et longue"


def sign_in(client, email, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": email, "password": password}, **extra)


def text_of(response):
    return response.content.decode()


def ask_for_link(client, email):
    response = client.post(FORGOTTEN, {"email": email})
    assert response.status_code == 302
    return re.search(r"https?://\S+", mail.outbox[-1].body).group()


def test_signing_in_by_address_opens_the_home_page(officer):
    client = Client()
    response = sign_in(client, officer.user.email.upper())
    assert (response.status_code, response["Location"]) == (302, "/")
    assert client.get("/").wsgi_request.user == officer.user


def test_whoever_has_no_page_to_read_lands_on_the_list_of_collectivites(network, officer):
    assert sign_in(Client(), network.user.email)["Location"] == "/collectivites/"
    officer.membership.delete()
    client = Client()
    assert sign_in(client, officer.user.email)["Location"] == "/collectivites/"
    assert "n’est membre d’aucune collectivité" in text_of(client.get("/collectivites/"))


def test_after_sign_in_one_goes_where_one_was_heading(officer):
    client = Client()
    heading = client.get("/collectivites/")
    assert heading["Location"] == f"{LOGIN}?next=/collectivites/"
    assert '<input type="hidden" name="next" value="/collectivites/">' in text_of(client.get(heading["Location"]))
    response = client.post(LOGIN, {"login": officer.user.email, "password": PASSWORD, "next": "/collectivites/"})
    assert response["Location"] == "/collectivites/"


@pytest.mark.parametrize("heading", ["/", "/partenaires/territoires/", "/?x=1"])
def test_a_network_that_was_heading_for_a_page_it_may_not_read_lands_on_its_own(network, heading):
    client = Client()
    asked = client.get(heading)["Location"]
    assert asked.startswith(f"{LOGIN}?next=/")
    values = {"login": network.user.email, "password": PASSWORD, "next": heading}
    answer = client.post(asked, values, follow=True)
    assert answer.redirect_chain == [("/collectivites/", 302)]
    assert "/api/v1/accords/" in text_of(answer)
    assert client.get("/").status_code == 403, "the home page stays closed: only sign-in leads elsewhere"


def test_a_network_that_was_heading_for_a_page_it_reads_goes_there(network):
    for heading in ("/api/v1/accords/", "/donnees-personnelles/", "/nulle-part/"):
        response = Client().post(LOGIN, {"login": network.user.email, "password": PASSWORD, "next": heading})
        assert response["Location"] == heading


@pytest.mark.parametrize("target", ["https://ailleurs.example/", "//ailleurs.example/", "javascript:alert(1)", "\x00"])
def test_sign_in_never_leads_to_another_site(officer, target):
    response = Client().post(LOGIN, {"login": officer.user.email, "password": PASSWORD, "next": target})
    assert response["Location"] == "/"


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(officer):
    known = text_of(sign_in(Client(), officer.user.email, "faux-mot-de-passe"))
    unknown = text_of(sign_in(Client(), "personne@example.org", "faux-mot-de-passe"))
    assert "Adresse ou mot de passe inexact." in known
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    assert token.sub("", known).replace(officer.user.email, "X") == token.sub("", unknown).replace(
        "personne@example.org", "X"
    )


def test_a_password_is_never_sent_back(officer):
    assert "faux-mot-de-passe" not in text_of(sign_in(Client(), officer.user.email, "faux-mot-de-passe"))


def fail_five_times(email, **extra):
    for _ in range(5):
        assert "Adresse ou mot de passe inexact" in text_of(sign_in(Client(), email, "faux", **extra))


def test_five_failures_lock_this_account_from_this_address_even_with_the_right_password(officer):
    fail_five_times(officer.user.email)
    response = sign_in(Client(), officer.user.email)
    assert response.status_code == 200
    assert "Trop d’essais pour ce compte depuis ce poste." in text_of(response)


def test_the_lock_spares_colleagues_behind_the_same_address(officer, economic):
    fail_five_times(officer.user.email)
    assert sign_in(Client(), economic.user.email).status_code == 302


def test_the_lock_spares_the_same_person_at_another_address(officer):
    fail_five_times(officer.user.email, REMOTE_ADDR="192.0.2.7")
    assert sign_in(Client(), officer.user.email, REMOTE_ADDR="192.0.2.8").status_code == 302


def test_a_whole_town_hall_signs_in_within_a_minute(officer):
    assert {sign_in(Client(), officer.user.email).status_code for _ in range(40)} == {302}


def test_a_new_password_by_e_mail_lifts_the_lock(officer):
    fail_five_times(officer.user.email)
    client = Client()
    page = client.get(ask_for_link(client, officer.user.email), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert sign_in(Client(), officer.user.email, NEW).status_code == 302


def test_a_closed_account_is_told_so_only_with_its_password(officer):
    User.objects.filter(pk=officer.user.pk).update(is_active=False)
    client = Client()
    assert "Adresse ou mot de passe inexact" in text_of(sign_in(client, officer.user.email, "faux"))
    response = client.post(LOGIN, {"login": officer.user.email, "password": PASSWORD}, follow=True)
    assert "Ce compte est fermé." in text_of(response)
    assert not response.wsgi_request.user.is_authenticated


@pytest.mark.parametrize("login", ["", "\x00", "a" * 5000 + "@example.org", "🚀@example.org", "<script>", "שלום@x.org"])
@pytest.mark.parametrize("path", [LOGIN, FORGOTTEN])
def test_an_address_that_cannot_be_one_is_refused_on_the_same_page(db, client, path, login):
    response = client.post(path, {"login": login, "email": login, "password": "\x00"})
    assert response.status_code == 200
    assert "<script>" not in text_of(response).replace('<script type="module"', "")


def test_forgotten_password_a_known_and_an_unknown_address_get_the_same_answer(officer):
    client = Client()
    known = client.post(FORGOTTEN, {"email": officer.user.email})
    unknown = client.post(FORGOTTEN, {"email": "personne@example.org"})
    assert known["Location"] == unknown["Location"] == "/compte/mot-de-passe/oublie/envoye/"
    assert text_of(client.get(known["Location"])) == text_of(client.get(unknown["Location"]))
    assert [message.to for message in mail.outbox] == [[officer.user.email], ["personne@example.org"]]
    assert "aucun compte n’y est ouvert" in mail.outbox[1].body
    assert "http" not in mail.outbox[1].body


def test_the_message_is_plain_french_text_with_a_link_for_three_days(officer):
    link = ask_for_link(Client(), officer.user.email)
    message = mail.outbox[0]
    assert message.subject == "AICT économique\u00a0: choisir un nouveau mot de passe"
    assert message.alternatives == []
    assert "Il sert une fois et reste valable trois jours." in message.body
    assert settings.PASSWORD_RESET_TIMEOUT == 3 * 24 * 3600
    assert "&" not in message.body
    assert link.startswith("http://testserver/compte/mot-de-passe/lien/")


def test_the_link_changes_the_password_once(officer):
    client = Client()
    link = ask_for_link(client, officer.user.email)
    page = client.get(link, follow=True)
    assert link not in page.request["PATH_INFO"]
    done = client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW}, follow=True)
    assert "Mot de passe enregistré" in text_of(done)
    assert sign_in(Client(), officer.user.email, NEW).status_code == 302
    assert "Ce lien n’est plus valable" in text_of(Client().get(link, follow=True))


def test_a_new_password_closes_the_other_sessions(officer):
    client = Client()
    page = client.get(ask_for_link(client, officer.user.email), follow=True)
    client.post(page.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert officer.client.get("/").status_code == 302


@pytest.mark.parametrize("link", ["1-abc", "zzzzzzzzzzzzzzzzzzzzzzzz-x", "1zzzzzzzzzzzz-set-password", "0-%00"])
def test_a_false_link_says_so(db, client, link):
    assert "Ce lien n’est plus valable" in text_of(client.get(f"/compte/mot-de-passe/lien/{link}/", follow=True))


@pytest.mark.parametrize(
    ("one", "two"),
    [("court", "court"), (NEW, NEW + "x"), ("motdepasse12", "motdepasse13"), ("", ""), ("\x00" * 12,) * 2],
)
def test_a_weak_or_mistyped_password_is_refused(officer, one, two):
    form = {"oldpassword": PASSWORD, "password1": one, "password2": two}
    response = officer.client.post(CHANGE, form)
    assert response.status_code == 200
    assert 'aria-invalid="true"' in text_of(response)
    officer.user.refresh_from_db()
    assert officer.user.check_password(PASSWORD)


def test_changing_the_password_asks_for_the_present_one_and_keeps_this_session(officer):
    wrong = officer.client.post(CHANGE, {"oldpassword": "faux", "password1": NEW, "password2": NEW})
    assert "Ce n’est pas votre mot de passe actuel." in text_of(wrong)
    right = officer.client.post(CHANGE, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW})
    assert right["Location"] == "/"
    assert "Votre mot de passe est changé." in text_of(officer.client.get("/"))
    officer.user.refresh_from_db()
    assert officer.user.check_password(NEW)


def test_an_account_without_password_is_sent_to_prove_its_address(officer):
    officer.user.set_unusable_password()
    officer.user.save()
    client = Client()
    client.force_login(officer.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    assert client.get(CHANGE)["Location"] == FORGOTTEN


def test_a_mail_server_that_is_down_is_said_alike_for_known_and_unknown_addresses(officer):
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_PORT=9):
        for email in (officer.user.email, "personne@example.org"):
            response = Client().post(FORGOTTEN, {"email": email})
            assert response.status_code == 200
            assert "Le message n’a pas pu partir." in text_of(response)


def test_asking_again_and_again_is_slowed_down_with_a_readable_page(officer):
    answers = [Client().post(FORGOTTEN, {"email": officer.user.email}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert "Trop de demandes en peu de temps" in text_of(answers[-1])
    assert len(mail.outbox) == 3


def test_signing_out_asks_first_then_closes_the_session(officer):
    assert "Se déconnecter" in text_of(officer.client.get("/compte/deconnexion/"))
    assert officer.client.get("/").status_code == 200
    response = officer.client.post("/compte/deconnexion/", follow=True)
    assert "Votre session est fermée." in text_of(response)
    assert officer.client.get("/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_set_password",
        "account_reauthenticate",
        "account_confirm_login_code",
        "account_inactive",
        "account_email_verification_sent",
    ],
)
def test_the_other_pages_of_allauth_do_not_exist(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize(
    "path", ["/compte/", "/compte/signup/", "/compte/login/", "/compte/email/", "/accounts/login/"]
)
def test_their_usual_addresses_answer_404(officer, path):
    assert officer.client.get(path).status_code == 404


def test_the_sign_in_page_speaks_french_and_tells_nothing_of_the_demonstration(db, client):
    page = text_of(client.get(LOGIN))
    assert '<html lang="fr">' in page
    assert "Adresse électronique" in page
    assert "valmaree.example" not in page
    assert "placeholder" not in page


def test_the_demonstration_lists_its_role_accounts(db, client):
    with override_settings(DEMO=True):
        page = text_of(client.get(LOGIN))
    assert len(DEMO_ACCOUNTS) == 5
    assert all(account.email in page for account in DEMO_ACCOUNTS)


def test_the_accounts_of_the_sign_in_page_are_those_that_seed_demo_makes():
    assert {account.email for account in DEMO_ACCOUNTS} == {email for email, _ in demo.ACCOUNTS.values()}
    assert demo.PASSWORD == DEMO_PASSWORD


def test_somebody_signed_in_is_not_asked_to_sign_in(officer):
    assert officer.client.get(LOGIN)["Location"] == "/"


def test_a_network_is_told_what_it_can_read(network, officer):
    html = network.client.get("/collectivites/").content.decode()
    for address in ("territoires", "accords", "acteurs", "actions", "mesures", "indicateurs", "schema"):
        assert f'href="/api/v1/{address}/"' in html
        assert network.client.get(f"/api/v1/{address}/").status_code == 200
    assert "/api/v1/" not in officer.client.get("/collectivites/").content.decode()


def test_the_index_of_the_api_names_addresses_that_answer_and_an_unknown_one_is_json(network):
    index = network.client.get("/api/v1/").json()
    assert set(index) >= {"territoires", "mesures", "schema"}
    assert {network.client.get(address).status_code for address in index.values()} == {200}
    unknown = network.client.get("/api/v1/nulle-part/")
    assert unknown.status_code == 404
    assert "n’existe pas" in unknown.json()["detail"]
    assert network.client.get("/api/v1/territoires")["Location"].endswith("/api/v1/territoires/")


def test_a_form_opened_for_one_collectivity_does_not_write_into_another_after_a_switch(officer, other_collectivity):
    from django.test import Client

    from aict.accounts.models import Membership
    from partners.models import Stakeholder, StakeholderType

    Membership.objects.create(collectivity=other_collectivity, user=officer.user, role=Role.OFFICER)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(officer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    form = browser.get("/partenaires/acteurs/nouveau/").context["csrf_token"]
    other_tab = browser.get("/collectivites/").context["csrf_token"]
    switched = {"collectivity": other_collectivity.pk, "csrfmiddlewaretoken": other_tab}
    assert browser.post("/collectivites/", switched).status_code == 302
    kind = StakeholderType.objects.get(code="cluster").pk
    stale = {"name": "Pôle", "type": kind, "visibility": "internal", "csrfmiddlewaretoken": form}
    assert browser.post("/partenaires/acteurs/nouveau/", stale).status_code == 403
    assert not Stakeholder.objects.exists()
