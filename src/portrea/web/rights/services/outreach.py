"""Actions that look for people, written so that what came of them is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from portrea.base.errors import DataError, Diagnostic
from portrea.rights.outcomes import words
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.rights.models import Outreach
from portrea.web.rights.outcomes.cases import LOG, clean
from portrea.web.rights.services.outcomes import place_of

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

MOST_HOURS = 5_000
SAME_DAY = "Cette action est déjà dans la liste."


@act(LOG)
@transaction.atomic
def outreach_add(
    *,
    actor: Any,
    territory: Any,
    structure: str = "",
    title: str,
    kind: str,
    day: date,
    hours: Decimal | None = None,
    reference: str = "",
) -> Outreach:
    """Add an action; the same one of the same day is refused.

    Raises
    ------
    DataError
        One diagnostic by field, in French.
    """
    place = place_of(territory, structure)
    require(actor, LOG, place, structure=structure)
    named, number = clean(title), clean(reference, 60)
    _refuse(_faults(named, kind, day, hours, today=today_in(place)))
    same = Outreach.objects.filter(
        level=place[0], code=place[1], structure=structure, title=named, day=day
    )
    if same.exists():
        _refuse({"title": SAME_DAY})
    made = Outreach.objects.create(
        level=place[0], code=place[1], structure=structure, by=Actor.of(actor).user,
        title=named, kind=kind, day=day, hours=hours, reference=number,
    )  # fmt: skip
    journal.record(
        act=LOG, actor=actor, target=made, territory=made.territory,
        after={"type": kind, "jour": day.isoformat()},
    )  # fmt: skip
    return made


def _faults(
    title: str, kind: str, day: date, hours: Decimal | None, *, today: date
) -> dict[str, str]:
    found: dict[str, str] = {}
    if not title:
        found["title"] = "Donnez un nom à cette action : « Atelier du marché »."
    if kind not in words()["origins"]:
        found["kind"] = "Choisissez le type de cette action."
    if day > today:
        found["day"] = "Ce jour n’est pas encore venu."
    if hours is not None and not 0 < hours <= MOST_HOURS:
        found["hours"] = f"Des heures, entre 0 et {MOST_HOURS}. Inconnues, laissez vide."
    return found


def _refuse(found: dict[str, str]) -> None:
    if found:
        raise DataError(
            " ".join(found.values()),
            remedy="Corrigez, puis enregistrez.",
            diagnostics=tuple(Diagnostic("action", why, field=name) for name, why in found.items()),
        )
