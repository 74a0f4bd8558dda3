"""``portrea offer load``: the store's lists of places, brought into the living census."""

from __future__ import annotations

import click

from portrea.base.estimates import integer
from portrea.cli.census import load_census
from portrea.cli.progress import progress_bar
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
    if report.unchanged:
        click.echo(f"Listes sans changement : {integer(report.unchanged)}")
    if not report.batches and not report.unchanged:
        click.echo("Aucune liste de lieux n’est chargée : portrea data add FICHIER")
    if report.joined:
        click.echo(f"Lieux dits par plusieurs listes, réunis : {integer(report.joined)}")
