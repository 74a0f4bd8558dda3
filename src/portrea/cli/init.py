"""``portrea init``: the first start of a site, by questions or by options."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError
from portrea.cli.deploy_files import EXAMPLE, Deployment
from portrea.cli.env_file import read_env, write_env

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Question:
    """One thing asked: its option, the variable it fills, its French words, its usual answer."""

    option: str
    variable: str
    label: str
    usual: str = ""
    secret: bool = False
    needed: bool = False


QUESTIONS = (
    Question("home", "PORTREA_HOME", "Dossier des données", EXAMPLE.home, needed=True),
    Question(
        "database",
        "PORTREA_DATABASE_URL",
        "Base PostgreSQL, par exemple postgresql:///portrea?host=/var/run/postgresql "
        "(vide : SQLite, pour un territoire)",
        secret=True,
    ),
    Question("host", "PORTREA_HOSTS", "Nom public du site, sans https://", needed=True),
    Question("publisher", "PORTREA_PUBLISHER", "Éditeur du site (nom, adresse, téléphone)"),
    Question("director", "PORTREA_PUBLICATION_DIRECTOR", "Directrice ou directeur de publication"),
    Question("hosting", "PORTREA_HOSTING", "Hébergeur (nom, adresse, téléphone)"),
    Question("contact", "PORTREA_CONTACT", "Courriel public du site"),
    Question(
        "mail",
        "PORTREA_EMAIL_URL",
        "Envoi des courriels, smtp://utilisateur:secret@machine:587 (vide : des fichiers)",
        secret=True,
    ),
    Question("mail_from", "PORTREA_EMAIL_FROM", "Expéditeur des courriels", "portrea@localhost"),
)
"""What is asked, in order."""
LOCAL = ("localhost", "127.0.0.1")
TRIES = 3


def _options(command: Callable[..., None]) -> Callable[..., None]:
    for asked in reversed(QUESTIONS):
        words = f"{asked.label}."
        option = f"--{asked.option.replace('_', '-')}"
        command = click.option(option, asked.option, metavar="TEXTE", help=words)(command)
    return command


@click.command()
@click.option(
    "--env-file",
    default=EXAMPLE.env_file,
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier des réglages à écrire, lisible de vous seul.",
)
@_options
@click.option("--admin", metavar="COURRIEL", help="Courriel de la première administratrice.")
@click.option(
    "--territory",
    default="france",
    show_default=True,
    help="Territoire de son rôle : epci:243500618.",
)
@click.option("--password-stdin", is_flag=True, help="Lire son mot de passe sur l’entrée standard.")
@click.option("--ask/--no-ask", default=True, help="Poser les questions sans réponse, ou pas.")
def init(
    env_file: Path,
    admin: str | None,
    territory: str,
    *,
    password_stdin: bool,
    ask: bool,
    **given: str,
) -> None:
    """Préparer le premier démarrage : réglages, base, première administratrice.

    Pose les questions en français ; chaque réponse peut être donnée par une option. Recommencer
    reprend les réponses d’avant et n’efface rien. Les secrets ne sont jamais montrés.
    """
    known = read_env(env_file)
    values = settled(known, answers(known, given, ask=ask))
    changed = write_env(env_file, values)
    click.echo(f"Réglages {'écrits dans' if changed else 'inchangés dans'} {env_file}")
    os.environ.update(values)
    _prepare_database()
    click.echo("Base des saisies : prête.")
    if admin is None and ask and not _has_administrator():
        admin = click.prompt("Courriel de la première administratrice", default="") or None
    _open_account(admin, territory, password_stdin=password_stdin, ask=ask)
    for line in _next(values, env_file):
        click.echo(line)


def answers(
    known: Mapping[str, str], given: Mapping[str, str | None], *, ask: bool
) -> dict[str, str]:
    """Return the value of each variable: the option, else the answer, else what was there.

    Raises
    ------
    ParameterError
        A needed answer is missing and questions are not allowed.
    """
    told: dict[str, str] = {}
    for asked in QUESTIONS:
        option = given.get(asked.option)
        before = known.get(asked.variable, asked.usual)
        answer = option if option is not None else _answer(asked, before) if ask else before
        if asked.needed and not answer.strip():
            raise ParameterError(
                f"Il manque : {asked.label.lower()}.", remedy=f"Ajoutez « --{asked.option} … »."
            )
        told[asked.variable] = answer.strip()
    return told


def _answer(asked: Question, before: str) -> str:
    """Ask one question; a secret already known is neither shown nor asked again by mistake."""
    if asked.secret:
        label = f"{asked.label} [inchangé]" if before else asked.label
        typed = click.prompt(label, default="", hide_input=True, show_default=False)
        return str(typed) or before
    return str(click.prompt(asked.label, default=before, show_default=bool(before)))


def settled(known: Mapping[str, str], told: Mapping[str, str]) -> dict[str, str]:
    """Check the answers and complete them; settings added by hand stay.

    Raises
    ------
    ParameterError
        The host, the database or the sending of e-mails is not understood.
    """
    from portrea.web.config.settings.database import database
    from portrea.web.config.settings.email import email

    host = told["PORTREA_HOSTS"].split(",")[0].strip()
    home = Path(told["PORTREA_HOME"])
    Deployment(host=host, home=str(home))
    database(told["PORTREA_DATABASE_URL"], home)
    email(told["PORTREA_EMAIL_URL"], home)
    if told["PORTREA_CONTACT"] and "@" not in told["PORTREA_CONTACT"]:
        raise ParameterError(
            f"« {told['PORTREA_CONTACT']} » n’est pas une adresse de courriel.",
            remedy="Écrivez-la entière : contact@ma-commune.fr.",
        )
    secure = "non" if host in LOCAL else "oui"
    scheme = "http" if host in LOCAL else "https"
    usual = {
        "PORTREA_HTTPS": secure,
        "PORTREA_PROXY": secure,
        "PORTREA_URL": f"{scheme}://{host}{':8000' if host in LOCAL else ''}",
    }
    moved = known.get("PORTREA_HOSTS", told["PORTREA_HOSTS"]) != told["PORTREA_HOSTS"]
    kept = {name: known[name] for name in usual if name in known and not moved}
    return {**known, **told, **usual, **kept}


def _prepare_database() -> None:
    from django.db import DatabaseError

    from portrea.cli.serve import prepare_database

    try:
        prepare_database()
    except DatabaseError as error:
        raise ParameterError(
            f"La base des saisies n’a pas pu être préparée : {type(error).__name__}.",
            remedy="Vérifiez qu’elle existe et que PORTREA_DATABASE_URL la nomme, puis "
            "recommencez : vos réponses sont gardées.",
        ) from error


def _has_administrator() -> bool:
    from portrea.web.accounts.selectors import has_administrator

    return bool(has_administrator())


def _open_account(admin: str | None, territory: str, *, password_stdin: bool, ask: bool) -> None:
    """Open the first account; an address already known is left as it is."""
    from portrea.web.accounts.selectors import find_user, territory_written

    if admin is None:
        return
    if find_user(admin) is not None:
        click.echo(f"Compte déjà ouvert : {admin}.")
        return
    place = territory_written(territory)
    for tried in range(1, TRIES + 1):
        try:
            _create(admin, place, _password(stdin=password_stdin, ask=ask))
        except ParameterError as error:
            if password_stdin or tried == TRIES:
                raise
            click.echo(error.render(), err=True)
        else:
            click.echo(f"Compte ouvert : {admin}, qui administre le site.")
            return


def _create(admin: str, place: tuple[str, str], password: str) -> None:
    from portrea.web.accounts import services
    from portrea.web.accounts.permissions import Actor

    services.account_create(
        actor=Actor.system("portrea init"),
        email=admin,
        password=password,
        role="administrateur",
        territory=place,
    )


def _password(*, stdin: bool, ask: bool) -> str:
    if stdin:
        return sys.stdin.readline().rstrip("\n")
    if not ask:
        raise ParameterError(
            "Il manque le mot de passe du premier compte.", remedy="Ajoutez « --password-stdin »."
        )
    return str(click.prompt("Son mot de passe", hide_input=True, confirmation_prompt=True))


def _next(values: Mapping[str, str], env_file: Path) -> Iterator[str]:
    """Yield what is left to do, and what would be wrong to forget."""
    host = values["PORTREA_HOSTS"].split(",")[0]
    yield ""
    yield "Ensuite :"
    yield "  1. charger les données livrées avec Portrea : portrea data embedded"
    yield "  2. calculer et publier : portrea compute, puis portrea map build"
    yield f"  3. écrire les fichiers du serveur : portrea deploy write DOSSIER --host {host}"
    yield "  4. lancer le site, puis vérifier : portrea deploy probe"
    yield f"Le « bin/portrea » de ce dossier lance portrea avec les réglages de {env_file}."
    if not values["PORTREA_EMAIL_URL"]:
        yield "À savoir : sans PORTREA_EMAIL_URL, aucun courriel ne part."
    missing = [
        asked.label.split(" (")[0].lower()
        for asked in QUESTIONS
        if asked.variable in LEGAL and not values[asked.variable]
    ]
    if missing:
        yield f"À compléter, pour les mentions légales : {', '.join(missing)}."


LEGAL = ("PORTREA_PUBLISHER", "PORTREA_PUBLICATION_DIRECTOR", "PORTREA_HOSTING", "PORTREA_CONTACT")
"""Variables that the legal notice needs."""
