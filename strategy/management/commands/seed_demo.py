"""`seed_demo`: the fictional collectivité of the demonstration and its accounts. Relancée, ne change rien."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aict.accounts.enums import Role
from aict.ui.typography import NBSP
from strategy import demo


class Command(BaseCommand):
    help = "Crée la démonstration (AICT_DEMO=1) : une métropole fictive, un compte par rôle."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Les comptes de démonstration ont un mot de passe public : ils ne sont créés que par ./run demo "
                "(AICT_DEMO=1)."
            )
        if not demo.is_seeded():
            self.stdout.write("Création de la démonstration, quelques secondes…")
            demo.seed(timezone.localdate())
        demo.ensure_document(timezone.localdate())
        if options["verbosity"]:
            self._present()

    def _present(self) -> None:
        """Accounts and how to enter; the launcher prints the address."""
        self.stdout.write("\nMétropole de Valmarée : collectivité, firmes et chiffres fictifs.")
        self.stdout.write(
            f"Comptes (mot de passe commun{NBSP}: {demo.PASSWORD}), à l’adresse que donne ./run demo{NBSP}:"
        )
        for role, (email, label) in demo.ACCOUNTS.items():
            self.stdout.write(f"  {Role(role).label:<25} {email:<45} {label}")
