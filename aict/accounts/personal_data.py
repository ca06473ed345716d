"""One person across everything that a collectivité keeps: find, hand over, erase (RGPD, art. 15, 17 and 20).

Every text of every tenant model is read, found by introspection: a field added tomorrow cannot be forgotten. A model
says in `fate_of_mention` what becomes of its rows; nothing here knows a domain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.urls import NoReverseMatch

from aict.accounts import history
from aict.accounts.enums import Fate
from aict.accounts.file_words import holds
from aict.accounts.mentions import ERASED, Wording
from aict.accounts.models import Change, Collectivity, Membership, User
from aict.accounts.tenancy import TenantModel

EXCERPT = 160  # characters of a text shown around a mention
LIMIT = 1000  # rows; a search that finds more is too vague to be acted upon
# Columns that machines write and read: codes, digests, addresses of files. A test lists them one by one.
MACHINE = {"token", "sha256", "model", "kind", "slug", "content_type", "register", "tone", "example"}


@dataclass(frozen=True)
class Place:
    """A field that names the person: its French label, the words around, the whole text."""

    name: str
    label: str
    excerpt: str
    text: str


@dataclass(frozen=True)
class Hit:
    """A row that names the person, and what erasing does to it. `files`: its files that do, by name of field."""

    row: TenantModel
    places: list[Place]
    files: list[str]
    fate: Fate

    @property
    def key(self) -> str:
        """What a form sends to choose this row."""
        return f"{self.row._meta.label_lower}:{self.row.pk}"

    @property
    def kind(self) -> str:
        """The nature of the row, in French."""
        return str(self.row._meta.verbose_name)

    @property
    def url(self) -> str:
        """The page of the row; empty when it has none."""
        address = getattr(self.row, "get_absolute_url", None)
        try:
            return address() if address else ""
        except NoReverseMatch:
            return ""

    @property
    def is_history(self) -> bool:
        return isinstance(self.row, Change)


@dataclass(frozen=True)
class Findings:
    """Everything found of a person. `members`: accounts that are the person, which erasing leaves alone."""

    hits: list[Hit] = field(default_factory=list)
    members: list[Membership] = field(default_factory=list)
    is_cut: bool = False  # more than LIMIT rows

    @property
    def erasable(self) -> list[Hit]:
        return [hit for hit in self.hits if hit.fate != Fate.KEEP]

    @property
    def kept(self) -> list[Hit]:
        """Archived acts: shown, never touched."""
        return [hit for hit in self.hits if hit.fate == Fate.KEEP]


@dataclass
class Tally:
    """What an erasure did, in rows and files."""

    deleted: int = 0
    redacted: int = 0
    files: int = 0


def text_fields(model: type[models.Model]) -> list[models.Field]:
    """The columns of a model that may hold words written by somebody."""
    return [
        column
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and column.name not in MACHINE
    ]


def file_fields(model: type[models.Model]) -> list[models.FileField]:
    """The columns of a model that hold a file."""
    return [column for column in model._meta.concrete_fields if isinstance(column, models.FileField)]


def tenant_models() -> list[type[TenantModel]]:
    """Every model of every app whose rows belong to a collectivité."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def find(terms: Sequence[str], collectivity: Collectivity) -> Findings:
    """The rows of a collectivité, deleted ones included, that hold one of the terms as a whole word."""
    wording = Wording(terms)
    hits: list[Hit] = []
    for model in tenant_models():
        hits += _hits_of(model, wording, collectivity)
        if len(hits) > LIMIT:
            return Findings(hits[:LIMIT], [], is_cut=True)
    members = Membership.objects.for_collectivity(collectivity).select_related("user")
    return Findings(hits, [one for one in members if wording.is_in(one.user.email) or wording.is_in(one.user.label)])


def _hits_of(model: type[TenantModel], wording: Wording, collectivity: Collectivity) -> Iterator[Hit]:
    texts, files = text_fields(model), file_fields(model)
    if not texts and not files:
        return
    rows = model._base_manager.filter(collectivity=collectivity)
    names = ["pk", *(column.attname for column in (*texts, *files))]
    found: dict[Any, list[str]] = {}
    for values in rows.values_list(*names).iterator():
        by_name = dict(zip(names, values, strict=True))
        named = [column.name for column in texts if wording.is_in(by_name[column.attname])]
        named += [column.name for column in files if holds(column.storage, by_name[column.attname], wording)]
        if named:
            found[by_name["pk"]] = named
    links = [column.name for column in model._meta.concrete_fields if isinstance(column, models.ForeignKey)]
    for row in rows.filter(pk__in=found).select_related(*links).order_by("pk"):
        yield _hit(row, set(found[row.pk]), wording)


