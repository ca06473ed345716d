"""The project package. Importing the Celery application here lets `celery -A aict` find it."""

from aict.celery import app as celery_app

__all__ = ["celery_app"]
