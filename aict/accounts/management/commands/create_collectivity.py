"""`create_collectivity`: the instance administrator opens a tenant and gets the link for its first admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from aict.accounts import invitations
from aict.accounts.enums import CollectivityKind, Role
from aict.accounts.models import INVITATION_DAYS, Authority, Collectivity, Invitation


class Command(BaseCommand):
    help = (
        "Ouvre une collectivité et affiche le lien d’invitation de la personne qui l’administrera. "
        "Le nom et la nature viennent du répertoire officiel, sinon de --name et --kind."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--siren", required=True, help="SIREN de la collectivité, neuf chiffres")
        parser.add_argument("--admin", required=True, metavar="MAIL", help="adresse de la personne qui administrera")
        parser.add_argument("--name", help="nom, quand le SIREN n’est pas au répertoire")
        parser.add_argument("--kind", choices=CollectivityKind.values, help="nature, quand le SIREN n’y est pas")
        parser.add_argument(
            "--reinvite", action="store_true", help="la collectivité existe déjà : seulement un nouveau lien"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        siren = "".join(options["siren"].split())
        try:
            validate_email(options["admin"])
            with transaction.atomic():
                collectivity = self._collectivity(siren, options)
                invitation = Invitation(
                    collectivity=collectivity, email=options["admin"].strip().lower(), role=Role.ADMIN
                )
                token = invitations.issue(invitation=invitation, author=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        self.stdout.write(f"{collectivity.name} (SIREN {collectivity.siren}, {collectivity.get_kind_display()})")
        self.stdout.write(f"Lien à transmettre à {invitation.email}, valable {INVITATION_DAYS} jours, une seule fois :")
        self.stdout.write(reverse("accounts:invitation", args=[token]))

    def _collectivity(self, siren: str, options: dict[str, Any]) -> Collectivity:
        existing = Collectivity.objects.filter(siren=siren).first()
        if options["reinvite"]:
            if existing is None:
                raise CommandError(f"Aucune collectivité n’a le SIREN {siren} : pour l’ouvrir, retirez --reinvite.")
            return existing
        if existing is not None:
            raise CommandError(f"{existing.name} existe déjà. Pour un nouveau lien, ajoutez --reinvite.")
        collectivity = describe(siren, name=options["name"], kind=options["kind"])
        collectivity.full_clean()
        collectivity.save()
        return collectivity


def describe(siren: str, *, name: str | None, kind: str | None) -> Collectivity:
    """An unsaved collectivité, from the official list where it is, completed or corrected by what was given."""
    authority = Authority.objects.current().filter(siren=siren).first() if siren else None
    if authority is None:
        if not (name and kind):
            raise CommandError(
                f"Le SIREN {siren} n’est pas au répertoire. Vérifiez-le, ou donnez --name et --kind "
                f"({', '.join(CollectivityKind.values)})."
            )
        return Collectivity(siren=siren, name=name, kind=kind)
    region = Authority.objects.filter(kind=CollectivityKind.REGION, insee_code=authority.region).first()
    return Collectivity(
        siren=siren,
        name=name or authority.label,
        kind=kind or authority.kind,
        department=authority.departement,
        region=region.label if region else "",
        population=authority.population,
    )
