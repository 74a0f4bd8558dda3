"""``portrea retention``: what is kept about people, how long, and its end."""

from __future__ import annotations

import click


@click.group()
def retention() -> None:
    """Appliquer les durées de conservation."""


@retention.command("list")
def list_() -> None:
    """Montrer ce qui est gardé sur des personnes, pourquoi et combien de temps."""
    from portrea.cli.serve import setup_django

    setup_django()
    from portrea.web.accounts.retention import registry

    for entry in registry():
        days = f"{entry.days} jour{'s' if entry.days > 1 else ''}" if entry.days else "sans délai"
        click.echo(f"{entry.name} : {entry.what}")
        click.echo(f"    {days}, puis {entry.outcome}. {entry.why}")


@retention.command()
@click.option("--dry-run", is_flag=True, help="Compter sans rien effacer.")
@click.option("--only", metavar="NOM", multiple=True, help="Seulement cette entrée (répétable).")
def run(dry_run: bool, only: tuple[str, ...]) -> None:
    """Effacer ou rendre anonyme ce qui a dépassé sa durée (fait aussi chaque jour)."""
    from portrea.cli.serve import prepare_database

    prepare_database()
    from portrea.web.accounts.permissions import Actor
    from portrea.web.accounts.retention import retention_run

    actor = Actor.system("portrea retention run")
    for outcome in retention_run(actor=actor, dry_run=dry_run, names=only):
        verb = "serait " if dry_run else ""
        click.echo(
            f"{outcome.entry.name} : {outcome.rows} {verb}{outcome.entry.outcome}"
            f" (avant le {outcome.before:%d/%m/%Y})"
        )
