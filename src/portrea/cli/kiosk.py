"""``portrea kiosk``: a self-service station, from its rules to its launcher."""

from __future__ import annotations

from pathlib import Path

import click

from portrea.base.errors import ParameterError
from portrea.cli.kiosk_files import files_of
from portrea.cli.kiosk_policies import LEAST, MOST, kiosk_of


@click.group()
def kiosk() -> None:
    """Préparer une borne en libre-service."""


@kiosk.command()
@click.argument("folder", metavar="DOSSIER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--url", metavar="ADRESSE", required=True, help="Adresse de votre site Portrea.")
@click.option("--commune", metavar="CODE", help="Commune de la borne, déjà choisie.")
@click.option("--allow", metavar="SITE", multiple=True, help="Autre site permis (répétable).")
@click.option(
    "--idle",
    metavar="MINUTES",
    type=int,
    default=3,
    show_default=True,
    help=f"Minutes sans toucher avant de demander si quelqu’un est là, de {LEAST} à {MOST}.",
)
@click.option("--print/--no-print", "printing", default=True, help="Permettre d’imprimer.")
def write(
    folder: Path,
    url: str,
    commune: str | None,
    allow: tuple[str, ...],
    idle: int,
    *,
    printing: bool,
) -> None:
    """Écrire les règles des navigateurs, les lanceurs et le guide d’une borne.

    Rien n’est posé sur ce poste : le guide LISEZ-MOI.md dit comment installer.
    """
    chosen = kiosk_of(url, idle=idle, commune=commune or "", allowed=allow, printing=printing)
    if folder.exists() and any(folder.iterdir()):
        raise ParameterError(
            f"Le dossier « {folder} » n’est pas vide.", remedy="Donnez le nom d’un dossier neuf."
        )
    for name, content in files_of(chosen).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        if path.suffix == ".sh":
            path.chmod(0o755)
    click.echo(f"Borne prête dans « {folder} » : lisez LISEZ-MOI.md.")
    click.echo(f"Première page : {chosen.start}")
