"""A difficulty told, corrected, read again, removed: never a name, one row by situation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from portrea.action.difficulties import check_told, kept_codes
from portrea.action.pictures import clean
from portrea.base.errors import DataError
from portrea.territory.codes import Level
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import contains, key_of
from portrea.web.accounts.structures import structure as structure_named
from portrea.web.action.models import Difficulty
from portrea.web.action.models.activities import Channel
from portrea.web.action.services.pictures import difficulty_to_change, forget, picture_add
from portrea.web.action.services.words import kept

if TYPE_CHECKING:
    import datetime
    from collections.abc import Sequence
    from uuid import UUID

    from portrea.web.action.models import Procedure, Record, Workshop

LONGEST_WORDS = 1_000
LONGEST_PLACE = 100
_COMMUNE = re.compile(r"(\d{2}|2[AB])\d{3}")


@act("difficulty.tell")
def difficulty_tell(
    *,
    actor: Any,
    territory: Any,
    day: datetime.date,
    procedure: Procedure,
    codes: Sequence[str],
    severity: int | None,
    place: str,
    structure: str = "",
    uuid: UUID | None = None,
    words: str = "",
    commune: str = "",
    record: Record | None = None,
    workshop: Workshop | None = None,
    channel: str = Channel.WEB,
    picture: bytes | None = None,
) -> Difficulty:
    """Write one difficulty; sent again under the same ``uuid``, it is the one already there.

    The territory is that of the structure when there is one, and ``commune`` when it lies there.
    ``words`` are scrubbed; ``picture`` is cleaned and waits for its names to be hidden.

    Raises
    ------
    ParameterError, DataError
        A code is unknown, the day is to come, a password is told, the picture cannot be read.
    """
    number = uuid or uuid4()
    known = Difficulty.objects.filter(uuid=number).first()
    if known is not None:
        require(actor, "difficulty.tell", known.territory, structure=known.structure)
        return known
    level, code = _where(territory, structure, commune)
    require(actor, "difficulty.tell", (level, code), structure=structure)
    check_told(severity=severity, day=day, today=today_in((level, code)))
    cleaned = clean(picture) if picture else None
    made = Difficulty(
        uuid=number, level=level, code=code, structure=structure, by=Actor.of(actor).user,
        day=day, procedure=procedure, codes=list(kept_codes(codes)), severity=severity,
        place=_place(place), words=kept(words, LONGEST_WORDS), commune=commune,
        record=record, workshop=workshop, channel=channel,
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            write(actor, made, {"démarche": procedure.key, "codes": made.codes})
    except IntegrityError:  # sent twice at the same moment
        return Difficulty.objects.get(uuid=number)
    if cleaned:
        picture_add(actor=actor, uuid=number, content=cleaned)
        made.refresh_from_db()
    return made


@act("difficulty.tell")
@transaction.atomic
def difficulty_review(*, actor: Any, uuid: UUID, words: str) -> Difficulty:
    """Keep words read again by somebody: from then on a proposal may quote them."""
    found = difficulty_to_change(actor, uuid)
    found.words = kept(words, LONGEST_WORDS)
    found.reviewed = timezone.now() if found.words else None
    found.save(update_fields=["words", "reviewed"])
    write(actor, found, {"texte relu": bool(found.words)})
    return found


@act("difficulty.tell")
@transaction.atomic
def difficulty_remove(*, actor: Any, uuid: UUID) -> None:
    """Take away a difficulty told by mistake, its picture too."""
    found = difficulty_to_change(actor, uuid)
    write(actor, found, {"retirée": True})
    name = found.picture
    found.delete()
    transaction.on_commit(lambda: forget(name))


def write(actor: Any, found: Difficulty, after: dict[str, Any]) -> None:
    """Write what was done of a difficulty in the journal: codes, never words."""
    journal.record(
        act="difficulty.tell", actor=actor, target=found, territory=found.territory, after=after
    )


def _where(territory: Any, structure: str, commune: str) -> tuple[str, str]:
    held = structure_named(structure)
    whole = key_of(held.territory if held else territory)
    if commune and not _COMMUNE.fullmatch(commune):
        raise DataError(f"« {commune[:20]} » n’est pas un code de commune (35238, 2A004).")
    inner = (Level.COMMUNE.value, commune)
    return inner if commune and whole != inner and contains(whole, inner) else whole


def _place(place: str) -> str:
    told = kept(place, LONGEST_PLACE)
    if not told:
        raise DataError("Où l’avez-vous vu ?", remedy="Écrivez le nom du lieu ou du service.")
    return told
