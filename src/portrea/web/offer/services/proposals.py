"""What is proposed, and what a référent makes of it: nothing is public before she decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError, PortreaError
from portrea.offer.content import check_value, field_of, from_dict, value_at
from portrea.offer.importing.people import personal_email, strip_text
from portrea.offer.moderation import (
    Kind,
    Outcome,
    Standing,
    State,
    Verdict,
    decide,
    goes_back,
    review,
)
from portrea.web.accounts import journal
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.offer.models import Fix, Merge, Place, Proposal
from portrea.web.offer.services.merges import place_merge, place_split
from portrea.web.offer.services.places import (
    place_close,
    place_create,
    place_fix,
    place_hide,
    place_reopen,
    place_withdraw_fix,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import date

    from portrea.web.offer.models import ContributionLink

CONTRIBUTION = "contribution"
MOST_WAITING = 2000
"""Proposals that may wait in one territory: above, it is a flood."""


class DecidedError(DataError):
    """Someone else decided meanwhile. Nothing was written."""

    def __init__(self, proposal: Proposal) -> None:
        when = timezone.localtime(proposal.decided) if proposal.decided else None
        moment = f" le {when:%d/%m à %H:%M}" if when else ""
        super().__init__(
            f"Cette proposition a changé depuis que vous l’avez ouverte : elle est"
            f" {proposal.get_state_display()}{moment}.",
            remedy="Rien n’a été écrit. Relisez-la ci-dessous.",
        )


# -- propose --------------------------------------------------------------------------------------


def proposal_submit(
    *,
    actor: Any,
    kind: str,
    title: str,
    territory: Any,
    content: Mapping[str, Any] | None = None,
    place: Place | None = None,
    other: str = "",
    words: str = "",
    email: str = "",
    link: ContributionLink | None = None,
    origin: str = Proposal.Origin.PUBLIC,
    seen: Mapping[str, Any] | None = None,
) -> Proposal:
    """Put something in the queue of the référent.

    Parameters
    ----------
    content
        Path → value (JSON form); a value that is none is refused.
    seen
        Path → value that the author saw; what the place tells now when it is not given.

    Raises
    ------
    DataError
        Nothing is proposed, a value is none, or too many proposals wait in the territory.
    """
    level, code = key_of(place.territory if place else territory)
    require(actor, "place.propose", (level, code))
    values = {path: check_value(path, _stripped(path, v)) for path, v in (content or {}).items()}
    told = dict(seen or {})
    if place is not None:
        told = {path: told.get(path, value_at(place.record, path)) for path in values}
        values = {path: value for path, value in values.items() if value != told[path]}
    words = strip_text(words.strip()[:1000])[0]
    if kind in (Kind.NEW, Kind.FIX) and not values:
        raise DataError("Rien n’a été changé : il n’y a rien à proposer.")
    if kind == Kind.REMARK and not words:
        raise DataError("Écrivez ce qui ne va pas.")
    _refuse_flood(level, code)
    with transaction.atomic():
        proposal = Proposal.objects.create(
            kind=kind,
            origin=origin,
            link=link,
            place=place,
            title=(title or (place.name if place else ""))[:300],
            level=level,
            code=code,
            content=values,
            seen=told,
            other=other[:40],
            words=words,
            email=email,
        )
        journal.record(
            act="place.propose",
            actor=actor,
            target=proposal,
            territory=(level, code),
            after={"type": str(kind), "lieu": place.pk if place else None},
        )
    return proposal


def _stripped(path: str, value: Any) -> Any:
    """Take out of free texts what belongs to persons."""
    if isinstance(value, str) and field_of(path).kind in ("text", "long"):
        return strip_text(value)[0]
    if isinstance(value, dict) and isinstance(value.get("description"), str):
        return value | {"description": strip_text(value["description"])[0]}
    return value


def doubtful_emails(addresses: Sequence[str], *place_words: str) -> list[str]:
    """Return the addresses that look like a person's, to be shown to the référent."""
    return [one for one in addresses if personal_email(one, *place_words)[0]]


def _refuse_flood(level: str, code: str) -> None:
    waiting = Proposal.objects.filter(level=level, code=code, state=Proposal.State.WAITING)
    if waiting.count() >= MOST_WAITING:
        raise DataError(
            "Trop de propositions attendent déjà pour ce territoire.",
            remedy="Réessayez dans quelques jours, ou prévenez le référent.",
        )


# -- decide ---------------------------------------------------------------------------------------


