"""Lines of the journal about security: who enters and who is refused, without saying who it is.

Each line is of the logger ``portrea.security`` and names an event; nothing that was typed, no
address, no account is written. The journal of acts, kept in the database, says who did what.
"""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

logger = logging.getLogger("portrea.security")
REFUSED = {403: "refused", 429: "too-many"}
"""Status → event: a page one may not see or a forged form, too many tries."""


def connect() -> None:
    """Listen to connections, departures and refusals."""
    user_logged_in.connect(_entered, dispatch_uid="portrea.security")
    user_logged_out.connect(_left, dispatch_uid="portrea.security")
    user_login_failed.connect(_failed, dispatch_uid="portrea.security")


def _entered(**_told: Any) -> None:
    _tell(logging.INFO, "entered")


def _left(**_told: Any) -> None:
    _tell(logging.INFO, "left")


def _failed(**_told: Any) -> None:
    _tell(logging.WARNING, "entry-refused")


def refusal(status: int, route: str, method: str) -> None:
    """Write the line of an answer that refuses; nothing for another answer."""
    event = REFUSED.get(status)
    if event:
        _tell(logging.WARNING, event, route=route, method=method)


def _tell(level: int, event: str, **fields: str) -> None:
    logger.log(level, "security", extra={"fields": {"event": event, **fields}})
