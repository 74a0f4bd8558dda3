"""How text messages leave: a gateway named by address, else they are not offered."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit, urlunsplit

from portrea.base.errors import ParameterError

LOCAL = ("127.0.0.1", "localhost", "::1")
NUMBER = "{numero}"
"""In the address of a gateway by e-mail: the number, in international form, without its « + »."""


def sms(url: str) -> dict[str, Any]:
    """Return how to send a text message, nothing when no gateway is named.

    Parameters
    ----------
    url
        ``file:///folder``, ``mailto:{numero}@gateway`` or
        ``https://token@machine/path#to=field&text=field&format=form``, whose other words are sent
        as they are with each message.

    Raises
    ------
    ParameterError
        The address is of another form, or is not HTTPS.
    """
    parts = urlsplit(url)
    if not url:
        return {}
    if parts.scheme == "file" and parts.path:
        return {"by": "file", "folder": unquote(parts.path)}
    if parts.scheme == "mailto" and NUMBER in parts.path and parts.path.count("@") == 1:
        subject = dict(parse_qsl(parts.query)).get("subject", "")
        return {"by": "email", "to": parts.path, "subject": subject}
    local = parts.scheme == "http" and parts.hostname in LOCAL
    if parts.hostname and (parts.scheme == "https" or local):
        return _posted(url)
    raise ParameterError(
        f"PORTREA_SMS_URL n’est pas comprise : « {parts.scheme or '?'}:… » reçu.",
        remedy="Formes attendues : https://jeton@machine/chemin, "
        "mailto:{numero}@passerelle.exemple.fr, file:///dossier.",
    )


def _posted(url: str) -> dict[str, Any]:
    """Read a gateway by HTTPS: its secret goes in a header, never in an address that is written."""
    parts = urlsplit(url)
    fields = dict(parse_qsl(parts.fragment, keep_blank_values=True))
    host = parts.netloc.rpartition("@")[2]
    return {
        "by": "https",
        "url": urlunsplit((parts.scheme, host, parts.path, parts.query, "")),
        "authorization": _authorization(unquote(parts.username or ""), parts.password),
        "to": fields.pop("to", "to"),
        "text": fields.pop("text", "text"),
        "form": fields.pop("format", "json") == "form",
        "more": fields,
    }


def _authorization(user: str, password: str | None) -> str:
    if password is None:
        return f"Bearer {user}" if user else ""
    return f"Basic {b64encode(f'{user}:{unquote(password)}'.encode()).decode()}"
