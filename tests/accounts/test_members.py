"""Members: who may manage them, and the last admin that nobody can remove."""

import threading

import pytest
from django.db import connection, connections
from django.test import Client

from aict.accounts import members
from aict.accounts.enums import Role
from aict.accounts.models import Change, Collectivity, Invitation, Membership, User
from tests.conftest import make_collectivity

LIST = "/membres/"
LAST = "C’est la dernière personne qui administre la collectivité"


def edit(membership):
    return f"/membres/{membership.pk}/"


def remove(membership):
    return f"/membres/{membership.pk}/retirer/"


def text_of(response):
    return response.content.decode()


def test_the_page_lists_the_members_of_this_collectivite_only(admin, elected, stranger):
    page = text_of(admin.client.get(LIST))
    assert elected.user.email in page
    assert stranger.user.email not in page


def test_the_list_takes_the_same_queries_for_1_and_30_members(admin, django_assert_num_queries):
    with django_assert_num_queries(5):  # session, user, membership, members, invitations
        admin.client.get(LIST)
    for number in range(30):
        user = User.objects.create_user(f"membre{number}@example.org", label=f"Poste {number}")
        Membership.objects.create(collectivity=admin.collectivity, user=user, role=Role.ELECTED)
        Invitation.objects.create(
            collectivity=admin.collectivity, email=f"i{number}@example.org", role="elected", token=number
        )
    with django_assert_num_queries(5):
        admin.client.get(LIST)


@pytest.mark.parametrize("role", ["officer", "economic", "elected", "network"])
def test_only_those_who_manage_members_change_anything(role, request, admin):
    actor = request.getfixturevalue(role)
    answers = [
        actor.client.get(LIST),
        actor.client.post("/membres/inviter/", {"email": "x@example.org", "role": "admin"}),
        actor.client.post(edit(actor.membership), {"role": "admin"}),
        actor.client.post(remove(admin.membership)),
    ]
    assert {answer.status_code for answer in answers} == {403}
    actor.membership.refresh_from_db()
    assert actor.membership.role == role
    assert not Invitation.objects.exists()


def test_an_admin_elsewhere_gets_404_for_a_member_of_this_collectivite(stranger, officer, admin):
    answers = [
        stranger.client.get(edit(officer.membership)),
        stranger.client.post(edit(officer.membership), {"role": "elected"}),
        stranger.client.post(remove(officer.membership)),
    ]
    assert {answer.status_code for answer in answers} == {404}
    officer.membership.refresh_from_db()
    assert officer.membership.role == Role.OFFICER


def test_changing_a_role_leaves_a_line_in_the_history(admin, officer):
    response = admin.client.post(edit(officer.membership), {"role": "elected"}, follow=True)
    assert "Rôle de Poste officer\u00a0: élu·e." in text_of(response)
    change = Change.objects.get(object_id=officer.membership.pk, model="accounts.membership")
    assert change.fields == {"rôle": ["relations internationales", "élu·e"]}
    assert change.author == admin.user
    assert officer.client.get("/actions/nouvelle/").status_code in (403, 404)


@pytest.mark.parametrize("role", ["", "chef", "ADMIN", "\x00", "admin ", "x" * 5000, "🚀", "<script>alert(1)</script>"])
def test_an_unknown_role_is_refused_on_the_same_page(admin, officer, role):
    response = admin.client.post(edit(officer.membership), {"role": role})
    assert response.status_code == 200
    assert "Choisissez" in text_of(response)
    assert "<script>alert" not in text_of(response)
    officer.membership.refresh_from_db()
    assert officer.membership.role == Role.OFFICER


def test_a_member_cannot_be_moved_to_another_collectivite_or_person(admin, officer, stranger):
    form = {"role": "elected", "collectivity": stranger.collectivity.pk, "user": stranger.user.pk}
    admin.client.post(edit(officer.membership), form)
    officer.membership.refresh_from_db()
    assert (officer.membership.collectivity, officer.membership.user) == (admin.collectivity, officer.user)


