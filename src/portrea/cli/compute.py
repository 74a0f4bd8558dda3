"""``portrea compute``: needs and reach of everything loaded, published at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import ParameterError
from portrea.base.estimates import integer
from portrea.cli.census import photograph_census
from portrea.cli.choices import choices, settle
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store

if TYPE_CHECKING:
    from portrea.sources.store import Computation
    from portrea.steering.settings import Settings


@click.command()
@click.option("--split", is_flag=True, help="Par départements : repris là où il s’est arrêté.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processus de « --split » (environ 2,5 Gio chacun pour la France).",
)
@click.option("--queue", is_flag=True, help="Confier les départements aux travaux de fond du site.")
@click.option("--status", is_flag=True, help="Dire où en sont les calculs par départements.")
@click.option("--cancel", is_flag=True, help="Oublier les calculs par départements commencés.")
@choices
def compute(
    *, chosen: dict[str, Any], split: bool, processes: int, queue: bool, status: bool, cancel: bool
) -> None:
    """Lancer le calcul des besoins et de l’accès, puis le publier.

    Le site et les autres commandes lisent le dernier calcul publié. Les lieux sont ceux du
    recensement du site s’il en contient, sinon ceux des listes chargées. Refaire un calcul
    identique ne change rien. Sans option : paramètres livrés avec Portrea, aucun calage, 1 000
    tirages.

    Avec --split ou --queue, le résultat est le même, au bit près ; un arrêt ne perd que le
    département en cours.
    """
    if sum((split, queue, status, cancel)) > 1:
        raise ParameterError(
            "--split, --queue, --status et --cancel s’excluent.", remedy="Gardez l’une d’elles."
        )
    store = Store()
    if status or cancel:
        (_tell if status else _forget)(store)
        return
    settings = settle(chosen)
    photograph_census(store)
    if queue:
        _queue(store, settings)
        return
    computation = _split(store, settings, processes) if split else _whole(store, settings)
    rows = integer(computation.table("estimates").height)
    click.echo(f"Calcul {computation.id} en service : {rows} estimations dans {computation.folder}")
    changed = settings.parameters.overrides
    if changed:
        click.echo(f"Paramètres changés : {', '.join(changed)}")


def _whole(store: Store, settings: Settings) -> Computation:
    from portrea.steering.computation import compute as run

    with progress_bar("Calcul") as progress:
        return run(store, settings=settings, progress=progress)


def _split(store: Store, settings: Settings, processes: int) -> Computation:
    from portrea.steering.split import assemble, plan
    from portrea.steering.split_work import make_parts

    with progress_bar("Calcul") as progress:
        begun = plan(store, settings)
        make_parts(store, begun, processes=processes, progress=progress)
        computation = assemble(store, begun.id, progress=progress)
    if computation is None:
        raise ParameterError(
            f"Le calcul {begun.id} a été annulé pendant qu’il se faisait.",
            remedy="Relancez-le s’il faut le faire.",
        )
    return computation


def _queue(store: Store, settings: Settings) -> None:
    from portrea.cli.serve import prepare_database
    from portrea.steering.split import plan

    prepare_database()
    from portrea.web.operation.queue.national import ask

    begun = plan(store, settings)
    asked = ask(begun)
    click.echo(
        f"Calcul {begun.id} : {asked} départements confiés aux travaux de fond, "
        f"{len(begun.parts) - len(begun.missing)} déjà faits sur {len(begun.parts)}.\n"
        "« portrea compute --status » dit où il en est ; il sera publié quand tous seront faits."
    )


def _tell(store: Store) -> None:
    from portrea.steering.split import plans

    found = plans(store)
    if not found:
        click.echo("Aucun calcul par départements n’est commencé.")
    for begun in found:
        missing = begun.missing
        done = len(begun.parts) - len(missing)
        left = f" ; à faire : {', '.join(missing)}" if missing else " ; à réunir et publier"
        click.echo(f"Calcul {begun.id} du {begun.date} : {done} parts sur {len(begun.parts)}{left}")


def _forget(store: Store) -> None:
    from portrea.steering.split import cancel, plans

    for begun in plans(store):
        cancel(store, begun.id)
        click.echo(f"Calcul {begun.id} oublié : le calcul en service n’a pas changé.")
