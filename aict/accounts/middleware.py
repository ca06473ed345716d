"""Resolves who acts for whom, once per request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from aict.accounts.access import NOBODY, Access
from aict.accounts.models import Membership

SESSION_KEY = "collectivity"


class AccessMiddleware:
    """Sets `request.access` from the chosen membership, else the oldest one; NOBODY when nobody is signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.access = self.resolve(request)
        return self.get_response(request)

    @staticmethod
    def resolve(request: HttpRequest) -> Access:
        if not request.user.is_authenticated:
            return NOBODY
        memberships = list(Membership.objects.of(request.user).with_unread())
        chosen = request.session.get(SESSION_KEY)
        for membership in memberships:
            if membership.collectivity_id == chosen:
                return Access.of(membership, membership.unread)
        if not memberships:
            return Access(user=request.user, collectivity=None)
        oldest = min(memberships, key=lambda membership: membership.pk)
        return Access.of(oldest, oldest.unread)
