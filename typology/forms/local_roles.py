"""Forms of the matrix of local roles: what it is about, and who holds one type of action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from aict.accounts.access import Access
from aict.accounts.tenancy import OTHER_TENANT
from aict.ui.fields import FoldedCheckboxes, RowsField, in_our_words
from partners.models import Stakeholder, SupportActor, Territory
from typology import local_roles
from typology.fields import LISTED
from typology.local_roles import ACTOR, FIRST_YEAR, LAST_YEAR, OWN, STAKEHOLDER, Scope
from typology.models import ActionType, LocalRole

STAKEHOLDERS_LISTED = 200  # boxes: beyond, a search finds them


class MatrixForm(forms.Form):
    """The territory, the year, and the year to compare with; read in the address."""

    territory = forms.ModelChoiceField(
        queryset=Territory.objects.none(), required=False, label="Territoire", empty_label="Tous les territoires"
    )
    year = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, label="Année")
    compare = forms.IntegerField(min_value=FIRST_YEAR, max_value=LAST_YEAR, required=False, label="Comparer à l’année")
    vue = forms.ChoiceField(
        choices=[("", "Liste"), ("croisee", "Tableau croisé")], required=False, label="Présentation"
    )

    def __init__(self, data: Any, *, access: Access, today_year: int) -> None:
        self.default_year = today_year
        shown = data.copy()
        shown.setdefault("year", str(today_year))
        super().__init__(shown)
        field: Any = self.fields["territory"]
        field.error_messages["invalid_choice"] = OTHER_TENANT
        field.queryset = Territory.objects.for_collectivity(access.collectivity).order_by("-is_own", "name")
        field.widget.choices = [("", field.empty_label), *self._listed(field.queryset, access)]
        for each in self.fields.values():
            in_our_words(each)

    def _listed(self, rows: Any, access: Access) -> list[tuple[int, str]]:
        """Every territory; of a very long register, those of the collectivité itself and those with roles."""
        listed = list(rows[:LISTED])
        if len(listed) == LISTED:
            used = LocalRole.objects.for_collectivity(access.collectivity).values("territory")
            asked = self.data.get("territory", "")
            chosen = Q(pk=asked) if asked.isdecimal() and len(asked) < 19 else Q(pk__in=[])
            listed = list(rows.filter(Q(is_own=True) | Q(pk__in=used) | chosen)[: LISTED - 1])
        return [(row.pk, str(row)) for row in listed]

    @property
    def scope(self) -> Scope:
        """What was asked, the unreadable parts left out."""
        self.is_valid()
        asked = self.cleaned_data
        year = asked.get("year") or self.default_year
        compared = asked.get("compare")
        return Scope(asked.get("territory"), year, compared if compared != year else None)

    @property
    def is_crossed(self) -> bool:
        """Whether the cross table is asked for."""
        self.is_valid()
        return self.cleaned_data.get("vue") == "croisee"


class LocalRoleForm(forms.Form):
    """Who holds one type of action in a territory and a year: all of them at once."""

    own = forms.BooleanField(required=False)
    actors = RowsField(
        queryset=SupportActor.objects.none(),
        required=False,
        label="Acteurs d’appui",
        help_text="Ceux de l’annuaire, nommés par le guide.",
        widget=FoldedCheckboxes,
    )
    stakeholders = RowsField(
        queryset=Stakeholder.objects.none(),
        required=False,
        label="Parties prenantes",
        help_text="Celles de votre registre.",
        widget=FoldedCheckboxes,
    )

    def __init__(self, data: Any, *, access: Access, scope: Scope, type: ActionType, words: str = "") -> None:
        self.access, self.scope, self.type = access, scope, type
        collectivity: Any = access.collectivity  # whoever may edit has one
        self.collectivity = collectivity
        self.roles = local_roles.roles_of(self.collectivity, scope, type)
        keys: dict[str, list[int]] = {OWN: [], ACTOR: [], STAKEHOLDER: []}
        for role in self.roles:
            holder = local_roles.Holder.of(role, self.collectivity)
            keys[holder.kind].append(holder.pk)
        super().__init__(
            data, initial={"own": bool(keys[OWN]), "actors": keys[ACTOR], "stakeholders": keys[STAKEHOLDER]}
        )
        self.fields["own"].label = f"{self.collectivity.name} elle-même"
        self._offer_actors(keys[ACTOR])
        self._offer_stakeholders(keys[STAKEHOLDER], words)
        for role in self.roles:
            note = forms.CharField(max_length=200, required=False, initial=role.note)
            note.label = f"Précision sur {role.actor or role.stakeholder or self.collectivity}"
            self.fields[f"note_{role.pk}"] = note
        for each in self.fields.values():
            in_our_words(each)

    def _offer_actors(self, held: list[int]) -> None:
        """Fixed points first, then those cited for this category, then the others."""
        field: Any = self.fields["actors"]
        field.error_messages["invalid_choice"] = "Cet acteur n’est pas dans l’annuaire."
        field.queryset = SupportActor.objects.filter(Q(retired=False) | Q(pk__in=held))
        category = self.type.purpose.category
        cited = f"Cités pour la catégorie « {category.short_label} »"
        groups: dict[str, list[tuple[int, str]]] = {"Points fixes du guide": [], cited: [], "Autres acteurs": []}
        fixed, of_category, others = groups.values()
        for row in field.queryset:
            choices = fixed if row.is_fixed_point else of_category if category.code in row.categories else others
            choices.append((row.pk, row.label))
        field.widget.choices = [(heading, choices) for heading, choices in groups.items() if choices]

    def _offer_stakeholders(self, held: list[int], words: str) -> None:
        """All of them; when they are many, those chosen and those that the search finds."""
        field: Any = self.fields["stakeholders"]
        field.error_messages["invalid_choice"] = OTHER_TENANT
        field.queryset = Stakeholder.objects.choosable(self.collectivity, Q(pk__in=held)).order_by("name", "pk")
        self.searches = field.queryset.count() > STAKEHOLDERS_LISTED
        rows = field.queryset
        if self.searches:
            chosen = Q(pk__in=[*held, *self._posted_keys()])
            found = rows.matching(words) if words else rows.none()
            keys = list(found.values_list("pk", flat=True)[:STAKEHOLDERS_LISTED])
            rows = rows.filter(chosen | Q(pk__in=keys))[: LISTED - 1]
        field.widget.choices = [(row.pk, row.name) for row in rows]

    def _posted_keys(self) -> list[str]:
        posted = self.data.getlist("stakeholders") if self.is_bound else []
        return [key for key in posted if key.isdecimal() and len(key) < 19][:STAKEHOLDERS_LISTED]

    @property
    def inherited(self) -> list[LocalRole]:
        """The roles that hold in every territory: they are changed where they are written."""
        if self.scope.territory is None:
            return []
        return local_roles.roles_of(self.collectivity, Scope(None, self.scope.year), self.type)

    @property
    def notes(self) -> list[Any]:
        """The precisions of the roles already there."""
        return [self[f"note_{role.pk}"] for role in self.roles]

    def save(self) -> None:
        """Write the roles, each change with its history."""
        local_roles.assign(
            collectivity=self.collectivity,
            author=self.access.user,
            scope=self.scope,
            type=self.type,
            own=self.cleaned_data["own"],
            actors=self.cleaned_data["actors"],
            stakeholders=self.cleaned_data["stakeholders"],
            notes={role.pk: self.cleaned_data[f"note_{role.pk}"] for role in self.roles},
        )
