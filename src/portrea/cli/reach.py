"""``portrea reach``: how far help is, who lacks it, where to place it; parts load when called."""

from __future__ import annotations

import click

from portrea.cli.lazy import LazyGroup

COMMANDS = {
    "measure": ("portrea.cli.reach_measure:measure", "Dire à quelle distance l’aide se trouve."),
    "times": ("portrea.cli.reach_access:times", "Donner les temps de trajet vers les lieux."),
    "access": ("portrea.cli.reach_access:access", "Mesurer l’aide sur laquelle chacun compte."),
    "priority": ("portrea.cli.reach_access:priority", "Classer les zones où l’aide manque."),
    "place": ("portrea.cli.reach_place:place", "Dire où ouvrir des permanences."),
    "tour": ("portrea.cli.reach_tour:tour", "Planifier une tournée."),
    "pack": ("portrea.cli.reach_pack:pack", "Écrire le dossier du comité d’un territoire."),
    "prepare": ("portrea.cli.reach_prepare:prepare", "Garder de quoi répondre plus vite."),
    "network": ("portrea.cli.reach_network:network", "Charger les routes d’OpenStreetMap."),
}
"""Command → (target imported on use, one-line help)."""
USUAL = "measure"


class ReachGroup(LazyGroup):
    """A territory alone is given to :data:`USUAL`."""

    entries = COMMANDS

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read « portrea reach TERRITOIRE » as « portrea reach measure TERRITOIRE »."""
        if args and args[0] not in COMMANDS and args[0] not in ctx.help_option_names:
            args = [USUAL, *args]
        return super().parse_args(ctx, args)


@click.group(cls=ReachGroup)
def reach() -> None:
    """Mesurer l’éloignement de l’aide, et chercher où la placer.

    « portrea reach TERRITOIRE » seul répond comme « portrea reach measure TERRITOIRE ». TERRITOIRE
    s’écrit comme pour « portrea needs estimate ».
    """
