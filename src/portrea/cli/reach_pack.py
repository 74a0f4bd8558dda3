"""``portrea reach pack``: the pack of the comité of a territory, in a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from portrea.base.errors import ParameterError, system_fault
from portrea.cli.reach_options import found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.steering.reading import Reader
    from portrea.steering.sections_what_if import Named

FORMS = ("pdf", "docx", "odt", "xlsx", "csv", "json")


@click.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False),
    help="Fichier à écrire (par défaut : dossier-TERRITOIRE.pdf). Son nom dit la forme : "
    ".pdf, .docx, .odt, .xlsx, .csv ou .json.",
)  # fmt: skip
@click.option(
    "--trial", "trials", multiple=True, metavar="NOM=ADRESSE",
    help="Essai à mettre côte à côte avec les autres, trois au plus : l’adresse d’une page "
    "« Et si ? », précédée de son nom.",
)  # fmt: skip
def pack(territory: str, output: Path | None, trials: Sequence[str]) -> None:
    """Écrire le dossier du comité de pilotage d’un TERRITOIRE.

    Le besoin, l’accès, les zones prioritaires, les essais, les méthodes en mots simples et les
    sources : les mêmes nombres que les pages. Les essais mis en avant sur le site n’y sont pas :
    donnez leur adresse avec « --trial ».
    """
    from portrea.steering.downloads import document_file
    from portrea.steering.pack import build_pack

    path = output or Path(f"dossier-{territory.replace(':', '-').replace(',', '_')[:80]}.pdf")
    form = path.suffix.lstrip(".").lower()
    if form not in FORMS:
        raise ParameterError(
            f"Forme inconnue pour le fichier « {path} ».",
            remedy=f"Donnez un nom qui finit par l’un de : {', '.join('.' + f for f in FORMS)}.",
        )
    reader, selection = found(territory)
    named = _named(reader, trials)
    content = document_file(build_pack(reader, selection, named=named), form)
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ParameterError(
            f"Impossible d’écrire le fichier « {path} » : {system_fault(error)}.",
            remedy="Choisissez un autre fichier avec « -o ».",
        ) from error
    click.echo(f"Dossier écrit dans {path} ({len(content) / 1000:.0f} ko).")


def _named(reader: Reader, trials: Sequence[str]) -> list[Named]:
    """Work out the trials of the command line, each from its address."""
    from portrea.steering.sections_what_if import MOST, Named
    from portrea.steering.what_if_ground import Question, checked_measure, prepare
    from portrea.steering.what_if_told import told
    from portrea.web.reach.asked import read_text

    if len(trials) > MOST:
        raise ParameterError(
            f"Le dossier montre {MOST} essais au plus (reçu : {len(trials)}).",
            remedy="Retirez des « --trial ».",
        )
    named = []
    for rank, text in enumerate(trials):
        title, address = _split(text)
        asked = read_text(address)
        selection = reader.gazetteer.resolve(asked.reference)
        measure = checked_measure(reader, selection, asked.measure)
        ground = prepare(reader, selection, Question(asked.situation, measure, asked.profile))
        trial = told(ground, asked.changes, minutes=asked.minutes)
        named.append(Named(str(rank + 1), title, "", "", reader.computation_id, trial))
    return named


def _split(text: str) -> tuple[str, str]:
    """Split « Deux matins=https://…/acces/et-si/?t=… » into its name and its query."""
    title, sign, address = text.partition("=")
    query = urlsplit(address).query if "?" in address else address
    if not sign or not title.strip() or "t=" not in query:
        raise ParameterError(
            f"« {text[:80]} » n’est pas un essai.",
            remedy="Écrivez un nom, le signe =, puis l’adresse d’une page « Et si ? ».",
        )
    return title.strip(), query
