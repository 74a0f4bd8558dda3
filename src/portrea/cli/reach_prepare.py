"""``portrea reach prepare``: keep at hand what questions of access take long to make."""

from __future__ import annotations

import click

from portrea.cli.progress import progress_bar


@click.command()
def prepare() -> None:
    """Garder sur disque les tirages du besoin du calcul en service.

    Une demi-minute pour la France, 50 à 300 Mo dans « cache/demand », puis chaque question d’accès
    répond en moins d’une seconde. Un site servi le fait de lui-même après chaque calcul. Effacer ce
    dossier est sans risque.
    """
    from portrea.sources.store import Store
    from portrea.steering.demand_kept import keep_demands

    with progress_bar("Tirages du besoin") as progress:
        kept = keep_demands(Store(), progress=progress)
    said = ", ".join(measure.upper() for measure in kept)
    click.echo(f"Gardés : {said}." if kept else "Rien à faire : tout est déjà gardé.")
