"""``portrea email``: do the letters of the site leave, and do they arrive."""

from __future__ import annotations

import click

MARKS = {"good": "bon", "watch": "à voir", "broken": "cassé", "unknown": "non vérifié"}


@click.group()
def email() -> None:
    """Vérifier l’envoi des courriels."""


@email.command()
@click.option("--to", metavar="ADRESSE", help="Envoyer aussi une lettre d’essai à cette adresse.")
@click.option(
    "--selector", default="", metavar="NOM", help="Nom de la clé DKIM, donné par l’hébergeur."
)
def check(to: str | None, selector: str) -> None:
    """Vérifier le serveur, le chiffrement, le compte et ce que publie le domaine.

    SPF, DKIM et DMARC sont demandés par le programme « dig » ; sans lui, ils sont dits non
    vérifiés. Code de sortie 1 si quelque chose est cassé.
    """
    from portrea.cli.serve import setup_django

    setup_django()
    from portrea.web.operation.deliverability import checking

    found = checking.check(selector=selector)
    for one in found:
        click.echo(f"[{MARKS[one.level]}] {one.what}")
        if one.remedy:
            click.echo(f"    {one.remedy}")
    if to:
        checking.send_trial(to)
        click.echo(f"Lettre d’essai envoyée à {to} : regardez comment elle arrive.")
    if any(one.level == "broken" for one in found):
        raise click.exceptions.Exit(1)
