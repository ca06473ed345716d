"""What the clock rings each day."""

from celery import shared_task
from django.utils import timezone

from aict.accounts import daily


@shared_task
def daily_alerts() -> None:
    """Tell and mail the alerts of the day. Idempotent: rung twice, or by two workers at once, it repeats nothing."""
    daily.run(at=timezone.now())
