"""``portrea offer export``: the places of a territory, in the format of others."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError, system_fault
from portrea.base.estimates import integer
from portrea.base.spreadsheets import inert
from portrea.cli.census import has_census
from portrea.cli.progress import progress_bar
from portrea.sources.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.offer.record import Place
    from portrea.steering.exchange import ExportReport, Told
    from portrea.steering.reading import Reader
    from portrea.territory import Selection

CHOICES = ("mednum", "mednum-5", "data-inclusion", "geojson", "xlsx", "geoparquet", "csv")


@click.command("export")
@click.argument("territory", metavar="TERRITOIRE")
@click.option(
    "--standard",
    type=click.Choice(CHOICES),
    default="mednum",
    show_default=True,
    help="Format (csv : capacité des services ; mednum-5 : version 0.1, pour les cartes 5.x).",
)
@click.option(
    "-o",
    "--output",
    "target",
    metavar="FICHIER",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Fichier à écrire (défaut : le nom que le standard demande, dans le dossier courant).",
)
@click.option(
    "--producer",
    default="portrea",
    show_default=True,
    help="Identifiant de qui publie : SIRET ou RNA pour mednum, nom court pour data·inclusion.",
)
@click.option(
    "--undated",
    metavar="AAAA-MM-JJ",
    help="Date écrite quand celle du lieu est inconnue (défaut : le lieu n’est pas écrit).",
)
@click.option(
    "--confirmed-hours", is_flag=True, help="N’écrire que les horaires confirmés par une personne."
)
def export_(
    territory: str,
    *,
    standard: str,
    target: Path | None,
    producer: str,
    undated: str | None,
    confirmed_hours: bool,
) -> None:
    """Écrire les lieux de TERRITOIRE dans un format national ou courant.

    Les lieux viennent du recensement s’il en tient, sinon du calcul en service. Rien n’est
    inventé : un lieu à qui il manque ce que le standard exige n’est pas écrit, et un fichier dit
    pourquoi.
    """
    from portrea.offer.exchange.context import Context
    from portrea.offer.exchange.mednum import file_name
    from portrea.steering.exchange import STANDARDS, export
    from portrea.steering.exchange_places import cities_of
    from portrea.steering.reading import Reader

    reader, today = Reader(Store()), datetime.now(UTC).date()
    selection = reader.gazetteer.resolve(territory)
    for note in selection.notes:
        click.echo(note, err=True)
    extension = STANDARDS[standard].extension
    path = target or Path(file_name(today.isoformat(), producer, selection.label, extension))
    context = Context(
        today=today,
        producer=producer,
        cities=cities_of(reader),
        undated=_day(undated),
        confirmed_hours=confirmed_hours,
    )
    with progress_bar("Export") as progress:
        progress(0.0, path.name)
        report = export(_places(reader, selection), standard, path, context)
        progress(1.0, path.name)
    label = STANDARDS[standard].label
    click.echo(f"{path} : {integer(report.written)} lieux ({label})")
    _echo_left_out(report, path)


def _day(told: str | None) -> date | None:
    from portrea.base.errors import ParameterError

    if told is None:
        return None
    try:
        return date.fromisoformat(told)
    except ValueError:
        raise ParameterError(
            f"La date « {told} » n’est pas au format AAAA-MM-JJ.",
            remedy="Exemple : --undated 2024-01-01.",
        ) from None


def _places(reader: Reader, selection: Selection) -> Iterator[Place | Told]:
    from portrea.steering.exchange import Told
    from portrea.steering.exchange_places import computed_places

    if has_census(reader.store):
        from portrea.web.offer.census import open_texts

        for told in open_texts(selection):
            yield Told(*told)
        return
    yield from computed_places(reader, selection)


def _echo_left_out(report: ExportReport, path: Path) -> None:
    if not report.reasons:
        return
    for reason, count in report.reasons.most_common():
        click.echo(f"  non écrits, {reason} : {integer(count)}")
    beside = path.with_name(f"{path.stem}_non-ecrits.csv")
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(("id", "nom", "champ", "raison"))
            for left in report.left_out:
                cells = (left.id, left.name, left.field, left.reason)
                writer.writerow([inert(cell) for cell in cells])
    except OSError as error:
        raise DataError(
            f"La liste des lieux non écrits ne peut pas être écrite : {beside}"
            f" ({system_fault(error)})."
        ) from error
    click.echo(f"Lieux non écrits, avec la raison : {beside}")
