"""Forms of events and of their parts: guests, appointments, moments of the programme, follow-ups, stand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from aict.accounts.enums import Visibility
from aict.accounts.register_forms import SHARED_FIELDS, DatedForm, RegisterForm, Section
from aict.accounts.tenant_forms import TenantModelForm
from partners.models.stakeholders import FIRM
from typology import events
from typology.enums import AppointmentStatus
from typology.fields import name_when_many
from typology.forms.tasks import TaskForm
from typology.models import Appointment, Event, EventGuest, ProgrammeItem

AS_ITS_ACTION = "Comme son action"
AT_ONCE = 50  # appointments of one entry


class EventForm(RegisterForm):
    """An event of an action. An inbound delegation saved without an action opens its own (SYS-23)."""

    SECTIONS = (
        Section("L’évènement", ("kind", "title", "action", "territory", "starts", "ends", "place", "country")),
        Section("Qui s’en charge", ("services", "attendees")),
        Section("Objectifs et résultats", ("objectives", "protocol", "outcome"), folded=True),
    )

    class Meta(RegisterForm.Meta):
        model = Event
        fields = [
            "kind",
            "title",
            "action",
            "territory",
            "starts",
            "ends",
            "place",
            "country",
            "services",
            "attendees",
            "objectives",
            "protocol",
            "outcome",
            *SHARED_FIELDS,
        ]
        help_texts = {
            "title": "Ce qui aura lieu, avec qui : on doit le comprendre dans une liste.",
            "action": "L’action dont l’évènement fait partie. Une délégation reçue peut s’en passer : son action, "
            "« accueil de délégations étrangères », est alors consignée en même temps.",
            "territory": "D’où vient la délégation, ou chez qui l’on se rend, s’il est au registre.",
            "ends": "Vide : un seul jour.",
            "place": "Ville, salon ou site.",
            "attendees": "Toutes personnes comprises, attendues ou comptées.",
            "objectives": "Ce que l’on veut en rapporter.",
            "protocol": "Préséance, langue, cadeaux, drapeaux, repas : ce que les services doivent savoir.",
            "outcome": "Après l’évènement : ce qu’il a donné.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        action, territory, visibility = self.fields["action"], self.fields["territory"], self.fields["visibility"]
        action.queryset = action.queryset.order_by("title", "pk")
        action.empty_label = "Aucune pour l’instant"
        action.required = self.instance.pk is not None
        territory.queryset = territory.queryset.for_list()
        territory.label_from_instance = lambda row: row.full_name
        territory.empty_label = "Aucun en particulier"
        self.fields["country"].empty_label = "À préciser"
        name_when_many(self, "action", "territory")
        visibility.required = False
        if self.instance.pk is None:
            visibility.choices = [("", AS_ITS_ACTION), *Visibility.choices]
            self.initial["visibility"] = ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        action, kind = cleaned.get("action"), cleaned.get("kind", "")
        if "action" in cleaned and action is None and kind and not events.opens_its_action(kind):
            self.add_error("action", "Choisissez l’action dont cet évènement fait partie, ou consignez-la d’abord.")
        before = self._loaded["action_id"] if self.instance.pk else None
        if before and action and action.pk != before and self._has_parts_of_its_action():
            self.add_error(
                "action",
                "Des participations d’entreprises ou des suites tiennent cet évènement à son action actuelle : "
                "gardez-la, ou retirez-les d’abord.",
            )
        if not cleaned.get("visibility"):
            # A browser always sends it; a shorter form keeps what was, or takes that of the action.
            kept = self.instance.visibility if self.instance.pk else ""
            cleaned["visibility"] = kept or (action.visibility if action else Visibility.INTERNAL)
        return cleaned

    def _has_parts_of_its_action(self) -> bool:
        """Whether rows cite both the event and its action: they would tell two stories."""
        return self.instance.participations.exists() or self.instance.tasks.exists()

    @transaction.atomic
    def save(self, commit: bool = True) -> Event:
        if self.instance.action_id is None:
            self.instance.action = events.open_action(self.instance, author=self.access.user)
        saved: Event = super().save(commit)
        return saved


class GuestForm(DatedForm):
    """Who comes: an organisation and a post."""

    class Meta(TenantModelForm.Meta):
        model = EventGuest
        fields = ["organisation", "post", "people", "stakeholder"]
        help_texts = {
            "post": "La fonction, sans nom de personne : vice-présidente chargée de l’économie.",
            "stakeholder": "Sa fiche, si l’organisme est au registre.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stakeholder"].queryset = self.fields["stakeholder"].queryset.order_by("name", "pk")
        self.fields["stakeholder"].empty_label = "Aucune"
        name_when_many(self, "stakeholder")


def offer_firms(form: Any) -> None:
    """Narrow `firm` to the firms of the register, and the one already chosen."""
    field = form.fields["firm"]
    field.queryset = field.queryset.filter(Q(type__code=FIRM) | form._cited("firm")).order_by("name", "pk")
    field.empty_label = "Choisir une entreprise"
    name_when_many(form, "firm")


class AppointmentForm(DatedForm):
    """An appointment of a firm, and what came out of it."""

    class Meta(TenantModelForm.Meta):
        model = Appointment
        fields = ["firm", "counterpart", "at", "status", "outcome", "amount", "note"]
        help_texts = {
            "firm": "Une entreprise du registre des parties prenantes.",
            "counterpart": "Qui elle rencontre : un organisme, sans nom de personne.",
            "outcome": "Une fois tenu.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_firms(self)
        self.fields["outcome"].choices = [("", "Pas encore connue"), *self.fields["outcome"].choices[1:]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("outcome") and cleaned.get("status") == AppointmentStatus.CANCELLED:
            self.add_error("outcome", "Un rendez-vous annulé n’a pas de suite : effacez-la, ou changez l’état.")
        return cleaned


class SeveralAppointmentsForm(DatedForm):
    """Several appointments of one firm, one counterpart a line; days, outcomes and amounts come later."""

    counterparts = forms.CharField(
        label="Interlocuteurs",
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=8000,
        help_text="Un organisme par ligne : chaque ligne devient un rendez-vous.",
    )

    class Meta(TenantModelForm.Meta):
        model = Appointment
        fields = ["firm", "status"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_firms(self)

    def _get_validation_exclusions(self) -> set[str]:
        return super()._get_validation_exclusions() | {"counterpart"}

    def clean_counterparts(self) -> list[str]:
        names = [line.strip() for line in self.cleaned_data["counterparts"].splitlines() if line.strip()]
        longest = Appointment._meta.get_field("counterpart").max_length or 0
        if len(names) > AT_ONCE:
            raise ValidationError(f"{len(names)} lignes : donnez-en {AT_ONCE} au plus à la fois.")
        if too_long := [name for name in names if len(name) > longest]:
            raise ValidationError(f"« {too_long[0][:40]}… » est trop long : {longest} caractères au plus.")
        return names

    @transaction.atomic
    def save(self, commit: bool = True) -> Appointment:
        """Save one appointment a line, each with its history; the last one is the form's own row."""
        for name in self.cleaned_data["counterparts"]:
            self.instance.pk, self.instance._state.adding, self.instance.counterpart = None, True, name
            super().save(commit)
        return self.instance


class ProgrammeItemForm(DatedForm):
    """A moment of the programme, on one of the days of the event."""

    class Meta(TenantModelForm.Meta):
        model = ProgrammeItem
        fields = ["day", "starts_at", "ends_at", "kind", "title", "place", "service", "note"]
        help_texts = {"note": "Pour les services : elles ne figurent pas sur le programme remis aux invités."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        event = self.instance.event
        self.fields["day"].help_text = f"L’évènement a lieu {event.span}."
        if event.last_day == event.starts:
            self.fields["day"].help_text = f"L’évènement dure un jour, {event.span}."
        self.fields["service"].empty_label = "À préciser"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:  # the database says it too, of no field in particular
            self.add_error("ends_at", "L’heure de fin précède celle de début : corrigez l’une des deux.")
        return cleaned


class FollowUpForm(TaskForm):
    """Something to do after the event, by a day, by somebody: a task of its action."""

    class Meta(TaskForm.Meta):
        fields = ["title", "due_on", "owner", "event"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("event", None)  # it is that of the page
