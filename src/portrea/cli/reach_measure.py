"""``portrea reach measure``: how far people are from help, as the computation in force says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import polars as pl

from portrea.base.errors import StoreError, TerritoryError
from portrea.base.estimates import integer, percent
from portrea.sources.store import Store
from portrea.territory import Level
from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

LEVELS = ("iris", "commune", "epci", "departement", "region", "france")
SITUATIONS = (*(str(situation) for situation in Situation), "any")
FORMATS = ("table", "csv", "json")
DASH = "–"
WIDTH = 120
LEGEND = (
    "Temps en voiture estimés (vol d’oiseau × détour ÷ vitesse), pondérés par les personnes "
    "concernées (A1) ; lieux connus seulement."
)


@click.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--level", type=click.Choice(LEVELS), help="Niveau des lignes (défaut : le sien).")
@click.option(
    "--situation", type=click.Choice(SITUATIONS), multiple=True, help="Besoin, répétable."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="Forme de la réponse.",
)
def measure(territory: str, level: str | None, situation: tuple[str, ...], form: str) -> None:
    """Dire à quelle distance de l’aide vivent les habitants de TERRITOIRE.

    Temps en voiture estimés d’après le vol d’oiseau (calcul en service), pondérés par les personnes
    concernées. TERRITOIRE s’écrit comme pour « portrea needs estimate ».
    """
    from portrea.steering.reading import Reader

    reader = Reader(Store())
    selection = reader.gazetteer.resolve(territory)
    levels = {chosen.level.value for chosen in selection.territories}
    chosen_level = level or (levels.pop() if len(levels) == 1 else "commune")
    frame = _rows(reader, selection, chosen_level, situation)
    for note in selection.notes:
        click.echo(note, err=True)
    if form == "table":
        _print_table(frame)
    elif form == "csv":
        click.echo(frame.write_csv(), nl=False)
    else:
        click.echo(frame.write_json())


def _rows(
    reader: Reader, selection: Selection, level: str, situations: tuple[str, ...]
) -> pl.DataFrame:
    """Return the rows of the areas of a level inside the selection, or of those that contain it."""
    names: dict[str, str] = {}
    for member in selection.territories:
        inside = reader.gazetteer.children(member, level)
        names |= {child.code: child.name for child in inside}
        if not inside and (code := member.parent_code(Level(level))):
            names[code] = reader.gazetteer.get(level, code).name
    frame = reader.reach(level, list(names))
    if situations:
        frame = frame.filter(pl.col("situation").is_in(list(situations)))
    if frame.is_empty() and any(t.level is Level.QPV for t in selection.territories):
        raise TerritoryError(
            "Portrea ne mesure pas encore l’accès d’un quartier prioritaire.",
            remedy="Demandez sa commune, ou « --level commune ».",
        )
    if frame.is_empty():
        raise StoreError(
            f"Le calcul en service ne mesure pas l’accès au niveau « {level} » ici.",
            remedy="Chargez des lieux avec « portrea offer import FICHIER », puis « portrea "
            "compute » ; ou choisissez un autre --level.",
        )
    label = pl.col("code").replace_strict(names, default=None, return_dtype=pl.String)
    return frame.select("level", "code", label.alias("name"), pl.exclude("level", "code")).sort(
        "code", "situation"
    )


def _print_table(frame: pl.DataFrame) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE, title=LEGEND, title_justify="left", title_style="")
    table.add_column("Code", no_wrap=True)
    table.add_column("Nom", overflow="fold")
    table.add_column("Besoin", no_wrap=True)
    for heading in ("Plus proche", "Lieux à 20 min", "> 10 min", "> 20 min", "> 30 min"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("Personnes > 20 min", justify="right")
    for row in frame.iter_rows(named=True):
        table.add_row(*_cells(row))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    def number(name: str) -> str:
        value = row[name]
        return integer(value) if isinstance(value, float) else DASH

    def share(name: str) -> str:
        value = row[name]
        return percent(value) if isinstance(value, float) else DASH

    minutes = row["nearest_minutes"]
    nearest = f"{max(1, round(minutes))} min" if isinstance(minutes, float) else "aucun connu"
    shares = tuple(share(f"share_beyond_{limit}") for limit in (10, 20, 30))
    return (
        str(row["code"]),
        str(row["name"]),
        str(row["situation"]).replace("any", "tous lieux"),
        nearest,
        number("places_within_20"),
        *shares,
        number("persons_beyond_20"),
    )
