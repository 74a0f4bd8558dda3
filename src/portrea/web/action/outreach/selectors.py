"""What the pages of outreach show: things of the team, who comes where for the public."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, Sum
from django.utils import timezone

from portrea.action.mandates import state_of
from portrea.action.presences import next_days, words
from portrea.action.slots import Hours
from portrea.base.errors import PortreaError
from portrea.territory import Level
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.holders import within
from portrea.web.accounts.scope import find, gazetteer, inside
from portrea.web.action.models import (
    Equipment,
    HomeHelp,
    Loan,
    Mandate,
    Maraude,
    SelfService,
    SelfServiceUse,
)

if TYPE_CHECKING:
    from datetime import date

    from portrea.action.mandates import State
    from portrea.web.accounts.scope import Key
    from portrea.web.action.models.base import Made

NEXT = 3
OLD = timedelta(days=183)
"""What was not checked for so long says so."""
COUNTED = timedelta(days=31)
ABOVE = (Level.EPCI, Level.DEPARTEMENT, Level.REGION)


@dataclass(frozen=True, slots=True)
class Presence:
    """A maraude or a distribution, its next days, whether it is checked since long."""

    maraude: Maraude
    days: tuple[date, ...]
    where: str
    stopped: bool
    old: bool


@dataclass(frozen=True, slots=True)
class Home:
    """Help at home, the names of its communes, whether it is checked since long."""

    help: HomeHelp
    communes: tuple[str, ...]
    old: bool


@dataclass(frozen=True, slots=True)
class Lent:
    """An equipment, the loan that is out, whether it is late."""

    thing: Equipment
    loan: Loan | None
    late: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A mandate and where it stands today."""

    mandate: Mandate
    state: State


def stations_of(who: Any) -> list[SelfService]:
    """Return the computers of somebody, each with ``used``: times in the last month."""
    since = timezone.localdate() - COUNTED
    used = Sum("uses__times", filter=Q(uses__day__gte=since))
    rows = SelfService.objects.filter(within(who, "outreach.run")).annotate(used=used)
    return sorted(rows, key=lambda one: (one.retired is not None, one.label.casefold()))


def uses_of(station: SelfService) -> list[tuple[str, dict[str, int]]]:
    """Return how often a computer served in the last month: purpose, then times by outcome."""
    rows = SelfServiceUse.objects.filter(
        station=station, day__gte=timezone.localdate() - COUNTED
    ).values_list("purpose", "outcome", "times")
    counts: dict[str, Counter[str]] = {}
    for purpose, outcome, times in rows:
        counts.setdefault(purpose, Counter())[outcome] += times
    named = words()["purposes"]
    outcomes = words()["outcomes"]
    found = [
        (named.get(one, one), {name: told[name] for name in outcomes})
        for one, told in counts.items()
    ]
    return sorted(found, key=lambda pair: (-sum(pair[1].values()), pair[0]))


def homes_of(who: Any) -> list[Home]:
    """Return the help at home that somebody runs."""
    return [_home(one) for one in HomeHelp.objects.filter(within(who, "outreach.run"))]


def presences_of(who: Any) -> list[Presence]:
    """Return the maraudes and distributions that somebody runs."""
    return [presence_of(one) for one in Maraude.objects.filter(within(who, "outreach.run"))]


def lent_of(who: Any) -> list[Lent]:
    """Return the equipment of somebody: what is late first, then what is out, then the rest."""
    things = Equipment.objects.filter(within(who, "outreach.run"), retired=None)
    out = {one.equipment_id: one for one in Loan.objects.filter(equipment__in=things, back=None)}
    today = timezone.localdate()
    found = [_lent(one, out.get(one.pk), today) for one in things]
    return sorted(found, key=lambda one: (not one.late, one.loan is None))


def thing_of(model: type[Made], number: int) -> Any:
    """Return one thing of a table, ``None`` when it is not there."""
    return model._default_manager.filter(pk=number).first()


def loan_of(code: str) -> Loan | None:
    """Return a loan by the code of its slip."""
    return Loan.objects.select_related("equipment").filter(code=code).first()


def mandates_of(who: Any) -> list[Held]:
    """Return the mandates of somebody: those that end first, then those that are over."""
    rows = Mandate.objects.filter(within(who, "mandate.run")).order_by("ends", "pk")
    today = timezone.localdate()
    found = [Held(one, state_of(one.starts, one.ends, one.revoked, on=today)) for one in rows]
    return sorted(found, key=lambda one: not one.state.holds)


def presence_of(maraude: Maraude) -> Presence:
    """Return a maraude with its next days, on the clocks of its commune."""
    today = today_in(("commune", maraude.commune))
    pause = pause_of(maraude)
    return Presence(
        maraude,
        tuple(next_days(hours_of(maraude), today, count=NEXT, pause=pause)),
        find(("commune", maraude.commune)).name,
        stopped=pause is not None and pause[0] <= today <= pause[1],
        old=today - maraude.checked > OLD,
    )


def hours_of(maraude: Maraude) -> Hours:
    """Return the rhythm of a maraude."""
    return Hours(
        maraude.weekday, maraude.starts, maraude.ends, maraude.every, maraude.first, maraude.last
    )


def public_presences(key: Key) -> list[Presence]:
    """Return what people find outside in a territory, the next ones first; what is over is not."""
    rows = Maraude.objects.filter(public=True, commune__in=communes_of(key))
    found = [presence_of(one) for one in rows]
    return sorted(
        (one for one in found if one.days), key=lambda one: (one.days[0], one.maraude.starts)
    )


def public_homes(key: Key) -> list[Home]:
    """Return who comes to the homes of a territory."""
    communes = set(communes_of(key))
    rows = HomeHelp.objects.filter(_around(key), retired=None)
    return [_home(one) for one in rows if communes & set(one.communes)]


def communes_of(key: Key) -> list[str]:
    """Return the codes of the communes of a territory."""
    known = gazetteer()
    if key[0] == Level.COMMUNE.value or known is None:
        return [key[1]]
    try:
        return [one.code for one in known.children(find(key), Level.COMMUNE)]
    except PortreaError:
        return []


def _around(key: Key) -> Q:
    """Return « lies in the département of this territory, or in a territory that contains it »."""
    place = find(key)
    found = inside(key) | Q(level="france")
    for level in ABOVE:
        code = place.parent_code(level)
        if code:
            above = (level.value, code)
            found |= inside(above) if level is Level.DEPARTEMENT else Q(level=above[0], code=code)
    return found


def _home(found: HomeHelp) -> Home:
    names = sorted(find(("commune", code)).name for code in found.communes)
    return Home(found, tuple(names), timezone.localdate() - found.checked > OLD)


def _lent(thing: Equipment, loan: Loan | None, today: date) -> Lent:
    return Lent(thing, loan, late=loan is not None and loan.due < today)


def pause_of(maraude: Maraude) -> tuple[date, date] | None:
    """Return the first and last day of its pause, if it has one."""
    if maraude.pause_first is None or maraude.pause_last is None:
        return None
    return maraude.pause_first, maraude.pause_last
