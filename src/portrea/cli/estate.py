"""``portrea estate``: what a territory owns, taken away, brought elsewhere, erased with proof."""

from __future__ import annotations

from pathlib import Path

import click

from portrea.base.errors import ParameterError
from portrea.cli.progress import progress_bar

_NEW = click.Path(dir_okay=False, path_type=Path)
_OLD = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def estate() -> None:
    """Emporter, apporter ou effacer tout ce qu’un territoire possède."""


@estate.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.argument("file", metavar="FICHIER.zip", type=_NEW)
def export(territory: str, file: Path) -> None:
    """Écrire dans un fichier tout ce qu’un territoire possède (epci:243500618…)."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.operation.estate.carrying import carry
    from portrea.web.operation.estate.owned import checked

    key = checked(territory)
    with progress_bar("Export") as progress:
        manifest = carry(key, file, progress=progress)
    rows = sum(told["lignes"] for told in manifest["tables"].values())
    click.echo(f"{manifest['nom']} : {rows} lignes dans « {file} ».")


@estate.command("import")
@click.argument("file", metavar="FICHIER.zip", type=_OLD)
@click.option("--dry-run", is_flag=True, help="Dire ce qui serait fait sans rien changer.")
def import_(file: Path, dry_run: bool) -> None:
    """Ajouter ici ce qu’un territoire possédait ailleurs ; rien n’est remplacé."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.operation.estate.bringing import bring

    with progress_bar("Import") as progress:
        done = bring(file, dry_run=dry_run, progress=progress)
    click.echo(
        f"{done.manifest['nom']} : {sum(done.added.values())} lignes ajoutées,"
        f" {sum(done.present.values())} déjà là, {len(done.conflicts)} laissées de côté."
    )
    for conflict in done.conflicts:
        click.echo(f"  – {conflict}")
    if dry_run:
        click.echo("Rien n’a été changé.")


@estate.command()
@click.argument("territory", metavar="TERRITOIRE")
@click.option("--ask", is_flag=True, help="Demander l’effacement, possible sept jours après.")
@click.option("--withdraw", is_flag=True, help="Renoncer à l’effacement demandé.")
@click.option("--export", "file", type=_NEW, help="Dernier export, écrit juste avant d’effacer.")
def erase(territory: str, ask: bool, withdraw: bool, file: Path | None) -> None:
    """Effacer tout ce qu’un territoire possède, et le certifier.

    En deux temps : --ask, puis sept jours plus tard --export FICHIER.zip, qui efface. Entre les
    deux, le journal du territoire montre la demande et --withdraw y renonce.
    """
    if [ask, withdraw, file is not None].count(True) != 1:
        raise ParameterError(
            "Que faut-il faire ?", remedy="Donnez --ask, --withdraw ou --export FICHIER.zip."
        )
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.operation.estate import erasing
    from portrea.web.operation.estate.owned import checked

    key, actor = checked(territory), Actor.system("portrea estate erase")
    if ask:
        moment = erasing.erasing_ask(actor=actor, key=key)
        click.echo(f"Demandé. Possible à partir du {moment:%d/%m/%Y à %H:%M} UTC.")
    elif withdraw:
        erasing.erasing_withdraw(actor=actor, key=key)
        click.echo("L’effacement n’aura pas lieu.")
    elif file is not None:
        with progress_bar("Effacement") as progress:
            done = erasing.erasing_do(actor=actor, key=key, target=file, progress=progress)
        click.echo(f"{sum(done.content['avant'].values())} lignes effacées.")
        for label, count in done.content["restent"].items():
            click.echo(f"  – {label} : {count} gardées, un autre territoire s’en sert.")
        click.echo(f"Certificat : {done.path}")
