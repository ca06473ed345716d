"""What the demonstration's registers hold beyond an import file: avenants, contacts, offices, targets, documents…"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from aict.accounts import history
from aict.accounts.access import Access
from aict.accounts.models import Collectivity, Membership, User
from aict.accounts.reference import ReferenceModel
from aict.accounts.tenancy import RegisterModel, TenantModel
from partners.forms.documents import DocumentForm
from partners.models import AgreementParty, Amendment, Contact, Document, FirmGroup, Stakeholder
from strategy.imports.reading import Row
from typology.graphs import examples_to_load, load_example
from typology.models import Action, LocalRole, Office, OfficeCost, Target

# In the order in which they are written: a row may cite those above it.
LISTS: dict[str, type[TenantModel]] = {
    "agreement_parties": AgreementParty,
    "amendments": Amendment,
    "contacts": Contact,
    "offices": Office,
    "office_costs": OfficeCost,
    "targets": Target,
    "local_roles": LocalRole,
}


def complete(case: Row, collectivity: Collectivity, author: User) -> None:
    """Write every list of the file and the guide's two graphs; each row is checked."""
    for name, model in LISTS.items():
        for row in case[name]:
            _create(model, row, collectivity, author)
    _join_firms(case, collectivity)
    for row in case["office_actions"]:
        action = Action.objects.for_collectivity(collectivity).get(ref=row["action"])
        action.office = Office.objects.for_collectivity(collectivity).get(ref=row["office"])
        action.save(update_fields=["office", "updated_at"])
    access = Access.of(Membership.objects.for_collectivity(collectivity).of(author).get())
    for row in case["documents"]:
        _attach(row, access)
    for example in examples_to_load(collectivity):
        load_example(example=example, collectivity=collectivity, author=author)


def _create(model: type[TenantModel], row: Row, collectivity: Collectivity, author: User) -> None:
    values = dict(_values(model, row, collectivity))
    instance = model(collectivity=collectivity, **values)
    instance.full_clean()
    instance.save()
    history.record(instance=instance, author=author)


def _values(model: type[TenantModel], row: Row, collectivity: Collectivity) -> Iterator[tuple[str, Any]]:
    """Each key of a row as its field wants it: a cited row, or a plain value."""
    for name, value in row.items():
        field = model._meta.get_field(name)
        yield name, _cited(field.related_model, value, collectivity) if field.is_relation else field.to_python(value)


def _cited(model: Any, key: str, collectivity: Collectivity | None) -> Any:
    if issubclass(model, ReferenceModel):
        return model.objects.get(code=key)
    if issubclass(model, RegisterModel):
        return model.objects.for_collectivity(collectivity).get(ref=key)
    raise TypeError(f"a row of the demonstration cannot cite {model.__name__}")


def _join_firms(case: Row, collectivity: Collectivity) -> None:
    """SIREN, NAF section and group of the firms among the stakeholders."""
    groups = {
        row["key"]: FirmGroup.objects.create(collectivity=collectivity, name=row["name"]) for row in case["firm_groups"]
    }
    for row in case["firms"]:
        firm = Stakeholder.objects.for_collectivity(collectivity).get(ref=row["stakeholder"])
        firm.siren, firm.group = row["siren"], groups.get(row.get("group"))
        firm.naf = _cited(Stakeholder._meta.get_field("naf").related_model, row["naf"], collectivity)
        firm.full_clean()
        firm.save()


def _attach(row: Row, access: Access) -> None:
    """A small text file, through the form that judges every upload."""
    owner = next(name for name in ("agreement", "territory") if name in row)
    document = Document(collectivity=access.collectivity)
    related = Document._meta.get_field(owner).related_model
    setattr(document, owner, _cited(related, row[owner], access.collectivity))
    file = SimpleUploadedFile(f"{row['title']}.txt", row["text"].encode(), content_type="text/plain")
    form = DocumentForm({"title": row["title"], "kind": row["kind"]}, {"file": file}, instance=document, access=access)
    if not form.is_valid():
        raise ValueError(f"{row['title']}: {form.errors.as_text()}")
    form.save()
