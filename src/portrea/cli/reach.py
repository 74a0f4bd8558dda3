"""``portrea reach``: how far help is, who lacks it, where to place it; parts load when called."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "measure": ("portrea.cli.reach_measure:measure", "Dire à quelle distance l’aide se trouve."),
    "times": ("portrea.cli.reach_access:times", "Donner les temps de trajet vers les lieux."),
    "access": ("portrea.cli.reach_access:access", "Mesurer l’aide sur laquelle chacun compte."),
    "priority": ("portrea.cli.reach_access:priority", "Classer les zones où l’aide manque."),
    "place": ("portrea.cli.reach_place:place", "Dire où ouvrir des permanences."),
    "tour": ("portrea.cli.reach_tour:tour", "Planifier une tournée."),
    "network": ("portrea.cli.reach_network:network", "Charger les routes d’OpenStreetMap."),
}
"""Command → (target imported on use, one-line help)."""
USUAL = "measure"


class ReachGroup(click.Group):
    """Commands imported when asked for; a territory alone is given to :data:`USUAL`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names, from the simplest question to the finest."""
        return list(COMMANDS)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read « portrea reach TERRITOIRE » as « portrea reach measure TERRITOIRE »."""
        if args and args[0] not in COMMANDS and args[0] not in ctx.help_option_names:
            args = [USUAL, *args]
        return super().parse_args(ctx, args)

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


@click.group(cls=ReachGroup)
def reach() -> None:
    """Mesurer l’éloignement de l’aide, et chercher où la placer.

    « portrea reach TERRITOIRE » seul répond comme « portrea reach measure TERRITOIRE ». TERRITOIRE
    s’écrit comme pour « portrea needs estimate ».
    """
