"""Rights followed, written: noted, moved to the next stage, corrected, removed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import IntegrityError, transaction

from portrea.base.errors import DataError, Diagnostic
from portrea.rights.outcomes import faults, moved, next_stages, words
from portrea.web.accounts import journal
from portrea.web.accounts.clocks import today_in
from portrea.web.accounts.permissions import Actor, act, require
from portrea.web.accounts.scope import key_of
from portrea.web.accounts.structures import structure as structure_named
from portrea.web.rights.models import Outcome
from portrea.web.rights.outcomes.cases import LOG, case_of, clean, columns_of

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from portrea.rights.outcomes import Case
    from portrea.web.accounts.scope import Key
    from portrea.web.rights.models import Outreach

GONE = "Ce droit suivi n’existe plus."


@act(LOG)
def outcome_log(
    *,
    actor: Any,
    territory: Any,
    case: Case,
    structure: str = "",
    outreach: Outreach | None = None,
    sent: UUID | None = None,
) -> Outcome:
    """Follow a right; sent again under the same ``sent``, it is the one already there.

    Raises
    ------
    DataError
        The case cannot be: one diagnostic by field, in French.
    """
    number = sent or uuid4()
    found = Outcome.objects.filter(sent=number).first()
    if found is not None:
        require(actor, LOG, found.territory, structure=found.structure)
        return found
    place = place_of(territory, structure)
    require(actor, LOG, place, structure=structure)
    made = row(actor, place, structure, checked(case, place), sent=number)
    made.outreach = _allowed(outreach, made)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            write(actor, made, after={"droit": made.right, "étape": case.last})
    except IntegrityError:  # sent twice at the same moment
        return Outcome.objects.get(sent=number)
    return made


@act(LOG)
@transaction.atomic
def outcome_move(
    *, actor: Any, key: str, stage: str, day: date | None = None, reason: str = "",
    monthly: Any = None, back_pay: Any = None,
) -> Outcome:  # fmt: skip
    """Note the next stage of a right, today unless told; a stage already noted changes nothing.

    ``reason`` is the code of a refusal or an abandon; amounts are those of a right opened.
    """
    found = outcome_to_change(actor, key)
    case = case_of(found)
    if getattr(case, stage, None) is not None:
        return found
    if stage not in next_stages(case):
        raise DataError(
            "Cette étape ne peut plus être notée ainsi.",
            remedy="Ouvrez « Corriger » : tous les jours s’y changent.",
        )
    after = moved(case, stage, day or today_in(found.territory), reason=reason)
    if stage == "opened":
        after = replace(after, monthly=monthly, back_pay=back_pay)
    return _changed(actor, found, after)


@act(LOG)
@transaction.atomic
def outcome_correct(
    *, actor: Any, key: str, case: Case, outreach: Outreach | None = None
) -> Outcome:
    """Replace what a right followed says; the journal keeps what changed, before and after."""
    found = outcome_to_change(actor, key)
    found.outreach = _allowed(outreach, found)
    return _changed(actor, found, case)


@act(LOG)
@transaction.atomic
def outcome_remove(*, actor: Any, key: str, reason: str) -> None:
    """Stop following a right written by mistake; the journal says why."""
    found = outcome_to_change(actor, key)
    why = clean(reason, 200)
    if not why:
        raise DataError("Dites pourquoi ce droit suivi est retiré.", remedy="Quelques mots.")
    journal.record(
        act=f"{LOG}.remove", actor=actor, target=found, territory=found.territory,
        before={"droit": found.right, "étape": case_of(found).last}, reason=why,
    )  # fmt: skip
    found.delete()


def outcome_to_change(actor: Any, key: str, act_name: str = LOG) -> Outcome:
    """Return a right followed that somebody may change, locked until the transaction ends."""
    found = Outcome.objects.select_for_update().filter(key=key).first()
    if found is None:
        raise DataError(GONE, remedy="Revenez à la liste : il a pu être retiré par quelqu’un.")
    require(actor, act_name, found.territory, structure=found.structure)
    return found


def place_of(territory: Any, structure: str) -> Key:
    """Return where one writes: the territory of the structure when there is one."""
    held = structure_named(structure)
    return key_of(held.territory if held else territory)


def row(actor: Any, place: Key, structure: str, case: Case, *, sent: UUID) -> Outcome:
    """Return the row of a case held in ``place``, not yet written."""
    return Outcome(
        sent=sent, level=place[0], code=place[1], structure=structure,
        by=Actor.of(actor).user, **columns_of(case),
    )  # fmt: skip


def checked(case: Case, territory: Any) -> Case:
    """Return a case as it may be kept: free words scrubbed, what cannot be refused."""
    refused: dict[str, str] = {}
    try:
        case = replace(case, procedure=clean(case.procedure) if case.right == "autre" else "")
    except DataError as error:
        refused["procedure"] = error.message
    refused |= faults(case, today=today_in(territory))
    if refused:
        raise DataError(
            " ".join(refused.values()),
            remedy="Corrigez, puis enregistrez.",
            diagnostics=tuple(
                Diagnostic("droit-suivi", why, field=name) for name, why in refused.items()
            ),
        )
    return case


def write(actor: Any, found: Outcome, **told: Any) -> None:
    """Tell the journal what changed of a right followed; who it is for is known by nobody."""
    journal.record(act=LOG, actor=actor, target=found, territory=found.territory, **told)


def _changed(actor: Any, found: Outcome, case: Case) -> Outcome:
    told = columns_of(checked(case, found.territory))
    before = {name: getattr(found, name) for name in told}
    changed = [name for name, value in told.items() if before[name] != value]
    for name in changed:
        setattr(found, name, told[name])
    found.save(update_fields=[*changed, "outreach"])
    if changed:
        write(
            actor, found,
            before={_word(name): _said(before[name]) for name in changed},
            after={_word(name): _said(told[name]) for name in changed},
        )  # fmt: skip
    return found


def _allowed(outreach: Outreach | None, found: Outcome) -> Outreach | None:
    """Return an action of the same holder; another’s is refused."""
    if outreach is None or outreach.structure == found.structure:
        return outreach
    raise DataError(
        "Cette action est d’une autre structure.",
        remedy="Choisissez-en une de la vôtre, ou aucune.",
    )


def _word(name: str) -> str:
    return str(words()["stages"].get(name, name)).lower()


def _said(value: Any) -> Any:
    return value if isinstance(value, str) or value is None else str(value)
