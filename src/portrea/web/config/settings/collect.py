"""Settings of a room without internet: plain http on a Wi-Fi of its own, and nowhere else.

Only « portrea collect » chooses them. Phones have no certificate to trust in a room: cookies travel
without ``Secure`` here, and only here; the site answers to the addresses of this laptop alone.
"""

from __future__ import annotations

import json
import os

from portrea.web.config.settings.base import *  # noqa: F403
from portrea.web.config.settings.database import SQLITE_START, sqlite

ROOM = json.loads(os.environ.get("COLLECT_ROOM", "{}"))
"""What the command found: key, address, hosts and Wi-Fi of the room; nobody sets it by hand."""
PORTREA_COLLECT_KEY = ROOM.get("key", "")
PORTREA_COLLECT_ADDRESS = ROOM.get("address", "")
PORTREA_COLLECT_WIFI = (ROOM.get("ssid", ""), ROOM.get("password", ""))
PORTREA_URL = PORTREA_COLLECT_ADDRESS or PORTREA_URL  # noqa: F405
ALLOWED_HOSTS = [*ALLOWED_HOSTS, *ROOM.get("hosts", ())]  # noqa: F405
ROOT_URLCONF = "portrea.web.config.collect_urls"

SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 0
SESSION_COOKIE_SECURE = False
CSRF_COOKIE_SECURE = False
SECURE_CROSS_ORIGIN_OPENER_POLICY = None
"""Browsers ignore it over plain http, and say so in their console."""

WAIT = "PRAGMA busy_timeout=30000;"
"""Milliseconds a phone waits its turn to write."""
DATABASES = {"default": sqlite(PORTREA_HOME / "portrea.sqlite3")}  # noqa: F405
DATABASES["default"]["OPTIONS"]["init_command"] = SQLITE_START + WAIT
