"""Documents of a strategy: ask for one, download one."""

import re

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from aict.accounts.access import get_owned_or_404, requires
from aict.accounts.enums import Ability
from strategy import documents
from strategy.models import Strategy, StrategyVersion


@require_POST
@requires(Ability.MAKE_DOCUMENT)
def make_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Freeze the strategy as it is today and ask for its PDF; a second click finds the same job."""
    strategy = get_owned_or_404(request, Strategy.objects, pk=pk)
    job = documents.request_document(strategy=strategy, author=request.access.user, on=timezone.localdate())
    return redirect(job)


@require_safe
@requires(Ability.VIEW)
def download(request: HttpRequest, pk: int, number: int) -> FileResponse:
    """The PDF of a version; 404 while it is not made."""
    versions = StrategyVersion.objects.select_related("strategy").exclude(pdf="")
    version = get_owned_or_404(request, versions, strategy_id=pk, number=number)
    try:
        content = version.pdf.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    name = f"{_file_stem(version.strategy)}-version-{number}.pdf"
    response = FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
    response["Cache-Control"] = "private, no-store"
    return response


def _file_stem(strategy: Strategy) -> str:
    """« strategie-d-action-economique-2027-2032 »: apostrophes part words, the years are said once."""
    stem = slugify(re.sub("[’']", "-", strategy.title))[:80].strip("-") or "strategie"
    has_years = all(str(year) in stem for year in (strategy.period_start, strategy.period_end))
    return stem if has_years else f"{stem}-{strategy.period}"
