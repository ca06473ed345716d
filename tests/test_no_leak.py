"""No word of a collectivité leaves it: every text that it wrote holds a canary, and every page of another one is read.

The canary is put in every text column by introspection, so a field added tomorrow is watched too. Pages are those of
tests/test_access_matrix.py: as the other collectivité's own, at the addresses of its objects, and with its numbers in
every filter. A second canary, in what its collectivité does not share, is looked for in what its network reads.
"""

from __future__ import annotations

import io
import logging
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse

from aict.accounts.models import Change, Membership
from aict.accounts.personal_data import file_fields, tenant_models, text_fields
from aict.accounts.tenancy import SHARED
from partners.models import AgreementParty, FormerName
from tests.access_routes import ROUTES
from tests.access_world import World
from tests.test_access_matrix import GROUPS, routes_of
from tests.test_bad_input import api_filters, fields_of

pytestmark = pytest.mark.once

CANARY = "serinjaune"
FORMATS = ("csv", "json", "xlsx")
KINDS = ("territory", "agreement", "stakeholder", "action", "office", "contact", "group", "strategy", "member")
# Rows that hang on another one and that no address shows: what `World` does not make.
PARTS = {
    AgreementParty: lambda world: [
        AgreementParty(agreement=world.agreement, territory=world.gone_territory),
        AgreementParty(agreement=world.agreement, stakeholder=world.stakeholder),
        AgreementParty(agreement=world.shared_agreement, territory=world.territory),
        AgreementParty(agreement=world.shared_agreement, stakeholder=world.stakeholder),
        AgreementParty(agreement=world.agreement, name="Un organisme"),
    ],
    FormerName: lambda world: [FormerName(territory=world.territory, name="Ancien nom", until="2020-01-01")],
}


@pytest.fixture(autouse=True)
def quiet():
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def canary_for(row: models.Model, column: models.Field) -> Any:
    """A value that the column accepts, different for each row."""
    word = f"{CANARY}{row.pk}"
    if isinstance(column, models.URLField):
        return f"https://{word}.example.org/"
    if isinstance(column, models.EmailField):
        return f"{word}@example.org"
    if isinstance(column, models.JSONField):
        value = getattr(row, column.attname)
        return {word: [word, word]} if isinstance(row, Change) else spoken(value, word) if value else value
    return word[: column.max_length] if column.max_length else word


def spoken(value: Any, word: str) -> Any:
    """A JSON value of the same shape, the word for each of its texts."""
    if isinstance(value, dict):
        return {key: spoken(part, word) for key, part in value.items()}
    if isinstance(value, list):
        return [spoken(part, word) for part in value]
    return word if isinstance(value, str) else value


def updated(rows: models.QuerySet, row: models.Model, values: dict[str, Any]) -> bool:
    """Write values in a row behind its model's back; False, and nothing written, when its table refuses them."""
    try:
        with transaction.atomic():
            rows.filter(pk=row.pk).update(**values)
    except IntegrityError:
        return False
    return True


def put_canaries(rows: models.QuerySet) -> int:
    """Write the canary in every text and every file of these rows; how many texts hold it."""
    count = 0
    for row in rows:
        values = {column.attname: canary_for(row, column) for column in text_fields(type(row))}
        if updated(rows, row, values):
            count += len(values)
        else:  # a rule of the table wants one of them empty: one by one
            count += sum(updated(rows, row, {name: value}) for name, value in values.items())
        for column in file_fields(type(row)):
            if getattr(row, column.attname):
                getattr(row, column.attname).save(CANARY[:40], ContentFile(CANARY.encode()), save=False)
                rows.filter(pk=row.pk).update(**{column.attname: getattr(row, column.attname).name})
    return count


def sow(collectivity: Any) -> int:
    """Canaries everywhere in a collectivité, its name and its people included."""
    count = sum(put_canaries(model._base_manager.filter(collectivity=collectivity)) for model in tenant_models())
    for member in Membership.objects.for_collectivity(collectivity).select_related("user"):
        type(member.user).objects.filter(pk=member.user_id).update(
            label=f"{CANARY} {member.pk}", email=f"{CANARY}{member.pk}@example.org"
        )
    type(collectivity).objects.filter(pk=collectivity.pk).update(name=CANARY, short_name=CANARY)
    return count


def unpacked(response: Any) -> bytes:
    """The headers and the body of an answer; what is in an archive, unpacked."""
    body = response.getvalue() if response.streaming else response.content
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            body += b"".join(archive.read(name) for name in archive.namelist())
    return body + str(dict(response.headers)).encode()


def holds_canary(response: Any) -> bool:
    return CANARY.encode() in unpacked(response).lower()


def read(client: Client, url: str, data: dict[str, Any] | None = None) -> Any:
    with transaction.atomic():
        response = client.get(url, data or {})
        transaction.set_rollback(True)
    return response


