"""``portrea action``: records of activity brought in and taken away as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError

if TYPE_CHECKING:
    from portrea.web.action.models import RecordImport

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WRITTEN = click.Path(dir_okay=False, path_type=Path)
TERRITORY = click.option(
    "--territory", metavar="TERRITOIRE", required=True,
    help="Pour quel territoire : epci:243500618, departement:35, commune:35238…",
)  # fmt: skip
SHOWN = 20


@click.group()
def action() -> None:
    """Échanger les comptes rendus d’activité."""


@action.command("import")
@click.argument("path", metavar="FICHIER", type=FILE)
@TERRITORY
@click.option("--structure", default="", help="Identifiant de la structure qui a aidé.")
@click.option("--dry-run", is_flag=True, help="Vérifier chaque ligne sans rien ajouter.")
def import_(path: Path, territory: str, structure: str, *, dry_run: bool) -> None:
    """Ajouter les comptes rendus d’un FICHIER (nos colonnes, Coop, première version)."""
    _prepare()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.action.services import importing

    actor = Actor.system("portrea action import")
    found = importing.import_receive(
        actor=actor, path=path, territory=_territory(territory), structure=structure
    )
    new, known, strangers = importing.counted(found)
    _tell(found)
    click.echo(f"{new} à ajouter, {known} déjà là, {strangers} hors du territoire")
    if dry_run:
        importing.import_drop(actor=actor, key=found.key)
        click.echo("Essai : rien n’a été ajouté.")
        return
    added = importing.import_apply(actor=actor, key=found.key).added
    click.echo(f"Ajoutés : {added}. Pour défaire : portrea action undo {found.key}")


@action.command()
@click.argument("key", metavar="IMPORT")
def undo(key: str) -> None:
    """Retirer tout ce qu’un IMPORT a ajouté."""
    _prepare()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.action.services.importing import import_undo

    count = import_undo(actor=Actor.system("portrea action undo"), key=key)
    click.echo(f"Retirés : {count}.")


@action.command()
@click.argument("path", metavar="FICHIER", type=WRITTEN)
@TERRITORY
def export(path: Path, territory: str) -> None:
    """Écrire les comptes rendus d’un territoire dans un FICHIER .xlsx ou .csv."""
    _prepare()
    from portrea.steering.activity_files import csv_of, workbook_of
    from portrea.web.action.exchanges.selectors import rows_of
    from portrea.web.action.log.selectors import records_in

    writers = {".xlsx": workbook_of, ".csv": csv_of}
    write = writers.get(path.suffix.lower())
    if write is None:
        raise ParameterError(
            f"« {path.name} » n’est ni un .xlsx ni un .csv.", remedy="Changez la fin du nom."
        )
    path.write_bytes(write(rows_of(records_in(_territory(territory)))))
    click.echo(f"Écrit : {path}")


def _tell(found: RecordImport) -> None:
    click.echo(f"{found.file_name} : {found.read} lignes lues, {found.refused} qui ne vont pas")
    for number, told in found.faults[:SHOWN]:
        click.echo(f"  ligne {number} : {told}")
    if found.refused > SHOWN:
        click.echo(f"  et {found.refused - SHOWN} autres")


def _prepare() -> None:
    from portrea.cli.serve import prepare_database

    prepare_database()


def _territory(text: str) -> tuple[str, str]:
    from portrea.web.accounts.selectors import territory_written

    key: tuple[str, str] = territory_written(text)
    return key
