"""Documents of actions: add, correct, download, delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from aict.accounts import attachment_views
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from typology.forms.documents import ActionDocumentFactsForm, ActionDocumentForm
from typology.models import Action, ActionDocument

DOCUMENTS = ActionDocument.objects.select_related("action")


@requires(Ability.EDIT_ACTIONS)
def add(request: HttpRequest, action_pk: int) -> HttpResponse:
    action = get_owned_or_404(request, Action.objects, pk=action_pk)
    document = ActionDocument(action=action, collectivity=action.collectivity)
    return attachment_views.written(request, ActionDocumentForm, document)


@requires(Ability.EDIT_ACTIONS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return attachment_views.written(request, ActionDocumentFactsForm, attachment_views.owned(request, DOCUMENTS, pk))


@require_safe
@requires(Ability.VIEW)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    return attachment_views.download(request, get_owned_or_404(request, DOCUMENTS, pk=pk))


@requires(Ability.EDIT_ACTIONS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    return attachment_views.deletion(request, attachment_views.owned(request, DOCUMENTS, pk))
