"""``portrea account``: the first accounts, and what an administrator does from a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from portrea.web.accounts.models import User

ROLE = click.option(
    "--role", default="administrateur", show_default=True, help="Rôle (voir roles.yaml)."
)
WHERE = click.option(
    "--territory",
    metavar="TERRITOIRE",
    default="france",
    show_default=True,
    help="Territoire du rôle : epci:243500618, departement:35, france…",
)
STRUCTURE = click.option(
    "--structure", default="", help="Identifiant de la structure (rôle « acteur »)."
)


@click.group()
def account() -> None:
    """Ouvrir des comptes et confier des rôles."""


@account.command()
@click.argument("email", metavar="COURRIEL")
@ROLE
@WHERE
@STRUCTURE
@click.option("--password-stdin", is_flag=True, help="Lire le mot de passe sur l’entrée standard.")
def create(email: str, role: str, territory: str, structure: str, password_stdin: bool) -> None:
    """Ouvrir un compte avec un rôle ; le mot de passe est demandé."""
    _prepare()
    from portrea.web.accounts import services

    if password_stdin:
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = click.prompt("Mot de passe", hide_input=True, confirmation_prompt=True)
    person = services.account_create(
        actor=_actor(),
        email=email,
        password=password,
        role=role,
        territory=_territory(territory),
        structure=structure,
    )
    click.echo(f"Compte ouvert : {person.email}.")


@account.command()
@click.argument("email", metavar="COURRIEL")
@ROLE
@WHERE
@STRUCTURE
def invite(email: str, role: str, territory: str, structure: str) -> None:
    """Inviter une personne et afficher le lien ; le travail de fond envoie aussi le courriel."""
    _prepare()
    from portrea.web.accounts import services

    invitation = services.invitation_send(
        actor=_actor(),
        email=email,
        role=role,
        territory=_territory(territory),
        structure=structure,
    )
    click.echo(services.invitation_link(invitation))


@account.command("list")
def list_() -> None:
    """Montrer les comptes et leurs rôles."""
    _prepare()
    from portrea.web.accounts.selectors import accounts

    for email, active, roles in accounts():
        state = "" if active else " (fermé)"
        click.echo(f"{email}{state} : {', '.join(roles) or 'aucun rôle'}")


@account.command()
@click.argument("email", metavar="COURRIEL")
@click.option("--yes", is_flag=True, help="Ne pas demander de confirmation.")
def remove(email: str, yes: bool) -> None:
    """Supprimer un compte ; ses lignes du journal restent, sans nom."""
    _prepare()
    from portrea.web.accounts import services

    person = _person(email)
    if not yes:
        click.confirm(f"Supprimer le compte {person.email} ?", abort=True)
    services.account_close(user=person)
    click.echo("Compte supprimé.")


@account.command("unlock")
@click.argument("email", metavar="COURRIEL")
def unlock(email: str) -> None:
    """Retirer le second facteur d’une personne qui a perdu téléphone et codes de secours."""
    _prepare()
    from portrea.web.accounts import sign_in

    person = _person(email)
    sign_in.factor_remove(actor=person)
    click.echo(f"Second facteur retiré : {person.email}. Elle en préparera un autre.")


def _prepare() -> None:
    from portrea.cli.serve import prepare_database

    prepare_database()


def _actor() -> object:
    from portrea.web.accounts.permissions import Actor

    return Actor.system("portrea account")


def _territory(text: str) -> tuple[str, str]:
    from portrea.web.accounts.selectors import territory_written

    key: tuple[str, str] = territory_written(text)
    return key


def _person(email: str) -> User:
    from portrea.web.accounts.selectors import find_user

    person: User | None = find_user(email)
    if person is None:
        raise ParameterError(
            f"Aucun compte n’a l’adresse « {email} ».", remedy="Voyez « portrea account list »."
        )
    return person
