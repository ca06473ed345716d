"""What the clock rings each day."""

from celery import shared_task
from django.utils import timezone

from partners import alerts


@shared_task
def daily_alerts() -> None:
    """Tell and mail the alerts of the day. Idempotent: rung twice, or by two workers at once, it repeats nothing."""
    alerts.daily(at=timezone.now())
