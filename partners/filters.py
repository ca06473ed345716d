"""Filters of the partners' registers: the same for the page, the export and the API."""

from __future__ import annotations

from datetime import date

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from aict.accounts.filters import WORDS, RegisterFilter, SharedSearch, YearFilter
from aict.ui.fields import FrenchDateField
from partners.enums import (
    ActorKind,
    ActorLocation,
    ActorSector,
    ActorStatus,
    AgreementForm,
    AgreementStatus,
    ContactRole,
    Place,
    StakeholderFamily,
    SupportedCategory,
    TerritoryUse,
)
from partners.legal_cover import SOON
from partners.models import (
    Agreement,
    Contact,
    Country,
    EconomicField,
    Stakeholder,
    StakeholderType,
    SupportActor,
    TerritorialLevel,
    Territory,
)
from partners.models.actors import SupportActorQuerySet
from partners.models.agreements import AgreementQuerySet
from partners.models.contacts import STALE_YEARS, ContactQuerySet
from partners.models.stakeholders import StakeholderQuerySet
from partners.models.territories import TerritoryQuerySet

CONTINENTS = [(name, name) for name in ("Afrique", "Amériques", "Asie", "Europe", "Océanie")]
DUE = [(days, f"Dans {days} jours") for days in reversed(SOON)]


class PlaceFilter(django_filters.FilterSet):
    """Territories by where they are and what they are: words, continent, country, level."""

    q = django_filters.CharFilter(method="search", label="Nom, ancien nom ou pays", max_length=WORDS)
    continent = django_filters.ChoiceFilter(
        field_name="country__continent", choices=CONTINENTS, label="Continent", empty_label="Tous"
    )
    country = django_filters.ModelChoiceFilter(
        queryset=Country.objects.current(), to_field_name="code", label="Pays", empty_label="Tous"
    )
    level = django_filters.ModelChoiceFilter(
        queryset=TerritorialLevel.objects.current(), to_field_name="code", label="Échelon", empty_label="Tous"
    )

    def search(self, rows: TerritoryQuerySet, name: str, words: str) -> QuerySet:
        """Those whose names or country hold the words."""
        return rows.matching(words)


class SharedTerritoryFilter(PlaceFilter, RegisterFilter):
    """Territories by what everybody is shown, networks included."""

    class Meta:
        model = Territory
        fields = ["q", "continent", "country", "level", "visibility"]


class DayFilter(django_filters.DateFilter):
    """A day, as a date picker or a French reader writes it."""

    field_class = FrenchDateField


class TerritoryMapFilter(PlaceFilter):
    """Territories by place, by what is done there, on what legal footing and when: the filters of the map."""

    NONE = "aucun"

    category = django_filters.ChoiceFilter(
        method="of_category", choices=SupportedCategory.choices, label="Catégorie d’action", empty_label="Toutes"
    )
    status = django_filters.ChoiceFilter(
        method="in_state",
        choices=[*AgreementStatus.choices, (NONE, "Aucun accord")],
        label="État d’un accord",
        empty_label="Tous",
    )
    use = django_filters.ChoiceFilter(method="used", choices=TerritoryUse.choices, label="Usage", empty_label="Tous")
    year = YearFilter(method="active", label="Actif en (année)")

    class Meta:
        model = Territory
        fields = ["q", "continent", "country", "level"]

    def of_category(self, rows: TerritoryQuerySet, name: str, code: str) -> QuerySet:
        return rows.with_category(code)

    def in_state(self, rows: TerritoryQuerySet, name: str, status: str) -> QuerySet:
        """Party to an agreement in this state today; or to none at all."""
        return rows.without_agreement() if status == self.NONE else rows.with_agreement(status, timezone.localdate())

    def used(self, rows: TerritoryQuerySet, name: str, use: str) -> QuerySet:
        return rows.abroad().with_use().filter(use=use)

    def active(self, rows: TerritoryQuerySet, name: str, year: int) -> QuerySet:
        return rows.active_in(year)


class TerritoryFilter(SharedTerritoryFilter, TerritoryMapFilter):
    """Territories, for members: every filter of the networks and of the map."""

    without_agreement_in = YearFilter(method="uncovered", label="Sans accord en (année)")

    class Meta:
        model = Territory
        fields = [
            "q",
            "category",
            "status",
            "use",
            "year",
            "without_agreement_in",
            "continent",
            "country",
            "level",
            "visibility",
        ]

    def uncovered(self, rows: TerritoryQuerySet, name: str, year: int) -> QuerySet:
        return rows.without_agreement_in(year)


class AgreementFilter(RegisterFilter):
    """Agreements, on rows of `for_list(on)`: words, computed status, form, deadline."""

    q = django_filters.CharFilter(method="search", label="Territoire, intitulé, objet ou porteur", max_length=WORDS)
    status = django_filters.ChoiceFilter(
        field_name="status_on", choices=AgreementStatus.choices, label="État", empty_label="Tous"
    )
    form = django_filters.ChoiceFilter(choices=AgreementForm.choices, label="Forme", empty_label="Toutes")
    due = django_filters.ChoiceFilter(method="due_within", choices=DUE, label="Échéance", empty_label="Toutes")
    in_force_on = DayFilter(method="in_force", label="En vigueur le")
    ends_in = YearFilter(field_name="ends_on", lookup_expr="year", label="Année de fin")
    continent = django_filters.ChoiceFilter(
        field_name="territory__country__continent", choices=CONTINENTS, label="Continent", empty_label="Tous"
    )

    class Meta:
        model = Agreement
        fields = ["q", "status", "form", "due", "in_force_on", "ends_in", "continent", "visibility"]

    def in_force(self, rows: AgreementQuerySet, name: str, day: date) -> QuerySet:
        """In force on a given day, past or to come, with the terms of that day."""
        return rows.in_force(day)

    def due_within(self, rows: AgreementQuerySet, name: str, days: str) -> QuerySet:
        """In force, with an end (else a review) at most this many days ahead."""
        return rows.due_within(int(days))


