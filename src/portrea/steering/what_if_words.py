"""What « Et si ? » says: one sentence for what would change, one for what half-days allow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from portrea.base.estimates import Estimate, integer
from portrea.reach.siting.params import default_parameters
from portrea.reach.travel import default_travel
from portrea.steering.display import NO_BREAK_SPACE, count_text, shown_count
from portrea.steering.document import Number, Sentence
from portrea.steering.wording import capitalised, enumeration, mark

if TYPE_CHECKING:
    from collections.abc import Sequence

GOALS = {
    "information": "d’un lieu qui renseigne et oriente",
    "equipement": "d’un lieu où se servir d’un ordinateur",
    "aide": "d’un lieu qui aide à faire une démarche",
    "formation": "d’un lieu où apprendre à se servir d’internet",
}
"""What is within reach, after « à moins de 20 minutes »."""
LEVEL = "commune"
"""Level whose rounding applies: never finer than ten persons."""
WEEKS_A_YEAR = 365.25 / 7
FEW_WEEKS = 9


@dataclass(frozen=True, slots=True)
class Range:
    """A count of persons with its 95 % interval, and the 80 % one inside it."""

    wide: Estimate
    likely: Estimate

    @property
    def none(self) -> bool:
        """Whether nobody is counted."""
        return self.wide.high == 0


@dataclass(frozen=True, slots=True)
class Tried:
    """One change as it is said: half-days ``at`` somewhere (in a building), or what closes there.

    ``at`` is empty for a place whose name says where it is.
    """

    half_days: int = 0
    at: str = ""
    building: str = ""
    closes: str = ""


@dataclass(frozen=True, slots=True)
class Near:
    """What is counted as near: which help, within how many minutes, how people go.

    ``told``: places that tell their hours are the only ones counted.
    """

    situation: str
    minutes: int
    profile: str
    told: bool = False

    @property
    def goal(self) -> str:
        """« d’un lieu qui aide à faire une démarche »."""
        return GOALS[self.situation] + (" et dit ses horaires" if self.told else "")

    @property
    def words(self) -> str:
        """« à moins de 20 minutes en voiture d’un lieu qui aide à faire une démarche »."""
        return f"{self.time} {self.goal}"

    @property
    def time(self) -> str:
        """« à moins de 20 minutes en voiture »."""
        how = default_travel().profile(self.profile).label
        return f"{self.within} {how}"

    @property
    def within(self) -> str:
        """« à moins de 20 minutes »."""
        return f"à moins de {self.minutes}{NO_BREAK_SPACE}minutes"


def effect(
    tried: Sequence[Tried], near: Near, gained: Range | None, lost: Range | None
) -> Sentence:
    """Say who would be near help and is not, and who would no longer be.

    ``None``: the count exists and must not be shown.
    """
    lead = capitalised(_lead(tried))
    opens = any(change.half_days for change in tried)
    if gained is None or lost is None:
        what = "de plus" if opens else "en moins"
        return _said(
            f"{lead}, le nombre de personnes {what} {near.words} n’est pas publié : "
            "il dirait trop d’un petit quartier."
        )
    if gained.none and lost.none:
        return _said(_nothing(lead, near, opens=opens))
    if lost.none:
        plus, number = _persons(gained, "de plus ")
        return _said(f"{lead}, {plus} seraient {near.words}.", number)
    if gained.none:
        who, number = _persons(lost)
        return _said(f"{lead}, {who} ne seraient plus {near.words}.", number)
    plus, more = _persons(gained, "de plus ")
    less = number_of(lost)
    return _said(
        f"{lead}, {plus} seraient {near.words}, et {less.text} ne le seraient plus.", more, less
    )


def _nothing(lead: str, near: Near, *, opens: bool) -> str:
    if opens:
        return (
            f"{lead}, personne de plus ne serait {near.words} : "
            f"ceux qui en seraient proches ont déjà un autre lieu {near.within}."
        )
    return (
        f"{lead}, personne ne serait privé {near.goal} {near.time} : "
        f"ceux qui en sont proches ont un autre lieu {near.within}."
    )


def _lead(tried: Sequence[Tried]) -> str:
    opened = [
        f"{half_days(t.half_days)} par semaine {t.at}" + (f" ({t.building})" if t.building else "")
        for t in tried
        if t.half_days
    ]
    closed = [
        f"«{NO_BREAK_SPACE}{t.closes}{NO_BREAK_SPACE}»" + (f", {t.at}," if t.at else "")
        for t in tried
        if t.closes
    ]
    parts = [f"avec {enumeration(opened)}"] if opened else []
    if len(closed) == 1:
        parts.append(f"si le lieu {closed[0]} ferme")
    elif closed:
        parts.append(f"si les lieux {enumeration(closed).replace(',,', ',')} ferment")
    return " et ".join(parts)


def half_days(count: int) -> str:
    """Write a number of half-days: « une demi-journée », « 3 demi-journées »."""
    return "une demi-journée" if count == 1 else f"{count}{NO_BREAK_SPACE}demi-journées"


def number_of(found: Range) -> Number:
    """Write a count and its 95 % range: « entre 340 et 420 »."""
    shown = shown_count(found.wide, LEVEL)
    return Number(count_text(shown), shown.value, shown.low, shown.high, found.wide.quality.value)


def _persons(found: Range, more: str = "") -> tuple[str, Number]:
    number = number_of(found)
    noun = "personne" if (number.high or 0) < 2 else "personnes"
    return f"{number.text} {noun} {more}".rstrip(), number


def state(near: Near, before: Range | None, after: Range | None) -> Sentence:
    """Say how many are near help today, and how many would be (``None``: not to be said)."""
    if before is None:
        return _said(f"Le nombre de personnes {near.words} n’est pas publié pour ce territoire.")
    now = number_of(before)
    text = f"Aujourd’hui, {now.text} personnes sont {near.time} {near.goal}"
    if before.none:
        text = f"Aujourd’hui, personne n’est {near.time} {near.goal}"
    if after is None:
        return _said(f"{text}.", now)
    then = number_of(after)
    if after.none:
        would = "personne ne le serait"
    elif then.text == now.text:
        would = "autant le seraient, à l’arrondi près"
    else:
        would = f"{then.text} le seraient"
    return _said(f"{text} ; avec cet essai, {would}.", now, then)


def likely(gained: Range, lost: Range) -> Sentence | None:
    """Say the range that is right four times in five, for what changes most.

    ``None`` when nobody changes, or when rounding makes it the wider range, told already.
    """
    more = _middle(gained) >= _middle(lost)
    changed = gained if more else lost
    shown = shown_count(changed.likely, LEVEL)
    number = Number(count_text(shown), shown.value, shown.low, shown.high)
    if changed.none or number.text == number_of(changed).text:
        return None
    who = "personnes de plus seraient proches" if more else "personnes ne seraient plus proches"
    return _said(f"Le plus probable, 80 chances sur 100 : {number.text} {who}.", number)


def _middle(found: Range) -> float:
    return found.wide.value or 0.0


def capacity(count: int, persons: float) -> str:
    """Say how many meetings half-days allow, and how long it takes to receive everybody once."""
    rules = default_parameters()
    a_week = count * rules.appointments_per_half_day
    text = (
        f"{capitalised(half_days(count))} par semaine, c’est environ "
        f"{math.floor(a_week)}{NO_BREAK_SPACE}rendez-vous"
    )
    if persons <= 0:
        return mark(f"{text}.")
    years = persons / (count * rules.appointments_per_year)
    return mark(
        f"{text} : il faudrait environ {_time(years)} pour recevoir une fois chaque"
        " personne de plus."
    )


def _time(years: float) -> str:
    weeks = math.ceil(years * WEEKS_A_YEAR)
    if weeks < FEW_WEEKS:
        return f"{weeks}{NO_BREAK_SPACE}semaine{'s' if weeks > 1 else ''}"
    return f"{integer(math.ceil(years * 12))}{NO_BREAK_SPACE}mois"


def help_change(before: float, after: float, change: Estimate) -> str:
    """Say how the hours of help a week for a hundred persons would move.

    ``change`` is taken draw by draw: its range is that of the difference.
    """
    moved = change.value or 0.0
    start, end = _ends(before, after)
    lead = "Pour 100 personnes comptées, l’aide à portée"
    hours = f"{end} {'heure' if after < 2 else 'heures'} par semaine"
    if moved == 0:
        return mark(f"{lead} est de {hours} et ne changerait pas.")
    text = f"{lead} est de {hours}" if start == end else f"{lead} passerait de {start} à {hours}"
    which = "de plus" if moved > 0 else "de moins"
    low, high = sorted((abs(change.low or 0.0), abs(change.high or 0.0)))
    ends = digits(low, down=True), digits(high, down=False)
    between = "" if ends[0] == ends[1] else f" (entre {ends[0]} et {ends[1]})"
    return mark(f"{text} : {digits(abs(moved))} {which}{between}.")


def _ends(before: float, after: float) -> tuple[str, str]:
    """Write two numbers with two digits, or three where two would belie their difference."""
    start, end = digits(before), digits(after)
    if start == end or before <= 0 or after <= 0:
        return start, end
    step = 10.0 ** (math.floor(math.log10(max(before, after)) + 1e-12) - 1)
    return (start, end) if abs(after - before) >= step else (digits(before, 3), digits(after, 3))


def digits(value: float, count: int = 2, *, down: bool | None = None) -> str:
    """Write a number with some significant digits, rounded to the nearest, down or up."""
    if value <= 0:
        return "0"
    decimals = count - 1 - math.floor(math.log10(value) + 1e-12)
    scale = 10.0**decimals
    turn = round if down is None else math.floor if down else math.ceil
    rounded = turn(round(value * scale, 9)) / scale
    return (
        integer(rounded)
        if decimals <= 0
        else f"{rounded:.{decimals}f}".rstrip("0").rstrip(".").replace(".", ",")
    )


def closer(nearer: Range, farther: Range) -> str | None:
    """Say how many would have a shorter way to the nearest place, and how many a longer one."""
    way = "personnes auraient un trajet plus {} d’une minute au moins"
    if nearer.none:
        said = [] if farther.none else [f"{number_of(farther).text} {way.format('long')}"]
    else:
        said = [f"{number_of(nearer).text} {way.format('court')}"]
        said += [] if farther.none else [f"{number_of(farther).text} un trajet plus long"]
    return f"{capitalised(', '.join(said))}." if said else None


def _said(text: str, *numbers: Number) -> Sentence:
    return Sentence(mark(text), tuple(numbers))
