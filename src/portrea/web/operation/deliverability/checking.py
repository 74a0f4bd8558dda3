"""Check the sending of e-mails step by step, and say in French what is wrong and how to mend it.

What the domain publishes (SPF, DKIM, DMARC) is asked with the ``dig`` program when the machine has
it; otherwise it is said not checked, never guessed. Nothing here says that a letter is read: only
the person who receives the trial letter knows.
"""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from typing import TYPE_CHECKING, Literal

from django.conf import settings

from portrea.base.errors import DataError, system_fault

if TYPE_CHECKING:
    from collections.abc import Iterator

Level = Literal["good", "watch", "broken", "unknown"]
TXT = Callable[[str], "list[str] | None"]
"""Answers the TXT records of a name, ``None`` when they cannot be asked."""
PATIENCE = 10.0
"""Seconds left to each question."""
LOCAL = ("localhost", "localdomain", "")


@dataclass(frozen=True, slots=True)
class Finding:
    """One step: ``good``, to ``watch``, ``broken``, or ``unknown`` when it cannot be checked."""

    level: Level
    what: str
    remedy: str = ""


def check(*, selector: str = "", txt: TXT | None = None) -> list[Finding]:
    """Return what each step says; ``selector`` is the name of the DKIM key, told by the host."""
    kind = settings.EMAIL_BACKEND.rpartition("backends.")[2].split(".")[0]
    if kind != "smtp":
        return [_unsent(kind)]
    return [*_server(), *_sender(), *_domain(selector, txt or dig)]


def _unsent(kind: str) -> Finding:
    where = getattr(settings, "EMAIL_FILE_PATH", "") if kind == "filebased" else kind
    return Finding(
        "broken",
        f"Aucun courriel ne part : ils sont écrits ici ({where}).",
        "Réglez PORTREA_EMAIL_URL : smtp://utilisateur:secret@machine:587.",
    )


# -- server ----------------------------------------------------------------------------------------


def _server() -> Iterator[Finding]:
    where = f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT}"
    try:
        with _connected() as server:
            yield Finding("good", f"Le serveur répond : {where}.")
            yield from _secured(server)
            yield from _authenticated(server)
    except ssl.SSLError as error:
        yield Finding(
            "broken",
            f"Le chiffrement échoue avec {where} : {error.reason or 'certificat refusé'}.",
            "Vérifiez le nom de la machine, son certificat, et le port (587 : smtp, 465 : smtps).",
        )
    except (OSError, smtplib.SMTPException) as error:
        why = system_fault(error) if isinstance(error, OSError) else type(error).__name__
        yield Finding(
            "broken",
            f"Le serveur ne répond pas ({where}) : {why}.",
            "Vérifiez l’adresse et le port, et que l’hébergeur laisse sortir ce port.",
        )


def _connected() -> smtplib.SMTP:
    if settings.EMAIL_USE_SSL:
        return smtplib.SMTP_SSL(
            settings.EMAIL_HOST,
            settings.EMAIL_PORT,
            timeout=PATIENCE,
            context=ssl.create_default_context(),
        )
    return smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=PATIENCE)


def _secured(server: smtplib.SMTP) -> Iterator[Finding]:
    if settings.EMAIL_USE_SSL:
        yield Finding("good", "L’échange est chiffré, et le certificat est valable.")
        return
    server.ehlo()
    offered = server.has_extn("starttls")
    if settings.EMAIL_USE_TLS and not offered:
        yield Finding(
            "broken",
            "Le serveur n’offre pas STARTTLS : rien ne partira.",
            "Prenez « smtps://…:465 », ou « ?tls=non » si ce serveur est sur la même machine.",
        )
    elif settings.EMAIL_USE_TLS:
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
        yield Finding("good", "L’échange est chiffré (STARTTLS), et le certificat est valable.")
    else:
        yield Finding(
            "watch",
            "L’échange n’est pas chiffré (« tls=non »).",
            "Gardez ce réglage seulement si le serveur de courriel est sur la même machine.",
        )


