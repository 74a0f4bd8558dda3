"""``portrea rights aids``: a file of local aids, read before it is given to the site."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from portrea.base.errors import DataError
from portrea.rights.aids_reading import read_file

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def aids() -> None:
    """Vérifier les aides d’une commune ou d’un département."""


@aids.command()
@click.argument("path", metavar="FICHIER", type=FILE)
def check(path: Path) -> None:
    """Lire un FICHIER d’aides locales et dire, ligne par ligne, ce qui ne va pas."""
    today = datetime.now(UTC).date()
    try:
        content = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"« {path.name} » n’est pas du texte en UTF-8.", remedy="Enregistrez-le en UTF-8."
        ) from error
    told = read_file(content, today=today)
    click.echo(f"{told.territory} : aucune faute, nombre d’aides : {len(told.aids)}")
    for name, aid in told.aids.items():
        marks = [
            *([] if aid.is_current(today) else ["hors de ses dates"]),
            *(["à relire : plus d’un an"] if aid.is_stale(today) else []),
        ]
        click.echo(" · ".join([f"  {name} : {aid.label}", *marks]))
