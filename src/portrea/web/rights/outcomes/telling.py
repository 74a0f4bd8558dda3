"""The figures of the log in French: the steps of the funnel, the indicators, tables of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.rights.outcomes import STAGES, words

if TYPE_CHECKING:
    from datetime import date

    from portrea.web.rights.outcomes.figures import Cell, Figures, Row

HIDDEN = "caché (petit nombre)"


def steps_of(found: Figures) -> list[tuple[Cell, str, str]]:
    """Return the stages of all the cases, each with its French and its definition."""
    told = words()
    return [
        (cell, told["stages"][cell.stage], told["definitions"][cell.stage])
        for cell in found.whole.cells
    ]


def indicators_of(found: Figures) -> list[tuple[str, str, str]]:
    """Return the indicators: French, value, where the wish to count it comes from."""
    cells = {cell.stage: cell.reached for cell in found.whole.cells}
    values: dict[str, Any] = {
        "benefited": cells["detected"],
        "time": _delay(found, 1),
        "monthly": _euros(found.amounts.monthly, found.amounts.known, found, found.amounts.median),
        "back_pay": _euros(found.amounts.back_pay, found.amounts.back_known, found),
    }  # fmt: skip
    values |= {stage: cells[stage] for stage in STAGES if stage not in values}
    return [
        (card["label"], _valued(values[name], card["unit"]), card["source"])
        for name, card in words()["indicators"].items()
    ]


def delays_of(found: Figures) -> list[tuple[str, str]]:
    """Return the quartiles of the time to a right, in French."""
    names = (_("Un cas sur quatre"), _("Un cas sur deux"), _("Trois cas sur quatre"))
    return [(name, _delay(found, rank) or HIDDEN) for rank, name in enumerate(names)]


def tables_of(
    found: Figures, name: str, period: str, today: date
) -> list[tuple[str, list[list[Any]]]]:
    """Return the tables of a file: how to read it, the indicators, the stages by right, origin."""
    told = words()["stages"]
    heading = ["", *(told[stage] for stage in STAGES)]
    about = [
        [_("Territoire ou structure"), name],
        [_("Repérés"), period],
        [_("Lu le"), f"{today:%d/%m/%Y}"],
        [_("Source"), _("Droits suivis notés dans Portrea : décompte entier, sans intervalle.")],
        [_("Lecture"), _("Un cas est un droit suivi pour une personne, sans identité.")],
        [_("Caché"), _("Les nombres de 1 à 4 sont cachés, et parfois un autre avec eux ; les "
                       "montants le sont sous onze cas, les délais entre moins de cinq.")],
    ]  # fmt: skip
    values = [[_("Indicateur"), _("Valeur"), _("Source")], *map(list, indicators_of(found))]
    return [
        (_("Lire ce fichier"), about),
        (_("Indicateurs"), values),
        (_("Par droit"), [heading, *(_line(row) for row in (found.whole, *found.rights))]),
        (_("Par origine"), [heading, *(_line(row) for row in found.origins)]),
    ]


def _line(row: Row) -> list[Any]:
    return [row.label, *(HIDDEN if one.reached is None else one.reached for one in row.cells)]


def _valued(value: Any, unit: str) -> str:
    if value is None:
        return HIDDEN
    return f"{value}\u00a0{unit}" if isinstance(value, int) else str(value)


def _delay(found: Figures, rank: int) -> str | None:
    """Return a quartile of the times; ``None`` is hidden."""
    days = found.times.quartiles[rank]
    if not found.told[rank]:
        return None
    if days is None:
        return _("pas encore atteint")
    return ngettext("%d\u00a0jour", "%d\u00a0jours", days) % days


def _euros(value: Any, known: int | None, found: Figures, median: Any = None) -> str | None:
    """Return an amount, its median and on how many cases it is known; ``None`` is hidden."""
    if known is None:
        return None
    if not known:
        return _("aucun montant noté")
    middle = _(", médiane %s\u00a0€") % _whole(median) if median is not None else ""
    cases = (
        _("onze cas au moins") if found.discreet else ngettext("%d cas", "%d cas", known) % known
    )
    told = {"euros": _whole(value), "median": middle, "cases": cases}
    return _("%(euros)s\u00a0€ en tout%(median)s (montant noté pour %(cases)s)") % told


def _whole(value: Any) -> str:
    return f"{value:,.0f}".replace(",", "\u202f")