def _authenticated(server: smtplib.SMTP) -> Iterator[Finding]:
    if not settings.EMAIL_HOST_USER:
        yield Finding(
            "watch", "Aucun compte n’est donné au serveur : il accepte peut-être quand même."
        )
        return
    try:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    except smtplib.SMTPAuthenticationError:
        yield Finding(
            "broken",
            "Le serveur refuse le compte ou le mot de passe.",
            "Corrigez-les dans PORTREA_EMAIL_URL (un signe spécial s’écrit %40, %3A…).",
        )
    except smtplib.SMTPNotSupportedError:
        yield Finding("watch", "Le serveur ne demande pas de mot de passe.")
    else:
        yield Finding("good", "Le serveur accepte le compte.")


# -- sender ----------------------------------------------------------------------------------------


def sender_domain() -> str:
    """Return the domain of the sender's address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()


def _sender() -> Iterator[Finding]:
    if sender_domain() in LOCAL:
        yield Finding(
            "broken",
            f"L’expéditeur n’a pas de domaine : {settings.DEFAULT_FROM_EMAIL}.",
            "Réglez PORTREA_EMAIL_FROM sur une adresse de votre domaine.",
        )
    else:
        yield Finding("good", f"Expéditeur : {settings.DEFAULT_FROM_EMAIL}.")


def _domain(selector: str, txt: TXT) -> Iterator[Finding]:
    """Ask what the domain publishes: who may send (SPF), its keys (DKIM), its policy (DMARC)."""
    domain = sender_domain()
    if domain in LOCAL:
        return
    yield _published("SPF", txt(domain), "v=spf1", f"un enregistrement TXT de {domain}")
    if selector:
        name = f"{selector}._domainkey.{domain}"
        yield _published("DKIM", txt(name), "p=", f"la clé de votre hébergeur, sous {name}")
    else:
        yield Finding(
            "unknown",
            "DKIM : non vérifié, il faut le nom de la clé.",
            "Demandez-le à votre hébergeur, puis « --selector NOM ».",
        )
    told = txt(f"_dmarc.{domain}")
    yield _published("DMARC", told, "v=DMARC1", f"un enregistrement TXT de _dmarc.{domain}")


def _published(name: str, records: list[str] | None, mark: str, where: str) -> Finding:
    if records is None:
        return Finding("unknown", f"{name} : non vérifié (pas de « dig », ou pas de réponse).")
    found = [record for record in records if mark.lower() in record.lower()]
    if not found:
        return Finding("broken", f"{name} : le domaine ne publie rien.", f"Ajoutez {where}.")
    if len(found) > 1:
        return Finding(
            "broken", f"{name} : le domaine publie {len(found)} règles.", "Gardez-en une seule."
        )
    return Finding("good", f"{name} : {found[0][:120]}")


def dig(name: str) -> list[str] | None:
    """Ask the TXT records of a name with ``dig``; ``None`` without the program or an answer."""
    program = shutil.which("dig")
    if program is None:
        return None
    command = [program, "+short", "+time=3", "+tries=2", "TXT", name]
    try:
        done = subprocess.run(  # noqa: S603 - a name of a domain, never through a shell
            command, check=True, capture_output=True, text=True, timeout=PATIENCE
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return ["".join(line.split('"')[1::2]) for line in done.stdout.splitlines() if '"' in line]


# -- trial -----------------------------------------------------------------------------------------


def send_trial(to: str) -> None:
    """Send a letter that says what to look at when it arrives.

    Raises
    ------
    DataError
        The server refused it.
    """
    from portrea.web.accounts import mail

    context = {"site": settings.PORTREA_URL, "sender": settings.DEFAULT_FROM_EMAIL}
    try:
        mail.send(to, "operation/mail/trial.txt", context)
    except (OSError, smtplib.SMTPException) as error:
        raise DataError(
            f"La lettre d’essai n’est pas partie : {type(error).__name__}.",
            remedy="Réparez d’abord ce que « portrea email check » dit cassé.",
        ) from error
