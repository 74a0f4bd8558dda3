"""What is proposed, and what a référent makes of it: nothing is public before she decides."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from portrea.base.errors import DataError, PortreaError
from portrea.offer.content import check_value, field_of, value_at
from portrea.offer.importing.people import strip_text
from portrea.offer.moderation import (
    Kind,
    Standing,
    State,
    Verdict,
    decide,
    review,
)
from portrea.web.accounts import journal
from portrea.web.accounts.alone import hold
from portrea.web.accounts.permissions import act, require
from portrea.web.accounts.scope import key_of
from portrea.web.offer.models import ContributionLink, Place, Proposal
from portrea.web.offer.services.accepting import (
    beside,
    proposal_apply,
    proposal_unapply,
    record_of,
)
from portrea.web.offer.services.alike import Around
from portrea.web.offer.services.places import place_locked

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

MOST_WAITING = 2000
"""Proposals that may wait in one territory: above, it is a flood."""
TWICE = 600
"""Seconds within which the same words are the same proposal."""


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
    proposal = Proposal(
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
    with transaction.atomic():
        same = _sent_already(proposal)
        if same is not None:
            return same
        proposal.save(force_insert=True)
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


def _sent_already(proposal: Proposal) -> Proposal | None:
    """Return the same thing sent a moment ago: a button pressed twice proposes once.

    Decided meanwhile, it is still the same: who was never told that it arrived sends it again.
    """
    if proposal.link_id:  # those who come by one link wait for each other here
        ContributionLink.objects.select_for_update().filter(pk=proposal.link_id).first()
    names = ("link", "kind", "place", "level", "code", "title", "words")
    hold("|".join(str(getattr(proposal, name)) for name in names[1:]))  # the same, sent at once
    rows = Proposal.objects.filter(
        created__gte=timezone.now() - timedelta(seconds=TWICE),
        **{name: getattr(proposal, name) for name in names},
    )
    return next((row for row in rows.order_by("pk") if row.content == proposal.content), None)


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
            proposal.result = proposal_apply(actor, proposal, outcome, place_version)
        proposal.state, proposal.reason = str(outcome.state), reason
        proposal.note, proposal.decided = note[:500], timezone.now()
        _save(actor, proposal, reason or note)
        _tell(proposal)
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
        left = proposal_unapply(actor, proposal) if proposal.result else ()
        proposal.state, proposal.reason = Proposal.State.WAITING, ""
        proposal.note, proposal.decided = "", None
        _save(actor, proposal, note or "décision annulée")
    return proposal, left


@act("proposal.decide")
def proposal_attach(*, actor: Any, key: int, version: int, place_id: str) -> Proposal:
    """Make of a new place a correction of the sheet that already tells it; it still waits.

    Raises
    ------
    DataError
        It is not a new place that waits, or the sheet tells all of it already.
    """
    with transaction.atomic():
        proposal = _locked(actor, key, version)
        if (proposal.kind, proposal.state) != (Kind.NEW, State.WAITING) or proposal.place_id:
            raise DataError("Seul un nouveau lieu qui attend se rattache à une fiche.")
        place = place_locked(place_id)
        require(actor, "proposal.decide", place.territory)
        values = beside(proposal.content, place.record)
        if not values:
            raise DataError(
                "Cette fiche dit déjà tout cela.",
                remedy="Refusez la proposition : « Ce lieu est déjà dans le recensement ».",
            )
        proposal.kind, proposal.place, proposal.title = Kind.FIX, place, place.name
        proposal.level, proposal.code = key_of(place.territory)
        proposal.content = values
        proposal.seen = {path: value_at(place.record, path) for path in values}
        _save(actor, proposal, "rattachée à une fiche du recensement")
    return proposal


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
            _refuse_alike(proposal, verdict)
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


def _refuse_alike(proposal: Proposal, verdict: str) -> None:
    """Ask that a new place that surely is in the census already be read alone."""
    if verdict != Verdict.ACCEPT or proposal.kind != Kind.NEW or proposal.place_id:
        return
    told = {"commune": proposal.code, **record_of(proposal.content)}
    known = Around().of(told, but=proposal.pk).sure
    if known:
        raise DataError(f"Ce lieu est sans doute déjà recensé (« {known[0]} ») : à relire seule.")


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


def _tell(proposal: Proposal) -> None:
    """Tell the person who left an address; it is erased once the message left."""
    if not proposal.email:
        return
    from portrea.web.offer.services.mailing import send_decision

    send_decision.enqueue(proposal.pk)
