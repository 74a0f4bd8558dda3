"""``portrea compute``: needs and reach of everything loaded, published at once."""

from __future__ import annotations

from typing import Any

import click

from portrea.base.estimates import integer
from portrea.cli.census import photograph_census
from portrea.cli.choices import choices, settle
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store


@click.command()
@choices
def compute(chosen: dict[str, Any]) -> None:
    """Lancer le calcul des besoins et de l’accès, puis le publier.

    Le site et les autres commandes lisent le dernier calcul publié. Les lieux sont ceux du
    recensement du site s’il en contient, sinon ceux des listes chargées. Refaire un calcul
    identique ne change rien. Sans option : paramètres livrés avec Portrea, aucun calage, 1 000
    tirages.
    """
    from portrea.steering.computation import compute as run

    store = Store()
    settings = settle(chosen)
    photograph_census(store)
    with progress_bar("Calcul") as progress:
        computation = run(store, settings=settings, progress=progress)
    rows = integer(computation.table("estimates").height)
    click.echo(f"Calcul {computation.id} en service : {rows} estimations dans {computation.folder}")
    changed = settings.parameters.overrides
    if changed:
        click.echo(f"Paramètres changés : {', '.join(changed)}")