def test_removing_a_member_closes_the_collectivite_at_once(admin, officer):
    response = admin.client.post(remove(officer.membership), follow=True)
    assert "Poste officer n’est plus membre de la collectivité." in text_of(response)
    assert officer.client.get("/").status_code == 403
    assert User.objects.filter(pk=officer.user.pk).exists()
    assert Change.objects.get(object_id=officer.membership.pk, verb="deleted").author == admin.user


def test_the_last_admin_cannot_be_demoted(admin, officer):
    response = admin.client.post(edit(admin.membership), {"role": "officer"})
    assert LAST in text_of(response)
    admin.membership.refresh_from_db()
    assert admin.membership.role == Role.ADMIN


def test_the_last_admin_cannot_be_removed(admin):
    assert LAST in text_of(admin.client.post(remove(admin.membership), follow=True))
    assert Membership.objects.filter(pk=admin.membership.pk).exists()


def test_a_closed_account_does_not_count_as_an_admin(admin):
    user = User.objects.create_user("parti@example.org", label="Ancien poste", is_active=False)
    Membership.objects.create(collectivity=admin.collectivity, user=user, role=Role.ADMIN)
    assert LAST in text_of(admin.client.post(remove(admin.membership), follow=True))


def test_the_admin_of_another_collectivite_does_not_count(admin, stranger):
    Membership.objects.create(collectivity=stranger.collectivity, user=admin.user, role=Role.ADMIN)
    assert LAST in text_of(admin.client.post(remove(admin.membership), follow=True))


def test_with_a_second_admin_one_may_leave_and_lands_on_ones_collectivites(admin):
    user = User.objects.create_user("second@example.org", label="Second poste")
    Membership.objects.create(collectivity=admin.collectivity, user=user, role=Role.ADMIN)
    response = admin.client.post(remove(admin.membership))
    assert response["Location"] == "/collectivites/"
    assert "Aucune collectivité ne vous est ouverte." in text_of(admin.client.get("/collectivites/"))


@pytest.mark.parametrize(
    "path", ["/membres/99999999999999999999/", "/membres/0/", "/membres/99999999999999999999/retirer/"]
)
def test_an_impossible_number_answers_404(admin, path):
    assert admin.client.post(path, {"role": "elected"}).status_code == 404


def test_only_a_change_of_role_locks_the_members(admin, officer, monkeypatch):
    taken, original = [], members.locked

    def locked(collectivity):
        taken.append(collectivity)
        return original(collectivity)

    monkeypatch.setattr(members, "locked", locked)
    assert admin.client.get(edit(officer.membership)).status_code == 200
    assert taken == []
    admin.client.post(edit(officer.membership), {"role": "elected"})
    assert taken == [admin.collectivity]


def test_what_changes_something_refuses_get(admin, officer):
    for path in (remove(officer.membership), "/membres/inviter/"):
        assert admin.client.get(path).status_code == 405


def test_a_post_label_is_escaped(admin):
    label = "<script>alert(1)</script> 🚀 שלום"
    user = User.objects.create_user("echappe@example.org", label=label)
    membership = Membership.objects.create(collectivity=admin.collectivity, user=user, role=Role.ELECTED)
    for path in (LIST, edit(membership)):
        page = text_of(admin.client.get(path))
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 🚀 שלום" in page


def committed(work):
    """Run in another thread: on its own connection, hence really committed, outside the test's transaction."""
    results = []

    def run():
        results.append(work())
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return results[0]


