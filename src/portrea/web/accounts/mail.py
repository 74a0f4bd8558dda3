"""Write and send e-mails: plain text, French, from a template whose first line is the subject."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage
from django.dispatch import Signal
from django.template.loader import get_template

AUTOMATIC = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}
"""Headers of a letter that nobody wrote: absence messages do not answer it (RFC 3834)."""
left = Signal()
"""Sent after each try: ``sent`` (bool) and ``why``, the kind of the fault; never an address.

A count that fails must not have the letter sent again: receivers are called robustly."""


def send(
    to: str,
    template: str,
    context: dict[str, Any],
    *,
    reply_to: str = "",
    headers: dict[str, str] | None = None,
) -> None:
    """Send one e-mail.

    Parameters
    ----------
    to
        Address; it is not kept anywhere.
    template
        ``accounts/mail/invitation.txt``: subject on the first line, then the text.
    context
        Variables of the template.
    reply_to
        Address that receives the answers, if not the sender's.
    headers
        More headers, such as ``List-Unsubscribe``.

    Notes
    -----
    Call it from a task (``@task()``): the page that asks answers at once, and in the same time
    whether or not the address is known.
    """
    subject, text = compose(template, context)
    answers = [reply_to] if reply_to else None
    heading = AUTOMATIC | (headers or {})
    try:
        EmailMessage(subject, text, to=[to], reply_to=answers, headers=heading).send()
    except Exception as error:
        left.send_robust(sender=EmailMessage, sent=False, why=type(error).__name__)
        raise
    left.send_robust(sender=EmailMessage, sent=True, why="")


def compose(template: str, context: dict[str, Any]) -> tuple[str, str]:
    """Return the subject (one line) and the text of an e-mail."""
    rendered = get_template(template, using="mail").render(context)
    subject, _, text = rendered.strip().partition("\n")
    return " ".join(subject.split()), text.strip() + "\n"