@act("proposal.decide")
def proposal_decide(
    *,
    actor: Any,
    key: int,
    version: int,
    verdict: str,
    kept: Collection[str] | None = None,
    reason: str = "",
    note: str = "",
    place_version: int | None = None,
) -> Proposal:
    """Accept, accept in part or refuse a proposal; what is accepted is published at once.

    Parameters
    ----------
    version
        ``Proposal.version`` of the page that the référent had before her.
    kept
        Paths that she keeps; all by default.
    place_version
        ``Place.version`` that she saw: a field that someone changed since stops the decision.

    Raises
    ------
    DecidedError
        Someone else decided meanwhile.
    EditConflict
        The sheet itself was changed meanwhile, on the same fields.
    """
    with transaction.atomic():
        proposal = _locked(actor, key, version)
        paths = tuple(proposal.content)
        outcome = decide(
            Kind(proposal.kind),
            State(proposal.state),
            Verdict(verdict),
            paths=paths,
            kept=paths if kept is None else kept,
            reason=reason,
            note=note,
        )
        if outcome.state is not State.REFUSED:
            proposal.result = _apply(actor, proposal, outcome, place_version)
        address, proposal.email = proposal.email, ""
        proposal.state, proposal.reason = str(outcome.state), reason
        proposal.note, proposal.decided = note[:500], timezone.now()
        _save(actor, proposal, reason or note)
        _tell(proposal, address)
    return proposal


@act("proposal.decide")
def proposal_undo(
    *, actor: Any, key: int, version: int, note: str = ""
) -> tuple[Proposal, tuple[str, ...]]:
    """Take a decision back: the proposal waits again, the sheet is as before.

    Returns
    -------
    The proposal, and the French labels of the fields left as they are because somebody changed them
    since.
    """
    with transaction.atomic():
        proposal = _locked(actor, key, version)
        decide(Kind(proposal.kind), State(proposal.state), Verdict.UNDO)
        left = _unapply(actor, proposal) if proposal.result else ()
        proposal.state, proposal.reason = Proposal.State.WAITING, ""
        proposal.note, proposal.decided = "", None
        _save(actor, proposal, note or "décision annulée")
    return proposal, left


def proposals_decide(
    *, actor: Any, keys: Mapping[int, int], verdict: str, reason: str = "", note: str = ""
) -> tuple[list[Proposal], list[tuple[Proposal, str]]]:
    """Decide many at once, each on its own: one that cannot be is told, the others are done.

    Parameters
    ----------
    keys
        Proposal → version seen.

    Returns
    -------
    What was decided, and what was not, with the sentence that says why.
    """
    done, left = [], []
    for proposal in Proposal.objects.filter(pk__in=keys).select_related("place").order_by("pk"):
        try:
            _refuse_overtaken(proposal, verdict)
            done.append(
                proposal_decide(
                    actor=actor,
                    key=proposal.pk,
                    version=keys[proposal.pk],
                    verdict=verdict,
                    reason=reason,
                    note=note,
                )
            )
        except PortreaError as error:
            left.append((proposal, error.message))
    return done, left


def _refuse_overtaken(proposal: Proposal, verdict: str) -> None:
    """Ask that a proposal against a sheet changed since be read one by one."""
    if verdict != Verdict.ACCEPT or proposal.place is None:
        return
    rows = review(proposal.content, proposal.seen, proposal.place.record)
    stale = [row.label for row in rows if row.standing is Standing.OVERTAKEN]
    if stale:
        raise DataError(f"La fiche a changé entre-temps ({', '.join(stale)}) : à relire seule.")


def _locked(actor: Any, key: int, version: int) -> Proposal:
    proposal = Proposal.objects.select_for_update().filter(pk=key).first()
    if proposal is None:
        raise DataError("Cette proposition n’existe plus.")
    require(actor, "proposal.decide", proposal.territory)
    if proposal.version != version:
        raise DecidedError(proposal)
    return proposal


def _save(actor: Any, proposal: Proposal, reason: str) -> None:
    proposal.version += 1
    proposal.save()
    journal.record(
        act="proposal.decide",
        actor=actor,
        target=proposal,
        territory=proposal.territory,
        after={"état": proposal.state, "champs": list(proposal.result.get("taken", ()))},
        reason=reason,
    )


def _tell(proposal: Proposal, address: str) -> None:
    """Tell the person who left an address; it is not kept."""
    if not address:
        return
    from portrea.web.offer.services.mailing import send_decision

    send_decision.enqueue(proposal.pk, address)


# -- effects --------------------------------------------------------------------------------------


