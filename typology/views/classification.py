"""The two questions that place an initiative, and the answers of an action (SYS-01)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import questions
from typology.forms.classification import ClassificationForm, ClassifyForm
from typology.models import Action, ActionCategory


@require_safe
@requires(Ability.VIEW)
def classify(request: HttpRequest) -> HttpResponse:
    form = ClassifyForm(request.GET or None)
    verdict = form.verdict if form.is_valid() else None
    rows = {row.code: row for row in ActionCategory.objects.current()}
    categories = [rows[code] for code in verdict.categories] if verdict else []
    context = {"form": form, "verdict": verdict, "categories": categories}
    return render(request, "typology/action_classify.html", context)


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects.select_related("type__purpose__category"), pk=pk)
    posted, saved_name = (request.POST if request.method == "POST" else None), action.title
    form = ClassificationForm(posted, instance=action, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"Classement enregistré : « {action} ».")
        if form.left:
            messages.warning(request, questions.left_in_words(form.left))
        return redirect(f"{action.get_absolute_url()}#classement")
    return render(
        request, "typology/action_classification.html", {"form": form, "row": action, "saved_name": saved_name}
    )
