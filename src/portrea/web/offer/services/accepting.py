"""What an accepted proposal does to the census, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from portrea.base.errors import DataError
from portrea.offer.content import field_of, from_dict, value_at
from portrea.offer.moderation import Kind, goes_back
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
    from collections.abc import Mapping
    from datetime import date

    from portrea.offer.moderation import Outcome

CONTRIBUTION = "contribution"
"""List of the places that their structure proposed."""


def proposal_apply(
    actor: Any, proposal: Proposal, outcome: Outcome, place_version: int | None
) -> dict[str, Any]:
    """Do what is accepted; return what undoing it needs."""
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


def beside(values: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the values of a new place add to, or change in, a sheet that exists.

    The sheet keeps its name and town; a service that it tells already is told field by field.
    """
    told: dict[str, Any] = {}
    for path, value in values.items():
        same = [
            s["key"] for s in content.get("services", ()) if value and _same_block(path, value, s)
        ]
        for key in same:
            told |= {f"services.{key}.{n}": v for n, v in value.items() if n not in BY}
        if not same and path not in KEPT and value is not None:
            told[path] = value
    return {path: value for path, value in told.items() if value_at(content, path) != value}


BY = ("block", "key")
KEPT = ("name", "commune", "city")


def _same_block(path: str, value: Any, service: Mapping[str, Any]) -> bool:
    return path.startswith("services.") and value["block"] == service["block"]


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


def proposal_unapply(actor: Any, proposal: Proposal) -> tuple[str, ...]:
    """Undo what was accepted; return the labels of the fields that somebody changed since."""
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
