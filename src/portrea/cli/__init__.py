"""The door for terminals: one command, ``portrea``, whose parts load only when called."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from portrea import __version__
from portrea.base.errors import PortreaError

COMMANDS = {
    "data": ("portrea.cli.data:data", "Charger, télécharger et vérifier les données."),
    "compute": ("portrea.cli.compute:compute", "Calculer besoins et accès, et publier le calcul."),
    "needs": ("portrea.cli.needs:needs", "Estimer les personnes concernées d’un territoire."),
    "offer": ("portrea.cli.offer:offer", "Importer et vérifier les lieux qui aident."),
    "reach": ("portrea.cli.reach:reach", "Mesurer l’éloignement des lieux qui aident."),
    "portrait": ("portrea.cli.portrait:portrait", "Produire le portrait PDF d’un territoire."),
    "map": ("portrea.cli.map:map_", "Fabriquer le fond de carte."),
    "demo": ("portrea.cli.demo:demo", "Tout préparer et montrer le site sur ce poste."),
    "serve": ("portrea.cli.serve:serve", "Servir le site."),
}
"""Command → (target imported on use, one-line help): ``portrea --help`` stays instant."""


class LazyGroup(click.Group):
    """A group whose commands are imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return command names, in the order a newcomer meets them."""
        return list(COMMANDS)

    def get_command(
        self,
        ctx: click.Context,  # noqa: ARG002
        cmd_name: str,
    ) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """List the commands without importing them."""
        with formatter.section("Commandes"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portrea", message="%(prog)s %(version)s")
def portrea() -> None:
    """Portrait territorialisé de la relation e-administrative.

    Données ouvertes → besoins → offre → accès → portrait publié.
    """


def main(argv: list[str] | None = None) -> Any:
    """Run ``portrea``; expected errors end with a French message and their exit code."""
    try:
        return portrea.main(args=argv, standalone_mode=True)
    except PortreaError as error:
        click.echo(f"Erreur : {error.render()}", err=True)
        sys.exit(error.exit_code)
