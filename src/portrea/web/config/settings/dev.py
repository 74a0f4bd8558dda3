"""Settings of a developer's machine: templates reload, faults are shown in full."""

from __future__ import annotations

from portrea.web.config.settings.base import *  # noqa: F403

DEBUG = True
ALLOWED_HOSTS = ["*"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES = CACHES | {  # noqa: F405
    "default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}
LOGGING["formatters"] = {"line": {"format": "%(levelname)s %(name)s %(message)s"}}  # noqa: F405
"""Whole messages and faults, on the developer's own machine."""
