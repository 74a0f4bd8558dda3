"""The short sheet that a structure fills in on a phone: its answers ↔ fields of a place.

Answers are plain JSON, the same for all the kinds of help that are ticked; what a fuller sheet
tells and the short one does not ask stays as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from portrea.offer.content import SERVICES, value_at
from portrea.offer.record import Block, PresenceKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Answers = dict[str, Any]
PLAIN = ("name", "kind", "address", "postcode", "city", "commune", "phone", "emails", "websites")
"""Answers that are fields of the place as they are."""
SHARED = ("cost", "access_modes", "description")
"""Answers that are fields of each service."""
FIGURES = ("hours_week", "persons_week", "share_procedures", "saturation")
FORTNIGHT = 2


def answers_of(content: Mapping[str, Any]) -> Answers:
    """Return the answers that an existing sheet already gives, to be read over."""
    services = list(content.get(SERVICES, ()))
    answers: Answers = {name: content[name] for name in PLAIN if content.get(name)}
    answers["blocks"] = list(dict.fromkeys(service["block"] for service in services))
    for name in SHARED:
        told = [service[name] for service in services if service.get(name)]
        if told:
            answers[name] = told[0]
    capacities = [service["capacity"] for service in services if service.get("capacity")]
    answers |= {n: capacities[0][n] for n in FIGURES if capacities and n in capacities[0]}
    return answers | _times_of(content, services)


def _times_of(content: Mapping[str, Any], services: Sequence[Mapping[str, Any]]) -> Answers:
    presences = [p for service in services for p in service.get("presences", ())]
    spaced = next((p for p in presences if p.get("every_weeks") == FORTNIGHT), None)
    told = spaced or content
    answers = {name: told[name] for name in ("hours", "hours_text") if told.get(name)}
    if spaced:
        answers |= {"every_weeks": FORTNIGHT, "first": spaced.get("first")}
    if any(p.get("by_appointment") for p in presences):
        answers["by_appointment"] = True
    return answers


def values_of(answers: Mapping[str, Any], content: Mapping[str, Any] | None = None) -> Answers:
    """Return path → value of what the answers tell, for a new place or against an existing sheet.

    Only what was answered is told: an answer left empty changes nothing of an existing sheet,
    but a kind of help that is no longer ticked goes.
    """
    known = content or {}
    values: Answers = {name: answers[name] for name in PLAIN if answers.get(name)}
    if not _spaced(answers):
        values |= _hours(answers)
    values |= _services(answers, known)
    return {path: value for path, value in values.items() if value_at(known, path) != value}


def _spaced(answers: Mapping[str, Any]) -> bool:
    return answers.get("every_weeks") == FORTNIGHT


def _hours(answers: Mapping[str, Any]) -> Answers:
    """Return hours that are understood, or the text alone, to be read by the référent."""
    if answers.get("hours"):
        return {"hours": answers["hours"]}
    if answers.get("hours_text"):
        return {"hours": None, "hours_text": answers["hours_text"]}
    return {}


def _services(answers: Mapping[str, Any], known: Mapping[str, Any]) -> Answers:
    if "blocks" not in answers:
        return {}
    existing = list(known.get(SERVICES, ()))
    wanted = [Block(block) for block in answers["blocks"]]
    told = _told(answers)
    values: Answers = {
        f"{SERVICES}.{service['key']}": None
        for service in existing
        if service["block"] not in wanted
    }
    for block in wanted:
        same = [service for service in existing if service["block"] == block]
        for service in same:
            values |= {f"{SERVICES}.{service['key']}.{n}": v for n, v in told.items()}
        if not same:
            values[f"{SERVICES}.{block}"] = {"block": str(block), "key": str(block), **told}
    return values


def _told(answers: Mapping[str, Any]) -> Answers:
    """Return the fields that every ticked service receives."""
    told: Answers = {name: answers[name] for name in SHARED if answers.get(name)}
    figures = {name: answers[name] for name in FIGURES if answers.get(name) is not None}
    if figures:
        told["capacity"] = figures
    presence = _presence(answers)
    return told | ({"presences": [presence]} if presence else {})


def _presence(answers: Mapping[str, Any]) -> Answers:
    """Return a presence when the hours of the place are not enough to say it."""
    spaced, appointment = _spaced(answers), bool(answers.get("by_appointment"))
    if not spaced and not appointment:
        return {}
    presence: Answers = {}
    if spaced:
        presence["kind"] = str(PresenceKind.PERMANENCE)
    for name in ("hours", "hours_text"):
        if answers.get(name) and (name == "hours" or not answers.get("hours")):
            presence[name] = answers[name]
    if answers.get("hours"):
        presence["hours_confirmed"] = True
    if spaced:
        presence["every_weeks"] = FORTNIGHT
        if answers.get("first"):
            presence["first"] = answers["first"]
    if appointment:
        presence["by_appointment"] = True
    return presence
