"""``portrea needs parameters`` and ``portrea needs reproduce``: see the choices, check a result."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from portrea.needs.editing import Editable
    from portrea.steering.reproduce import Reproduction

FILE = click.Path(dir_okay=False, path_type=Path)
WIDTH = 140


@click.command("parameters")
@click.option("--parameters", "changed", type=FILE, help="Fichier YAML de paramètres à vérifier.")
@click.option("--series", help="Série de taux d’illectronisme (tic2019 ou tic2021).")
@click.option(
    "--format", "form", type=click.Choice(("table", "yaml", "csv")), help="Forme de la réponse."
)
@click.option("-o", "--output", type=FILE, help="Fichier à écrire (yaml ou csv).")
def parameters(
    changed: Path | None, series: str | None, form: str | None, output: Path | None
) -> None:
    """Montrer les paramètres de l’estimation : valeur, domaine, source, hypothèse ou non.

    Le YAML écrit peut être modifié puis rendu à « portrea compute --parameters ».
    """
    from portrea.needs import load_parameters

    found = load_parameters(series, changed)
    form = form or ((output.suffix.lstrip(".").replace("yml", "yaml")) if output else "table")
    if form == "table" and output is None:
        _print(found.editable(), found.overrides)
        return
    text = found.describe().write_csv() if form == "csv" else found.to_yaml()
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, "utf-8")


def _print(found: tuple[Editable, ...], changed: object) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from portrea.needs.editing import plain

    table = Table(box=box.SIMPLE, title_justify="left")
    for heading in ("Paramètre", "Ce que c’est", "Valeur", "Admis", "Source"):
        table.add_column(heading, overflow="fold")
    for item in found:
        value = "–" if item.value is None else plain(item.value)
        mark = " [changé]" if item.path in changed else ""  # type: ignore[operator]
        guess = " (hypothèse)" if item.hypothese else ""
        told = f"{item.source}, {item.date}".strip(", ")
        table.add_row(item.path, item.label, value + mark, item.domain, told + guess)
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table, markup=False)


@click.command("reproduce")
@click.argument("card", metavar="FICHE", type=FILE)
@click.option(
    "--rates", type=FILE, help="Taux ajustés nommés par la fiche, si le magasin les a perdus."
)
def reproduce(card: Path, rates: Path | None) -> None:
    """Refaire le calcul décrit par FICHE (card.json) et comparer les résultats, sans rien publier.

    Finit en erreur quand une table diffère, ou quand il manque de quoi la refaire.
    """
    from portrea.needs.fitted import FittedRates
    from portrea.sources.store import Store
    from portrea.steering.reproduce import read_card
    from portrea.steering.reproduce import reproduce as run

    told = read_card(card)
    fitted = FittedRates.read(rates) if rates else None
    with progress_bar("Reproduction") as progress:
        found = run(Store(), told, fitted=fitted, progress=progress)
    _say(found)
    if not found.identical:
        sys.exit(DataError.exit_code)


def _say(found: Reproduction) -> None:
    for cause in found.causes:
        click.echo(f"Différence : {cause}", err=True)
    for result in found.results:
        click.echo(f"Résultat différent : {result}", err=True)
    if not found.tables:
        click.echo("Rien n’a été recalculé : il manque des données.", err=True)
    elif found.identical:
        click.echo(f"Identique : {len(found.tables)} tables, octet pour octet.")
