"""What the clock rings each day."""

from celery import shared_task
from django.utils import timezone

from aict.imports import runs


@shared_task
def forget_imports() -> int:
    """Remove the files of imports older than seven days. Idempotent."""
    return runs.forget_old(now=timezone.now())
