"""The cast, known to every test: officer, economic, elected, admin and network of one collectivité, and a stranger."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from aict.accounts import reference_rows
from aict.accounts.access import Access
from aict.accounts.enums import Role
from aict.accounts.models import Collectivity, Membership, User

PASSWORD = "mot-de-passe-de-test"
SHARED = Path(__file__).resolve().parent.parent.parent / "shared"


class Cases:
    """The cases of a test that asks thousands: every failure is kept, one line each."""

    def __init__(self) -> None:
        self.failures: list[str] = []

    @contextmanager
    def test(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception as failure:  # what a view raises is a failure of its case, not the end of the others
            self.failures.append(f"{name}: {type(failure).__name__} {str(failure).splitlines()[:1]}")


@pytest.fixture
def subtests() -> Iterator[Cases]:
    """In place of the one of pytest, that sends each case from one process to the other: longer than asking it."""
    cases = Cases()
    yield cases
    assert not cases.failures, "\n".join(cases.failures[:60])


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The reference data is loaded once for the whole session."""
    with django_db_blocker.unblock():
        call_command("load_reference", verbosity=0)


@pytest.fixture(scope="module")
def reference_afterwards(django_db_setup, django_db_blocker):
    """For modules whose tests empty the database: the reference data is there again for the next module."""
    yield
    with django_db_blocker.unblock():
        call_command("load_reference", verbosity=0)


@pytest.fixture
def transactional_reference(reference_afterwards, transactional_db):
    """A database with real commits, seen by threads and processes, with the reference data loaded."""
    call_command("load_reference", verbosity=0)


@pytest.fixture(autouse=True)
def fresh_reference_rows():
    """What a test did to a nomenclature is not kept for the next one."""
    yield
    reference_rows.forget()


def make_collectivity(name: str, siren: str) -> Collectivity:
    return Collectivity.objects.create(name=name, siren=siren, kind="metropole")


def make_member(collectivity: Collectivity, role: str) -> Membership:
    user = User.objects.create_user(
        email=f"{role}.{collectivity.siren}@example.org", password=PASSWORD, label=f"Poste {role}"
    )
    return Membership.objects.create(collectivity=collectivity, user=user, role=role)


@dataclass
class Actor:
    """A signed-in person: `client` drives pages, `access` is what the door sees."""

    membership: Membership
    client: Client

    @property
    def access(self) -> Access:
        return Access.of(self.membership)

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def collectivity(self) -> Collectivity:
        return self.membership.collectivity


def make_actor(collectivity: Collectivity, role: str) -> Actor:
    membership = make_member(collectivity, role)
    client = Client()
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return Actor(membership=membership, client=client)


@pytest.fixture
def collectivity(db) -> Collectivity:
    return make_collectivity("Métropole de Valmarée", "200000016")


@pytest.fixture
def other_collectivity(db) -> Collectivity:
    return make_collectivity("Communauté de Rochebrune", "200000024")


@pytest.fixture
def officer(collectivity) -> Actor:
    return make_actor(collectivity, Role.OFFICER)


@pytest.fixture
def economic(collectivity) -> Actor:
    return make_actor(collectivity, Role.ECONOMIC)


@pytest.fixture
def elected(collectivity) -> Actor:
    return make_actor(collectivity, Role.ELECTED)


@pytest.fixture
def admin(collectivity) -> Actor:
    return make_actor(collectivity, Role.ADMIN)


@pytest.fixture
def network(collectivity) -> Actor:
    return make_actor(collectivity, Role.NETWORK)


@pytest.fixture
def stranger(other_collectivity) -> Actor:
    return make_actor(other_collectivity, Role.ADMIN)


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Real input beside the project; a test that needs it skips when it is absent."""
    if not SHARED.exists():
        pytest.skip("no shared/ folder beside the project")
    return SHARED
