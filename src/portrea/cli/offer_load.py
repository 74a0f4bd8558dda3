"""``portrea offer load``: the store's lists of places, brought into the living census."""

from __future__ import annotations

import click

from portrea.base.errors import DataError
from portrea.base.estimates import integer
from portrea.cli.census import load_census, photograph_census
from portrea.cli.progress import progress_bar
from portrea.cli.serve import prepare_database
from portrea.sources.store import Store


@click.command("load")
def load() -> None:
    """Mettre au recensement les listes de lieux chargées.

    Chaque liste garde sa parole, sa date et sa fiabilité ; les lieux que plusieurs listes disent
    sont réunis, ce qui peut être défait. Recommencer ne change que ce qui a changé, et n’efface
    aucune correction faite par une personne.
    """
    store = Store()
    with progress_bar("Recensement") as progress:
        report = load_census(store, progress)
    for batch in report.batches:
        click.echo(f"{batch.title} (import n° {batch.pk})")
        told = batch.counts
        click.echo(
            f"  {integer(told['created'])} lieux ajoutés, {integer(told['updated'])} changés, "
            f"{integer(told['unchanged'])} inchangés, {integer(told['gone'])} disparus de la liste"
        )
        if lost := batch.report.get("undescribed"):
            click.echo(
                f"  {integer(lost)} lieux sans service dit : leurs publics, accès et coûts, qui ne"
                " décrivent rien de connu, sont laissés de côté"
            )
    if report.unchanged:
        click.echo(f"Listes sans changement : {integer(report.unchanged)}")
    if not report.batches and not report.unchanged:
        click.echo("Aucune liste de lieux n’est chargée : portrea data add FICHIER")
    if report.joined:
        click.echo(f"Lieux dits plusieurs fois, réunis : {integer(report.joined)}")
    if report.asked:
        click.echo(
            f"Paires à juger par une personne : {integer(report.asked)} (portrea offer dedupe)"
        )


@click.command("undo")
@click.argument("number", metavar="NUMÉRO", type=click.IntRange(1))
@click.option("--reason", default="", help="Pourquoi, pour le journal.")
def undo(number: int, reason: str) -> None:
    """Défaire l’import NUMÉRO du recensement : chaque fiche redevient ce qu’elle était.

    Les corrections faites par des personnes restent. Un lieu que l’import avait ajouté s’en va ;
    si une personne l’a corrigé depuis, il est masqué.
    """
    store = Store()
    prepare_database()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.offer.models import ImportBatch
    from portrea.web.offer.services import import_undo

    batch = ImportBatch.objects.filter(pk=number).first()
    if batch is None:
        raise DataError(f"Aucun import n° {number} dans le recensement.")
    with progress_bar("Annulation") as progress:
        progress(0.0, batch.title or batch.source)
        batch = import_undo(actor=Actor.system("portrea offer undo"), batch=batch, reason=reason)
        progress(1.0, "import défait")
    photograph_census(store)
    hidden = batch.counts["hidden"]
    click.echo(f"Import n° {number} défait. Lieux corrigés depuis, masqués : {integer(hidden)}")
