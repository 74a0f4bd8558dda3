"""``portrea backup``: everything the site keeps, in one file."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterator

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", metavar="[DOSSIER]", required=False, type=click.Path(path_type=Path))
@click.option("--to", "recipient", metavar="age1…", help="Chiffrer pour cette clé publique age.")
@click.option(
    "--passphrase-file", type=_FILE, help="Chiffrer par la phrase secrète écrite dans ce fichier."
)
@click.option(
    "--keep",
    type=click.IntRange(1, 1000),
    metavar="N",
    help="Ne garder que la dernière sauvegarde de N jours et de N semaines.",
)
@click.option("--verify", is_flag=True, help="Restaurer aussi pour essai, ailleurs, et comparer.")
def backup(
    folder: Path | None,
    recipient: str | None,
    passphrase_file: Path | None,
    keep: int | None,
    verify: bool,
) -> None:
    """Sauvegarder la base, les fichiers et les calculs en un fichier, site ouvert ou non.

    DOSSIER : « sauvegardes » de PORTREA_HOME par défaut ; mieux, un autre disque. Le fichier est
    relu en entier avant de prendre son nom. La clé secrète du site n’y est que s’il est chiffré.
    """
    from portrea.cli.serve import setup_django

    setup_django()
    from django.conf import settings

    from portrea.web.accounts.permissions import Actor
    from portrea.web.operation.backups.making import make, tell
    from portrea.web.operation.backups.noting import backup_note
    from portrea.web.operation.backups.restoring import verify as restore_for_trial
    from portrea.web.operation.backups.rotation import rotate
    from portrea.web.operation.backups.sealing import Seal

    if recipient and passphrase_file:
        raise ParameterError("Chiffrez par une clé (--to) ou par une phrase, pas les deux.")
    home = Path(settings.PORTREA_HOME)
    target = folder or home / "sauvegardes"
    seal = Seal(recipient or "", passphrase(passphrase_file))
    with progress_bar("Sauvegarde") as progress:
        made = make(
            home=home,
            database=settings.DATABASES["default"],
            folder=target,
            seal=seal,
            progress=progress,
        )
        if verify:
            restore_for_trial(made.path, key=made.key, progress=progress)
    tell(home, made, verified=verify)
    with noted():
        backup_note(actor=Actor.system("portrea backup"), made=made, verified=verify)
    rows, files = sum(made.proof.rows.values()), len(made.proof.members)
    click.echo(f"{made.path} : {made.bytes / 1e6:.1f} Mo, {rows} lignes, {files} éléments.")
    click.echo("Restaurée pour essai : tout y est." if verify else "Relue : intacte.")
    if not seal:
        click.echo("Non chiffrée : la clé secrète du site n’y est pas, gardez-la à part.")
    if settings.PORTREA_OBJECTS:
        click.echo("Sans les fichiers du stockage d’objets : sauvegardez-les de leur côté.")
    for gone in rotate(target, keep) if keep else ():
        click.echo(f"Supprimée : {gone.name}")


@contextmanager
def noted() -> Iterator[None]:
    """Let a backup or a restoration stand, even when the journal of the site cannot note it."""
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        click.echo(f"Le journal du site n’a pas pu la noter : {error}", err=True)


def passphrase(path: Path | None) -> str:
    """Return the passphrase that a file holds, or "" without a file.

    Raises
    ------
    ParameterError
        It is too short to protect anything.
    """
    if path is None:
        return ""
    words = path.read_text("utf-8").strip()
    if len(words) < 12:
        raise ParameterError(
            f"La phrase secrète de « {path} » a {len(words)} signes.",
            remedy="Prenez-en au moins 12 : plusieurs mots tirés au hasard.",
        )
    return words
