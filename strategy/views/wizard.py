"""The wizard: one address per step, any order, several authors, one row open at a time."""

from __future__ import annotations

from copy import copy
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from strategy import forms, steps, writing
from strategy.models import StepRow, Strategy
from strategy.pages import StepPage
from strategy.prefill import suggestions
from strategy.steps import Step

NEW = "nouvelle"


@requires(Ability.VIEW)
def step(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """One step: its rows, the one that is open, its checks, the guide beside."""
    strategy, current = _strategy_and_step(request, pk, slug)
    page = StepPage.load(strategy=strategy, step=current, access=request.access, on=timezone.localdate())
    if request.method == "POST":
        _refuse_reader(page)
        return _save(request, page)
    opened = request.GET.get("ligne", "")
    row = page.row_or_404(opened) if opened not in ("", NEW) else None
    form = page.form(row) if page.is_editable and (row or opened == NEW) else None
    return _render(request, page, form=form, opened=row)


def _save(request: HttpRequest, page: StepPage) -> HttpResponse:
    """Save the open row, then go where the pressed button says; nothing typed is ever lost."""
    posted = request.POST.get("ligne", "")
    row = page.row(posted) if posted not in ("", NEW) else None
    gone = bool(posted and posted != NEW and row is None)
    form = page.form(row, data=request.POST)
    if not posted or forms.is_blank(form):
        return _go_on_without_saving(request, page, posted)
    if not form.is_valid():
        return _render(request, page, form=form, opened=row)
    try:
        if gone:
            raise writing.StaleStepError
        saved = writing.save_row(form=form, expected_version=_posted_version(request), author=request.access.user)
    except writing.StaleStepError:
        return _show_both_texts(request, page, form, row)
    except ValidationError as closed:
        form.add_error(None, closed)
        return _render(request, page, form=form, opened=row, status=409)
    messages.success(request, f"« {saved} » est enregistré.")
    return _go(request, page, opened=saved)


def _go_on_without_saving(request: HttpRequest, page: StepPage, posted: str) -> HttpResponse:
    """Nothing was typed: whoever asked to save and stay is told so, before the same blank row."""
    if posted != NEW or request.POST.get("aller") != "rester":
        return _go(request, page, opened=None)
    messages.info(request, "Rien à enregistrer : la ligne est vide.")
    base = reverse("strategy:step", args=[page.strategy.pk, page.step.slug])
    return redirect(f"{base}?ligne={NEW}#ligne")


def _show_both_texts(
    request: HttpRequest, page: StepPage, form: forms.StepRowForm, row: StepRow | None
) -> HttpResponse:
    """409: a colleague saved this step meanwhile. Both texts are shown; saving again keeps mine."""
    fresh = StepPage.load(strategy=page.strategy, step=page.step, access=request.access, on=page.material.on)
    stored = fresh.row(str(row.pk)) if row else None
    again = fresh.form(copy(stored) if stored else None, data=request.POST)  # validating writes on its instance
    again.is_valid()
    conflict = {
        "differences": forms.differences(page.step, stored, again) if stored else [],
        "is_deleted": stored is None and request.POST.get("ligne") != NEW,
        "author": fresh.state.saved_by,
    }
    return _render(request, fresh, form=again, opened=stored, conflict=conflict, status=409)


@requires(Ability.VIEW)
def delete_row(request: HttpRequest, pk: int, slug: str, row_pk: int) -> HttpResponse:
    """Ask, then delete one row; the history keeps it."""
    strategy, current = _strategy_and_step(request, pk, slug)
    page = StepPage.load(strategy=strategy, step=current, access=request.access, on=timezone.localdate())
    _refuse_reader(page)
    row = page.row_or_404(str(row_pk))
    if request.method == "POST":
        try:
            writing.delete_row(
                row=row, step=current, expected_version=_posted_version(request), author=request.access.user
            )
        except writing.StaleStepError:
            messages.warning(request, "Un collègue vient de modifier cette étape : relisez la ligne, puis confirmez.")
            return render(request, "strategy/row_delete.html", {"page": page, "row": row}, status=409)
        except ValidationError as closed:
            messages.error(request, " ".join(closed.messages))
            return redirect("strategy:step", pk, slug)
        messages.success(request, f"« {row} » est supprimé.")
        return redirect("strategy:step", pk, slug)
    return render(request, "strategy/row_delete.html", {"page": page, "row": row})


@require_POST
@requires(Ability.VIEW)
def take_over(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """Add the rows chosen among what the registers already know."""
    strategy, current = _strategy_and_step(request, pk, slug)
    page = StepPage.load(strategy=strategy, step=current, access=request.access, on=timezone.localdate())
    _refuse_reader(page)
    chosen = set(request.POST.getlist("reprendre"))
    rows = [item.build() for item in suggestions(current, page.material) if item.key in chosen]
    if not rows:
        messages.info(request, "Rien n’a été choisi : cochez au moins une ligne à reprendre.")
        return redirect("strategy:step", pk, slug)
    try:
        count = writing.add_rows(
            strategy=strategy,
            step=current,
            rows=rows,
            expected_version=_posted_version(request),
            author=request.access.user,
        )
        messages.success(request, f"{count} ligne{'s' if count > 1 else ''} reprise{'s' if count > 1 else ''}.")
    except writing.StaleStepError:
        messages.warning(request, "Cette étape a changé entre-temps : voyez ce qui reste à reprendre.")
    except ValidationError as refused:
        messages.error(request, f"Rien n’est repris. {' '.join(refused.messages)}")
    return redirect("strategy:step", pk, slug)


def _strategy_and_step(request: HttpRequest, pk: int, slug: str) -> tuple[Strategy, Step]:
    if slug not in steps.BY_SLUG:
        raise Http404
    return get_owned_or_404(request, Strategy.objects.select_related("collectivity"), pk=pk), steps.BY_SLUG[slug]


def _refuse_reader(page: StepPage) -> None:
    if not page.may_write:
        raise PermissionDenied
    if not page.strategy.is_editable:
        raise PermissionDenied


def _posted_version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _go(request: HttpRequest, page: StepPage, opened: StepRow | None) -> HttpResponse:
    """The button says where: another row, a new one, the next step, or stay."""
    where = request.POST.get("aller", "")
    base = reverse("strategy:step", args=[page.strategy.pk, page.step.slug])
    following = steps.after(page.step)
    if where == "suivante":
        target = ("strategy:step", page.strategy.pk, following.slug) if following else page.strategy
        return redirect(*target) if isinstance(target, tuple) else redirect(target)
    if where == NEW or (where.isascii() and where.isdigit()):
        return redirect(f"{base}?ligne={where}#ligne")
    return redirect(f"{base}?ligne={opened.pk}#ligne" if opened and where != "fermer" else base)


def _render(request: HttpRequest, page: StepPage, status: int = 200, **context: Any) -> HttpResponse:
    context = {"conflict": None, "form": None, "opened": None} | context
    return render(request, "strategy/step.html", {"page": page, **context}, status=status)
