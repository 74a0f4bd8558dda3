"""Settings shared by every environment; what an administrator changes is in ``variables.py``."""

from __future__ import annotations

from csp.constants import NONE, SELF

from portrea import __version__
from portrea.sources.store import default_home
from portrea.vocab import languages
from portrea.web.config.settings import variables
from portrea.web.config.settings.clock import clock
from portrea.web.config.settings.database import database
from portrea.web.config.settings.email import email
from portrea.web.config.settings.objects import objects
from portrea.web.config.settings.secret import secret_key
from portrea.web.config.settings.sms import sms

PORTREA_HOME = default_home().expanduser()
PORTREA_VERSION = __version__
PORTREA_PUBLISHER = variables.text("PORTREA_PUBLISHER")
PORTREA_PUBLICATION_DIRECTOR = variables.text("PORTREA_PUBLICATION_DIRECTOR")
PORTREA_HOSTING = variables.text("PORTREA_HOSTING")
PORTREA_CONTACT = variables.text("PORTREA_CONTACT")
PORTREA_API_RATE = variables.text("PORTREA_API_RATE")
PORTREA_METRICS_TOKEN = variables.text("PORTREA_METRICS_TOKEN")
PORTREA_ALERTS_TO = variables.listed("PORTREA_ALERTS_TO")
PORTREA_PROXY = variables.flag("PORTREA_PROXY")

SECRET_KEY = secret_key(variables.text("PORTREA_SECRET_KEY"), PORTREA_HOME)
DEBUG = False
ALLOWED_HOSTS = variables.listed("PORTREA_HOSTS")
ROOT_URLCONF = "portrea.web.config.urls"
WSGI_APPLICATION = "portrea.web.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
DATABASES = {"default": database(variables.text("PORTREA_DATABASE_URL"), PORTREA_HOME)}

INSTALLED_APPS = [
    "portrea.web.design",
    "portrea.web.accounts",
    "portrea.web.territories",
    "portrea.web.needs",
    "portrea.web.offer",
    "portrea.web.reach",
    "portrea.web.surveys",
    "portrea.web.action",
    "portrea.web.rights",
    "portrea.web.steering",
    "portrea.web.journeys",
    "portrea.web.api",
    "portrea.web.operation",
    "portrea.web.accounts.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "portrea.web.operation.logs.requests.RequestLineMiddleware",
    "portrea.web.journeys.same_minute.SameMinuteMiddleware",
    "portrea.web.api.middleware.ApiMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "portrea.web.config.middleware.SecurityHeadersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "portrea.web.config.middleware.BodySizeMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "portrea.web.api.stations.StationMiddleware",
    "portrea.web.design.languages.LanguageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portrea.web.accounts.sessions.SharedComputerMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "portrea.web.config.middleware.PortreaErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [
                (
                    "portrea.web.design.folding.Loader",
                    ["django.template.loaders.app_directories.Loader"],
                )
            ],
            "builtins": ["portrea.web.design.templatetags.french_dates"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "portrea.web.design.context.site",
            ],
        },
    },
    {
        "NAME": "mail",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "autoescape": False,
            "builtins": ["portrea.web.design.templatetags.french_dates"],
        },
    },
]

LANGUAGE_CODE = "fr"
LANGUAGES = list(languages.LANGUAGES.items())
USE_I18N = True
USE_TZ = True
TIME_ZONE = clock(variables.text("PORTREA_TIME_ZONE"))

STATIC_URL = "/static/"
STATIC_ROOT = PORTREA_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portrea.web.design.storage.SiteStorage"},
}
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("woff2", "png", "jpg", "gz", "br", "pmtiles")

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "TIMEOUT": 86_400,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
    "answers": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "answers",
        "TIMEOUT": 60,
        "OPTIONS": {"MAX_ENTRIES": 4_000},
    },
    "shared": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "portrea_cache",
        "TIMEOUT": 3_600,
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
}
"""``default``: rendered portraits, by state of the data and of the site: about 100 kB each, kept by
each process in its own memory, which no database matches. ``answers``: public pages as they were
sent, 2 to 25 kB each, for a minute. ``shared``: what every process must agree
on (rotating salts, daily marks, short-lived answers that cost queries), in the database."""

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
"""What is done outside a request: ``@task()`` of django_tasks, run by ``portrea worker``."""

globals().update(email(variables.text("PORTREA_EMAIL_URL"), PORTREA_HOME))
PORTREA_DATAGOUV_KEY = variables.text("PORTREA_DATAGOUV_KEY")
PORTREA_DATAGOUV_ORGANIZATION = variables.text("PORTREA_DATAGOUV_ORGANIZATION")
PORTREA_DATAGOUV_URL = variables.text("PORTREA_DATAGOUV_URL")
PORTREA_OBJECTS = objects(variables.text("PORTREA_OBJECTS_URL"))
PORTREA_SMS = sms(variables.text("PORTREA_SMS_URL"))
DEFAULT_FROM_EMAIL = variables.text("PORTREA_EMAIL_FROM")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
PORTREA_URL = variables.text("PORTREA_URL").rstrip("/")
PORTREA_SECOND_FACTOR = variables.flag("PORTREA_SECOND_FACTOR")
PORTREA_OIDC_ISSUER = variables.text("PORTREA_OIDC_ISSUER").rstrip("/")
PORTREA_OIDC_CLIENT_ID = variables.text("PORTREA_OIDC_CLIENT_ID")
PORTREA_OIDC_CLIENT_SECRET = variables.text("PORTREA_OIDC_CLIENT_SECRET")
PORTREA_OIDC_NAME = variables.text("PORTREA_OIDC_NAME")
PORTREA_OIDC_VERIFIED = variables.flag("PORTREA_OIDC_VERIFIED")
PORTREA_KIOSK_SITES = variables.listed("PORTREA_KIOSK_SITES")

CSRF_FAILURE_VIEW = "portrea.web.config.views.forged"
LOGIN_URL = "/connexion/"
LOGIN_REDIRECT_URL = "/compte/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_RESET_TIMEOUT = 86_400
SESSION_COOKIE_AGE = 7 * 86_400
"""Seconds; « ordinateur partagé » shortens it (``accounts.sessions``)."""

PASSWORD_HASHERS = [
    f"django.contrib.auth.hashers.{name}"
    for name in ("ScryptPasswordHasher", "PBKDF2PasswordHasher")
]
"""The first one writes, and rewrites at the next connection what another one wrote."""
PASSWORD_LENGTH = 12
"""Characters; why twelve, and nothing else asked: docs/developpeurs/securite.md."""
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_LENGTH},
    },
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
    {"NAME": "portrea.web.accounts.passwords.WeakWordsValidator"},
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "worker-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_NAME = "sessionid"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "csrftoken"
CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "portrea.web.config.cookies.Messages"

LINES = "Json" if variables.text("PORTREA_LOG_FORMAT").lower() == "json" else "Text"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": f"portrea.web.operation.logs.lines.{LINES}Formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django": {"handlers": [], "level": "INFO"},  # no e-mail of a fault: it would hold values
        "django.request": {"level": "ERROR"},  # refusals have their line; faults, their frames
        "django_tasks": {"level": "CRITICAL"},  # told by operation.logs.tasks, without arguments
        "django_tasks_db": {"level": "ERROR"},  # an ordinary stop is not worth a line
    },
    "root": {"handlers": ["console"], "level": variables.text("PORTREA_LOG_LEVEL")},
}
"""Lines of chosen fields on the error stream; the service manager dates and keeps them."""
