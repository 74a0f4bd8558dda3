"""Settings of a published site."""

from __future__ import annotations

from portrea.web.config.settings import variables
from portrea.web.config.settings.base import *  # noqa: F403

if variables.flag("PORTREA_HTTPS"):
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = variables.flag("PORTREA_HSTS_SUBDOMAINS")
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = f"__Host-{SESSION_COOKIE_NAME}"  # noqa: F405
    CSRF_COOKIE_SECURE = True
    CSRF_COOKIE_NAME = f"__Host-{CSRF_COOKIE_NAME}"  # noqa: F405

if variables.flag("PORTREA_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
