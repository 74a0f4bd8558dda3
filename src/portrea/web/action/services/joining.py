"""Places of a workshop taken and left without account, the waiting list, who came.

The row of the workshop is locked first, whatever is done: two people who ask for the last place at
the same moment are answered one after the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portrea.action.joining import (
    SEATED,
    Group,
    Seats,
    State,
    called,
    left,
    number,
    state_of_new,
    words,
)
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.keys import new_code
from portrea.web.accounts.permissions import act, require
from portrea.web.action.models import Registration, Workshop
from portrea.web.action.services import calling

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_WALK_INS = 1_000


class FullError(DataError):
    """No place is left for so many people."""


class ClosedError(DataError):
    """Nobody registers any more, or not by this way."""


@act("workshop.join")
@transaction.atomic
def registration_take(
    *, actor: Any, key: str, people: int, needs: Sequence[str], code: str = ""
) -> Registration:
    """Keep places, or places in the waiting list, for somebody known by a code only.

    ``code`` is the one drawn with the page that is sent: sent twice, it is the same registration.

    Raises
    ------
    FullError
        Neither the workshop nor its waiting list has so many places.
    ClosedError
        The workshop takes no registration here: cancelled, begun, or by telephone only.
    DataError
        The number of people or a need cannot be.
    """
    require(actor, "workshop.join")
    workshop = workshop_locked(key)
    sent = workshop.registrations.filter(code=code).first() if code else None
    if sent is not None:
        return sent
    if not workshop.public:
        raise ClosedError(
            _("Pour cet atelier, on ne s’inscrit pas en ligne."), remedy=_call(workshop)
        )
    if workshop.starts <= timezone.now():
        raise ClosedError(_("Cet atelier a commencé."), remedy=_call(workshop))
    return _taken(actor, workshop, people, needs, code=code)


@act("workshop.run")
@transaction.atomic
def registration_add(*, actor: Any, key: str, people: int, needs: Sequence[str]) -> Registration:
    """Keep places for somebody who telephones, or who stands in front of an agent.

    Raises
    ------
    FullError, ClosedError, DataError
        As :func:`registration_take`; until the end of the workshop.
    """
    workshop = workshop_to_run(actor, key)
    if workshop.ends <= timezone.now():
        raise ClosedError(
            _("Cet atelier est fini."), remedy=_("Comptez les personnes venues dans les présences.")
        )
    return _taken(actor, workshop, people, needs, by_agent=True)


@act("workshop.join")
@transaction.atomic
def registration_leave(*, actor: Any, code: str) -> Registration:
    """Give places back; who waits and fits gets them. Given back twice, nothing more happens.

    Raises
    ------
    DataError
        The code is not known, or the workshop has begun.
    """
    require(actor, "workshop.join")
    found = registration_at(code)
    if found is None:
        raise DataError(
            _("Ce code n’est pas connu."), remedy=_("Vérifiez ses huit signes, sans espace.")
        )
    return _given_back(actor, workshop_locked(found.workshop.key), found.code)


@act("workshop.run")
@transaction.atomic
def registration_remove(*, actor: Any, key: str, code: str) -> Registration:
    """Give back the places of somebody who telephoned."""
    return _given_back(actor, workshop_to_run(actor, key), code)


@act("workshop.run")
@transaction.atomic
def attendance_mark(
    *, actor: Any, key: str, came: Mapping[int, int | None], walk_ins: int
) -> Workshop:
    """Note how many people of each registration came, and how many came without one.

    Parameters
    ----------
    came
        Number of the row → how many came, zero when nobody did, ``None`` when it is not known.

    Raises
    ------
    DataError
        The balance sheet is closed, or a number cannot be.
    """
    workshop = workshop_to_run(actor, key)
    if workshop.state == Workshop.State.HELD:
        raise DataError(
            _("Le bilan est clos."), remedy=_("Rouvrez-le pour corriger les présences.")
        )
    if workshop.starts > timezone.now():
        raise DataError(
            _("Cet atelier n’a pas commencé."), remedy=_("Les présences se notent dès le début.")
        )
    if not 0 <= walk_ins <= MOST_WALK_INS:
        raise DataError(_("De 0 à %(most)s personnes sans inscription.") % {"most": MOST_WALK_INS})
    for row in workshop.registrations.exclude(state=State.CANCELLED):
        if row.pk in came:
            _mark(row, came[row.pk])
    workshop.balance = workshop.balance | {"walk_ins": walk_ins}
    workshop.save(update_fields=["balance"])
    _write(actor, workshop, {"présences": people_who_came(workshop)})
    return workshop


def people_who_came(workshop: Workshop) -> int:
    """Return how many people came, with and without registration."""
    counted = workshop.registrations.exclude(came=None).values_list("came", flat=True)
    return sum(filter(None, counted)) + int(workshop.balance.get("walk_ins", 0))


def waiting_called(workshop: Workshop) -> list[Registration]:
    """Give the places that are left to those who wait and fit; tell those who asked to be told.

    To be called, the workshop locked, each time a place may be free: after somebody leaves, or
    when ``capacity`` changes.
    """
    if workshop.starts <= timezone.now() or workshop.state != Workshop.State.PLANNED:
        return []
    rows = list(workshop.registrations.exclude(state=State.CANCELLED))
    found = [rows[rank] for rank in called(seats_of(workshop), groups_of(rows))]
    for row in found:
        row.state = State.IN
        row.save(update_fields=["state"])
        calling.called(row)
    return found


def registration_at(code: str) -> Registration | None:
    """Return what a code opens, however it was typed."""
    told = "".join(code.split()).replace("-", "").lower()
    return (
        Registration.objects.select_related("workshop").filter(code=told).first() if told else None
    )


def seats_of(workshop: Workshop) -> Seats:
    """Return how many may come and how many may wait."""
    return Seats(workshop.capacity, workshop.waiting)


def groups_of(rows: Sequence[Registration]) -> list[Group]:
    """Return registrations as the library says them."""
    return [Group(State(row.state), row.people) for row in rows]


def workshop_locked(key: str) -> Workshop:
    """Return a workshop that is not cancelled, locked until the end of the transaction."""
    found = Workshop.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError(_("Cet atelier n’existe plus."), remedy=_("Revenez à la liste."))
    if found.state == Workshop.State.CANCELLED:
        raise ClosedError(
            _("Cet atelier est annulé."), remedy=_("Revenez à la liste des ateliers.")
        )
    return found


def workshop_to_run(actor: Any, key: str) -> Workshop:
    """Return a workshop that somebody may run, locked until the end of the transaction."""
    found = workshop_locked(key)
    require(actor, "workshop.run", found.territory, structure=found.structure)
    return found


def _taken(
    actor: Any,
    workshop: Workshop,
    people: int,
    needs: Sequence[str],
    *,
    code: str = "",
    by_agent: bool = False,
) -> Registration:
    _check(people, needs)
    rows = list(workshop.registrations.exclude(state=State.CANCELLED))
    state = state_of_new(seats_of(workshop), groups_of(rows), people)
    if state is None:
        raise _full(workshop, rows)
    made = Registration.objects.create(
        workshop=workshop, people=people, needs=list(needs), state=state, by_agent=by_agent,
        code=code or new_code(),
    )  # fmt: skip
    _write(actor, workshop, {"personnes": people, "état": str(state)}, by_agent=by_agent)
    return made


def _check(people: int, needs: Sequence[str]) -> None:
    most = int(number("most_people"))
    if not 1 <= people <= most:
        raise DataError(
            _("De 1 à %(most)s personnes par inscription.") % {"most": most},
            remedy=_("Pour un groupe plus grand, téléphonez."),
        )
    unknown = [one for one in needs if one not in words()["needs"]]
    if unknown:
        raise DataError(
            _("Ce besoin n’est pas dans la liste."), remedy=_("Cochez ceux de la page.")
        )


def _full(workshop: Workshop, rows: Sequence[Registration]) -> FullError:
    free = left(seats_of(workshop), groups_of(rows)) or 0
    if not free:
        return FullError(_("Il n’y a plus de place."), remedy=_call(workshop))
    told = ngettext("Il ne reste qu’une place.", "Il ne reste que %(n)s places.", free)
    return FullError(
        told % {"n": free}, remedy=_("Choisissez moins de personnes, ou un autre atelier.")
    )


def _call(workshop: Workshop) -> str:
    if not workshop.phone:
        return _("Choisissez un autre atelier de la liste.")
    return _("Téléphonez au %(phone)s, ou choisissez un autre atelier.") % {"phone": workshop.phone}


def _given_back(actor: Any, workshop: Workshop, code: str) -> Registration:
    found = workshop.registrations.filter(code=code).first()
    if found is None:
        raise DataError(_("Ce code n’est pas celui d’une inscription à cet atelier."))
    if found.state == State.CANCELLED:
        return found
    if workshop.starts <= timezone.now():
        raise DataError(_("Cet atelier a commencé : il n’y a plus rien à annuler."))
    found.state = State.CANCELLED
    found.save(update_fields=["state"])
    calling.left(found)
    waiting_called(workshop)
    _write(actor, workshop, {"personnes": found.people, "état": str(State.CANCELLED)})
    return found


def _mark(row: Registration, came: int | None) -> None:
    if came is not None and not 0 <= came <= row.people:
        raise DataError(
            _("%(code)s : de 0 à %(most)s personnes.")
            % {"code": row.code or row.pk, "most": row.people}
        )
    if came is None:
        row.state = State.IN if row.state in SEATED else row.state
    else:
        row.state = State.CAME if came else State.MISSED
    row.came = came
    row.save(update_fields=["state", "came"])


def _write(actor: Any, workshop: Workshop, after: dict[str, Any], *, by_agent: bool = True) -> None:
    """Write in the journal how many, never a code."""
    journal.record(
        act="workshop.run" if by_agent else "workshop.join",
        actor=actor,
        target=workshop,
        territory=workshop.territory,
        after=after,
    )