def _apply(
    actor: Any, proposal: Proposal, outcome: Outcome, place_version: int | None
) -> dict[str, Any]:
    taken = {path: proposal.content[path] for path in outcome.taken}
    told: dict[str, Any] = {"taken": list(outcome.taken)}
    match Kind(proposal.kind):
        case Kind.NEW:
            return told | _create(actor, proposal, taken)
        case Kind.FIX:
            return told | _fix(actor, proposal, taken, place_version)
        case Kind.CLOSED:
            place = _place_of(proposal)
            place_close(actor=actor, place_id=place.pk, on=_day(), reason="signalé fermé")
            return told | {"closed": True}
        case Kind.DUPLICATE if proposal.other:
            return told | _merge(actor, proposal)
    return told


def _day() -> date:
    return timezone.localdate()


def _place_of(proposal: Proposal) -> Place:
    if proposal.place is None:
        raise DataError("Le lieu de cette proposition n’est plus dans le recensement.")
    return proposal.place


def record_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON of a record from its values by path."""
    own = {path: value for path, value in values.items() if "." not in path and value is not None}
    services = [v for path, v in values.items() if path.startswith("services.") and v]
    return own | ({"services": services} if services else {})


def _create(actor: Any, proposal: Proposal, taken: Mapping[str, Any]) -> dict[str, Any]:
    """Make the place, or show again the one that an undone acceptance had made."""
    if proposal.place is not None:
        place = place_reopen(actor=actor, place_id=proposal.place.pk)
        news = {p: v for p, v in taken.items() if value_at(place.record, p) != v}
        if news:
            place_fix(
                actor=actor, place_id=place.pk, version=place.version, changes=news,
                origin="proposal", act="proposal.decide",
            )  # fmt: skip
        return {"made": place.pk}
    content = record_of(taken)
    if proposal.level == "commune":
        content.setdefault("commune", proposal.code)
    record = from_dict({"id": "x", **content})
    place = place_create(
        actor=actor, record=record, reason="proposition acceptée", origin=CONTRIBUTION
    )
    proposal.place = place
    return {"made": place.pk}


def _fix(
    actor: Any, proposal: Proposal, taken: Mapping[str, Any], place_version: int | None
) -> dict[str, Any]:
    place = _place_of(proposal)
    last = Fix.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    before = {path: value_at(place.record, path) for path in taken}
    place_fix(
        actor=actor,
        place_id=place.pk,
        version=place.version if place_version is None else place_version,
        changes=taken,
        reason="proposition acceptée",
        origin="proposal",
        act="proposal.decide",
    )
    made = Fix.objects.filter(place_id=place.pk, pk__gt=last).order_by("pk")
    return {"before": before, "fixes": list(made.values_list("pk", flat=True))}


def _merge(actor: Any, proposal: Proposal) -> dict[str, Any]:
    """Join both places; the fuller sheet is kept."""
    place = _place_of(proposal)
    other = Place.objects.filter(pk=proposal.other).first()
    if other is None:
        raise DataError("L’autre lieu n’est plus dans le recensement.")
    kept, absorbed = sorted((place, other), key=lambda one: (-one.completeness, one.pk))
    merge = place_merge(
        actor=actor, kept=kept.pk, absorbed=absorbed.pk, reason="signalés en double"
    )
    return {"merge": merge.pk}


def _unapply(actor: Any, proposal: Proposal) -> tuple[str, ...]:
    told = proposal.result
    left: tuple[str, ...] = ()
    if "made" in told:
        place_hide(actor=actor, place_id=told["made"], reason="acceptation annulée")
    elif "closed" in told:
        place_reopen(actor=actor, place_id=_place_of(proposal).pk, reason="décision annulée")
    elif "merge" in told:
        if Merge.objects.filter(pk=told["merge"], undone=None).exists():
            place_split(actor=actor, merge_id=told["merge"], reason="décision annulée")
    elif "before" in told:
        left = _unfix(actor, proposal)
    proposal.result = {}
    return left


def _unfix(actor: Any, proposal: Proposal) -> tuple[str, ...]:
    """Put back each field that is still as it was accepted; return the labels of the others."""
    place, told = _place_of(proposal), proposal.result
    back, left = [], []
    for path, before in told["before"].items():
        now = value_at(place.record, path)
        if goes_back(before, proposal.content[path], now):
            back.append(path)
        elif now != before:
            left.append(field_of(path).label)
    for fix in Fix.objects.filter(pk__in=told["fixes"], path__in=back, state=Fix.State.ACTIVE):
        if Fix.objects.filter(pk=fix.pk, state=Fix.State.ACTIVE).exists():
            place_withdraw_fix(actor=actor, fix_id=fix.pk, reason="décision annulée")
    place.refresh_from_db()
    again = {p: told["before"][p] for p in back if value_at(place.record, p) != told["before"][p]}
    if again:
        place_fix(
            actor=actor, place_id=place.pk, version=place.version, changes=again,
            reason="décision annulée", origin="proposal", act="proposal.decide",
        )  # fmt: skip
    return tuple(left)
