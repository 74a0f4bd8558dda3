"""A place → its structure and its services of data·inclusion, version 1 (one per service told)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from portrea.offer.exchange import contacts
from portrea.offer.exchange.context import Context, LeftOut, date_of
from portrea.offer.exchange.text import GLUE, cut, line, listed, paragraphs, with_lines
from portrea.offer.record import Block, Place, PresenceKind, Service
from portrea.vocab.standards import data_inclusion as di
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import NO_PUBLIC

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

Sheet = dict[str, Any]
"""A structure or a service: what is not told is left out."""

_SIRET = re.compile(r"\d{14}", re.ASCII)
_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_CODE = re.compile(r"(?:\d{2}|2[AB])\d{3}", re.ASCII)
LONGEST_NAME, LONGEST_TEXT, OLDEST_YEAR = 150, 10_000, 2000
PRESCRIPTION = "Envoyer un mail avec une fiche de prescription"
REMOTE = "À distance"
PLACE_LINES = {
    "programmes": "Dispositifs",
    "trainings": "Formations et labels",
    "other_labels": "Autres labels",
    "itinerant": "Itinérance",
    "emails": "Courriels",
    "websites": "Sites",
}
SERVICE_LINES = {
    "block": "Sorte d'aide",
    "offers": "Services",
    "support_modes": "Accompagnement",
    "access_modes": "Accès",
    "procedures": "Démarches",
    "languages": "Langues",
}
COST_LINE = "Frais"
"""Last lines of descriptions: what version 1 has no field for, for readers and the way back."""


def to_data_inclusion(place: Place, context: Context) -> tuple[Sheet, list[Sheet]] | LeftOut:
    """Return a structure and its services, or why the place cannot be one."""
    name, updated = line(place.name), date_of(place.updated, context)
    if not name or len(name) < 3:
        return LeftOut(place.id, place.name, "nom", "nom de moins de trois lettres")
    if updated is None or updated.year < OLDEST_YEAR:
        return LeftOut(place.id, place.name, "date_maj", "sans date de mise à jour depuis 2000")
    identity = {"source": context.producer, "id": identifier(place.id, context.producer)}
    where = _where(place, context)
    structure = _told(identity | _structure(place, context, name, updated) | where)
    services = []
    for service in place.services:
        shared = {
            "source": context.producer,
            "structure_id": identity["id"],
            "id": f"{identity['id']}.{service.key}",
        }
        services.append(_told(shared | _service(place, service, updated, context) | where))
    return structure, services


def identifier(place_id: str, producer: str) -> str:
    """Return ``producer--id``, once."""
    start = f"{producer}--"
    local = line(place_id) or ""
    return local if local.startswith(start) else start + local


def _told(sheet: Sheet) -> Sheet:
    return {name: value for name, value in sheet.items() if value or value == 0}


# -- the structure --------------------------------------------------------------------------------


def _structure(place: Place, context: Context, name: str, updated: date) -> Sheet:
    hours = place.hours if place.hours_confirmed or not context.confirmed_hours else None
    siret = "".join((place.siret or "").split())
    sound = _SIRET.fullmatch(siret) and siret != mednum.NO_PIVOT
    return {
        "nom": cut(name, LONGEST_NAME),
        "date_maj": updated.isoformat(),
        "description": _description(place),
        "siret": siret if sound else None,
        **_reached((place.phone,), place.emails),
        "site_web": next((s for told in place.websites if (s := contacts.link(told))), None),
        "horaires_accueil": contacts.opening(hours),
        "accessibilite_lieu": contacts.accessibility_link(place.accessibility_url),
        "reseaux_porteurs": list(_networks(place.programmes, place.kind)),
    }


def _description(place: Place) -> str | None:
    text = "\n\n".join(filter(None, (paragraphs(place.summary), paragraphs(place.detail))))
    lost = {
        PLACE_LINES["programmes"]: _unmapped(place.programmes),
        PLACE_LINES["trainings"]: listed("formations_labels", place.trainings),
        PLACE_LINES["other_labels"]: place.other_labels,
        PLACE_LINES["itinerant"]: listed("itinerance", place.itinerant),
        PLACE_LINES["emails"]: _others(contacts.email, place.emails),
        PLACE_LINES["websites"]: _others(contacts.link, place.websites),
    }
    told = with_lines(text or None, lost, LONGEST_TEXT)
    return told if told and len(told) >= 5 else None


def _others(sound: Callable[[str], str | None], told: tuple[str, ...]) -> list[str]:
    """Return the sound values after the first, which has a field."""
    if len(told) < 2:
        return []
    return list(dict.fromkeys(value for one in told if (value := sound(one))))[1:]


@lru_cache(maxsize=4096)
def _unmapped(programmes: tuple[str, ...]) -> tuple[str, ...]:
    table = di.meaning("dispositif_programmes_nationaux", "reseaux_porteurs")
    known = listed("dispositif_programmes_nationaux", programmes)
    return tuple(value for value in known if not table[value])


@lru_cache(maxsize=4096)
def _networks(programmes: tuple[str, ...], kind: str | None) -> tuple[str, ...]:
    table = di.meaning("dispositif_programmes_nationaux", "reseaux_porteurs")
    known = listed("dispositif_programmes_nationaux", programmes)
    kinds = (kind or "").split(mednum.SEPARATOR)
    found = {target for value in known for target in table[value]}
    return tuple(sorted(found | {di.networks()[code] for code in kinds if code in di.networks()}))


def _where(place: Place, context: Context) -> Sheet:
    point = contacts.position(place.latitude, place.longitude)
    code, postcode = place.commune or "", place.postcode or ""
    return {
        "commune": line(place.city or context.cities.get(code)),
        "code_postal": postcode if _POSTCODE.fullmatch(postcode) else None,
        "code_insee": code if _CODE.fullmatch(code) else None,
        "adresse": line(place.address),
        "complement_adresse": line(place.address_more),
        "latitude": point[0] if point else None,
        "longitude": point[1] if point else None,
    }


def _reached(numbers: Iterable[str | None], emails: Iterable[str]) -> Sheet:
    sound = (contacts.phone(told) or contacts.short_phone(told) for told in numbers)
    return {
        "telephone": next(filter(None, sound), None),
        "courriel": next((e for told in emails if (e := contacts.email(told))), None),
    }


# -- a service ------------------------------------------------------------------------------------


def _service(place: Place, service: Service, updated: date, context: Context) -> Sheet:
    confirmed = date_of(service.confirmed, context)
    dated = confirmed if confirmed and confirmed > updated else updated
    return {
        "nom": name_of(service),
        "description": _service_description(place, service),
        "date_maj": dated.isoformat(),
        "type": type_of(service),
        "thematiques": list(_themes(service.block, service.offers)),
        **_costs(service),
        **_publics(service.publics, service.special_care),
        **_reached((service.phone, place.phone), (service.email or "", *place.emails)),
        "modes_accueil": _modes(service),
        "zone_eligibilite": _zone(place),
        **_mobilised(place, service),
        "volume_horaire_hebdomadaire": _weekly(service),
        "horaires_accueil": _own_hours(service, context),
    }


def _service_description(place: Place, service: Service) -> str:
    named = name_of(service) != service.block.label
    lost: dict[str, Iterable[str]] = {
        SERVICE_LINES["block"]: (service.block.label,) if named else (),
        SERVICE_LINES["offers"]: listed("services", service.offers),
        SERVICE_LINES["support_modes"]: listed("modalites_accompagnement", service.support_modes),
        SERVICE_LINES["access_modes"]: _unclear_access(service),
        SERVICE_LINES["procedures"]: service.procedures,
        SERVICE_LINES["languages"]: service.languages,
    }
    text = with_lines(paragraphs(service.description), lost, LONGEST_TEXT)
    if text and len(text) >= 5:
        return text
    return plain_description(service.block, place.name)


def name_of(service: Service) -> str:
    """Return the name of a service, that of its block when it has none."""
    name = line(service.name) or ""
    return cut(name, LONGEST_NAME) if len(name) >= 3 else service.block.label


def plain_description(block: Block, name: str) -> str:
    """Return what is written when a service is not described."""
    return cut(line(f"{block.label}, {cut(name, LONGEST_NAME)}") or "", LONGEST_TEXT)


def type_of(service: Service) -> str:
    """Return the type of version 1: what the block says, a workshop when lessons are collective."""
    usual: str = di.facts()["blocks"][str(service.block)]["type"]
    if service.block is not Block.FORMATION:
        return usual
    modes = _support(service)
    if "Dans un atelier collectif" in modes:
        return "atelier"
    return "accompagnement" if "Accompagnement individuel" in modes else usual


@lru_cache(maxsize=16384)
def _themes(block: Block, offers: tuple[str, ...]) -> tuple[str, ...]:
    table = di.meaning("services", "thematiques")
    found = {theme for offer in listed("services", offers) for theme in table[offer]}
    return tuple(sorted(found or di.facts()["blocks"][str(block)]["thematiques"]))


def _costs(service: Service) -> Sheet:
    table = di.meaning("frais_a_charge", "frais")
    told = listed("frais_a_charge", service.cost)
    values = {target for cost in told for target in table[cost]}
    plain = told in ((), ("Gratuit",), ("Payant",))
    return {
        "frais": min(values) if values else None,  # « gratuit » before « payant »
        "frais_precisions": with_lines(
            paragraphs(service.cost_text), {} if plain else {COST_LINE: told}, LONGEST_TEXT
        ),
    }


@lru_cache(maxsize=16384)
def _publics(told: tuple[str, ...], special: tuple[str, ...]) -> Sheet:
    publics = listed("publics_specifiquement_adresses", told)
    care = listed("prise_en_charge_specifique", special)
    first = di.meaning("publics_specifiquement_adresses", "publics")
    second = di.meaning("prise_en_charge_specifique", "publics")
    found = {target for value in publics for target in first[value]}
    found |= {target for value in care for target in second[value]}
    return {
        "publics": sorted(found) or [di.EVERYONE],
        "publics_precisions": GLUE.join((*publics, *care)) or None,
    }


def _modes(service: Service) -> list[str]:
    kinds = {presence.kind for presence in service.presences}
    support = _support(service)
    remote = REMOTE in support or PresenceKind.DISTANCE in kinds
    only = support == {REMOTE} or kinds == {PresenceKind.DISTANCE}
    return ([] if only else ["en-presentiel"]) + (["a-distance"] if remote else [])


def _support(service: Service) -> set[str]:
    return set(listed("modalites_accompagnement", service.support_modes))


def _zone(place: Place) -> list[str]:
    told = (place.commune or "", place.postcode or "")
    code = next((c for c in told if _CODE.fullmatch(c)), "")
    if code.startswith("20"):  # Corsica before 1976, and still for the post
        return ["2A", "2B"]
    return [code[:3] if code[:2] in {"97", "98"} else code[:2]] if code else []


def _mobilised(place: Place, service: Service) -> Sheet:
    table = di.meaning("modalites_acces", "modes_mobilisation")
    told = listed("modalites_acces", service.access_modes)
    modes = sorted({target for value in told for target in table[value]})
    who = ["professionnels"] if set(told) == {PRESCRIPTION} else ["professionnels", "usagers"]
    return {
        "lien_mobilisation": contacts.link(place.appointment_url),
        "modes_mobilisation": modes,
        "mobilisable_par": who if modes else None,
    }


def _unclear_access(service: Service) -> tuple[str, ...]:
    """Return the ways of access when version 1 cannot tell them: prescription, nobody welcomed."""
    told = listed("modalites_acces", service.access_modes)
    return told if {PRESCRIPTION, NO_PUBLIC} & set(told) else ()


def _weekly(service: Service) -> float | None:
    hours = service.capacity.hours_week if service.capacity else None
    return float(hours) if hours is not None and 0 <= hours <= 7 * 24 * 100 else None


def _own_hours(service: Service, context: Context) -> str | None:
    """Return the hours of a service that is there in one way only."""
    if len(service.presences) != 1:
        return None
    only = service.presences[0]
    spaced = only.every_weeks or only.dates or only.until or only.first
    if spaced or (context.confirmed_hours and not only.hours_confirmed):
        return None
    return contacts.opening(only.hours)
