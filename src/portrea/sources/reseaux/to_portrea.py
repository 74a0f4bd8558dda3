"""From a table of networks to observations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from portrea.base.errors import DataError
from portrea.sources.areas import keep_communes, with_codes
from portrea.sources.cards import card
from portrea.sources.figures import find_column, to_observations
from portrea.sources.reading import read_table
from portrea.sources.reseaux.check import check, settle_antennas
from portrea.sources.reseaux.read import CODES, figure_of, params
from portrea.sources.source import Loaded

if TYPE_CHECKING:
    from portrea.sources.source import Peek


def load(peek: Peek) -> list[Loaded]:
    """Return the dataset of the file."""
    figure, code = figure_of(peek.columns), find_column(peek.columns, CODES)
    if figure is None or code is None:
        raise DataError(
            f"Le fichier {peek.name} n’a pas les colonnes d’un fichier de couverture des réseaux."
        )
    areas = with_codes(read_table(peek), code, "commune", where=peek.name)
    long = to_observations(areas.frame, [figure], where=peek.name)
    whole = keep_communes(long)
    settled, antennas = settle_antennas(whole.frame)
    check(settled, peek.name)
    about = params()[figure.variable]
    return [
        Loaded(
            card(about["dataset"], about["year"]),
            {"observations": settled.sort("level", "code", "variable")},
            part=figure.variable.replace("_", "-"),
            remarks=(*areas.remarks, *whole.remarks, *antennas),
        )
    ]
