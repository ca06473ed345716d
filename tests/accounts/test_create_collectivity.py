from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from aict.accounts.enums import Role
from aict.accounts.models import Collectivity, Invitation, Membership
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

GRENOBLE = "200040715"
MAIL = "relations.internationales@example.org"


def create(*arguments: str) -> list[str]:
    """The lines that the command prints."""
    output = StringIO()
    call_command("create_collectivity", *arguments, stdout=output)
    return output.getvalue().splitlines()


def test_a_collectivity_of_the_official_list_is_opened_from_its_siren_alone():
    create("--siren", "200 040 715", "--admin", MAIL)
    collectivity = Collectivity.objects.get(siren=GRENOBLE)
    assert collectivity.name == "Grenoble-Alpes-Métropole"
    assert collectivity.kind == "metropole"
    assert collectivity.department == "38"
    assert collectivity.region == "Auvergne-Rhône-Alpes"
    assert collectivity.population == 449509


def test_the_printed_link_opens_the_account_of_its_first_admin(client):
    link = create("--siren", GRENOBLE, "--admin", MAIL)[-1]
    assert client.get(link).status_code == 200
    answer = {"label": "Direction des relations internationales", "password1": PASSWORD, "password2": PASSWORD}
    client.post(link, answer)
    membership = Membership.objects.get(collectivity__siren=GRENOBLE)
    assert (membership.user.email, membership.role) == (MAIL, Role.ADMIN)
    assert client.get("/").status_code == 200


def test_a_collectivity_outside_the_list_needs_a_name_and_a_kind():
    with pytest.raises(CommandError, match="--name et --kind"):
        create("--siren", "200000016", "--admin", MAIL)
    create("--siren", "200000016", "--admin", MAIL, "--name", "Métropole de Valmarée", "--kind", "metropole")
    assert Collectivity.objects.get().name == "Métropole de Valmarée"


@pytest.mark.parametrize(
    ("siren", "mail", "reason"),
    [
        ("200000017", MAIL, "n’est pas un SIREN"),
        ("abc", MAIL, "n’est pas un SIREN"),
        (GRENOBLE, "pas une adresse", "adresse"),
    ],
)
def test_a_wrong_siren_or_address_is_refused_with_its_reason_and_opens_nothing(siren, mail, reason):
    with pytest.raises(CommandError, match=reason):
        create("--siren", siren, "--admin", mail, "--name", "Essai", "--kind", "commune")
    assert not Collectivity.objects.exists()
    assert not Invitation.objects.exists()


def test_an_existing_collectivity_is_left_as_it_is_and_a_new_link_must_be_asked_for():
    first = create("--siren", GRENOBLE, "--admin", MAIL)[-1]
    with pytest.raises(CommandError, match="--reinvite"):
        create("--siren", GRENOBLE, "--admin", MAIL)
    second = create("--siren", GRENOBLE, "--admin", MAIL, "--reinvite")[-1]
    assert second != first
    assert Collectivity.objects.count() == Invitation.objects.count() == 1


def test_a_link_cannot_be_asked_again_for_a_collectivity_that_was_never_opened():
    with pytest.raises(CommandError, match="retirez --reinvite"):
        create("--siren", GRENOBLE, "--admin", MAIL, "--reinvite")
