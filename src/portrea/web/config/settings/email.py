"""How e-mails leave: by an SMTP server named by address, else in files of ``PORTREA_HOME``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from pathlib import Path

BACKENDS = "django.core.mail.backends"
SMTP_PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT = 20


def email(url: str, home: Path) -> dict[str, Any]:
    """Return the Django settings of the sending named by ``url`` (empty: files under ``home``)."""
    parts = urlsplit(url)
    if not url or parts.scheme == "file":
        folder = unquote(parts.path) or str(home / "courriels")
        return {"EMAIL_BACKEND": f"{BACKENDS}.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": f"{BACKENDS}.console.EmailBackend"}
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise ParameterError(
            f"PORTREA_EMAIL_URL n’est pas comprise : « {parts.scheme or '?'}://… » reçu.",
            remedy="Formes attendues : smtp://utilisateur:secret@machine:587, "
            "smtps://utilisateur:secret@machine:465, file:///dossier, console:.",
        )
    return {
        "EMAIL_BACKEND": f"{BACKENDS}.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or SMTP_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp" and "tls=non" not in parts.query,
        "EMAIL_TIMEOUT": TIMEOUT,
    }
