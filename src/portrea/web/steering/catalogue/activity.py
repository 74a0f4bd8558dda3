"""The help given in each département over finished calendar years, as a table that is given away.

One level only: a territory less its parts would tell what each of them hides (decision 0032).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.base.errors import TerritoryError
from portrea.steering.catalogue.building import frame_of
from portrea.steering.catalogue.entries import Variable
from portrea.steering.catalogue.made import Made
from portrea.steering.gathering import REST
from portrea.steering.periods import YEAR, Period, last_whole, month_of
from portrea.territory import Level
from portrea.web.accounts.scope import find, name_of
from portrea.web.action.models import Tally
from portrea.web.steering.indicators.counting import Read, activity_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from portrea.steering.catalogue.entries import Entry
    from portrea.steering.indicators import Dimension
    from portrea.steering.reading import Reader

STEP = 5
"""Numbers are given to the nearest five: a version less the one before tells no single record."""
LEFT_OUT = frozenset({"commune", "difficulty"})
"""What tells a smaller territory; what is public by a stricter rule (``steering.troubles``)."""

VARIABLES = (
    Variable("code", "Code", "string", "Code officiel du département.", required=True),
    Variable("name", "Département", "string", "Nom du département."),
    Variable("year", "Année", "integer", "Année civile, finie.", required=True, low=2000),
    Variable("dimension", "Ce qui est compté", "string", "Identifiant du tableau.", required=True),
    Variable("title", "Tableau", "string", "Nom du tableau."),
    Variable("value", "Ligne", "string", "Identifiant de la ligne ; * : lignes réunies.",
             required=True),
    Variable("label", "Libellé", "string", "Nom de la ligne."),
    Variable("number", "Nombre", "integer", "Nombre, à 5 près.",
             "comptes rendus, ou orientations pour les orientations transmises",
             "Lignes réunies quand une est de 1 à 4.", low=0),
)  # fmt: skip


def activity_made(_reader: Reader, _entry: Entry) -> Made:
    """Return one row by département, finished year, table and line (:data:`VARIABLES`)."""
    return Made(frame_of(_rows(), VARIABLES), VARIABLES, ("code", "year", "dimension", "value"))


def _rows() -> Iterator[dict[str, Any]]:
    last = last_whole(timezone.localdate())
    for code, first in sorted(_first_years().items()):
        territory = f"{Level.DEPARTEMENT.value}:{code}"
        years = range(first, (last + 1) // YEAR)
        if not years:
            continue
        read = Read.of(territory, (first * YEAR, years[-1] * YEAR + YEAR - 1))
        dimensions = activity_of(read, last)
        where = {"code": code, "name": name_of((Level.DEPARTEMENT.value, code))}
        for year in years:
            for identifier, dimension in dimensions.items():
                if identifier not in LEFT_OUT:
                    told = where | {"year": year, "dimension": identifier}
                    yield from _lines(told, dimension, Period(year * YEAR, year * YEAR + YEAR - 1))


def _lines(told: dict[str, Any], dimension: Dimension, period: Period) -> Iterator[dict[str, Any]]:
    shown = dimension.counts.shown(period)
    if shown is None:
        return
    told = told | {"title": dimension.title}
    for value, numbers in shown.rows.items():
        label = dimension.name_of(value)
        yield told | {"value": value, "label": label, "number": _rounded(sum(numbers))}
    if shown.rest is not None:
        label = _("Autres lignes, réunies")
        yield told | {"value": REST, "label": label, "number": _rounded(sum(shown.rest))}


def _rounded(number: int) -> int:
    return (number + STEP // 2) // STEP * STEP


def _first_years() -> dict[str, int]:
    """Return the départements where something was noted, and the first year."""
    found: dict[str, int] = {}
    months = Tally.objects.values_list("level", "code").order_by().annotate(Min("month"))
    for level, code, month in months:
        try:
            departement = find((level, code)).parent_code(Level.DEPARTEMENT)
        except TerritoryError:  # no longer known here: it is in no département's count either
            continue
        if departement is not None:
            year = month_of(month) // YEAR
            found[departement] = min(found.get(departement, year), year)
    return found
