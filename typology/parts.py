"""The parts of an action (budget lines, indicators followed): deleted for good, and told in the history."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from aict.accounts import history
from aict.accounts.models import Change, User
from aict.accounts.tenancy import TenantModel
from typology.models import Action


@transaction.atomic
def delete(*, part: TenantModel, author: User | None) -> None:
    """Write the deletion in the history, then delete the row."""
    history.record(instance=part, author=author, verb=Change.Verb.DELETED)
    part.delete()


def deletion(request: HttpRequest, part: TenantModel, *, noun: str, owner: Action, back: str) -> HttpResponse:
    """The confirmation page (GET), then the deletion (POST). `noun`: « cette ligne »; `back`: an address."""
    if request.method == "POST":
        delete(part=part, author=request.access.user)
        messages.success(request, f"Suppression faite : « {part} ».")
        return redirect(back)
    context = {"part": part, "noun": noun, "action": owner, "back": back}
    return render(request, "typology/part_delete.html", context)
