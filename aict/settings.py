"""Settings: constants here, what changes from one installation to another in env.py."""

from celery.schedules import crontab
from csp.constants import NONE, SELF

from aict.env import BASE_DIR, VAR_DIR, broker, database, env, secret_key

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = secret_key()
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "aict.accounts",
    "aict.imports",
    "aict.jobs",
    "aict.ui",
    "partners",
    "typology",
    "evaluation",
    "strategy",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "aict.accounts.middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "aict.ui.middleware.NotAllowedPageMiddleware",
]

ROOT_URLCONF = "aict.urls"
WSGI_APPLICATION = "aict.wsgi.application"
ASGI_APPLICATION = "aict.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "aict.accounts.context.access",
            ],
            "builtins": ["aict.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "aict.ui.renderer.HouseRenderer"

DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The cache sits in the database, so that a page never depends on Redis (docs/adr/0003).
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

# Accounts --------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # accounts are opened by invitation: the link proves the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "aict.accounts.adapter.ClosedSignupAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_SESSION_REMEMBER = True  # always twelve hours: SESSION_COOKIE_AGE
ACCOUNT_FORMS = {
    "login": "aict.accounts.session_forms.SignInForm",
    "reset_password": "aict.accounts.session_forms.ResetPasswordForm",
    "reset_password_from_key": "aict.accounts.session_forms.ResetPasswordKeyForm",
    "change_password": "aict.accounts.session_forms.ChangePasswordForm",
}
# Per account and address (aict/accounts/adapter.py), never per address alone: a town hall shares one.
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": "5/5m/key", "reset_password": "20/m/ip,3/10m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
EMAIL_TIMEOUT = 10  # seconds: a mail server that never answers holds nobody up
EMAIL_CONFIG = env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="aict@localhost")

# Language --------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# Files -----------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.str("AICT_STATIC_DIR", default=str(VAR_DIR / "static"))  # built into the container image
STATICFILES_DIRS = [BASE_DIR / "static"]
# Ours alone: the pages use nothing of the style sheets and scripts that packages bring.
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
MEDIA_ROOT = VAR_DIR / "media"  # never served as such: downloads pass the access door
FIXTURES_DIR = BASE_DIR / "fixtures"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_HANDLERS = [
    "aict.ui.upload_bound.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# A command that reads the file named after it and ends with 0 when it is clean, 1 when it is infected.
UPLOAD_SCANNER = env.str("UPLOAD_SCANNER", default="")

# Security --------------------------------------------------------------------------------
HTTPS = env.bool("HTTPS", default=False)
# Where the links of a message written without a page lead: nobody's browser is there to say it.
SITE_URL = env.str("SITE_URL", default="") or f"{'https' if HTTPS else 'http'}://{(ALLOWED_HOSTS or ['localhost'])[0]}"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]  # the container probes itself without TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # not a third cookie
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}

# API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AICT économique",
    "DESCRIPTION": "Lecture des territoires, accords, acteurs, actions et mesures d’une collectivité.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "aict.accounts.openapi.describe",
    ],
    # Two lists of choices sit behind fields named « nature ».
    "ENUM_NAME_OVERRIDES": {
        "SourceNatureEnum": "aict.accounts.enums.SourceNature",
        "IndicatorNatureEnum": "evaluation.enums.IndicatorNature",
    },
}

# Background work -------------------------------------------------------------------------
# A worker that gives no sign of life for JOB_LEASE seconds loses its job; every JOB_SWEEP seconds what nobody
# heard is rung again. Their sum, plus the work itself, is how long a killed worker delays a document.
JOB_LEASE = env.int("JOB_LEASE", default=20)
JOB_SWEEP = env.int("JOB_SWEEP", default=15)
CELERY = {
    **broker(),
    "task_ignore_result": True,
    "task_acks_late": True,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
    "task_publish_retry": False,
    "broker_connection_timeout": 1,
    "broker_connection_retry_on_startup": True,
    "beat_schedule_filename": str(VAR_DIR / "celerybeat-schedule"),
    "beat_schedule": {
        # Expires before the next one: a worker that was away does not find a thousand sweeps waiting.
        "sweep": {"task": "aict.jobs.tasks.sweep", "schedule": JOB_SWEEP, "options": {"expires": JOB_SWEEP}},
        "imports": {
            "task": "aict.imports.tasks.forget_imports",
            "schedule": crontab(hour=3, minute=10),
            "options": {"expires": 12 * 3600},
        },
        "exports": {
            "task": "aict.jobs.tasks.forget_exports",
            "schedule": crontab(hour=3, minute=20),
            "options": {"expires": 12 * 3600},
        },
        # Half past six in TIME_ZONE, before people arrive; a second run of the same day tells and sends nothing more.
        "alerts": {
            "task": "aict.accounts.tasks.daily_alerts",
            "schedule": crontab(hour=6, minute=30),
            "options": {"expires": 12 * 3600},
        },
    },
    "timezone": TIME_ZONE,
}

DEMO = env.bool("AICT_DEMO", default=False)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"one_line": {"()": "django.utils.log.CallbackFilter", "callback": "ext://aict.log.one_line"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"filters": ["one_line"]}},
}
