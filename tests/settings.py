"""The project's settings, made fast and strict for the suite."""

from aict.settings import *  # noqa: F403
from aict.settings import STORAGES, TEMPLATES


class UndefinedVariableError(Exception):
    """A template read a variable that its view did not give."""


class _Undefined(str):
    """Fails the test as soon as a template prints an undefined variable."""

    def __mod__(self, name: object) -> str:
        raise UndefinedVariableError(f"undefined template variable: {name}")

    def __contains__(self, piece: object) -> bool:
        return piece == "%s"


ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = _Undefined("%s")
WHITENOISE_AUTOREFRESH = True
