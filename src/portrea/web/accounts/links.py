"""Signed links that expire, and the address they are sent under.

A link carries what it opens, signed with the secret key: nothing about it is kept until it is used;
or it carries a short token, and only a digest of it is kept.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import signing
from django.utils.crypto import salted_hmac

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from datetime import timedelta


class LinkError(ParameterError):
    """A link is expired, cut or forged."""


def sign(purpose: str, content: Any) -> str:
    """Return a signed text that is only good for one purpose (``"invitation"``)."""
    return signing.dumps(content, salt=f"portrea.{purpose}", compress=True)


def read(purpose: str, token: str, *, lasting: timedelta) -> Any:
    """Return what a signed text carries; raise :class:`LinkError` in French when it is no good."""
    try:
        return signing.loads(token, salt=f"portrea.{purpose}", max_age=lasting)
    except signing.SignatureExpired as error:
        raise LinkError(
            "Ce lien a expiré.", remedy="Demandez-en un nouveau à la personne qui vous l’a envoyé."
        ) from error
    except signing.BadSignature as error:
        raise LinkError(
            "Ce lien n’est pas valable : il a sans doute été coupé.",
            remedy="Copiez l’adresse entière depuis le courriel, ou demandez un nouveau lien.",
        ) from error


def token(purpose: str, content: str) -> str:
    """Return a short text that only this site's secret key can write, the same each time."""
    told = salted_hmac(f"portrea.{purpose}", content, algorithm="sha256").digest()
    return base64.b32encode(told[:15]).decode().lower()


def digest_of(token: str) -> str:
    """Return what a token is known by, whatever the case it was copied in."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


def exact_digest_of(token: str) -> str:
    """Return what a drawn token is known by: capitals count."""
    return hashlib.sha256(token.encode()).hexdigest()


def absolute(path: str) -> str:
    """Return the public address of a page, for e-mails and QR codes (``PORTREA_URL``)."""
    return f"{settings.PORTREA_URL}{path}"
