"""Settings of a published site."""

from __future__ import annotations

from portrea.web.config.settings import variables
from portrea.web.config.settings.base import *  # noqa: F403

if variables.flag("PORTREA_HTTPS"):
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

if variables.flag("PORTREA_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
