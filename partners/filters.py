"""Filters of the partners' registers: the same for the page, the export and the API."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet

from aict.accounts.filters import WORDS, RegisterFilter, SharedSearch
from partners.enums import (
    ActorKind,
    ActorLocation,
    ActorSector,
    ActorStatus,
    AgreementForm,
    AgreementStatus,
    StakeholderFamily,
    SupportedCategory,
)
from partners.legal_cover import SOON
from partners.models import (
    Agreement,
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

CONTINENTS = [(name, name) for name in ("Afrique", "Amériques", "Asie", "Europe", "Océanie")]
DUE = [(days, f"Dans {days} jours") for days in reversed(SOON)]


class TerritoryFilter(RegisterFilter):
    """Territories: words, continent, country, level."""

    q = django_filters.CharFilter(method="search", label="Nom ou pays", max_length=WORDS)
    continent = django_filters.ChoiceFilter(
        field_name="country__continent", choices=CONTINENTS, label="Continent", empty_label="Tous"
    )
    country = django_filters.ModelChoiceFilter(
        queryset=Country.objects.current(), to_field_name="code", label="Pays", empty_label="Tous"
    )
    level = django_filters.ModelChoiceFilter(
        queryset=TerritorialLevel.objects.current(), to_field_name="code", label="Échelon", empty_label="Tous"
    )

    class Meta:
        model = Territory
        fields = ["q", "continent", "country", "level", "visibility"]


class AgreementFilter(RegisterFilter):
    """Agreements, on rows of `for_list(on)`: words, computed status, form, deadline."""

    q = django_filters.CharFilter(method="search", label="Territoire, intitulé, objet ou porteur", max_length=WORDS)
    status = django_filters.ChoiceFilter(
        field_name="status_on", choices=AgreementStatus.choices, label="État", empty_label="Tous"
    )
    form = django_filters.ChoiceFilter(choices=AgreementForm.choices, label="Forme", empty_label="Toutes")
    due = django_filters.ChoiceFilter(method="due_within", choices=DUE, label="Échéance", empty_label="Toutes")
    continent = django_filters.ChoiceFilter(
        field_name="territory__country__continent", choices=CONTINENTS, label="Continent", empty_label="Tous"
    )

    class Meta:
        model = Agreement
        fields = ["q", "status", "form", "due", "continent", "visibility"]

    def due_within(self, rows: AgreementQuerySet, name: str, days: str) -> QuerySet:
        """In force, with an end (else a review) at most this many days ahead."""
        return rows.due_within(int(days))


class SharedAgreementFilter(SharedSearch, AgreementFilter):
    """Agreements, for a network: every other filter reads a field that it is shown."""


class StakeholderFilter(RegisterFilter):
    """Stakeholders: words, family, type, economic field."""

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
