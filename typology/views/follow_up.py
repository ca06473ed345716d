"""What remains to be done on an action, what is said about it, and what changed: the tab « Suivi »."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from aict.accounts import registers
from aict.accounts.access import requires
from aict.accounts.enums import Ability
from typology import tasks
from typology.forms.comments import CommentForm
from typology.models import Action, Comment

THREAD = 100  # comments on the page; the older ones stay in the database


@require_safe
@requires(Ability.VIEW)
def follow_up(request: HttpRequest, pk: int) -> HttpResponse:
    action = registers.get_readable_or_404(request, Action.objects.select_related("type__purpose__category"), pk)
    return page(request, action, CommentForm(instance=Comment(action=action), access=request.access))


def page(request: HttpRequest, action: Action, form: CommentForm) -> HttpResponse:
    """The tab of an action, with the form of a comment as it stands."""
    on = timezone.localdate()
    every = list(action.tasks.for_list())
    thread = list(action.comments.for_thread()[:THREAD])
    context = {
        "action": action,
        "may_edit": request.access.may(Ability.EDIT_ACTIONS) and not action.deleted_at,
        "milestones": tasks.milestones(
            action, [task for task in every if task.is_milestone], on=on, accent=request.access.collectivity.accent
        ),
        "tasks": tasks.rows([task for task in every if not task.is_milestone], on),
        "open_comments": [comment for comment in thread if not comment.resolved_at],
        "closed_comments": [comment for comment in thread if comment.resolved_at],
        "form": form,
        "changes": registers.changes_of(action),
    }
    return render(request, "typology/action_follow_up.html", context)
