"""The cookie of messages, named as the others: « __Host- » where the site is served in HTTPS."""

from __future__ import annotations

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage


class MessageCookie(CookieStorage):
    """Messages to read once, signed, in a cookie that no other host may write."""

    @property
    def cookie_name(self) -> str:
        """Name of the cookie."""
        return "__Host-messages" if settings.SESSION_COOKIE_SECURE else "messages"


class Messages(FallbackStorage):
    """Messages in the cookie, in the session when they are too long."""

    storage_classes = (MessageCookie, SessionStorage)
