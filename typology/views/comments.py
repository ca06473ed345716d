"""Comments on actions: write, close, open again, delete one's own."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from aict.accounts import registers
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology import comments
from typology.forms.comments import CommentForm
from typology.models import Action, Comment
from typology.views import follow_up


@requires(Ability.EDIT_ACTIONS)
def create(request: HttpRequest, action_pk: int) -> HttpResponse:
    """Write a comment; refused, the same page comes back with what was typed."""
    action = get_owned_or_404(request, Action.objects.select_related("type__purpose__category"), pk=action_pk)
    posted = request.POST if request.method == "POST" else None
    form = CommentForm(posted, instance=Comment(action=action), access=request.access)
    if form.is_valid():
        comment = form.save()
        told = comment.mentions.exclude(user=request.access.user).count()
        messages.success(request, f"Commentaire ajouté.{' Les personnes nommées sont prévenues.' if told else ''}")
        return redirect(comment)
    return follow_up.page(request, action, form)


@require_POST
@requires(Ability.EDIT_ACTIONS)
def resolve(request: HttpRequest, pk: int) -> HttpResponse:
    comment = _comment(request, pk)
    comments.resolve(comment=comment, author=request.access.user, at=timezone.now())
    messages.success(request, "Commentaire résolu : il reste lisible plus bas.")
    return redirect(f"{reverse('typology:action_follow_up', args=[comment.action_id])}#commentaires")


@require_POST
@requires(Ability.EDIT_ACTIONS)
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    comment = _comment(request, pk)
    comments.reopen(comment=comment, author=request.access.user)
    messages.success(request, "Commentaire rouvert.")
    return redirect(comment)


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Only one's own: what a colleague said is theirs to take back."""
    comment = _comment(request, pk)
    if comment.author_id != request.access.user.pk:
        raise PermissionDenied
    page = reverse("typology:action_follow_up", args=[comment.action_id])
    return registers.removal(
        request,
        comment,
        noun="votre commentaire",
        says="Il quitte la page de l’action. Les personnes prévenues gardent leur avis.",
        trail=[("Actions", reverse("typology:action_list")), (str(comment.action), page)],
        back=f"{page}#commentaires",
    )


def _comment(request: HttpRequest, pk: int) -> Comment:
    rows = Comment.objects.select_related("action").filter(action__deleted_at=None)
    return get_owned_or_404(request, rows, pk=pk)