def addresses(part: str, world: World) -> list[tuple[str, str]]:
    """Every page of a part of the site on the objects of a world, in each of its formats."""
    found = []
    for name, cases in routes_of(part):
        for case in cases:
            if case.method != "GET" or name == "account_logout":
                continue
            arguments = world.arguments(case.on)
            for ending in FORMATS if "format" in arguments else ("",):
                found.append((name, reverse(name, kwargs=arguments | ({"format": ending} if ending else {}))))
    return found


def grown(world: World) -> World:
    """With the parts that hang on its objects, and shared objects that cite what is not shared."""
    for make in PARTS.values():
        for row in make(world):
            row.collectivity = world.collectivity
            row.save()
    mine = {"agreement": world.agreement, "territory": world.territory}
    type(world.action).objects.filter(pk=world.shared_action.pk).update(**mine)
    type(world.agreement).objects.filter(pk=world.shared_agreement.pk).update(predecessor=world.agreement)
    type(world.office).objects.filter(pk=world.shared_office.pk).update(
        host=world.stakeholder, territory=world.territory
    )
    return world


@pytest.fixture
def here(admin) -> World:
    return grown(World(admin.collectivity, admin.user))


@pytest.fixture
def elsewhere(stranger) -> World:
    world = grown(World(stranger.collectivity, stranger.user, "ailleurs"))
    assert sow(stranger.collectivity) > 100
    return world


@pytest.fixture
def cast(elected, admin, network) -> dict[str, Client]:
    """Who reads only, who may do everything, who is outside: the other roles see what one of these sees."""
    return {actor.membership.role: actor.client for actor in (elected, admin, network)}


@pytest.mark.parametrize("part", GROUPS)
def test_no_page_of_a_collectivite_says_a_word_of_another(part, here, elsewhere, cast, subtests):
    answers = 0
    for name, url in addresses(part, here):
        for role, client in cast.items():
            with subtests.test(f"{name} as {role}: {url}"):
                response = read(client, url)
                assert response.status_code < 500
                assert not holds_canary(response)
                answers += 1
    assert answers >= len(cast)


@pytest.mark.parametrize("part", GROUPS)
def test_no_address_of_another_collectivite_opens(part, here, elsewhere, cast, subtests):
    own = {url for _, url in addresses(part, here)}
    # The secret address of a calendar and of an invitation are keys: they open for whoever holds them.
    keys = {"accounts:invitation", "partners:calendar_feed"}
    for name, url in addresses(part, elsewhere):
        if url in own or name in keys:
            continue
        for role, client in cast.items():
            with subtests.test(f"{name} as {role}: {url}"):
                response = read(client, url)
                assert response.status_code < 500
                assert not holds_canary(response)


@pytest.mark.parametrize("part", GROUPS)
def test_no_filter_names_an_object_of_another_collectivite(part, here, elsewhere, admin, network, subtests):
    for name, url in addresses(part, here):
        client = network.client if name.endswith(("-list", "-detail")) else admin.client
        names = fields_of(read(client, url)) | api_filters(name)
        for field in sorted(names):
            kind = next((kind for kind in KINDS if kind in field), "territory")
            with subtests.test(f"{name}: {field}"):
                response = read(client, url, {field: str(getattr(elsewhere, kind).pk)})
                assert response.status_code < 500
                assert not holds_canary(response)


def test_the_owner_of_the_canaries_hears_them_on_most_pages(elsewhere, stranger):
    """The tests above would be hollow if the pages showed no text."""
    heard = {
        name for part in GROUPS for name, url in addresses(part, elsewhere) if holds_canary(read(stranger.client, url))
    }
    assert {"partners:territory_list", "partners:agreement_export", "partners:calendar_feed", "action-list"} <= heard
    assert len(heard) > 0.6 * len(ROUTES)


def hide(collectivity: Any) -> None:
    """Canaries in every row of a collectivité that it does not share with its networks."""
    for model in tenant_models():
        rows = model._base_manager.filter(collectivity=collectivity)
        if any(column.name == "visibility" for column in model._meta.concrete_fields):
            rows = rows.exclude(visibility__in=SHARED, deleted_at=None)
        put_canaries(rows)


def test_a_network_reads_no_word_of_what_is_not_shared(here, network, subtests):
    hide(here.collectivity)
    answers = 0
    for part in GROUPS:
        for name, url in addresses(part, here):
            if name in ("partners:calendar_feed", "accounts:invitation"):  # addresses that are keys
                continue
            with subtests.test(f"{name}: {url}"):
                response = read(network.client, url)
                assert response.status_code < 500
                assert not holds_canary(response)
                answers += response.status_code == 200
    assert answers > 20


def test_every_model_of_a_collectivite_is_watched(elsewhere):
    """A model without a row is not: give World one, or PARTS."""
    empty = {
        model.__name__
        for model in tenant_models()
        if model._meta.app_label != "strategy" and not model._base_manager.filter(collectivity=elsewhere.collectivity)
    }
    assert not empty
