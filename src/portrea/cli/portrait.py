"""``portrea portrait``: write the portrait of a territory, or of many."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError, system_fault

if TYPE_CHECKING:
    from portrea.steering.reading import Reader


FORMS = ("pdf", "docx", "odt", "xlsx", "json", "csv", "geojson")


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("territoire")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Fichier à écrire, ou dossier pour un lot (par défaut : portrait-TERRITOIRE.pdf ; pour "
    "un lot : portraits).",
)
@click.option(
    "--format",
    "kind",
    type=click.Choice(FORMS),
    help="Forme du portrait (par défaut : celle du nom de fichier, sinon pdf).",
)
@click.option(
    "--processus",
    "processes",
    type=click.IntRange(1, 64),
    help="Pour un lot : portraits faits en même temps (par défaut : selon la machine).",
)
def portrait(territoire: str, output: Path | None, kind: str | None, processes: int | None) -> None:
    """Produire le portrait d’un TERRITOIRE, ou de beaucoup.

    TERRITOIRE s’écrit « epci:243500618 », « commune:35188 », « iris:352380101 », « france », ou
    plusieurs séparés par des virgules : ils font alors un seul portrait.

    Avec une étoile, chaque territoire a le sien, dans un dossier : « epci:* », « departement:* »,
    « commune:35* » (entre guillemets). Un lot arrêté reprend où il en était ; ce qui est à jour
    n’est pas refait.
    """
    from portrea.sources.store import Store
    from portrea.steering.batch import is_pattern
    from portrea.steering.reading import Reader

    reader = Reader(Store())
    if is_pattern(territoire):
        from portrea.cli.portrait_batch import write_batch

        write_batch(reader, territoire, output or Path("portraits"), kind or "pdf", processes)
    else:
        _write_one(reader, territoire, output, _form(output, kind))


def _write_one(reader: Reader, territoire: str, output: Path | None, form: str) -> None:
    from portrea.steering.downloads import portrait_file

    selection = reader.gazetteer.resolve(territoire)
    for note in selection.notes:
        click.echo(note, err=True)
    name = selection.key.replace(":", "-").replace(",", "_")[:80]
    path = output or Path(f"portrait-{name}.{form}")
    content = portrait_file(reader, selection, form)
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
    if suffix not in FORMS:
        raise ParameterError(
            f"Forme inconnue pour le fichier « {output} ».",
            remedy=f"Donnez un nom en {', '.join('.' + form for form in FORMS)}, "
            "ou précisez « --format ».",
        )
    return suffix