class SharedAgreementFilter(SharedSearch, AgreementFilter):
    """Agreements, for a network: every other filter reads a field that it is shown."""


class SharedStakeholderFilter(RegisterFilter):
    """Stakeholders by what everybody is shown, networks included: words, family, type, economic field."""

    q = django_filters.CharFilter(method="search", label="Nom", max_length=WORDS)
    family = django_filters.ChoiceFilter(
        field_name="type__family", choices=StakeholderFamily.choices, label="Famille", empty_label="Toutes"
    )
    type = django_filters.ModelChoiceFilter(
        queryset=StakeholderType.objects.current(), to_field_name="code", label="Type", empty_label="Tous"
    )
    field = django_filters.ModelChoiceFilter(
        field_name="fields",
        queryset=EconomicField.objects.current(),
        to_field_name="code",
        label="Champ économique",
        empty_label="Tous",
    )

    class Meta:
        model = Stakeholder
        fields = ["q", "family", "type", "field", "visibility"]


def own_territories(request: HttpRequest | None) -> QuerySet:
    """Territories of the reader's collectivité: a choice list is where a tenant's names would leak."""
    access = getattr(request, "access", None)
    return Territory.objects.visible_to(access).order_by("name", "pk") if access else Territory.objects.none()


class StakeholderFilter(SharedStakeholderFilter):
    """Stakeholders, for members: also where they are, which networks are not told."""

    place = django_filters.ChoiceFilter(method="placed", choices=Place.choices, label="Où", empty_label="Partout")
    territory = django_filters.ModelChoiceFilter(
        field_name="territories", queryset=own_territories, label="Territoire", empty_label="Tous"
    )

    class Meta:
        model = Stakeholder
        fields = ["q", "place", "family", "type", "field", "territory", "visibility"]

    def placed(self, rows: StakeholderQuerySet, name: str, where: str) -> QuerySet:
        return rows.placed(where)


def stakeholders_met(request: HttpRequest | None) -> QuerySet:
    """Stakeholders of the reader's collectivité that have a contact; a deleted one may still have some."""
    access = getattr(request, "access", None)
    rows = Stakeholder.objects.with_deleted_of(access.collectivity if access else None)
    return rows.filter(contacts__isnull=False).order_by("name", "pk").distinct()


def territories_met(request: HttpRequest | None) -> QuerySet:
    """Territories of the reader's collectivité that have a contact."""
    access = getattr(request, "access", None)
    rows = Territory.objects.with_deleted_of(access.collectivity if access else None)
    return rows.filter(contacts__isnull=False).order_by("name", "pk").distinct()


class ContactFilter(django_filters.FilterSet):
    """Contacts, for members alone: words, role, where they work, not met for three years."""

    q = django_filters.CharFilter(method="search", label="Nom, fonction, organisme ou territoire", max_length=WORDS)
    role = django_filters.ChoiceFilter(choices=ContactRole.choices, label="Rôle", empty_label="Tous")
    stakeholder = django_filters.ModelChoiceFilter(
        queryset=stakeholders_met, label="Partie prenante", empty_label="Toutes"
    )
    territory = django_filters.ModelChoiceFilter(queryset=territories_met, label="Territoire", empty_label="Tous")
    stale = django_filters.ChoiceFilter(
        method="not_met",
        choices=[("oui", f"Aucun depuis {STALE_YEARS} ans")],
        label="Dernier contact",
        empty_label="Peu importe",
    )

    class Meta:
        model = Contact
        fields: list[str] = []

    def search(self, rows: ContactQuerySet, name: str, words: str) -> QuerySet:
        return rows.matching(words)

    def not_met(self, rows: ContactQuerySet, name: str, value: str) -> QuerySet:
        return rows.stale(timezone.localdate())


class ActorMapFilter(django_filters.FilterSet):
    """The map of the support system: by category of action."""

    category = django_filters.ChoiceFilter(
        method="of_category", choices=SupportedCategory.choices, label="Catégorie d’action", empty_label="Toutes"
    )

    class Meta:
        model = SupportActor
        fields: list[str] = []

    def of_category(self, rows: SupportActorQuerySet, name: str, code: str) -> QuerySet:
        return rows.of_category(code)


class ActorFilter(ActorMapFilter):
    """The directory of support actors, on rows of `placed_for`: page and API."""

    CHANGED = "change"

    q = django_filters.CharFilter(method="search", label="Nom, sigle ou nom d’aujourd’hui", max_length=WORDS)
    sector = django_filters.ChoiceFilter(
        field_name="sector_here", choices=ActorSector.choices, label="Secteur", empty_label="Tous"
    )
    location = django_filters.ChoiceFilter(
        field_name="location_here", choices=ActorLocation.choices, label="Lieu", empty_label="Tous"
    )
    kind = django_filters.ChoiceFilter(choices=ActorKind.choices, label="Genre", empty_label="Tous")
    since = django_filters.ChoiceFilter(
        method="become",
        choices=[(CHANGED, "A changé, quoi que ce soit"), *ActorStatus.choices],
        label="Depuis le guide",
        empty_label="Tous",
    )

    class Meta:
        model = SupportActor
        fields = ["q", "category", "sector", "location", "kind", "since"]

    def search(self, rows: SupportActorQuerySet, name: str, words: str) -> QuerySet:
        return rows.matching(words)

    def become(self, rows: SupportActorQuerySet, name: str, status: str) -> QuerySet:
        return rows.changed() if status == self.CHANGED else rows.filter(today_status=status)
