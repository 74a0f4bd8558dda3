"""``portrea portrait``: write the portrait of a territory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError, system_fault

if TYPE_CHECKING:
    from portrea.steering.reading import Reader
    from portrea.territory import Selection


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("territoire")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire (par défaut : portrait-TERRITOIRE.pdf).",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["pdf", "json", "csv", "geojson"]),
    help="Forme du portrait (par défaut : celle du nom de fichier, sinon pdf).",
)
def portrait(territoire: str, output: Path | None, kind: str | None) -> None:
    """Produire le portrait d’un TERRITOIRE.

    TERRITOIRE s’écrit « epci:243500618 », « commune:35188 », « iris:352380101 », « france », ou
    plusieurs séparés par des virgules.
    """
    from portrea.sources.store import Store
    from portrea.steering.reading import Reader

    form = _form(output, kind)
    reader = Reader(Store())
    selection = reader.gazetteer.resolve(territoire)
    for note in selection.notes:
        click.echo(note, err=True)
    name = selection.key.replace(":", "-").replace(",", "_")[:80]
    path = output or Path(f"portrait-{name}.{form}")
    content = _content(reader, selection, form)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ParameterError(
            f"Impossible d’écrire le fichier « {path} » : {system_fault(error)}.",
            remedy="Choisissez un autre fichier avec « -o ».",
        ) from error
    click.echo(f"Portrait écrit dans {path} ({len(content) / 1000:.0f} ko).")


def _form(output: Path | None, kind: str | None) -> str:
    if kind:
        return kind
    suffix = output.suffix.lstrip(".").lower() if output else "pdf"
    if suffix not in ("pdf", "json", "csv", "geojson"):
        raise ParameterError(
            f"Forme inconnue pour le fichier « {output} ».",
            remedy="Donnez un nom en .pdf, .json, .csv ou .geojson, ou précisez « --format ».",
        )
    return suffix


def _content(reader: Reader, selection: Selection, form: str) -> bytes:
    from portrea.steering import opendata
    from portrea.steering.pdf import portrait_pdf
    from portrea.steering.portrait import build_portrait

    if form == "csv":
        return opendata.to_csv(reader, selection).encode()
    if form == "geojson":
        return opendata.to_geojson(reader, selection).encode()
    composed = build_portrait(reader, selection)
    return portrait_pdf(composed) if form == "pdf" else opendata.to_json(composed).encode()
