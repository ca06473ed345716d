"""`send_alerts`: the alerts and digests of the day, for an installation whose clock is cron."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from aict.accounts import daily
from aict.ui.templatetags.ui import plural


class Command(BaseCommand):
    help = "Signale les échéances du jour et envoie les résumés par courriel. Peut être relancée sans rien répéter."

    def handle(self, *args: Any, **options: Any) -> None:
        run = daily.run(at=timezone.now())
        words = (
            plural(run.collectivities, "collectivité lue,collectivités lues"),
            plural(run.told, "avis nouveau,avis nouveaux"),
            plural(run.mailing.sent, "courriel envoyé,courriels envoyés"),
        )
        self.stdout.write(", ".join(words) + ".")
        if run.broken or run.mailing.failed:
            refused = plural(run.mailing.failed, "courriel non envoyé,courriels non envoyés")
            broken = plural(run.broken, "collectivité en erreur,collectivités en erreur")
            raise CommandError(f"{refused}, {broken} : lisez le journal, puis relancez la commande.")
