"""Sign-in, password and current collectivité. allauth does the work; what is not routed here does not exist."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from allauth.account import views as allauth_views
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_http_methods

from aict.accounts.access import Access
from aict.accounts.enums import Ability
from aict.accounts.member_forms import ROLE_HELP
from aict.accounts.middleware import SESSION_KEY, AccessMiddleware
from aict.accounts.models import Membership

MAIL_FAILED = "Le message n’a pas pu partir. Réessayez dans quelques minutes, ou prévenez qui administre ce site."


class DemoAccount(NamedTuple):
    """A role account of the demonstration, shown on its sign-in page."""

    email: str
    role: str
    first_gesture: str


DEMO_PASSWORD = "demonstration-valmaree"  # noqa: S105 (printed on the page; fictional data only)
DEMO_ACCOUNTS = [
    DemoAccount(
        "relations-internationales@valmaree.example",
        "Relations internationales",
        "tient les accords et la stratégie, produit le document",
    ),
    DemoAccount("economie@valmaree.example", "Développement économique", "consigne actions, budgets et mesures"),
    DemoAccount("elu@valmaree.example", "Élu·e", "lit tout et donne la vision à long terme"),
    DemoAccount("admin@valmaree.example", "Administration", "gère les membres et les réglages"),
    DemoAccount("reseau@valmaree.example", "Réseau partenaire", "lit par l’API ce qui est partagé"),
]


class ApiAddress(NamedTuple):
    """What a network reads, shown where it lands: it has no page."""

    route: str
    reads: str


API_ADDRESSES = [
    ApiAddress("territory-list", "les territoires partenaires"),
    ApiAddress("agreement-list", "les accords de coopération"),
    ApiAddress("stakeholder-list", "les acteurs et les entreprises"),
    ApiAddress("action-list", "les actions"),
    ApiAddress("measure-list", "les mesures validées"),
    ApiAddress("indicator-list", "les indicateurs et leurs unités"),
    ApiAddress("schema", "la description de ces adresses et de leurs champs (OpenAPI)"),
]


class SignInView(allauth_views.LoginView):
    """The first page anybody sees."""

    def form_valid(self, form: Any) -> HttpResponse:
        """Where one was heading; a network, which reads no page of the registers, where it reads instead."""
        response = super().form_valid(form)
        access = AccessMiddleware.resolve(self.request)
        if access.user and not access.may(Ability.VIEW) and response.status_code == HTTPStatus.FOUND:
            ability = _ability_asked(response["Location"])
            if ability and not access.may(ability):
                return redirect(access.landing)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if settings.DEMO:
            context |= {"demo_accounts": DEMO_ACCOUNTS, "demo_password": DEMO_PASSWORD}
        return context


def _ability_asked(address: str) -> Ability | None:
    """The ability that the page of one of our addresses asks for; None when it asks for none, or leads nowhere."""
    try:
        view = resolve(urlsplit(address).path).func
    except (Resolver404, ValueError):
        return None
    return getattr(view, "required_ability", None)


class ResetPasswordView(allauth_views.PasswordResetView):
    """Asks for a link by e-mail; a mail server that is down is said, not shown as a fault of the site."""

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            return super().form_valid(form)
        except OSError:  # SMTPException included
            form.add_error(None, MAIL_FAILED)
            return self.form_invalid(form)


class ChangePasswordView(allauth_views.PasswordChangeView):
    """An account whose password was withdrawn proves its address instead."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            return redirect("account_reset_password")
        return super().dispatch(request, *args, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
def switch(request: HttpRequest) -> HttpResponse:
    """My collectivités, and the one I work for now. Open to whoever is signed in, member or not."""
    memberships = list(Membership.objects.of(request.access.user))
    if request.method != "POST":
        rows = [(membership, ROLE_HELP[membership.role]) for membership in memberships]
        return render(request, "accounts/switch.html", {"rows": rows, "api_addresses": API_ADDRESSES})
    for membership in memberships:
        if str(membership.collectivity_id) == request.POST.get("collectivity"):
            request.session[SESSION_KEY] = membership.collectivity_id
            # A form opened for the other collectivité, in another tab, is refused rather than written here.
            rotate_token(request)
            messages.success(request, f"Collectivité en cours : {membership.collectivity}.")
            return redirect(Access.of(membership).landing)
    raise Http404
