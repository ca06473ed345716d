"""The project's settings with the sample kinds of work, for a worker in its own process."""

from aict.settings import *  # noqa: F403
from aict.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.jobs.sample"]
