"""What the commands of ``portrea reach`` share: the question asked, the form of the answer."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click

from portrea.vocab.situations import Situation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from portrea.steering.reading import Reader
    from portrea.territory import Selection

NEEDS = tuple(str(situation) for situation in Situation)
FORMATS = ("table", "csv", "json")
SHOWN = 40
"""Rows of a table on screen; CSV and JSON hold them all."""
WIDTH = 120
ENGINE = click.option(
    "--engine",
    default="",
    help="D’où viennent les temps : un réseau chargé (portrea reach network list), « osrm:NOM », "
    "ou votre table (CSV, tableur). Défaut : d’après le vol d’oiseau.",
)


def asked(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command its territory and the choices that every question of access shares."""
    options = (
        click.argument("territory", metavar="TERRITOIRE"),
        click.option(
            "--need", "--situation", "need", type=click.Choice(NEEDS), default="aide",
            show_default=True, help="Besoin auquel les lieux répondent.",
        ),
        click.option(
            "--profile", default="car", show_default=True,
            help="Comment on se déplace : car, no_car, walk, walk_slow, bicycle.",
        ),
        click.option(
            "--format", "form", type=click.Choice(FORMATS), default="table", show_default=True,
            help="Forme de la réponse.",
        ),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


def found(territory: str) -> tuple[Reader, Selection]:
    """Return the computation in force and the territory, with the notes on its name."""
    from portrea.sources.store import Store
    from portrea.steering.reading import Reader

    reader = Reader(Store())
    selection = reader.gazetteer.resolve(territory)
    notes(selection.notes)
    return reader, selection


def notes(sentences: Sequence[str]) -> None:
    """Say what must be known beside the answer, apart from it."""
    for sentence in sentences:
        click.echo(f"Note : {sentence}", err=True)


def answer(
    rows: Sequence[Mapping[str, Any]],
    form: str,
    *,
    columns: Mapping[str, str],
    names: Sequence[str] = (),
) -> None:
    """Print rows: all of them in CSV or JSON, the first ones with some columns on screen.

    Parameters
    ----------
    rows
        What is told, in its order.
    form
        One of :data:`FORMATS`.
    columns
        Key → heading of the columns shown on screen.
    names
        Keys of the file; those of the first row by default.
    """
    if form == "json":
        click.echo(json.dumps(list(rows), ensure_ascii=False, default=str))
    elif form == "csv":
        text = io.StringIO()
        keys = list(names or (rows[0] if rows else columns))
        writer = csv.DictWriter(text, keys, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        click.echo(text.getvalue(), nl=False)
    else:
        _on_screen(rows, columns)


def _on_screen(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(box=box.SIMPLE)
    for heading in columns.values():
        table.add_column(heading, overflow="fold")
    for row in rows[:SHOWN]:
        table.add_row(*(_cell(row.get(key)) for key in columns))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
    if len(rows) > SHOWN:
        click.echo(f"{len(rows) - SHOWN} lignes de plus : « --format csv » les donne toutes.")


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
    return str(value)
