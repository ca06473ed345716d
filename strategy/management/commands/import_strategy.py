"""`import_strategy FILE.yaml`: load a collectivité, its registers and its strategy from one file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from aict.accounts.models import User
from aict.ui.typography import french
from strategy.imports import UnreadableFileError, plan_import, read_case, write
from typology.models import ActionType


class Command(BaseCommand):
    help = "Importe un fichier YAML (collectivité, registres, stratégie). Relancée, ne change rien."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER.yaml")
        parser.add_argument("--collectivity", default="", metavar="SIREN", help="collectivité d’arrivée, déjà créée")
        parser.add_argument("--partial", action="store_true", help="écrit les lignes acceptées, passe les refusées")
        parser.add_argument("--author", default="", metavar="ADRESSE", help="compte inscrit dans l’historique")

    def handle(self, *args: Any, **options: Any) -> None:
        if not ActionType.objects.exists():
            raise CommandError(
                "Les nomenclatures ne sont pas chargées : lancez d’abord « ./run manage load_reference »."
            )
        author = self._author(options["author"])
        try:
            case = read_case(options["file"])
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        plan = plan_import(case, siren=options["collectivity"])
        refused = plan.report.refused
        may_write = not refused or (options["partial"] and plan.collectivity.siren)
        if may_write:
            try:
                write(plan, author=author)
            except IntegrityError as error:
                reason = "Rien n’a été écrit : une autre personne a modifié les mêmes lignes. Relancez l’import."
                raise CommandError(french(reason)) from error
        for line in plan.report.lines():
            self.stdout.write(line)
        if not may_write:
            what = f"{refused} lignes refusées" if refused > 1 else "1 ligne refusée"
            how = "Corrigez le fichier, ou relancez avec --partial pour importer le reste."
            raise CommandError(french(f"Rien n’a été écrit : {what}. {how}"))

    def _author(self, email: str) -> User | None:
        if not email:
            return None
        author = User.objects.filter(email=email.lower()).first()
        if author is None:
            raise CommandError(french(f"Aucun compte n’a l’adresse « {email} ». Vérifiez --author."))
        return author
