"""`import_partners FILE [--create-collectivities]`: the twinnings of many collectivités, keyed by SIREN."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from aict.accounts.models import User
from aict.imports.report import LineReport, Outcome, tally
from aict.imports.tables import recognised
from aict.ui import spreadsheets
from aict.ui.typography import NBSP
from aict.ui.workbooks import RefusedFileError
from partners.import_tables import TWINNINGS
from partners.twinnings import Outcomes, import_all


class Command(BaseCommand):
    help = (
        "Importe les jumelages de plusieurs collectivités (CSV ou XLSX : siren, ville_partenaire, code_pays, pays…). "
        "Chaque ligne crée le territoire et son jumelage s’ils manquent ; relancée, ne crée rien."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument(
            "--create-collectivities", action="store_true", help="ouvre les collectivités dont le SIREN est inconnu"
        )
        parser.add_argument("--author", default="", metavar="ADRESSE", help="compte inscrit dans l’historique")

    def handle(self, *args: Any, **options: Any) -> None:
        author = self._author(options["author"])
        sheet = self._sheet(options["file"])
        if recognised(sheet.headings, [TWINNINGS.ability]) is not TWINNINGS:
            raise CommandError(
                "Ce fichier n’est pas un fichier de jumelages : il lui faut au moins les colonnes siren, "
                "ville_partenaire et code_pays."
            )
        self._tell(import_all(sheet=sheet, create=options["create_collectivities"], author=author))

    def _sheet(self, path: Path) -> spreadsheets.Sheet:
        try:
            if path.stat().st_size > spreadsheets.MAX_BYTES:
                raise CommandError(f"{path} dépasse {spreadsheets.MAX_BYTES // 1024**2} Mo : découpez-le.")
            return spreadsheets.read(path.read_bytes())
        except OSError:
            raise CommandError(f"{path} ne se lit pas : vérifiez le chemin et les droits.") from None
        except RefusedFileError as refused:
            raise CommandError(str(refused)) from None

    def _tell(self, done: Outcomes) -> None:
        """Refused rows, doubts, homonyms, collectivités opened, then one line that sums up."""
        for line in done.report.lines:
            for said in _said(line):
                self.stdout.write(said)
        for notice in done.report.notices:
            self.stdout.write(notice)
        if done.opened:
            self.stdout.write(f"Collectivités ouvertes{NBSP}: {len(done.opened)}.")
        self.stdout.write(f"Territoires créés{NBSP}: {done.territories}.")
        counts = done.report.counts
        self.stdout.write(f"Total{NBSP}: {tally(counts)}.")

    def _author(self, email: str) -> User | None:
        if not email:
            return None
        author = User.objects.filter(email=email.lower()).first()
        if author is None:
            raise CommandError(f"Aucun compte n’a l’adresse « {email} ». Vérifiez --author.")
        return author


def _said(line: LineReport) -> list[str]:
    if line.outcome is Outcome.REFUSED:
        return [
            f"Refusé, ligne {line.number} ({line.label or 'sans nom'}), {one.column or 'ligne entière'} = "
            f"« {one.value} »{NBSP}: {one.text}"
            for one in line.reasons
        ]
    own = [note for note in line.notes if not note.startswith("Homonymes")]
    return [f"À savoir, ligne {line.number} ({line.label}){NBSP}: {note}" for note in own]
