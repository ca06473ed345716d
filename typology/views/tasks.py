"""Tasks: those of the collectivité, and the gestures on one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import exports, tasks
from typology.forms.tasks import TaskForm
from typology.models import Action, Task
from typology.task_filters import TaskFilter, asked


@require_safe
@requires(Ability.VIEW)
def index(request: HttpRequest) -> HttpResponse:
    on = timezone.localdate()
    own = Task.objects.for_collectivity(request.access.collectivity).live()
    filters = TaskFilter(asked(request), own, request=request)
    page = registers.page_of(request, filters.qs.for_list())
    context = {
        "filters": filters,
        "page": page,
        "rows": tasks.rows(page, on),
        "late": own.late(on).filter(owner__user=request.access.user).count(),
        "may_edit": request.access.may(Ability.EDIT_ACTIONS),
    }
    return render(request, "typology/task_list.html", context)


@require_safe
@requires(Ability.EXPORT)
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    rows = Task.objects.for_collectivity(request.access.collectivity).live().for_list()
    return exports.tasks(TaskFilter(asked(request), rows, request=request).qs, format)


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    return _written(request, Task(action=action), "Tâche ajoutée")


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return _written(request, _task(request, pk), "Tâche modifiée")


def _written(request: HttpRequest, task: Task, done: str) -> HttpResponse:
    page = reverse("typology:action_follow_up", args=[task.action_id])
    return registers.written(
        request,
        TaskForm,
        task,
        template="typology/task_form.html",
        done=done,
        initial={"is_milestone": request.GET.get("etape") == "1"},
        context={"action": task.action, "back": f"{page}#taches"},
        back=f"{page}#taches",
    )


@require_POST
@requires(Ability.EDIT_ACTIONS)
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    if tasks.finish(task=task, author=request.access.user, on=timezone.localdate()):
        messages.success(request, f"Fait : « {task} ».")
    return _back(request, task)


@require_POST
@requires(Ability.EDIT_ACTIONS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    if tasks.reopen(task=task, author=request.access.user):
        messages.success(request, f"À faire de nouveau : « {task} ».")
    return _back(request, task)


def _back(request: HttpRequest, task: Task) -> HttpResponse:
    """To the list with its filters or to the event, when the gesture was made there; else to the action."""
    if "list" in request.POST:
        return redirect(f"{reverse('typology:task_list')}?{request.GET.urlencode()}")
    if "event" in request.POST and task.event_id:
        return redirect(f"{task.event.get_absolute_url()}#suites")
    return redirect(task)


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    task = _task(request, pk)
    page = reverse("typology:action_follow_up", args=[task.action_id])
    return registers.removal(
        request,
        task,
        noun="cette tâche",
        says=f"Elle quitte l’action « {task.action} » et le calendrier.",
        trail=[("Actions", reverse("typology:action_list")), (str(task.action), page)],
        back=f"{page}#taches",
    )


def _task(request: HttpRequest, pk: int) -> Task:
    rows = Task.objects.select_related("action", "owner__user").filter(action__deleted_at=None)
    return get_owned_or_404(request, rows, pk=pk)
