"""``portrea conformance``: who refuses what in a file, and why."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from portrea.base.estimates import integer
from portrea.cli.progress import progress_bar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from portrea.base.errors import Diagnostic
    from portrea.sources.conformance.verdict import Verdict
    from portrea.steering.conformance import Conformance

MOST = 50
WIDTH = 120
REFUSED = 3


@click.command()
@click.argument("path", metavar="FICHIER", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--all", "every", is_flag=True, help="Montrer toutes les lignes, et les remarques.")
def conformance(path: Path, every: bool) -> None:
    """Dire quel validateur refuse quoi dans FICHIER, ligne par ligne.

    FICHIER suit le standard des lieux de médiation numérique (csv ou json, 1.0.2 ou 0.1),
    data·inclusion v1 (json) ou notre extension de capacité (csv). Sont exécutés ceux qui sont
    installés : Table Schema (frictionless), bibliothèque de l’ANCT (Node), schéma data·inclusion,
    et nos contrôles, plus stricts. Le code de sortie est 3 si l’un d’eux refuse quelque chose.
    """
    from portrea.steering.conformance import check_file

    with progress_bar("Contrôle") as progress:
        progress(0.0, path.name)
        result = check_file(path, today=datetime.now(UTC).date())
        progress(1.0, path.name)
    click.echo(f"{path.name} : {result.label}, {integer(result.lines)} fiches")
    _echo_summary(result)
    refused = [(v.validator, fault) for v in result.verdicts for fault in v.refused]
    remarked = [(v.validator, fault) for v in result.verdicts for fault in v.remarked]
    _echo_faults("Refus", refused, len(refused) if every else MOST)
    if every:
        _echo_faults("Remarques", remarked, len(remarked))
    for conflict, count in result.met:
        click.echo(
            f"Conflit connu entre validateurs, {integer(count)} fois : {conflict.field}, "
            f"« {conflict.value} ». {conflict.reason}"
        )
    if result.refused:
        click.get_current_context().exit(REFUSED)


def _echo_summary(result: Conformance) -> None:
    for verdict in result.verdicts:
        click.echo(f"  {verdict.validator} : {_told(verdict)}")


def _told(verdict: Verdict) -> str:
    if verdict.silent:
        return verdict.silent
    refused, remarked = len(verdict.refused), len(verdict.remarked)
    text = f"{integer(refused)} refus" if refused else "aucun refus"
    more = "s" if remarked > 1 else ""
    return f"{text}, {integer(remarked)} remarque{more}" if remarked else text


def _echo_faults(title: str, faults: Sequence[tuple[str, Diagnostic]], most: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if not faults:
        return
    table = Table(box=box.SIMPLE, title=title, title_justify="left", title_style="")
    for heading in ("Ligne", "Champ", "Valeur", "Pourquoi", "Qui"):
        table.add_column(heading, overflow="fold")
    for validator, fault in faults[:most]:
        why = f"{fault.message} {fault.remedy or ''}".strip()
        cells = (str(fault.row or ""), fault.field or "", (fault.value or "")[:80], why, validator)
        table.add_row(*(Text(cell) for cell in cells))
    console = Console()
    console.width = max(console.width, WIDTH)
    console.print(table)
    if len(faults) > most:
        click.echo(f"… et {integer(len(faults) - most)} autres (--all les montre tous).")
