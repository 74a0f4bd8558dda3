"""How to make the figures of a document again, and how to cite it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea import __version__
from portrea.steering.document import Cell, Column, Section, Sentence, Table
from portrea.steering.wording import long_date, mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from portrea.steering.document import Portrait
    from portrea.steering.settings import Settings

TABLE = "hypotheses-changees"


def again_section(portrait: Portrait, chosen: Settings) -> Section:
    """Say which assumptions were changed, which computation this is, and how to cite it."""
    changed = chosen.parameters.overrides
    lead = (
        "Toutes les hypothèses sont celles fournies avec Portrea."
        if not changed
        else f"{len(changed)} hypothèse{'s' * (len(changed) > 1)} "
        f"{'ont' if len(changed) > 1 else 'a'} été changée{'s' * (len(changed) > 1)} ici."
    )
    return Section(
        "refaire",
        "Refaire et citer",
        Sentence(mark(lead)),
        paragraphs=(
            mark(f"Pour citer : {citation(portrait)}."),
            mark(
                f"{chosen.draws} tirages, graine {chosen.seed}. Les mêmes données et les mêmes "
                "choix redonnent les mêmes nombres, au dernier chiffre près."
            ),
        ),
        tables=(_table(changed),) if changed else (),
    )


def citation(portrait: Portrait) -> str:
    """Return how a document is cited: who made it, what it is, which computation."""
    day = f" du {long_date(portrait.computed_on)}" if portrait.computed_on else ""
    return (
        f"Portrea {__version__}, « {portrait.kind.before} {portrait.of_name} », "
        f"calcul {portrait.computation_id[:8]}{day}"
    )


def _table(changed: Mapping[str, float | None]) -> Table:
    rows = tuple(
        (Cell(name), Cell("aucune" if value is None else f"{value:g}".replace(".", ","), value))
        for name, value in sorted(changed.items())
    )
    columns = (Column("Hypothèse"), Column("Valeur employée"))
    return Table(TABLE, "Hypothèses changées", columns, rows)
