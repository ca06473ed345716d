"""What a step will give in the document, on screen: the same composition as the PDF, from today's data."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from strategy import document, snapshots, steps
from strategy.models import Strategy


@requires(Ability.VIEW)
def preview(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Matrices, grids, maps, totals and rows of one step, recomputed at each visit."""
    if slug not in steps.BY_SLUG:
        raise Http404
    strategy = get_owned_or_404(request, Strategy.objects.select_related("collectivity"), pk=pk)
    step = steps.BY_SLUG[slug]
    built = document.build(snapshots.take(strategy, timezone.localdate()), number=strategy.versions.count() + 1)
    sections = [section for chapter in built.chapters for section in chapter.sections if section.number == step.code]
    return render(request, "strategy/preview.html", {"strategy": strategy, "step": step, "sections": sections})
