"""``portrea worker``: what is done outside requests (e-mails, imports, retention)."""

from __future__ import annotations

import click


@click.command()
@click.option("--batch", is_flag=True, help="S’arrêter quand il n’y a plus rien à faire.")
@click.option(
    "--follow", type=int, hidden=True, help="S’arrêter quand ce processus n’est plus le parent."
)
def worker(batch: bool, follow: int | None) -> None:
    """Exécuter le travail de fond : courriels, imports, tâches de chaque jour.

    « portrea serve » lance déjà un travail de fond ; cette commande sert à le mettre ailleurs
    (« portrea serve --no-worker »). Arrêt : Ctrl-C. Une tâche interrompue par un arrêt brutal est
    reprise au démarrage suivant.
    """
    from portrea.cli.serve import setup_django

    setup_django()
    from portrea.web.operation.queue.worker import run_worker

    run_worker(batch=batch, follow=follow)
