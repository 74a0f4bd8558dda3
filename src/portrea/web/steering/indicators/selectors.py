"""The indicators of a territory over a period, beside another period or another territory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from portrea.base.errors import ParameterError
from portrea.steering.indicator_sections import indicator_sections
from portrea.steering.indicator_tables import Compared
from portrea.steering.indicators import Activity
from portrea.steering.periods import USUAL, last_whole, period_of, usual
from portrea.web.accounts import links
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import may
from portrea.web.accounts.scope import key_of, name_of
from portrea.web.accounts.where import choices_of
from portrea.web.steering.indicators import counting, facts
from portrea.web.steering.models import SharedView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from portrea.steering.document import Section
    from portrea.steering.periods import Period
    from portrea.territory import Selection

READ = "indicator.read"
MOST_LINKS = 60
NOTHING, BEFORE, YEAR_AGO, PLACE = "", "avant", "annee", "territoire"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked: a territory, a period, what to compare with (``BESIDE``), which other one."""

    territory: str
    period: Period
    beside: str = BEFORE
    other: str = ""

    @property
    def told(self) -> dict[str, str]:
        """The same as an address tells it, the territory apart."""
        found = {"periode": self.period.code, "comparer": self.beside, "avec": self.other}
        return {name: value for name, value in found.items() if value}


def besides() -> dict[str, str]:
    """Return what a period may be compared with: code → French."""
    return {
        BEFORE: _("La période juste avant"),
        YEAR_AGO: _("La même période, un an avant"),
        PLACE: _("Un autre territoire"),
        NOTHING: _("Rien"),
    }


def asked_of(territory: str, told: Mapping[str, str]) -> Asked:
    """Return what an address asks; a first and a last quarter win over the list.

    Raises
    ------
    ParameterError
        The period is none, cuts a quarter, or is not over.
    """
    whole = last_whole(today_in(territory))
    code = told.get("periode", USUAL)
    first, last = told.get("du", "").strip(), told.get("au", "").strip()
    if first or last:
        code = f"{first}_{last or first}"
    beside = told.get("comparer", BEFORE)
    other = told.get("avec", "") if beside == PLACE else ""
    if beside not in besides() or (beside == PLACE and not other):
        beside = BEFORE if beside not in besides() else NOTHING
    return Asked(territory, period_of(code, whole), beside, other)


def others_of(who: Any, territory: str) -> list[tuple[str, str]]:
    """Return the other territories that somebody may compare with."""
    return [pair for pair in choices_of(who, READ) if pair[0] != territory]


def check_other(who: Any, asked: Asked) -> None:
    """Refuse to compare with a territory whose indicators one may not read."""
    if asked.other and not may(who, READ, asked.other):
        raise ParameterError(
            _("Les indicateurs de cet autre territoire ne sont pas ouverts à votre compte."),
            remedy=_("Choisissez un territoire de la liste."),
        )


def sections_asked(asked: Asked) -> tuple[Section, ...]:
    """Return every indicator as a page, a file or a shared link shows it."""
    beside = {BEFORE: asked.period.former, YEAR_AGO: asked.period.year_ago}.get(asked.beside)
    periods = [asked.period, *([beside] if beside else [])]
    now, *before = activities(asked.territory, periods)
    other = Compared(before[0], same_place=True) if before else None
    if asked.beside == PLACE:
        other = Compared(activities(asked.other, [asked.period])[0], same_place=False)
    return indicator_sections(now, other)


def sections(selection: Selection, period: Period | None = None) -> tuple[Section, ...]:
    """Return the indicators of one territory for a document, none where nothing was noted.

    The period is the last four quarters by default, beside the four before.
    """
    if len(selection.territories) != 1:
        return ()
    asked = Asked(selection.key, period or usual(last_whole(today_in(selection.key))))
    now, before = activities(asked.territory, [asked.period, asked.period.former])
    if now.number("kind") in (None, 0):
        return ()
    return indicator_sections(now, Compared(before, same_place=True))


def shared_of(territory: str) -> list[SharedView]:
    """Return the links to views of a territory, newest first."""
    level, code = key_of(territory)
    return list(SharedView.objects.filter(level=level, code=code)[:MOST_LINKS])


def shared_view(token: str) -> SharedView | None:
    """Return the link that a token names, whether it has ended or not."""
    return SharedView.objects.filter(digest=links.digest_of(token)).first()


def activities(territory: str, periods: Sequence[Period]) -> list[Activity]:
    """Return what is counted of a territory over some periods, the months being read once."""
    months = counting.years_around([(one.first, one.last) for one in periods])
    last = last_whole(today_in(territory))
    counted = counting.Read.of(territory, months)
    dimensions = counting.activity_of(counted, last)
    fresh = facts.fresh_of(territory)
    return [
        Activity(
            name=name_of(territory),
            period=one,
            dimensions=dimensions,
            minutes=counted.minutes,
            fresh=fresh,
            delays=facts.delays_of(territory, one),
            steps=facts.steps_of(territory, one),
        )
        for one in periods
    ]
