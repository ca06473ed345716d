"""allauth, closed: accounts are opened by invitation or by the instance administrator."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedSignupAdapter(DefaultAccountAdapter):
    """No public sign-up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
