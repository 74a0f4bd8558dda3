"""``portrea offer dedupe``: join what the census tells several times, list what must be judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.errors import DataError
from portrea.base.estimates import integer
from portrea.base.spreadsheets import inert
from portrea.cli.census import has_census, photograph_census
from portrea.cli.progress import progress_bar
from portrea.sources.lists.writing import write_table
from portrea.sources.store import Store

if TYPE_CHECKING:
    from portrea.web.offer.services.duplicates import CensusDuplicates

SHOWN = 5
CARD = ("id", "name", "address", "city")
WORDS = {"id": "identifiant", "name": "nom", "address": "adresse", "city": "commune"}


@click.command("dedupe")
@click.option("--dry-run", is_flag=True, help="Montrer ce qui serait réuni, sans rien changer.")
@click.option(
    "--queue",
    "target",
    metavar="FICHIER",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Écrire les paires à juger (CSV), avec ce qui rapproche et ce qui éloigne.",
)
def dedupe(dry_run: bool, target: Path | None) -> None:
    """Réunir les lieux que le recensement dit plusieurs fois.

    Ce qui est sûr est réuni, et peut être défait ; ce qui est douteux attend qu’une personne juge.
    Deux lieux qu’une personne a séparés ne sont ni réunis ni proposés de nouveau.
    """
    store = Store()
    if not has_census(store):
        raise DataError(
            "Le recensement est vide.",
            remedy="Chargez des listes de lieux : portrea offer load, ou portrea offer import.",
        )
    from portrea.web.accounts.permissions import Actor
    from portrea.web.offer.services.duplicates import duplicates_find, duplicates_join

    with progress_bar("Doublons") as progress:
        progress(0.0, "comparer les fiches")
        found = duplicates_find()
    _echo(found)
    if target is not None:
        write_queue(found, target)
        click.echo(f"Paires à juger : {target}")
    if dry_run:
        click.echo("Essai : rien n’a été changé.")
        return
    with progress_bar("Doublons") as progress:
        progress(0.5, "réunir les fiches")
        joined = duplicates_join(actor=Actor.system("portrea offer dedupe"), links=found.links)
        progress(0.9, "garder le recensement")
        photograph_census(store)
    click.echo(f"Lieux réunis : {integer(joined)}")


def _echo(found: CensusDuplicates) -> None:
    click.echo(
        f"{integer(found.places.height)} lieux, {integer(len(found.links))} doublons sûrs, "
        f"{integer(found.queue.height)} paires à juger"
    )
    names = dict(zip(found.places["id"], found.places["name"], strict=True))
    for absorbed, (kept, evidence) in list(found.links.items())[:SHOWN]:
        click.echo(f"  {names[absorbed]} → {names[kept]}")
        click.echo(f"    {' ; '.join(evidence['reasons'][:3])}")
    if len(found.links) > SHOWN:
        click.echo(f"  – et {integer(len(found.links) - SHOWN)} autres")


def write_queue(found: CensusDuplicates, target: Path) -> None:
    """Write the pairs to judge, the likeliest first; no cell is taken for a formula."""
    from portrea.offer.matching import explain

    columns = ["probabilite", "distance_m"]
    columns += [f"{WORDS[name]}_{side}" for side in ("a", "b") for name in CARD]
    rows = []
    for pair in found.queue.iter_rows(named=True):
        metres = "" if pair["metres"] is None else f"{pair['metres']:.0f}"
        cards = [found.places.row(pair[side], named=True) for side in ("left", "right")]
        told = [str(card[name] or "") for card in cards for name in CARD]
        line = [f"{pair['probability']:.2f}".replace(".", ","), metres, *told]
        rows.append([inert(cell) for cell in (*line, " ; ".join(explain(pair)))])
    write_table(target, [*columns, "raisons"], rows)
