"""Strategies: the list, the page of one, and its life."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from strategy import documents, life_cycle, progress
from strategy.enums import StrategyStatus
from strategy.findings import in_words
from strategy.forms import AdoptionForm, StrategyForm
from strategy.material import Material
from strategy.models import Strategy
from strategy.writing import open_steps


@requires(Ability.VIEW)
def strategy_list(request: HttpRequest) -> HttpResponse:
    """Every strategy of the collectivité, the latest first."""
    strategies = Strategy.objects.for_collectivity(request.access.collectivity).for_list()
    return render(request, "strategy/strategy_list.html", {"strategies": strategies})


@requires(Ability.VIEW)
def strategy_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the strategy stands: eight steps, what lacks, its versions and its life."""
    strategy = get_owned_or_404(request, Strategy.objects.select_related("collectivity"), pk=pk)
    steps = progress.of(Material.load(strategy, timezone.localdate()))
    findings = progress.all_findings(steps)
    context = {
        "strategy": strategy,
        "steps": [step.as_link(strategy.pk) for step in steps],
        "done": sum(step.status == "complete" for step in steps),
        "findings": [{"finding": finding, "url": finding.url(strategy.pk)} for finding in findings],
        "findings_words": in_words(findings),
        "is_blocked": any(finding.is_blocking for finding in findings),
        "moves": [
            StrategyStatus(to)
            for to in life_cycle.MOVES[strategy.status]
            if to != StrategyStatus.ADOPTED and request.access.may(life_cycle.ability_for(to))
        ],
        "can_adopt": strategy.status == StrategyStatus.IN_REVIEW,
        "versions": strategy.versions.select_related("author")[:10],
        "changes": registers.changes_of(strategy)[:10],
    }
    return render(request, "strategy/strategy_detail.html", context)


@requires(Ability.EDIT_STRATEGY)
def strategy_create(request: HttpRequest) -> HttpResponse:
    """A new strategy, with its eight empty steps."""
    form = StrategyForm(request.POST or None, access=request.access)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            strategy = form.save()
            open_steps(strategy)
        messages.success(request, "La stratégie est ouverte. Commencez par l’étape que vous voulez.")
        return redirect(strategy)
    return render(request, "strategy/strategy_form.html", {"form": form, "strategy": None})


@requires(Ability.EDIT_STRATEGY)
def strategy_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Title, period, linked policies, what is asked of the assembly."""
    strategy = get_owned_or_404(request, Strategy.objects, pk=pk)
    form = StrategyForm(request.POST or None, instance=strategy, access=request.access)
    if request.method == "POST" and form.is_valid():
        messages.success(request, "C’est enregistré.")
        return redirect(form.save())
    return render(request, "strategy/strategy_form.html", {"form": form, "strategy": strategy})


@require_POST
@requires(Ability.EDIT_STRATEGY)
def strategy_move(request: HttpRequest, pk: int) -> HttpResponse:
    """To review, back to draft, into revision, to the archives."""
    strategy = get_owned_or_404(request, Strategy.objects, pk=pk)
    if not request.access.may(life_cycle.ability_for(request.POST.get("vers", ""))):
        raise PermissionDenied
    try:
        moved = life_cycle.move(
            strategy=strategy, to=request.POST.get("vers", ""), author=request.access.user, on=timezone.localdate()
        )
        messages.success(request, f"La stratégie est maintenant « {moved.get_status_display().lower()} ».")
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
    return redirect(strategy)


@requires(Ability.ADOPT_STRATEGY)
def strategy_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the deliberation; what was voted is frozen as a numbered version with its hash."""
    strategy = get_owned_or_404(request, Strategy.objects.select_related("collectivity"), pk=pk)
    form = AdoptionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            documents.adopt_and_request(
                strategy=strategy,
                author=request.access.user,
                deliberation_number=form.cleaned_data["deliberation_number"],
                on=form.cleaned_data["adopted_on"],
                today=timezone.localdate(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, "La stratégie est adoptée. Le document voté se prépare.")
            return redirect(strategy)
    return render(request, "strategy/strategy_adopt.html", {"form": form, "strategy": strategy})
