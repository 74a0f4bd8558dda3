"""Say the numbers of non-take-up: rounded, with their bounds, never under the threshold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from portrea.base.estimates import Estimate, Quality, integer, percent
from portrea.rights.catalogue import parameters, rights
from portrea.rights.take_up import Saying, threshold
from portrea.steering.display import NO_BREAK_SPACE, NOTHING, Shown, count_text, shown_count
from portrea.steering.wording import long_date, mark

if TYPE_CHECKING:
    from portrea.rights.take_up import Line, Range, TakeUp
    from portrea.steering.take_up import Figure, Simulated

NOT_COMPUTED = "non calculé"
UNKNOWN = "inconnus"
NONE = "–"
NORMAL = 1.96


def shown(found: Range | None, level: str) -> Shown:
    """Round a count outwards; what falls under the threshold becomes 0 below, unsaid in the middle.

    A negative count (a gap) keeps its sign.
    """
    if found is None:
        return NOTHING
    rounded = shown_count(Estimate(found.value, found.low, found.high, Quality.D), level)
    low, value = rounded.low or 0.0, rounded.value
    hidden = value is not None and abs(value) < threshold()
    low = 0.0 if 0 < low < threshold() else low
    return Shown(None if hidden else value, low, rounded.high, rounded.step)


def said(found: Range | None, level: str) -> str:
    """Write a count: ``environ 29 900 (24 500 à 30 200)``, ``entre 150 et 210``."""
    number = shown(found, level)
    if number.low is None or number.high is None:
        return NONE
    if number.value is None and number.low >= 0:
        return count_text(number)
    if number.value is None:
        return f"entre {_signed(number.low)} et {_signed(number.high)}"
    if number.exact:
        return f"environ {_signed(number.value)}"
    bounds = f"{_signed(number.low)} à {_signed(number.high)}"
    return f"environ {_signed(number.value)} ({bounds})"


def bounds(found: Range | None, level: str) -> str:
    """Write the bounds of a count only: ``entre 4 700 et 10 500``."""
    return count_text(replace(shown(found, level), value=None))


def _signed(number: float) -> str:
    return f"−{integer(-number)}" if number < 0 else integer(number)


def beneficiaries(told: TakeUp, figure: Figure | None) -> str:
    """Write who has the right: the published number as it is, its year, how it was made."""
    count = told.beneficiaries
    if count is None or figure is None:
        return str(Saying.HIDDEN) if told.saying is Saying.HIDDEN else UNKNOWN
    year = [figure.year]
    year += ["à 5 près"] if figure.rounded else []
    year += ["somme des communes"] if figure.communes else []
    if count.value is None:
        number = f"entre {integer(count.low)} et {integer(count.high)}"
    else:
        number = integer(count.value)
    return f"{number} {told.line.unit} ({', '.join(year)})"


def by_rate(told: TakeUp, level: str) -> tuple[str, str]:
    """Write the eligible and those who do not claim, by the national rate."""
    if told.saying is Saying.NO_COUNT:
        return NONE, NONE
    if told.eligible is None:
        return str(told.saying), NONE
    return said(told.eligible, level), said(told.unclaimed, level)


def simulated(found: Simulated | None, level: str, *, waited: bool = False) -> str:
    """Write the eligible by microsimulation, in their unit; ``waited``: it is not computed yet."""
    if found is None:
        return NOT_COMPUTED if waited else NONE
    if found.eligible is None:
        return str(Saying.HIDDEN)
    told = f"{said(found.eligible, level)} {found.unit}"
    return mark(f"{told} ; {found.flag}" if found.flag else told)


def rate(line: Line) -> str:
    """Write a published rate: ``34 %``, ``jusqu’à 72 %``, ``aucun taux publié``."""
    if line.rate is None:
        return "aucun taux publié"
    single = percent(line.rate)
    if line.ceiling:
        return f"jusqu’à {single}"
    if line.lowest is not None and line.lowest < line.rate:
        return f"{percent(line.lowest)} à {single}"
    return single


def month(told: Simulated) -> str:
    """Write the month of the parameters and the version behind a microsimulation."""
    engine = parameters()["engine"]
    day = long_date(f"{told.month}-01").partition(NO_BREAK_SPACE)[2]
    return f"OpenFisca-France{NO_BREAK_SPACE}{engine['version']}, paramètres de {day}"


def drawing(found: Simulated) -> str:
    """Write the error of drawing of a microsimulation, at 95 %."""
    return integer(NORMAL * (found.error or 0.0))


def label(right: str) -> str:
    """Return the French name of a right of the catalogue."""
    return rights()[right].label
