"""What the commands of ``portrea reach`` share: the question asked, the form of the answer."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import click

from portrea.base.errors import StoreError
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
FARTHEST = 45.0
"""Minutes kept while the points that roads cannot serve are looked for."""
ENGINE = click.option(
    "--engine",
    default="",
    help="D’où viennent les temps : un réseau chargé (portrea reach network list), « osrm:NOM », "
    "votre table (CSV, tableur), ou « crow_fly » (vol d’oiseau). Défaut : le réseau chargé qui "
    "couvre le territoire et ses alentours, comme les pages ; sinon le vol d’oiseau.",
)
LIVING = "portrea.census"


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
            "--census", is_flag=True, expose_value=False, callback=_remember,
            help="Compter les lieux du recensement du site tels qu’ils sont maintenant, comme ses "
            "pages. Sans elle : ceux du calcul, qu’on peut refaire à l’identique.",
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

    living = click.get_current_context().meta.get(LIVING)
    reader = _living() if living else Reader(Store())
    selection = reader.gazetteer.resolve(territory)
    notes(selection.notes)
    return reader, selection


def _remember(context: click.Context, _option: click.Parameter, value: bool) -> None:
    context.meta[LIVING] = value


def _living() -> Reader:
    """Return the reader that the pages of the site read with."""
    from portrea.cli.census import has_census
    from portrea.sources.store import Store

    if not has_census(Store()):
        raise StoreError(
            "Le site n’a pas de recensement, ou il est vide.",
            remedy="Retirez « --census » pour compter les lieux du calcul, ou remplissez le "
            "recensement avec « portrea offer load ».",
        )
    from portrea.web.offer.living import prepare
    from portrea.web.territories.living import living_reader

    prepare()
    reader = living_reader()
    notes([f"lieux : {reader.given_offer.told}."] if reader.given_offer else [])
    return reader


def engine_chosen(
    reader: Reader, selection: Selection, name: str, *, profile: str, need: str
) -> str:
    """Return the engine of times: the one asked, else the one the pages use; say what it is.

    Points that its roads cannot serve are told too.
    """
    import polars as pl

    from portrea.steering.access import helping_places
    from portrea.steering.engines import best_engine, engine_told
    from portrea.steering.subject import Subject
    from portrea.steering.times import Roads, engine_named
    from portrea.steering.zones import zones_of

    communes = Subject.of(reader, selection).commune_codes
    chosen = name or best_engine(reader, communes, profile)
    engine = engine_named(reader.store, chosen, t_max=FARTHEST, profile=profile)
    if isinstance(engine, Roads):
        zones = zones_of(reader).filter(pl.col("commune").is_in(list(communes)))
        told = engine.told(zones, helping_places(reader, need))
        notes([f"temps {engine_told(chosen)}.", *told])
    return chosen


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
