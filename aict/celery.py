"""The Celery application: `celery -A aict worker`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "aict.settings")

app = Celery("aict")
app.config_from_object("aict.settings:CELERY")  # read at first use, once Django is set up
app.autodiscover_tasks(["aict.jobs", "aict.imports", "aict.accounts"])
