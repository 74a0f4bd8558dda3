"""Checks of the settings: secret key, names, HTTPS, e-mail, second factor, legal pages."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

from portrea.web.accounts.models import SecondFactor, User
from portrea.web.operation.doctor.checks import broken, check, good, look

if TYPE_CHECKING:
    from portrea.web.operation.doctor.checks import Finding

GROUP = "Réglages"
SHORTEST = 50
FEWEST_SIGNS = 10
LOCAL = {"127.0.0.1", "localhost", "[::1]", "::1"}
PATIENCE = 10.0


@check("cle", "Clé secrète", group=GROUP)
def secret() -> Finding:
    """Look at the strength of the secret key."""
    key = str(settings.SECRET_KEY)
    if len(key) < SHORTEST or len(set(key)) < FEWEST_SIGNS:
        return broken(
            f"La clé secrète est trop faible ({len(key)} signes).",
            "Enlevez PORTREA_SECRET_KEY : une bonne clé sera tirée au hasard. "
            "Les sessions et les liens envoyés seront perdus.",
        )
    return good(f"{len(key)} signes")


@check("noms", "Noms du site", group=GROUP)
def hosts() -> Finding:
    """Look whether the site answers to the name that its e-mails give."""
    known, url = list(settings.ALLOWED_HOSTS), urlsplit(settings.PORTREA_URL)
    if "*" in known:
        return broken(
            "Le site répond sous n’importe quel nom : ses liens peuvent être détournés.",
            "Mettez le vrai nom dans PORTREA_HOSTS.",
        )
    if (url.hostname or "") not in {name.lstrip(".").strip("[]") for name in known}:
        return broken(
            f"Les courriels mènent à {url.hostname}, sous lequel le site ne répond pas.",
            "Ajoutez ce nom à PORTREA_HOSTS, ou corrigez PORTREA_URL.",
        )
    if set(known) <= LOCAL:
        return look(
            "Le site ne répond que sur cette machine.",
            "Pour le publier : PORTREA_HOSTS et PORTREA_URL.",
        )
    return good(", ".join(known))


@check("https", "HTTPS", group=GROUP)
def https() -> Finding:
    """Look whether HTTPS, the reverse proxy and the address of the site agree."""
    secure = bool(settings.SECURE_SSL_REDIRECT)
    proxy = bool(settings.PORTREA_PROXY)
    url = urlsplit(settings.PORTREA_URL)
    if secure and not proxy:
        return broken(
            "PORTREA_HTTPS=oui sans PORTREA_PROXY=oui : le site se renvoie sans fin à lui-même.",
            "Servez-le derrière un mandataire qui pose X-Forwarded-Proto, et PORTREA_PROXY=oui.",
        )
    if secure and url.scheme != "https":
        return broken(
            "Le site est en HTTPS, mais PORTREA_URL commence par http.", "Corrigez PORTREA_URL."
        )
    if not secure and url.scheme == "https":
        return broken(
            "PORTREA_URL commence par https, mais PORTREA_HTTPS est à « non » : "
            "les cookies peuvent partir en clair.",
            "Mettez PORTREA_HTTPS=oui.",
        )
    if not secure and (url.hostname or "") not in LOCAL:
        return broken(
            "Le site publié n’est pas en HTTPS : mots de passe et saisies passent en clair.",
            "Mettez un mandataire et un certificat, puis PORTREA_HTTPS=oui et PORTREA_PROXY=oui.",
        )
    return good("HTTPS derrière un mandataire" if secure else "site de cette machine seulement")


@check("courriel", "Courriels", group=GROUP)
def mail() -> Finding:
    """Look whether the mail server answers and lets us in; nothing is sent."""
    kind = str(settings.EMAIL_BACKEND).rpartition(".")[0].rpartition(".")[2]
    if kind != "smtp":
        return look(
            "Aucun courriel ne part : ils sont écrits dans un dossier ou à l’écran.",
            "Mettez PORTREA_EMAIL_URL=smtp://utilisateur:secret@machine:587.",
        )
    try:
        _knock()
    except (OSError, smtplib.SMTPException) as error:
        return broken(
            f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT} refuse : {type(error).__name__}.",
            "Vérifiez PORTREA_EMAIL_URL, le pare-feu et le mot de passe du compte d’envoi.",
        )
    if settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        return look(
            "L’expéditeur est « @localhost » : les courriels seront jetés.",
            "Mettez PORTREA_EMAIL_FROM à une adresse de votre domaine.",
        )
    return good(f"{settings.EMAIL_HOST} répond et nous laisse entrer")


def _knock() -> None:
    server = smtplib.SMTP_SSL if settings.EMAIL_USE_SSL else smtplib.SMTP
    with server(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=PATIENCE) as connection:
        if settings.EMAIL_USE_TLS:
            connection.starttls()
        if settings.EMAIL_HOST_USER:
            connection.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)


@check("second-facteur", "Second facteur", group=GROUP, database=True)
def second_factor() -> Finding:
    """Look whether administrators are asked for a code besides their password."""
    if not settings.PORTREA_SECOND_FACTOR:
        return look(
            "Un mot de passe volé suffit pour administrer le site.",
            "Remettez PORTREA_SECOND_FACTOR à « oui ».",
        )
    chiefs = User.objects.filter(is_superuser=True, is_active=True)
    having = SecondFactor.objects.filter(confirmed__isnull=False).values("user")
    without = chiefs.exclude(pk__in=having).count()
    if without:
        return look(
            f"{without} comptes d’administration n’ont pas encore de second facteur.",
            "Chacun l’ajoute depuis « Mon compte », « Sécurité ».",
        )
    return good(f"{chiefs.count()} comptes d’administration, tous avec un second facteur")


@check("mentions", "Mentions légales", group=GROUP)
def legal() -> Finding:
    """Look for what the law wants written on a site."""
    names = ("PORTREA_PUBLISHER", "PORTREA_PUBLICATION_DIRECTOR", "PORTREA_HOSTING",
             "PORTREA_CONTACT")  # fmt: skip
    absent = [name for name in names if not getattr(settings, name)]
    if absent:
        return look(
            f"Les mentions légales sont incomplètes : {', '.join(absent)}.",
            "Donnez ces réglages avant d’ouvrir le site au public.",
        )
    return good("complètes")
