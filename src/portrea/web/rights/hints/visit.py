"""A visit: a number drawn at the first page, that ends an hour after the last one, or on leaving.

The browser keeps what was posted in its history: « Précédent » then « Renvoyer » would show the
answers of the last person. The server keeps none of them; it only remembers, for an hour, the
numbers of the visits that were left, and answers to them no more.
"""

from __future__ import annotations

import secrets

from django.core import signing
from django.core.cache import caches

SALT = "portrea.droits.visite"
SECONDS = 3_600


def drawn() -> str:
    """Return a new visit, signed."""
    return renewed(secrets.token_hex(8))


def renewed(number: str) -> str:
    """Return a visit for one more hour, signed."""
    return signing.dumps(number, salt=SALT)


def opened(text: str) -> str | None:
    """Return the number of a visit, ``None`` when it is not ours, too old, or was left."""
    try:
        number = str(signing.loads(text, salt=SALT, max_age=SECONDS))
    except signing.BadSignature:
        return None
    return None if caches["shared"].get(_key(number)) else number


def left(number: str) -> None:
    """Answer to a visit no more."""
    caches["shared"].set(_key(number), 1, timeout=SECONDS)


def _key(number: str) -> str:
    return f"droits-quittes:{number}"
