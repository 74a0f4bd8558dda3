"""Text messages, by the gateway that the administrator named (``PORTREA_SMS_URL``).

Nothing is kept nor logged of a message: neither its number nor its text. The address of a gateway
is the administrator's alone; no redirection is followed.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMEOUT = 20.0
"""Seconds that a gateway has to answer."""


class NotSentError(Exception):
    """A message did not leave; what is said names neither the number nor the text."""


def is_offered() -> bool:
    """Tell whether the site can send text messages."""
    return bool(settings.PORTREA_SMS)


def send(number: str, text: str) -> None:
    """Send a text message to a number in international form.

    Raises
    ------
    NotSentError
        No gateway is named, or it cannot be reached or refuses.
    """
    told = settings.PORTREA_SMS
    if not told:
        raise NotSentError("no gateway")
    _WAYS[told["by"]](told, number, text)


def _write(told: Mapping[str, Any], number: str, text: str) -> None:
    """Write the message in a file of a folder: to try, or to show."""
    folder = Path(told["folder"])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{secrets.token_hex(8)}.txt"
        path.write_text(f"{number}\n{text}\n", "utf-8")
    except OSError as error:
        raise NotSentError(f"folder: {error.strerror}") from None


def _mail(told: Mapping[str, Any], number: str, text: str) -> None:
    """Send an e-mail that the gateway turns into a text message."""
    address = told["to"].replace("{numero}", number.removeprefix("+"))
    try:
        EmailMessage(told["subject"], text, to=[address]).send()
    except OSError as error:  # those of smtplib are
        raise NotSentError(f"e-mail: {type(error).__name__}") from None


def _post(told: Mapping[str, Any], number: str, text: str) -> None:
    """Post the message to the gateway, as JSON or as a form."""
    fields = told["more"] | {told["to"]: number, told["text"]: text}
    body: dict[str, Any] = {"data" if told["form"] else "json": fields}
    headers = {"Authorization": told["authorization"]} if told["authorization"] else {}
    try:
        with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
            answer = client.post(told["url"], headers=headers, **body)
    except httpx.HTTPError as error:
        raise NotSentError(f"gateway: {type(error).__name__}") from None
    if not answer.is_success:
        raise NotSentError(f"gateway: {answer.status_code}")


_WAYS: dict[str, Callable[[Mapping[str, Any], str, str], None]] = {
    "file": _write,
    "email": _mail,
    "https": _post,
}