@pytest.fixture
def two_admins(db):
    """Two admins that two connections can see; erased afterwards."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite writes one transaction at a time (BEGIN IMMEDIATE)")

    def create():
        collectivity = make_collectivity("Ville des deux administrations", "200000065")
        users = [User.objects.create_user(f"{name}.admin@example.org", label=name) for name in ("une", "autre")]
        return [Membership.objects.create(collectivity=collectivity, user=user, role=Role.ADMIN) for user in users]

    def erase():
        Collectivity.objects.filter(siren="200000065").delete()
        User.objects.filter(email__endswith=".admin@example.org").delete()

    yield committed(create)
    committed(erase)


def test_two_admins_who_remove_one_another_at_the_same_time_leave_one_admin(two_admins):
    answers = race(two_admins)
    left = Membership.objects.filter(collectivity=two_admins[0].collectivity, role=Role.ADMIN)
    assert left.count() == 1
    assert answers == [302, 302]  # one removal, one refusal that goes back to the page of the member


def race(memberships):
    """Each of the two removes the other; both have passed the door before either is done."""
    answers, ready = [], threading.Barrier(2)
    original = members.locked

    def locked_together(collectivity):
        ready.wait(5)
        return original(collectivity)

    def act(actor, target):
        client = Client()
        client.force_login(actor.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        answers.append(client.post(remove(target)).status_code)
        connections.close_all()

    one, other = memberships
    threads = [threading.Thread(target=act, args=pair) for pair in ((one, other), (other, one))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(members, "locked", locked_together)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
    return answers


def test_somebody_member_of_nothing_is_told_what_to_do(admin):
    Membership.objects.filter(pk=admin.membership.pk).delete()
    response = admin.client.get("/")
    assert response.status_code == 403
    assert "n’est membre d’aucune collectivité" in text_of(response)
    assert "de vous inviter à cette adresse" in text_of(response)


def test_a_network_is_told_where_it_may_read(network):
    response = network.client.get("/")
    assert response.status_code == 403
    assert "Un réseau partenaire lit ce que la collectivité partage par l’API" in text_of(response)


def test_the_wrong_role_is_named_with_what_to_do(elected):
    response = elected.client.get(LIST)
    assert response.status_code == 403
    assert "Votre rôle, élu·e, ne permet pas ce geste." in text_of(response)


def test_switching_changes_what_one_sees(admin, stranger):
    Membership.objects.create(collectivity=stranger.collectivity, user=admin.user, role=Role.ELECTED)
    page = text_of(admin.client.get("/collectivites/"))
    assert "Communauté de Rochebrune" in page
    assert "Métropole de Valmarée" in page
    for collectivity in (admin.collectivity, stranger.collectivity):
        response = admin.client.post("/collectivites/", {"collectivity": collectivity.pk}, follow=True)
        assert response.wsgi_request.access.collectivity == collectivity
        assert f"Collectivité en cours\u00a0: {collectivity}." in text_of(response)
    assert admin.client.get(LIST).status_code == 403


def test_who_joins_a_second_collectivite_still_opens_the_first_one(stranger, admin):
    Membership.objects.create(collectivity=admin.collectivity, user=stranger.user, role=Role.ELECTED)
    Membership.objects.create(collectivity=stranger.collectivity, user=admin.user, role=Role.ELECTED)
    assert stranger.client.get("/").wsgi_request.access.collectivity == stranger.collectivity
    assert admin.client.get("/").wsgi_request.access.collectivity == admin.collectivity


@pytest.mark.parametrize("value", ["", "0", "99999999999999999999", "\x00", "abc", "🚀"])
def test_switching_to_what_is_not_mine_answers_404(officer, value):
    assert officer.client.post("/collectivites/", {"collectivity": value}).status_code == 404


def test_switching_to_a_collectivite_where_i_am_not_a_member_answers_404(officer, stranger):
    response = officer.client.post("/collectivites/", {"collectivity": stranger.collectivity.pk})
    assert response.status_code == 404
    assert officer.client.get("/").wsgi_request.access.collectivity == officer.collectivity


def test_a_network_that_switches_lands_on_its_collectivites(network):
    response = network.client.post("/collectivites/", {"collectivity": network.collectivity.pk})
    assert response["Location"] == "/collectivites/"


def test_a_membership_lost_since_the_switch_falls_back_on_another_one(admin, stranger):
    joined = Membership.objects.create(collectivity=stranger.collectivity, user=admin.user, role=Role.ELECTED)
    admin.client.post("/collectivites/", {"collectivity": stranger.collectivity.pk})
    joined.delete()
    assert admin.client.get("/").wsgi_request.access.collectivity == admin.collectivity


def test_two_members_cannot_be_the_same_person(admin, elected):
    membership = Membership(collectivity=admin.collectivity, user=elected.user, role=Role.OFFICER)
    with pytest.raises(Exception, match="déjà membre"):
        membership.full_clean()
