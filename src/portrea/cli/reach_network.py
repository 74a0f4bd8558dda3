"""``portrea reach network``: road networks made from OpenStreetMap extracts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.cli.progress import progress_bar
from portrea.sources.store import Store

if TYPE_CHECKING:
    from portrea.steering.networks import NetworkCard

MODES = ("car", "walk", "bicycle")
FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def network() -> None:
    """Charger les routes d’OpenStreetMap, pour des temps par la route.

    Sans réseau, les temps sont estimés d’après le vol d’oiseau.
    """


@network.command("add")
@click.argument("extract", metavar="FICHIER", type=FILE)
@click.option("--name", default="", help="Nom du réseau (défaut : celui du fichier).")
@click.option(
    "--mode", "modes", type=click.Choice(MODES), multiple=True, help="Mode, répétable (tous)."
)
@click.option("--osrm", is_flag=True, help="Préparer aussi OSRM (pip install portrea[osrm]).")
@click.option("--anywhere", is_flag=True, help="Accepter un extrait loin des communes chargées.")
def add(extract: Path, name: str, modes: tuple[str, ...], osrm: bool, anywhere: bool) -> None:
    """Ajouter les routes de FICHIER, un extrait OpenStreetMap (.osm.pbf).

    L’extrait d’une région se télécharge chez un fournisseur d’extraits OpenStreetMap. Un réseau du
    même nom est remplacé.
    """
    from portrea.steering.networks import add_network

    with progress_bar("Réseau routier") as progress:
        card = add_network(
            Store(),
            extract,
            name=name,
            modes=modes or MODES,
            osrm=osrm,
            anywhere=anywhere,
            progress=progress,
        )
    click.echo(f"Réseau « {card.name} » ajouté ({card.id}) : {_summary(card)}.")
    click.echo(f"{card.credit}, {card.licence}.")


@network.command("list")
def list_() -> None:
    """Dire quels réseaux routiers sont chargés."""
    from portrea.steering.networks import networks

    known = networks(Store())
    if not known:
        click.echo("Aucun réseau routier : les temps sont estimés d’après le vol d’oiseau.")
    for card in known:
        click.echo(f"{card.name}\t{card.id}\t{_summary(card)}\t{card.credit}, {card.licence}")


@network.command("check")
@click.argument("name", metavar="[NOM]", default="")
@click.option("--profile", default="car", show_default=True, help="Comment on se déplace.")
def check(name: str, profile: str) -> None:
    """Dire de combien les temps à vol d’oiseau s’écartent de ceux du réseau NOM.

    Depuis les IRIS vers les lieux du calcul en service ; sans eux sur ce réseau, entre des points
    des routes tirés au sort.
    """
    from portrea.steering.model_error import model_error, model_error_here
    from portrea.steering.networks import find_network
    from portrea.steering.reading import Reader

    store = Store()
    roads = find_network(store, name)
    computed = store.current() is not None
    found = (
        model_error_here(Reader(store), roads, profile=profile)
        if computed
        else model_error(roads, profile=profile)
    )
    for sentence in found.told:
        click.echo(sentence)


@network.command("remove")
@click.argument("name", metavar="NOM")
def remove(name: str) -> None:
    """Supprimer le réseau NOM (ou son identifiant)."""
    from portrea.steering.networks import remove_network

    card = remove_network(Store(), name)
    click.echo(f"Réseau « {card.name} » supprimé ({card.id}).")


def _summary(card: NetworkCard) -> str:
    parts = [
        f"{card.ways} voies",
        f"données du {card.vintage[:10]}" if card.vintage else "date des données inconnue",
        f"modes {', '.join(card.modes)}",
        f"OSRM {', '.join(card.osrm)}" if card.osrm else "sans OSRM",
    ]
    if card.communes is not None:
        parts.append(f"{card.communes} communes chargées le long de ses routes")
    return " ; ".join(parts)
