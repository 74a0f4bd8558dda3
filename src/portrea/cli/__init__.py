"""The door for terminals: one command, ``portrea``, whose parts load only when called."""

from __future__ import annotations

import signal
import sys
from typing import Any, NoReturn

import click

from portrea import __version__
from portrea.base.errors import ParameterError, PortreaError, system_fault
from portrea.cli.lazy import LazyGroup
from portrea.cli.usage import explain

COMMANDS = {
    "init": ("portrea.cli.init:init", "Préparer le premier démarrage d’un site."),
    "deploy": ("portrea.cli.deploy:deploy", "Mettre le site sur un serveur."),
    "data": ("portrea.cli.data:data", "Charger, télécharger et vérifier les données."),
    "compute": ("portrea.cli.compute:compute", "Calculer besoins et accès, et publier le calcul."),
    "needs": ("portrea.cli.needs:needs", "Estimer les personnes concernées d’un territoire."),
    "offer": ("portrea.cli.offer:offer", "Importer et vérifier les lieux qui aident."),
    "conformance": (
        "portrea.cli.conformance:conformance",
        "Dire quel validateur refuse quoi dans un fichier de lieux.",
    ),
    "reach": ("portrea.cli.reach:reach", "Mesurer l’éloignement des lieux qui aident."),
    "surveys": ("portrea.cli.surveys:surveys", "Préparer des questionnaires, lire leurs réponses."),
    "action": ("portrea.cli.action:action", "Échanger les comptes rendus d’activité."),
    "rights": (
        "portrea.cli.rights:rights",
        "Chercher des droits : une estimation, rien n’est gardé.",
    ),
    "portrait": ("portrea.cli.portrait:portrait", "Produire le portrait PDF d’un territoire."),
    "publish": (
        "portrea.cli.publish:publish",
        "Figer les données ouvertes, publier sur data.gouv.fr.",
    ),
    "map": ("portrea.cli.map:map_", "Fabriquer le fond de carte."),
    "demo": ("portrea.cli.demo:demo", "Tout préparer et montrer le site sur ce poste."),
    "serve": ("portrea.cli.serve:serve", "Servir le site."),
    "collect": (
        "portrea.cli.collect:collect",
        "Servir une salle sans internet, un jour de collecte.",
    ),
    "worker": ("portrea.cli.worker:worker", "Exécuter le travail de fond, à part du site."),
    "doctor": (
        "portrea.cli.doctor:doctor",
        "Vérifier que tout est en place, dire comment réparer.",
    ),
    "email": ("portrea.cli.email:email", "Vérifier l’envoi des courriels."),
    "kiosk": ("portrea.cli.kiosk:kiosk", "Préparer une borne en libre-service."),
    "account": ("portrea.cli.account:account", "Ouvrir des comptes et confier des rôles."),
    "backup": ("portrea.cli.backup:backup", "Sauvegarder tout le site en un fichier."),
    "restore": ("portrea.cli.restore:restore", "Remettre en place une sauvegarde."),
    "estate": ("portrea.cli.estate:estate", "Emporter ou effacer ce qu’un territoire possède."),
    "register": (
        "portrea.cli.register:register",
        "Écrire le registre des traitements et le modèle d’analyse d’impact.",
    ),
    "retention": ("portrea.cli.retention:retention", "Appliquer les durées de conservation."),
}
"""Command → (target imported on use, one-line help): ``portrea --help`` stays instant."""


class Portrea(LazyGroup):
    """Every part of Portrea; one that does not exist is told with those that do."""

    entries = COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            known = ", ".join(COMMANDS)
            raise ParameterError(
                f"La commande « {cmd_name} » n’existe pas.", remedy=f"Commandes : {known}."
            )
        return super().get_command(ctx, cmd_name)


@click.group(cls=Portrea, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="portrea", message="%(prog)s %(version)s")
def portrea() -> None:
    """Portrait territorialisé de la relation e-administrative.

    Données ouvertes → besoins → offre → accès → portrait publié.
    """


def main(argv: list[str] | None = None) -> Any:
    """Run ``portrea``; whatever the user may cause ends with a French message and an exit code.

    A service manager that stops a long command (SIGTERM) is answered as Ctrl-C is: what was being
    written is left as it was.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(portrea.main(args=argv, standalone_mode=False))
    except PortreaError as error:
        _end(f"Erreur : {error.render()}", error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        _end(error.format_message(), error.exit_code)
    except click.UsageError as error:
        _end(explain(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _end("Interrompu : le magasin de données est inchangé.", INTERRUPTED)
    except OSError as error:
        if error.filename is None:
            raise
        _end(f"Erreur : « {error.filename} » : {system_fault(error)}. {PATHS}", 1)


INTERRUPTED = 130
"""Exit code of an interrupted command, as shells have it."""
PATHS = "Vérifiez que le dossier existe et que vous pouvez y écrire."


def _end(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
