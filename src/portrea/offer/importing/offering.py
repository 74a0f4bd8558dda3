"""What a row tells of services: lists of the standard, the five blocks, capacity, presences."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portrea.offer.content import block_of
from portrea.offer.importing.mapping import DAYS, service_target
from portrea.offer.importing.parameters import parameters
from portrea.offer.importing.people import count_people
from portrea.offer.importing.spelling import key, slug
from portrea.offer.importing.values import Note, moment, number
from portrea.offer.record import Block, Capacity, Helper, Presence, Saturation, Service
from portrea.vocab import french_hours, hours
from portrea.vocab.situations import situations_of

if TYPE_CHECKING:
    from portrea.offer.importing.cells import Draft

COMMON = (
    "support_modes",
    "access_modes",
    "publics",
    "special_care",
    "languages",
    "cost",
    "procedures",
)
"""Told once for the place, true of each of its services that says nothing else."""


def services_of(draft: Draft, kind: str | None, programmes: tuple[str, ...]) -> tuple[Service, ...]:
    """Return the services told by a row."""
    found: dict[str, Service] = {}
    for service in (*_one(draft), *_by_offer(draft), *_by_block(draft)):
        found[service.key] = (
            _united(found[service.key], service) if service.key in found else service
        )
    common = {name: draft.listed(name) for name in COMMON if draft.listed(name)}
    helpers = _helpers(draft)
    if not found and (common or helpers or draft.get("cost_text")):
        found = _implied(draft, kind, programmes)
    services = [_completed(service, common, draft.get("cost_text")) for service in found.values()]
    if helpers and services:
        rank = next((i for i, s in enumerate(services) if s.block is Block.AIDE), 0)
        services[rank] = replace(services[rank], helpers=(*services[rank].helpers, *helpers))
    return tuple(services)


def _one(draft: Draft) -> list[Service]:
    """Return the service of a list that has one per row."""
    block, name = draft.get("block"), draft.get("service.name")
    if not block and not name:
        return []
    offers = draft.listed("offers")
    chosen = Block(block) if block else block_of(offers[0]) if offers else None
    if chosen is None:
        note = Note("no-block", "service sans sorte connue, laissé de côté", "Dites sa sorte.")
        draft.note(note, None, name, kept=False)
        return []
    identifier = slug(name or "") or str(chosen)
    description = draft.get("service.description")
    return [
        Service(block=chosen, key=identifier, name=name, description=description, offers=offers)
    ]


def _by_offer(draft: Draft) -> list[Service]:
    """Return one service per block of the standard's services told by the place."""
    if draft.get("block") or draft.get("service.name"):
        return []
    groups: dict[Block, list[str]] = {}
    for offer in draft.listed("offers"):
        groups.setdefault(block_of(offer), []).append(offer)
    return [
        Service(block=block, key=str(block), offers=tuple(groups[block]))
        for block in Block
        if block in groups
    ]


def _by_block(draft: Draft) -> list[Service]:
    """Return the services told by columns of their own (the five blocks)."""
    told: dict[str, tuple[Block, dict[str, Any]]] = {}
    for target in (*draft.values, *draft.lists):
        if not target.startswith("services."):
            continue
        found = service_target(target)
        if found is None:
            if target.startswith("services.") and target.endswith(".cost_text"):
                found = (
                    Block(target.split(".")[1].split("-")[0]),
                    target.split(".")[1],
                    "cost_text",
                    None,
                )
            else:
                continue
        block, identifier, part, day = found
        value = draft.values[target] if target in draft.values else tuple(draft.lists[target])
        told.setdefault(identifier, (block, {}))[1][part + (f".{day}" if day else "")] = value
    services = []
    for identifier, (block, parts) in told.items():
        offered = parts.pop("offered", None)
        if offered is False:
            if parts:
                note = Note(
                    "contradiction",
                    f"« {block.label} » : « non », mais décrit plus loin",
                    "Dites « oui », ou videz le reste.",
                )
                draft.note(note, None, None, kept=False)
            continue
        if offered or parts:
            services.append(_block_service(block, identifier, parts))
    return services


def _block_service(block: Block, identifier: str, parts: dict[str, Any]) -> Service:
    return Service(
        block=block,
        key=identifier,
        name=parts.get("name"),
        description=parts.get("description"),
        provider=parts.get("provider"),
        phone=parts.get("phone"),
        email=next(iter(parts.get("email", ())), None),
        cost=tuple(parts.get("cost", ())),
        cost_text=parts.get("cost_text"),
        support_modes=tuple(parts.get("support_modes", ())),
        access_modes=tuple(parts.get("access_modes", ())),
        publics=tuple(parts.get("publics", ())),
        capacity=_capacity(parts),
        helpers=_block_helpers(parts),
        presences=_presences(parts),
        confirmed=parts.get("updated"),
    )


def _capacity(parts: dict[str, Any]) -> Capacity | None:
    total, given, share = (
        parts.get(n) for n in ("hours_week", "hours_procedures", "share_procedures")
    )
    if share is None and total and given is not None and given <= total:
        share = given / total
    saturation = parts.get("saturation")
    capacity = Capacity(
        hours_week=total,
        persons_week=parts.get("persons_week"),
        share_procedures=share,
        saturation=Saturation(saturation) if saturation else None,
    )
    return None if capacity == Capacity() else capacity


