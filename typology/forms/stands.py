"""Form of a stand: how it is borne, and every share at once, for only their sum can be judged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from aict.accounts.access import Access
from aict.ui.fields import FrenchDecimalField, in_our_words
from aict.ui.typography import NBSP, fold
from partners.models import Stakeholder, SupportActor
from typology import stands
from typology.enums import StandMode
from typology.fields import LISTED
from typology.models import Event, StandShare

FEWEST, SPARE, MOST = 5, 3, 30  # lines shown: at least, beyond those that are filled, at most
OURS = ("la collectivite", "collectivite", "notre collectivite", "nous")  # folded


@dataclass(frozen=True)
class Row:
    """A line of the table of shares."""

    number: int
    holder: forms.BoundField
    percent: forms.BoundField


class StandForm(forms.Form):
    """Who bears the stand of an event. Lines left empty are nobody's; nothing is written unless the sum is 100 %."""

    stand_mode = forms.ChoiceField(
        label="Portage du stand",
        required=False,
        choices=[("", "Pas encore décidé"), *StandMode.choices],
        help_text="Un stand se partage avec des Régions, des villes partenaires ou un réseau, ou se confie.",
    )

    def __init__(self, *args: Any, event: Event, access: Access, **kwargs: Any) -> None:
        self.event, self.access = event, access
        saved = list(event.shares.select_related("actor", "stakeholder"))
        kwargs.setdefault("initial", self._given(saved))
        super().__init__(*args, **kwargs)
        self.lines = min(max(FEWEST, len(saved) + SPARE), MOST)
        for number in range(1, self.lines + 1):
            self.fields[f"holder_{number}"] = forms.CharField(
                label=f"Porteur, ligne {number}",
                required=False,
                max_length=StandShare._meta.get_field("name").max_length,
                widget=forms.TextInput(attrs={"list": "porteurs", "autocomplete": "off"}),
            )
            self.fields[f"percent_{number}"] = FrenchDecimalField(
                label=f"Part en pourcentage, ligne {number}",
                required=False,
                min_value=Decimal("0.01"),
                max_value=stands.HUNDRED,
                max_digits=5,
                decimal_places=2,
                unit="%",
            )
        for field in self.fields.values():
            in_our_words(field)
        self.shares: list[stands.Share] = []

    def _given(self, saved: list[StandShare]) -> dict[str, Any]:
        """The saved shares; ours on the first line of a stand that has none."""
        known: dict[str, Any] = {"stand_mode": self.event.stand_mode}
        for number, row in enumerate(saved, start=1):
            own = stands.holder_of(row).is_own
            known |= {f"holder_{number}": "La collectivité" if own else row.holder, f"percent_{number}": row.percent}
        return known if saved else {**known, "holder_1": "La collectivité"}

    def rows(self) -> Iterator[Row]:
        """The lines of the table."""
        for number in range(1, self.lines + 1):
            yield Row(number, self[f"holder_{number}"], self[f"percent_{number}"])

    def known_holders(self) -> list[str]:
        """Names proposed while typing; no more than a select would hold."""
        actors = [row.label for row in SupportActor.objects.current()]
        mine = Stakeholder.objects.for_collectivity(self.access.collectivity).order_by("name", "pk")
        return ["La collectivité", *actors, *mine.values_list("name", flat=True)[: LISTED - len(actors) - 1]]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for number in range(1, self.lines + 1):
            self._read(number, cleaned)
        self._refuse_doubles()
        mode = cleaned.get("stand_mode", "")
        if not self.errors and (refused := stands.refusal(mode, self.shares)):
            self.add_error("percent_1" if mode and mode != StandMode.ALONE else "stand_mode", refused)
        return cleaned

    def _read(self, number: int, cleaned: dict[str, Any]) -> None:
        """A line: a holder and a share, or neither. The name alone of the collectivité is an empty line."""
        name, percent = cleaned.get(f"holder_{number}", ""), cleaned.get(f"percent_{number}")
        if f"holder_{number}" in self.errors or f"percent_{number}" in self.errors:
            return
        if percent is None:
            if name and fold(name) not in OURS:
                self.add_error(f"percent_{number}", f"Donnez la part de « {name} », ou effacez la ligne.")
            return
        if not name:
            self.add_error(f"holder_{number}", "Écrivez qui porte cette part.")
            return
        self.shares.append(stands.Share(self._holder(name), percent))

    def _holder(self, name: str) -> stands.Holder:
        """The body that a name means: ourselves, an actor of the support system, a stakeholder, else the name alone."""
        if fold(name) in (*OURS, fold(self.access.collectivity.name)):
            return stands.Holder()
        if actor := SupportActor.objects.filter(Q(label__iexact=name) | Q(acronym__iexact=name)).first():
            return stands.Holder(actor=actor)
        mine = Stakeholder.objects.for_collectivity(self.access.collectivity).filter(name__iexact=name)
        found = list(mine[:2])
        return stands.Holder(stakeholder=found[0]) if len(found) == 1 else stands.Holder(name=name)

    def _refuse_doubles(self) -> None:
        keys = [share.holder.key for share in self.shares]
        if len(set(keys)) < len(keys):
            raise ValidationError(f"Un même porteur est sur deux lignes{NBSP}: réunissez ses parts en une seule.")

    def save(self) -> None:
        """Write the stand and its shares, with their history."""
        stands.write(
            event=self.event,
            mode=self.cleaned_data["stand_mode"],
            shares=self.shares,
            author=self.access.user,
        )
