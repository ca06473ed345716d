"""Calls for projects: the one that the guide cites, taken over as an example, and their removal (SYS-39)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction

from aict.accounts import history, registers
from aict.accounts.models import Collectivity, User
from aict.ui.templatetags.ui import plural
from typology.models import FundingCall, FundingScheme

EXAMPLE = "meae-daect-aap-2017"
_NOTE = "Exemple cité par le guide. Édition close ; ses dates et son règlement ne sont pas repris ici."


def example_of(collectivity: Collectivity) -> FundingCall | None:
    """The call of the guide, when this collectivité has taken it over."""
    return FundingCall.objects.for_collectivity(collectivity).filter(scheme__code=EXAMPLE, edition="2017").first()


@transaction.atomic
def take_over_example(*, collectivity: Collectivity, author: User | None) -> FundingCall:
    """The generalist call of 2017 for decentralised cooperation, with axes and SDGs; asked twice, the same row."""
    scheme = FundingScheme.objects.get(code=EXAMPLE)
    if found := example_of(collectivity):
        return found
    call = FundingCall.objects.create(
        collectivity=collectivity,
        scheme=scheme,
        title=scheme.label,
        edition="2017",
        axes="\n".join(scheme.domains),
        note=_NOTE,
    )
    call.sdgs.set(scheme.sdgs.all())
    history.record(instance=call, author=author)
    return call


def remove(*, row: FundingCall, author: User | None) -> None:
    """Delete a call for good. Raises ValidationError while applications cite it."""
    if count := row.applications.count():
        raise ValidationError(f"{plural(count, 'candidature le cite,candidatures le citent')} : retirez-les d’abord.")
    registers.remove(row=row, author=author)
