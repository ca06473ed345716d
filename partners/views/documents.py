"""Documents of agreements and territories: add, correct, download, delete."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from aict.accounts import attachment_views
from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from partners.enums import DocumentKind
from partners.forms.documents import DocumentFactsForm, DocumentForm
from partners.models import Agreement, Document, Territory

DOCUMENTS = Document.objects.select_related("agreement", "territory")


@requires(Ability.EDIT_PARTNERS)
def add_to_agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """`?kind=deliberation` (a value of DocumentKind) comes chosen: a step of the legal checklist leads here."""
    agreement = get_owned_or_404(request, Agreement.objects, pk=pk)
    document = Document(agreement=agreement, collectivity=agreement.collectivity)
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if kind in DocumentKind.values else None
    return attachment_views.written(request, DocumentForm, document, initial=initial)


@requires(Ability.EDIT_PARTNERS)
def add_to_territory(request: HttpRequest, pk: int) -> HttpResponse:
    territory = get_owned_or_404(request, Territory.objects, pk=pk)
    document = Document(territory=territory, collectivity=territory.collectivity)
    return attachment_views.written(request, DocumentForm, document)


@requires(Ability.EDIT_PARTNERS)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    return attachment_views.written(request, DocumentFactsForm, attachment_views.owned(request, DOCUMENTS, pk))


@require_safe
@requires(Ability.VIEW)
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    return attachment_views.download(request, get_owned_or_404(request, DOCUMENTS, pk=pk))


@requires(Ability.EDIT_PARTNERS)
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    return attachment_views.deletion(request, attachment_views.owned(request, DOCUMENTS, pk))
