"""Settings of a published site whose SQLite answers « written » only when the disk says so."""

from __future__ import annotations

from portrea.web.config.settings.prod import *  # noqa: F403
from portrea.web.config.settings.prod import DATABASES

if "init_command" in DATABASES["default"]["OPTIONS"]:
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=FULL;"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
"""Nothing to collect."""
