"""Settings of the tests: fixed key, no collected files; the home is set by each test."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

os.environ.setdefault("PORTREA_SECRET_KEY", "only-for-tests")
os.environ.setdefault("PORTREA_HOSTS", "testserver,127.0.0.1,localhost")

from portrea.web.config.settings.base import *  # noqa: F403
from portrea.web.config.settings.database import database

PORTREA_HOME = Path(tempfile.gettempdir()) / "portrea-tests-home"
PORTREA_HOME.mkdir(exist_ok=True)
DATABASES = {"default": database(os.environ.get("PORTREA_DATABASE_URL", ""), PORTREA_HOME)}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
STATIC_ROOT = PORTREA_HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {**CACHES, "answers": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}  # noqa: F405
