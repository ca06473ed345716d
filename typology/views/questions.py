"""The sheet of an action by the seven questions: read whole, answered one question at a time; its risks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import questions, risks, zones
from typology.action_checks import checks
from typology.enums import Question
from typology.forms import QuestionForm, RiskForm
from typology.models import Action, FicheOption, RiskAssessment
from typology.three_services import three_services


@require_safe
@requires(Ability.VIEW)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    action = registers.get_readable_or_404(request, Action.objects.for_detail(), pk)
    read = questions.load(action)
    findings = checks(action, on=timezone.localdate(), sheet=read)
    context = {
        "action": action,
        "sheet": read,
        "parts": [(part, [one for one in findings if one.question == part.question]) for part in read.parts],
        "findings": findings,
        "seats": three_services(action),
        "risks": risks.risks(read),
        "may_edit": request.access.may(Ability.EDIT_ACTIONS) and action.deleted_at is None,
    }
    return render(request, "typology/action_questions.html", context)


@requires(Ability.EDIT_ACTIONS)
def answer(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    if slug not in Question.values:
        raise Http404
    action = get_owned_or_404(request, Action.objects.for_detail(), pk=pk)
    read = questions.load(action)
    country = zones.country_named(request.GET.get("pays", "")) if slug == Question.OU else None
    posted = request.POST if request.method == "POST" else None
    form = QuestionForm(posted, instance=action, question=slug, sheet=read, country=country, access=request.access)
    if form.is_valid():
        form.save()
        messages.success(request, f"« {Question(slug).label} » : réponse enregistrée.")
        return redirect(_next(action, slug) if "suite" in request.POST else _sheet_url(action, slug))
    context = {"action": action, "sheet": read, "form": form, "country": country, **_around(request, read, slug)}
    return render(request, "typology/action_question_form.html", context)


def _around(request: HttpRequest, read: questions.Sheet, slug: str) -> dict[str, Any]:
    """What stands around the form of one question: its part of the fiche, its checks, the six others."""
    findings = checks(read.action, on=timezone.localdate(), sheet=read)
    steps = [
        {"code": part.label, "label": "", "state": part.state, "word": part.word, "url": part.url}
        | {"current": part.code == slug}
        for part in read.parts
    ]
    return {
        "part": read.part(slug),
        "findings": [one for one in findings if one.question == slug],
        "steps": steps,
        "seats": three_services(read.action) if slug == Question.QUI else None,
        "following": Question(later[0]).label if (later := _later(slug)) else "",
        "asked": request.GET.get("pays", "").replace("\x00", "")[:80] if slug == Question.OU else "",
    }


def _sheet_url(action: Action, anchor: str) -> str:
    return f"{reverse('typology:action_questions', args=[action.pk])}#{anchor}"


def _next(action: Action, slug: str) -> str:
    """The form of the question after this one; after the last, the sheet."""
    later = _later(slug)
    return questions.question_url(action, later[0]) if later else _sheet_url(action, slug)


def _later(slug: str) -> list[str]:
    return Question.values[Question.values.index(slug) + 1 :]


@requires(Ability.EDIT_ACTIONS)
def risk_create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects.select_related("type__purpose__category"), pk=action_pk)
    code = request.GET.get("risque", "").replace("\x00", "")
    option = FicheOption.objects.current().risks().filter(code=code).first()
    initial = {"risk": option, "side": risks.side_of(option)} if option else {}
    return _risk(request, RiskAssessment(action=action), "Risque évalué", initial)


@requires(Ability.EDIT_ACTIONS)
def risk_edit(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    return _risk(request, _owned_risk(request, action_pk, pk), "Évaluation modifiée", {})


def _risk(request: HttpRequest, risk: RiskAssessment, done: str, initial: dict[str, Any]) -> HttpResponse:
    return registers.written(
        request,
        RiskForm,
        risk,
        template="typology/risk_form.html",
        done=done,
        initial=initial,
        context={"action": risk.action},
        back=_sheet_url(risk.action, "risques"),
    )


@requires(Ability.EDIT_ACTIONS)
def risk_delete(request: HttpRequest, action_pk: int, pk: int) -> HttpResponse:
    risk = _owned_risk(request, action_pk, pk)
    page = _sheet_url(risk.action, "risques")
    return registers.removal(
        request,
        risk,
        noun="cette évaluation",
        says=f"Elle quitte les questions de l’action « {risk.action} ».",
        trail=[("Actions", reverse("typology:action_list")), (str(risk.action), risk.action.get_absolute_url())],
        back=page,
    )


def _owned_risk(request: HttpRequest, action_pk: int, pk: int) -> RiskAssessment:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    rows = RiskAssessment.objects.select_related("risk", "action__type__purpose__category")
    return get_owned_or_404(request, rows, pk=pk, action=action)