def _hit(row: TenantModel, named: set[str], wording: Wording) -> Hit:
    places = []
    for column in text_fields(type(row)):
        if column.name in named:
            text = wording.as_text(getattr(row, column.attname))
            places.append(Place(column.name, str(column.verbose_name), wording.excerpt(text, EXCERPT), text))
    files = [column.name for column in file_fields(type(row)) if getattr(row, column.attname)]
    # A file that is named after the person, or described so, is offered with those that hold the name.
    described = bool(places) and any(name in ("title", "filename") for name in named)
    return Hit(row, places, [name for name in files if described or name in named], row.fate_of_mention(named))


@transaction.atomic
def erase(
    *, terms: Sequence[str], keys: set[str], file_keys: set[str], collectivity: Collectivity, author: User
) -> Tally:
    """Erase the person from the rows chosen, with the history of those that go; the act itself is kept, unnamed.

    A row that is an archived act stays whatever was chosen. `file_keys`: rows whose files go too.
    """
    wording, tally = Wording(terms), Tally()
    for hit in find(terms, collectivity).erasable:
        if hit.key not in keys:
            continue
        if hit.fate == Fate.DELETE:
            remove(hit.row, tally)
        elif hit.files and hit.key in file_keys:
            _drop_files(hit, wording, tally)
        else:
            _redact(hit.row, wording)
            tally.redacted += 1
    _keep_the_fact(collectivity, author, tally)
    return tally


def remove(row: TenantModel, tally: Tally) -> None:
    """Delete a row with its files, and what the history kept of its values."""
    forget(row)
    _delete_files(row, [column.name for column in file_fields(type(row))], tally)
    row.delete()
    tally.deleted += 1


def forget(row: models.Model, label: str = ERASED) -> None:
    """Take every value out of the history of a row: there remains who acted, when, and on what kind of object."""
    changes = Change.objects.filter(model=row._meta.label_lower, object_id=row.pk)
    changes.update(object_label=label, fields={})


def _drop_files(hit: Hit, wording: Wording, tally: Tally) -> None:
    """A row that is its file goes with it; another loses the file and its mentions."""
    columns = [column for column in file_fields(type(hit.row)) if column.name in hit.files]
    if any(not column.blank for column in columns):
        remove(hit.row, tally)
        return
    _delete_files(hit.row, hit.files, tally)
    type(hit.row)._base_manager.filter(pk=hit.row.pk).update(**dict.fromkeys(hit.files, ""))
    _redact(hit.row, wording)
    tally.redacted += 1


def _delete_files(row: TenantModel, names: Sequence[str], tally: Tally) -> None:
    """Once the transaction holds: a file cannot come back with a rollback. One that another row keeps stays."""
    for name in names:
        file = getattr(row, name)
        if not file or _is_kept_elsewhere(row, file.name):
            continue
        tally.files += 1
        transaction.on_commit(lambda storage=file.storage, path=file.name: storage.delete(path))


def _is_kept_elsewhere(row: TenantModel, path: str) -> bool:
    return any(
        model._base_manager.filter(**{column.name: path})
        .exclude(pk__in=[row.pk] if isinstance(row, model) else [])
        .exists()
        for model in tenant_models()
        for column in file_fields(model)
    )


def _redact(row: TenantModel, wording: Wording) -> None:
    values = {
        column.attname: wording.redacted(getattr(row, column.attname), column)
        for column in text_fields(type(row))
        if wording.is_in(getattr(row, column.attname))
    }
    rows = type(row)._base_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            rows.update(**values)
    except IntegrityError:  # two names that had to differ are now the same words
        for name, value in values.items():
            if isinstance(value, str) and value:
                values[name] = f"{value[: 190 - len(str(row.pk))]} {row.pk}"
        rows.update(**values)


def _keep_the_fact(collectivity: Collectivity, author: User, tally: Tally) -> None:
    change = history.record(instance=collectivity, author=author, verb=Change.Verb.ERASED)
    if change:
        counts = {"fiches supprimées": tally.deleted, "fiches masquées": tally.redacted, "fichiers": tally.files}
        change.fields = {label: ["", str(count)] for label, count in counts.items() if count}
        change.save(update_fields=["fields"])


def acts_of_erasure(collectivity: Collectivity) -> list[Change]:
    """Erasures done, the latest first, to answer an inspection; none names anybody."""
    rows = Change.objects.for_collectivity(collectivity).filter(
        verb=Change.Verb.ERASED, model=Collectivity._meta.label_lower
    )
    return list(rows.select_related("author")[:20])
