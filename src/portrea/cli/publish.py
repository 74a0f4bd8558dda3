"""``portrea publish``: versions of the open data, and data.gouv.fr."""

from __future__ import annotations

import click

from portrea.base.errors import ParameterError
from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar

ACTOR = "portrea publish"


@click.group()
def publish() -> None:
    """Figer les données ouvertes et les publier sur data.gouv.fr."""


@publish.command()
@click.argument("slugs", metavar="[JEU]...", nargs=-1)
def freeze(slugs: tuple[str, ...]) -> None:
    """Figer une version de chaque JEU de données qui a changé (tous par défaut).

    Une version figée ne change plus jamais et garde son adresse. Ensuite, le site le fait aussi
    chaque nuit.
    """
    from portrea.steering.catalogue.entries import entries

    _known(slugs, tuple(entries()))
    _prepare()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.steering.services import opendata

    with progress_bar("Données ouvertes") as progress:
        made = opendata.versions_freeze(actor=Actor.system(ACTOR), slugs=slugs, progress=progress)
    for one in made:
        click.echo(f"{one.slug} : version {one.version}, {integer(one.rows)} lignes, {one.folder}")
    if not made:
        click.echo("Rien n’a changé : aucune nouvelle version.")


@publish.command()
@click.argument("slug", metavar="JEU")
@click.argument("version", metavar="VERSION")
@click.option("--why", required=True, metavar="RAISON", help="Montrée à la place des fichiers.")
def withdraw(slug: str, version: str, why: str) -> None:
    """Retirer les fichiers d’une VERSION d’un JEU ; sa page reste et dit pourquoi."""
    _prepare()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.steering.services import opendata

    opendata.version_withdraw(actor=Actor.system(ACTOR), slug=slug, version=version, why=why)
    click.echo(f"Retirée : {slug}, version {version}.")


@publish.command()
@click.option("--dry-run", is_flag=True, help="Montrer ce qui changerait, sans rien changer.")
@click.option(
    "--form", "forms", multiple=True, metavar="FORME",
    help="Seulement cette forme (répétable) : csv, xlsx, geojson, parquet.",
)  # fmt: skip
@click.option("--private", is_flag=True, help="Visible de l’organisation seulement.")
def datagouv(*, dry_run: bool, forms: tuple[str, ...], private: bool) -> None:
    """Mettre data.gouv.fr à jour avec les versions en vigueur.

    Demande PORTREA_DATAGOUV_KEY, PORTREA_DATAGOUV_ORGANIZATION et PORTREA_URL. Relancer ne fait
    rien en double ; rien n’est jamais supprimé là-bas.
    """
    from portrea.steering.catalogue.dcat import FORMS

    _known(forms, tuple(FORMS))
    _prepare()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.steering.services import opendata

    with progress_bar("data.gouv.fr") as progress:
        steps = opendata.datagouv_publish(
            actor=Actor.system(ACTOR), dry_run=dry_run, forms=forms, private=private,
            progress=progress,
        )  # fmt: skip
    for line in opendata.told_of(steps):
        click.echo(f"  {line}")
    said = "changements à faire" if dry_run else "changements faits"
    click.echo(f"{len(steps)} {said}." if steps else "Tout est à jour : rien à changer.")


def _known(told: tuple[str, ...], known: tuple[str, ...]) -> None:
    strange = [one for one in told if one not in known]
    if strange:
        raise ParameterError(
            f"Inconnu : {', '.join(strange)}.", remedy=f"Valeurs : {', '.join(known)}."
        )


def _prepare() -> None:
    from portrea.cli.serve import prepare_database

    prepare_database()
