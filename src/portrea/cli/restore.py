"""``portrea restore``: a site again, from one file."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import ParameterError
from portrea.cli.backup import noted, passphrase
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from portrea.web.operation.backups.restoring import Restored

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", metavar="FICHIER", type=_FILE)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DOSSIER",
    help="Restaurer dans ce dossier au lieu de PORTREA_HOME.",
)
@click.option("--identity", type=_FILE, help="Fichier de la clé privée age.")
@click.option("--passphrase-file", type=_FILE, help="Fichier de la phrase secrète.")
@click.option("--replace", is_flag=True, help="Remplacer ce qui est en place, gardé de côté.")
@click.option("--dry-run", is_flag=True, help="Lire et vérifier la sauvegarde sans rien changer.")
def restore(
    *,
    file: Path,
    into: Path | None,
    identity: Path | None,
    passphrase_file: Path | None,
    replace: bool,
    dry_run: bool,
) -> None:
    """Remettre en place une sauvegarde, d’où qu’elle vienne (SQLite ou PostgreSQL).

    La base est celle des réglages : SQLite dans le dossier, ou PORTREA_DATABASE_URL. Arrêtez
    d’abord le site. Tout est préparé à côté et vérifié avant d’être mis en place.
    """
    if identity and passphrase_file:
        raise ParameterError("Donnez une clé (--identity) ou une phrase, pas les deux.")
    if into:
        os.environ["PORTREA_HOME"] = str(into.absolute())
    from portrea.cli.serve import prepare_database, setup_django

    setup_django()
    from django.conf import settings

    from portrea.web.accounts.permissions import Actor
    from portrea.web.operation.backups import restoring
    from portrea.web.operation.backups.noting import restoration_note

    secret = identity.read_text("utf-8") if identity else passphrase(passphrase_file)
    with progress_bar("Restauration") as progress:
        if dry_run:
            _tell(restoring.look(file, secret=secret, progress=progress))
            click.echo("Rien n’a été changé.")
            return
        done = restoring.restore(
            file,
            home=Path(settings.PORTREA_HOME),
            database=settings.DATABASES["default"],
            secret=secret,
            replace=replace,
            progress=progress,
        )
    prepare_database()
    with noted():
        restoration_note(actor=Actor.system("portrea restore"), path=file, told=done)
    _tell(done)
    click.echo(f"Remise en place. Ce qui s’y trouvait est dans « {done.former} ».")
    if not done.head.secret:
        click.echo("La clé secrète n’était pas dans la sauvegarde : remettez la vôtre.")


def _tell(told: Restored) -> None:
    moment = datetime.fromisoformat(told.head.date)
    rows = sum(told.proof.rows.values())
    click.echo(
        f"Sauvegarde du {moment:%d/%m/%Y à %H:%M} UTC, version {told.head.version} : {rows}"
        f" lignes, {told.proof.size / 1e6:.1f} Mo, intacte."
    )
