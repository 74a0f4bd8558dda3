"""The balance sheet of a workshop: written after the day, closed into one record of the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portrea.action.activity import Activity
from portrea.base.errors import DataError
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act
from portrea.web.action.models import Record, Workshop
from portrea.web.action.models.activities import Channel
from portrea.web.action.services.joining import people_who_came, workshop_to_run
from portrea.web.action.services.log import record_correct, record_log, record_remove
from portrea.web.action.services.words import kept
from portrea.web.action.workshops.selectors import when_of

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMESPACE = UUID("5b0f2f0a-6f0a-5d8e-9c59-0d2f3f7a1c11")
"""Of the identifiers of records: one workshop has one record, however often it is closed."""
LONGEST = 2_000
TEXTS = ("went", "cost", "things", "steps")
"""Free words of a balance sheet: how it went, what it cost, the equipment, what comes next."""


@act("workshop.run")
@transaction.atomic
def balance_save(*, actor: Any, key: str, told: Mapping[str, Any]) -> Workshop:
    """Keep what is written of a balance sheet: ``minutes``, ``where``, ``themes`` and ``TEXTS``.

    Raises
    ------
    DataError
        It is closed, the workshop has not begun, or a text holds what is never kept.
    """
    workshop = _open_sheet(actor, key)
    texts = {name: kept(str(told.get(name) or ""), LONGEST) for name in TEXTS}
    coded = {name: told[name] for name in ("minutes", "where", "themes") if name in told}
    workshop.balance = workshop.balance | coded | texts
    workshop.save(update_fields=["balance"])
    _write(actor, workshop, {"bilan": "enregistré"})
    return workshop


@act("workshop.run")
@transaction.atomic
def balance_close(*, actor: Any, key: str) -> Record | None:
    """Close a balance sheet: the workshop was held, and the activity log has its one record.

    Closed again after a correction, it corrects the same record. A workshop where nobody came has
    none.
    """
    workshop = _open_sheet(actor, key)
    record = _record(actor, workshop)
    workshop.state = Workshop.State.HELD
    workshop.balance = workshop.balance | {"closed": timezone.localdate().isoformat()}
    workshop.save(update_fields=["state", "balance"])
    _write(actor, workshop, {"bilan": "clos", "personnes": people_who_came(workshop)})
    return record


@act("workshop.run")
@transaction.atomic
def balance_reopen(*, actor: Any, key: str) -> Workshop:
    """Open a closed balance sheet again, to correct it; its record waits for the next closing."""
    workshop = workshop_to_run(actor, key)
    if workshop.state == Workshop.State.HELD:
        workshop.state = Workshop.State.PLANNED
        workshop.save(update_fields=["state"])
        _write(actor, workshop, {"bilan": "rouvert"})
    return workshop


def record_uuid(workshop: Workshop) -> UUID:
    """Return the identifier of the record of a workshop."""
    return uuid5(NAMESPACE, workshop.key)


def activity_of(workshop: Workshop, people: int) -> Activity:
    """Return a workshop as the activity log says it; who came is not described."""
    sheet, at = workshop.balance, when_of(workshop)
    return Activity(
        kind="collectif",
        where=sheet.get("where") or "lieu_activite",
        day=at.day,
        people=people,
        minutes=sheet.get("minutes") or length_of(workshop),
        themes=tuple(sheet.get("themes", workshop.themes)),
        title=workshop.title,
        level=workshop.standing,
        commune=workshop.commune,
    )


def length_of(workshop: Workshop) -> int:
    """Return how many minutes a workshop was to last."""
    return round((workshop.ends - workshop.starts).total_seconds() / 60)


def _record(actor: Any, workshop: Workshop) -> Record | None:
    people, uuid = people_who_came(workshop), record_uuid(workshop)
    known = Record.objects.filter(uuid=uuid).exists()
    if not people:
        if known:
            record_remove(actor=actor, uuid=uuid, reason=_("Personne n’est venu à cet atelier."))
        return None
    activity = activity_of(workshop, people)
    if known:
        return record_correct(actor=actor, uuid=uuid, activity=activity)
    return record_log(
        actor=actor,
        territory=workshop.territory,
        structure=workshop.structure,
        uuid=uuid,
        activity=activity,
        workshop=workshop,
        channel=Channel.WORKSHOP,
    )


def _open_sheet(actor: Any, key: str) -> Workshop:
    workshop = workshop_to_run(actor, key)
    if workshop.state == Workshop.State.HELD:
        raise DataError(_("Ce bilan est clos."), remedy=_("Rouvrez-le pour le corriger."))
    if workshop.starts > timezone.now():
        raise DataError(
            _("Cet atelier n’a pas commencé."), remedy=_("Le bilan s’écrit à partir du jour même.")
        )
    return workshop


def _write(actor: Any, workshop: Workshop, after: dict[str, Any]) -> None:
    journal.record(
        act="workshop.run", actor=actor, target=workshop, territory=workshop.territory, after=after
    )
