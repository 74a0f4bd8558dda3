"""``portrea map``: build the map of all communes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
import polars as pl

from portrea.base.errors import TerritoryError
from portrea.base.progress import silent
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from portrea.base.progress import Progress
    from portrea.territory.tiles import TileReport


@dataclass(frozen=True, slots=True)
class Built:
    """Tiles in place: ``report`` is ``None`` when the same ones were there already."""

    path: Path
    report: TileReport | None
    without_contour: tuple[str, ...]


@click.group("map")
def map_() -> None:
    """Fabriquer le fond de carte."""


@map_.command("build")
def build() -> None:
    """Dessiner toutes les communes chargées dans un fichier de tuiles.

    Ne refait rien quand les contours n’ont pas changé.
    """
    with progress_bar("Fond de carte") as progress:
        built = build_map(Store(), progress=progress)
    if built.report is None:
        click.echo(f"Le fond de carte est déjà à jour : {built.path}")
    else:
        size = f"{built.report.size / 1e6:.1f}".replace(".", ",")
        click.echo(f"{built.report.codes} communes dessinées, {size} Mo : {built.path}")
    if built.without_contour:
        listed = ", ".join(built.without_contour[:10])
        more = "…" if len(built.without_contour) > 10 else ""
        click.echo(f"Sans contour, absentes du fond de carte : {listed}{more}", err=True)


def build_map(store: Store, *, progress: Progress = silent) -> Built:
    """Build the tiles of the communes of a store; do nothing when the same ones are there.

    Raises
    ------
    TerritoryError
        The store holds no contour of commune.
    """
    from portrea.territory import complete_territories
    from portrea.territory.tiles import build_tiles, digest

    progress(0.0, "lecture du magasin")
    contours = _commune_contours(store)
    territories = complete_territories(store.gather("territories"))
    communes = territories.filter(pl.col("level") == "commune")
    parents = communes.select("code", "epci", "departement")
    path = store.home / "tiles" / f"communes-{digest(contours, parents)}.pmtiles"
    missing = communes.join(contours, on="code", how="anti")["code"].sort()
    if path.exists():
        return Built(path, None, tuple(missing))
    report = build_tiles(contours, path, parents=parents, progress=progress)
    for former in set(path.parent.glob("communes-*.pmtiles")) - {path}:
        former.unlink()
    return Built(path, report, tuple(missing))


def _commune_contours(store: Store) -> pl.DataFrame:
    contours = store.gather("contours").filter(pl.col("level") == "commune")
    if contours.is_empty():
        raise TerritoryError(
            "Le magasin ne contient aucun contour de commune : le fond de carte ne peut pas être "
            "dessiné.",
            remedy="Chargez des contours avec « portrea data add FICHIER », ou lancez "
            "« portrea demo » qui charge ceux qui sont embarqués.",
        )
    return contours
