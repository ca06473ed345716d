"""Filters of lists: the same for the page, the export and the API."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest

from aict.accounts.filters import WORDS, RegisterFilter, SharedSearch, YearFilter
from aict.accounts.reference_rows import ReferenceChoiceFilter, ReferenceRows
from aict.ui.fields import lean_selects
from partners.models import (
    Agreement,
    Country,
    EconomicField,
    ElectedPortfolio,
    InternalService,
    SupportActor,
    Territory,
)
from typology.enums import ActionStatus, TargetReason, TermKind
from typology.fields import ActionTypeChoiceFilter, list_or_name
from typology.models import (
    Action,
    ActionCategory,
    ActionType,
    GlossaryTerm,
    LocalRole,
    Office,
    Sdg,
    Tag,
    Target,
    TargetZone,
)


def words(label: str) -> django_filters.CharFilter:
    """The free search of a list."""
    return django_filters.CharFilter(method="search", label=label, max_length=WORDS)


class ReferenceFilter(django_filters.FilterSet):
    """The filter of a nomenclature, or of what hangs on actions: `q` calls the rows' own verb `matching`."""

    def search(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.matching(value)


class ActionTypeFilter(ReferenceFilter):
    """The typology page."""

    q = words("Mot du type, de la finalité ou de la catégorie")
    category = django_filters.ModelChoiceFilter(
        field_name="purpose__category",
        to_field_name="code",
        queryset=ActionCategory.objects.current(),
        label="Catégorie",
        empty_label="Toutes",
    )

    class Meta:
        model = ActionType
        fields: list[str] = []


class GlossaryFilter(ReferenceFilter):
    """The glossary page."""

    q = words("Sigle, développé ou définition")
    kind = django_filters.ChoiceFilter(choices=TermKind.choices, label="Genre", empty_label="Tous")

    class Meta:
        model = GlossaryTerm
        fields: list[str] = []


class EconomicFieldFilter(django_filters.FilterSet):
    """The page of economic fields (SYS-04)."""

    fiche_b = django_filters.BooleanFilter(
        method="in_fiche_b", label="Liste de la fiche B seulement", widget=forms.CheckboxInput
    )

    class Meta:
        model = EconomicField
        fields: list[str] = []

    def in_fiche_b(self, rows: QuerySet, name: str, value: bool) -> QuerySet:
        return rows.filter(in_fiche_b=True) if value else rows


def own_territories(request: HttpRequest | None) -> QuerySet:
    """Territories that the reader may see: a choice list is where a tenant's names would leak."""
    access = getattr(request, "access", None)
    return Territory.objects.visible_to(access).order_by("name") if access else Territory.objects.none()


def own_agreements(request: HttpRequest | None) -> QuerySet:
    """Agreements that the reader may see."""
    access = getattr(request, "access", None)
    return Agreement.objects.visible_to(access).order_by("title") if access else Agreement.objects.none()


def own_tags(request: HttpRequest | None) -> QuerySet:
    """The tags of the reader's collectivité."""
    access = getattr(request, "access", None)
    return Tag.objects.for_collectivity(access.collectivity if access else None)


CATEGORIES = ReferenceRows(ActionCategory.objects.current())
EVERY_TYPE = ReferenceRows(ActionType.objects.select_related("purpose__category"), key="pk")  # retired ones too


class ActionFacets(RegisterFilter):
    """Filters of actions by what everybody is shown, networks included."""

    q = words("Mot du titre, du résultat, du type ou du territoire")
    category = ReferenceChoiceFilter(rows=CATEGORIES, method="of_category", label="Catégorie", empty_label="Toutes")
    type = ReferenceChoiceFilter(
        rows=ReferenceRows(ActionType.objects.for_tree()),
        heading_of=lambda row: row.purpose.heading,
        label="Type d’action",
        empty_label="Tous",
    )
    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    status = django_filters.ChoiceFilter(choices=ActionStatus.choices, label="État", empty_label="Tous")
    year = YearFilter(method="in_year", label="Année")
    economic = django_filters.ChoiceFilter(
        choices=[("true", "Économique"), ("false", "Non économique")],
        method="of_aim",
        label="Visée",
        empty_label="Toutes",
    )
    field = ReferenceChoiceFilter(
        rows=ReferenceRows(EconomicField.objects.current()),
        field_name="fields",
        label="Champ économique",
        empty_label="Tous",
    )
    sdg = ReferenceChoiceFilter(
        rows=ReferenceRows(Sdg.objects.all(), key="number"), field_name="sdgs", label="ODD", empty_label="Tous"
    )

    class Meta:
        model = Action
        fields = ["q", "category", "type", "territory", "status", "year", "economic", "visibility", "field", "sdg"]

    def of_category(self, rows: QuerySet, name: str, value: ActionCategory) -> QuerySet:
        # By its types, retired ones included: an index serves them, where joins of three tables read every action.
        return rows.filter(type__in=[row.pk for row in EVERY_TYPE.all() if row.purpose.category_id == value.pk])

    def in_year(self, rows: Any, name: str, value: int) -> QuerySet:
        # Nobody knows when an undated action runs: it belongs to no year.
        return rows.in_year(value).exclude(starts=None, ends=None)

    def of_aim(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(economic_aim=value == "true")


GAPS = {
    "resultat": "Résultat attendu",
    "interet": "Intérêt local",
    "indicateur": "Indicateur",
    "pilote": "Service pilote",
    "dates": "Dates",
    "odd": "ODD",
}


class ActionFilter(ActionFacets):
    """Actions: page, export, and API of the members."""

    service = ReferenceChoiceFilter(
        rows=ReferenceRows(InternalService.objects.current()),
        field_name="lead_service",
        label="Service pilote",
        empty_label="Tous",
    )
    tag = django_filters.ModelChoiceFilter(
        field_name="tags", queryset=own_tags, label="Étiquette", empty_label="Toutes"
    )
    portfolio = ReferenceChoiceFilter(
        rows=ReferenceRows(ElectedPortfolio.objects.current()),
        field_name="elected_portfolio",
        label="Délégation de l’élu",
        empty_label="Toutes",
    )
    agreement = django_filters.ModelChoiceFilter(queryset=own_agreements, label="Accord", empty_label="Tous")
    lacking = django_filters.ChoiceFilter(
        choices=list(GAPS.items()), method="which_lack", label="Il manque", empty_label="Indifférent"
    )

    class Meta:
        model = Action
        fields = [
            "q",
            "category",
            "status",
            "service",
            "territory",
            "year",
            "type",
            "tag",
            "lacking",
            "portfolio",
            "economic",
            "field",
            "sdg",
            "agreement",
            "visibility",
        ]

    def which_lack(self, rows: Any, name: str, value: str) -> QuerySet:
        """Without what GAPS names."""
        return rows.lacking(value)


class ActionPageFilter(ActionFilter):
    """The same, for the page, its export and its bulk edit: long lists are typed, rare criteria are folded."""

    FOLDED = ("type", "tag", "lacking", "portfolio", "economic", "field", "sdg", "agreement", "visibility")

    @property
    def form(self) -> forms.Form:
        if hasattr(self, "_form"):
            return self._form
        form: Any = super().form
        list_or_name(form, "territory")
        if "agreement" not in form.data:  # asked from the page of an agreement: no list of hundreds of conventions
            del form.fields["agreement"]
        folded = [name for name in self.FOLDED if name in form.fields]
        for name in folded:
            form.fields[name].is_folded = True
        form.fold = "open" if any(form.data.get(name) for name in folded) else "closed"
        lean_selects(form)
        return form


class SharedActionFilter(SharedSearch, ActionFacets):
    """Actions, for a network."""


class OfficeFilter(RegisterFilter):
    """Representation offices: page, export, and API of the members."""

    q = words("Mot du nom, de la ville, du pays, du rôle ou de l’accueil")
    country = django_filters.ModelChoiceFilter(
        queryset=Country.objects.current(), to_field_name="code", label="Pays", empty_label="Tous"
    )
    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    state = django_filters.ChoiceFilter(
        choices=[("ouvert", "Ouvert"), ("ferme", "Fermé")], method="of_state", label="État", empty_label="Tous"
    )

    class Meta:
        model = Office
        fields = ["q", "country", "territory", "state", "visibility"]

    def of_state(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        """Closed, or not."""
        return rows.exclude(closed_on=None) if value == "ferme" else rows.filter(closed_on=None)


class SharedOfficeFilter(SharedSearch, OfficeFilter):
    """Representation offices, for a network: every other filter reads a field that it is shown."""


class TargetFilter(django_filters.FilterSet):
    """Geographic targets: the API of the members; the page shows them all, mode by mode."""

    category = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=ActionCategory.objects.current(), label="Mode", empty_label="Tous"
    )
    zone = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=TargetZone.objects.current(), label="Zone de la fiche", empty_label="Toutes"
    )
    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    country = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=Country.objects.current(), label="Pays entier", empty_label="Tous"
    )
    reason = django_filters.ChoiceFilter(choices=TargetReason.choices, label="Raison", empty_label="Toutes")

    class Meta:
        model = Target
        fields = ["category", "zone", "territory", "country", "reason"]


class LocalRoleFilter(django_filters.FilterSet):
    """Local roles: the API of the members; the page reads a whole year at once."""

    territory = django_filters.ModelChoiceFilter(queryset=own_territories, label="Territoire", empty_label="Tous")
    year = YearFilter(label="Année")
    type = ActionTypeChoiceFilter(
        to_field_name="code", queryset=ActionType.objects.for_tree(), label="Type d’action", empty_label="Tous"
    )
    category = django_filters.ModelChoiceFilter(
        field_name="type__purpose__category",
        to_field_name="code",
        queryset=ActionCategory.objects.current(),
        label="Catégorie",
        empty_label="Toutes",
    )
    actor = django_filters.ModelChoiceFilter(
        to_field_name="code", queryset=SupportActor.objects.current(), label="Acteur d’appui", empty_label="Tous"
    )

    class Meta:
        model = LocalRole
        fields = ["territory", "year", "type", "category", "actor"]
