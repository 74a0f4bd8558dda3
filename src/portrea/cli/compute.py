"""``portrea compute``: needs and reach of everything loaded, published at once."""

from __future__ import annotations

import click

from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store


@click.command()
@click.option(
    "--draws",
    default=200,
    show_default=True,
    type=click.IntRange(20, 5000),
    help="Tirages derrière chaque intervalle.",
)
@click.option("--seed", default=2026, show_default=True, type=int, help="Graine des tirages.")
@click.option("--series", help="Série de taux d’illectronisme (tic2019 ou tic2021).")
def compute(draws: int, seed: int, series: str | None) -> None:
    """Lancer le calcul des besoins et de l’accès, puis le publier.

    Le site et les autres commandes lisent le dernier calcul publié. Refaire un calcul identique ne
    change rien.
    """
    from portrea.steering.computation import compute as run

    store = Store()
    with progress_bar("Calcul") as progress:
        computation = run(store, draws=draws, seed=seed, series=series, progress=progress)
    rows = integer(computation.table("estimates").height)
    click.echo(f"Calcul {computation.id} en service : {rows} estimations dans {computation.folder}")
