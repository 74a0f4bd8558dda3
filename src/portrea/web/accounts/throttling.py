"""How often something may be tried, counted in the database for all processes at once.

A fixed window: at most twice the rate may pass around a change of window. The key is hashed with a
salt that is drawn each day and then forgotten: no address can be found again from the table.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from portrea.web.accounts.models import ThrottleCount

if TYPE_CHECKING:
    from django.http import HttpRequest

UNITS = {"s": 1, "min": 60, "h": 3_600, "j": 86_400}
SALT_KEPT = 2 * 86_400
TRAP = "site_perso"
"""A field of public forms that people do not see, and that programs fill."""

_COUNT = (
    "INSERT INTO accounts_throttlecount (key, tries, expires) VALUES (%s, 1, %s) "
    "ON CONFLICT (key) DO UPDATE SET tries = accounts_throttlecount.tries + 1 RETURNING tries"
)
"""One statement, so that two processes never read the same count (SQLite and PostgreSQL)."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """Answer of :func:`throttle`: true while allowed; ``wait`` is in seconds when it is not."""

    allowed: bool
    left: int
    wait: int

    def __bool__(self) -> bool:
        return self.allowed


def throttle(key: str, rate: str) -> Allowance:
    """Count one try of ``key`` and tell whether it stays within ``rate``.

    Parameters
    ----------
    key
        What is counted, such as ``"connexion:" + visitor(request)``. It is hashed before it is
        kept.
    rate
        ``"10/15min"``, ``"100/j"``, ``"5/h"``, ``"3/10s"``.
    """
    most, seconds = read_rate(rate)
    now = timezone.now()
    window = int(now.timestamp()) // seconds
    ends = datetime.fromtimestamp((window + 1) * seconds, UTC)
    name = f"{digest(f'{key}|{rate}')}:{window}"
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [name, connection.ops.adapt_datetimefield_value(ends)])
        (tries,) = cursor.fetchone()
    allowed = tries <= most
    wait = 0 if allowed else max(1, round((ends - now).total_seconds()))
    return Allowance(allowed, max(most - tries, 0), wait)


def forgive(key: str, rate: str) -> None:
    """Forget the tries of a key in the present window (after a success)."""
    _most, seconds = read_rate(rate)
    window = int(timezone.now().timestamp()) // seconds
    ThrottleCount.objects.filter(key=f"{digest(f'{key}|{rate}')}:{window}").delete()


def read_rate(rate: str) -> tuple[int, int]:
    """Return (tries, seconds) of « 10/15min »."""
    most, _, span = rate.partition("/")
    number = span.rstrip("abcdefghijklmnopqrstuvwxyz")
    return int(most), int(number or 1) * UNITS[span[len(number) :]]


def visitor(request: HttpRequest) -> str:
    """Return a digest of the visitor's network address, impossible to follow from day to day."""
    return digest(network(request))


def network(request: HttpRequest) -> str:
    """Return the visitor's network address: for the memory of a process, never to be written."""
    return _network(_address(request))


def digest(text: str) -> str:
    """Hash a text with the salt of the day."""
    return hmac.new(_salt().encode(), text.encode(), hashlib.sha256).hexdigest()[:40]


def _salt() -> str:
    """Salt of the day, the same for all processes, kept two days at most."""
    cache, name = caches["shared"], f"salt:{timezone.now():%Y-%m-%d}"
    salt = cache.get(name)
    if salt is None:
        cache.add(name, secrets.token_hex(16), timeout=SALT_KEPT)
        salt = cache.get(name)
    return str(salt)


def _address(request: HttpRequest) -> str:
    """Network address of the visitor; behind a declared proxy, the last one the proxy wrote."""
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        if forwarded:
            return forwarded
    return str(request.META.get("REMOTE_ADDR", ""))


def _network(address: str) -> str:
    """Keep the part of an address that one subscriber has: all of IPv4, /64 of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