def _block_helpers(parts: dict[str, Any]) -> tuple[Helper, ...]:
    habilitation = parts.get("habilitation")
    roles = tuple(parts.get("helpers", ()))
    if not roles and habilitation:
        roles = (parameters("parts")["roles"]["aidant"]["label"],)
    return tuple(Helper(role=role, habilitation=habilitation) for role in roles)


# -- presences ------------------------------------------------------------------------------------

_FORTNIGHT = ("semainesurdeux", "quinzaine", "2semaines", "bimensuel")


def _presences(parts: dict[str, Any]) -> tuple[Presence, ...]:
    spans = {day: (parts.get(f"open.{day}"), parts.get(f"close.{day}")) for day in DAYS}
    if any(start or end for start, end in spans.values()):
        return (_timed(spans, parts),)
    by_day = {day: parts.get(f"hours.{day}") for day in DAYS}
    told = parts.get("hours")
    if any(by_day.values()):
        names = dict(zip(DAYS, hours.NAMES, strict=True))
        text = " ; ".join(f"{names[day]} : {t}" for day, t in by_day.items() if t)
        return (Presence(hours=french_hours.from_days(by_day), hours_text=text),)
    if told:
        sure = hours.is_valid(told)
        osm = told if sure else french_hours.from_french(told)
        return (Presence(hours=osm, hours_text=None if sure else told, hours_confirmed=sure),)
    return ()


def _timed(spans: dict[str, tuple[str | None, str | None]], parts: dict[str, Any]) -> Presence:
    """Return the presence told by an opening and a closing time per day.

    A day closed at lunch at hours not told, or with a frequency of its own, stays text only.
    """
    week: list[list[tuple[int, int]]] = []
    texts: list[str] = []
    sure = True
    for day, name in zip(DAYS, hours.NAMES, strict=True):
        start, end = (moment(text or "") for text in spans[day])
        pause, often = parts.get(f"pause.{day}"), parts.get(f"frequency.{day}")
        if start is None or end is None or start >= end:
            sure = sure and not any(spans[day])
            week.append([])
        else:
            week.append([(start, end)])
        sure = sure and key(pause or "oui") in ("oui", "1", "true")
        extras = ", ".join(
            str(t) for t in (often, f"ouvert le midi : {pause}" if pause else None) if t
        )
        if any(spans[day]):
            texts.append(
                f"{name} : {spans[day][0]} – {spans[day][1]}{f' ({extras})' if extras else ''}"
            )
    rhythms = {key(parts.get(f"frequency.{day}") or "") for day in DAYS if any(spans[day])}
    every = _weeks(rhythms)
    usable = sure and every is not None and any(week)
    return Presence(
        hours=hours.write_week(tuple(tuple(day) for day in week)) if usable else None,
        hours_text=" ; ".join(texts) or None,
        every_weeks=every if every and every > 1 else None,
    )


def _weeks(rhythms: set[str]) -> int | None:
    """Return every how many weeks, ``None`` when days have different or unknown rhythms."""
    weekly = {"", "touteslessemaines", "hebdomadaire", "chaquesemaine"}
    if rhythms <= weekly:
        return 1
    if len(rhythms) == 1 and any(word in next(iter(rhythms)) for word in _FORTNIGHT):
        return 2
    return None


# -- helpers --------------------------------------------------------------------------------------


def _helpers(draft: Draft) -> tuple[Helper, ...]:
    """Return helpers as roles: a count of them, or as many as persons were named."""
    found = []
    for target, told in draft.values.items():
        if not target.startswith("helpers."):
            continue
        value, _ = number(told)
        count = value if value is not None else float(count_people(told))
        if count:
            card = parameters("parts")["roles"][target.split(".")[1]]
            found.append(Helper(role=card["label"], count=count))
    return tuple(found)


# -- together -------------------------------------------------------------------------------------


def _implied(draft: Draft, kind: str | None, programmes: tuple[str, ...]) -> dict[str, Service]:
    """Return the services that the kind and the programmes imply; a note when they imply none."""
    implied = situations_of(kind=kind, programmes=programmes)
    if not implied:
        note = Note(
            "no-service",
            "aucun service n’est dit : ce qui le décrit (accès, coût, publics, aidants) est laissé"
            " de côté",
            "Dites ce que le lieu propose.",
        )
        draft.note(note, None, None, kept=False)
    return {str(s): Service(block=Block(str(s)), key=str(s)) for s in implied}


def _completed(service: Service, common: dict[str, tuple[str, ...]], cost: str | None) -> Service:
    blanks: dict[str, Any] = {n: told for n, told in common.items() if not getattr(service, n)}
    if cost and not service.cost_text and not service.cost:
        blanks["cost_text"] = cost
    return replace(service, **blanks) if blanks else service


def _united(first: Service, second: Service) -> Service:
    """Return two tellings of one service as one: lists add up, the first word is kept."""
    changes: dict[str, Any] = {}
    for name in Service.__slots__:
        mine, other = getattr(first, name), getattr(second, name)
        if isinstance(mine, tuple) and other:
            changes[name] = tuple(dict.fromkeys((*mine, *other)))
        elif mine is None and other is not None:
            changes[name] = other
    return replace(first, **changes) if changes else first


united_services = _united
