"""Documents of a strategy: ask for one, download one."""

from django.http import Http404, HttpRequest, HttpResponse

from aict.accounts.access import requires
from aict.accounts.enums import Ability


@requires(Ability.MAKE_DOCUMENT)
def make_document(request: HttpRequest, pk: int) -> HttpResponse:
    raise Http404


@requires(Ability.VIEW)
def download(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    raise Http404
