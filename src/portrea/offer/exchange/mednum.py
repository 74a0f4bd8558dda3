"""A place ↔ its line of the national standard of digital-mediation places, version 1.0.2."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from portrea.offer.exchange import contacts
from portrea.offer.exchange.context import Context, LeftOut, date_of
from portrea.offer.exchange.text import cut, joined, line, listed, paragraphs
from portrea.offer.importing.values import parse_iso
from portrea.offer.record import Block, Place, Service
from portrea.offer.rows import block_of
from portrea.vocab.situations import situations_of
from portrea.vocab.standards import mednum
from portrea.vocab.standards.mednum_check import NO_PUBLIC
from portrea.vocab.standards.mednum_repair import repair, tidy

if TYPE_CHECKING:
    from collections.abc import Mapping

COLUMNS = tuple(mednum.fields())
LONGEST_SUMMARY = mednum.fields()["presentation_resume"].longest or 280
FREE, FREE_SOMETIMES, PAID = mednum.fields()["frais_a_charge"].values
COMMON = {
    "publics": "publics_specifiquement_adresses",
    "special_care": "prise_en_charge_specifique",
    "cost": "frais_a_charge",
    "access_modes": "modalites_acces",
    "support_modes": "modalites_accompagnement",
}
"""List of a service → field of the standard, which tells it once for the place."""
REASONS = {
    "id": "sans identifiant",
    "nom": "sans nom",
    "commune": "sans nom de commune",
    "code_postal": "sans code postal",
    "adresse": "sans adresse",
    "date_maj": "sans date de mise à jour",
}
_TOWN = re.compile(r"[^A-Za-z\dÀ-ÖØ-öø-ÿœ-ŸŒ\-'\s]", re.ASCII)
_STREET = re.compile(r"[^A-Za-z\dÀ-ÖØ-öø-ÿœ-ŸŒ\-,()°.&:+–|;'/\s]", re.ASCII)
"""Signs that the ANCT's parser refuses in the name of a commune and in an address."""
_BLANK = re.compile(r"[\s.]")
_PIVOT = re.compile(r"\d{14}|W[A-Za-z0-9]{9}", re.ASCII)
_POSTCODE = re.compile(r"\d{5}", re.ASCII)
_CODE = re.compile(r"(?:[013-9]\d|2[AB1-9])\d{3}", re.ASCII)


@cache
def parameters() -> Mapping[str, Any]:
    """Return the choices of ``params/mednum.yaml``."""
    text = files("portrea.offer.exchange").joinpath("params/mednum.yaml").read_text("utf-8")
    found: Mapping[str, Any] = yaml.safe_load(text)
    return found


# -- to the standard ------------------------------------------------------------------------------


def to_mednum(place: Place, context: Context) -> mednum.Record | LeftOut:
    """Return the 32 cells of a place in their order, or why it has no line.

    Notes
    -----
    Nothing is invented: a place without what the standard requires is left out, said by name. What
    a validator would refuse (a short number, a position out of France) is left empty.
    """
    told = {
        **_identity(place, context),
        **_where(place, context),
        **_reached(place, context),
        **_presented(place),
        **_offered(place),
    }
    missing = next((name for name in REASONS if not told[name]), None)
    if missing:
        return LeftOut(place.id, place.name, missing, REASONS[missing])
    return {name: told[name] for name in COLUMNS}


def _identity(place: Place, context: Context) -> mednum.Record:
    pivot = _BLANK.sub("", place.siret or "")
    updated = date_of(place.updated, context)
    return {
        "id": line(place.id),
        "pivot": pivot if _PIVOT.fullmatch(pivot) else mednum.NO_PIVOT,
        "nom": line(place.name),
        "typologie": _typology(place.kind),
        "source": line(place.source),
        "structure_parente": line(place.parent),
        "date_maj": updated.isoformat() if updated else None,
    }


@lru_cache(maxsize=4096)
def _typology(kind: str | None) -> str | None:
    kinds = [code for code in (kind or "").split(mednum.SEPARATOR) if code in _kinds()]
    return mednum.SEPARATOR.join(dict.fromkeys(kinds)) or None


@cache
def _kinds() -> frozenset[str]:
    return frozenset(set(mednum.typologies()) - set(parameters()["refused_kinds"]))


def _where(place: Place, context: Context) -> mednum.Record:
    code = place.commune if place.commune and _CODE.fullmatch(place.commune) else None
    postcode = place.postcode if place.postcode and _POSTCODE.fullmatch(place.postcode) else None
    point = contacts.position(place.latitude, place.longitude)
    return {
        "commune": _allowed(_TOWN, place.city or context.cities.get(place.commune or "")),
        "code_postal": postcode,
        "code_insee": code,
        "adresse": _allowed(_STREET, place.address),
        "complement_adresse": line(place.address_more),
        "latitude": repr(float(point[0])) if point else None,
        "longitude": repr(float(point[1])) if point else None,
    }


def _allowed(refused: re.Pattern[str], text: str | None) -> str | None:
    """Return a text without the signs that the ANCT's parser refuses."""
    cleaned = line(text)
    if cleaned is None or not refused.search(cleaned):
        return cleaned
    kept = line(refused.sub(" ", cleaned))
    return kept if kept and re.search(r"\w", kept) else None


def _reached(place: Place, context: Context) -> mednum.Record:
    numbers = (place.phone, *(service.phone for service in place.services))
    appointment = contacts.parser_link(place.appointment_url)
    sites = [*place.websites, *([] if appointment else [place.appointment_url])]
    hours = place.hours if place.hours_confirmed or not context.confirmed_hours else None
    return {
        "telephone": next((found for n in numbers if n and (found := contacts.phone(n))), None),
        "courriels": joined(e for told in place.emails if (e := contacts.email(told))),
        "site_web": joined(s for told in sites if (s := contacts.link(told))),
        "horaires": contacts.opening(hours),
        "fiche_acces_libre": contacts.accessibility_link(place.accessibility_url),
        "prise_rdv": appointment,
    }


def _presented(place: Place) -> mednum.Record:
    summary, detail = line(place.summary), paragraphs(place.detail)
    if summary and len(summary) > LONGEST_SUMMARY and detail is None:
        detail = summary
    return {
        "presentation_resume": cut(summary, LONGEST_SUMMARY) if summary else None,
        "presentation_detail": detail,
    }


def _offered(place: Place) -> mednum.Record:
    common = tuple([united(place, name) for name in COMMON])
    lists = (place.itinerant, place.programmes, place.trainings)
    told = _vocabularies(offers_of(place), common, lists)
    return {**told, "autres_formations_labels": joined(place.other_labels)}


@lru_cache(maxsize=32768)
def _vocabularies(
    offers: tuple[str, ...],
    lists: tuple[tuple[str, ...], ...],
    own: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> mednum.Record:
    """Return the cells of vocabularies: many places tell the same."""
    fields = zip(COMMON.values(), lists, strict=True)
    common = {field: listed(field, values) if values else () for field, values in fields}
    costs = common["frais_a_charge"]
    if FREE in costs and PAID in costs:
        costs = tuple(dict.fromkeys(FREE_SOMETIMES if c == FREE else c for c in costs))
    access = common["modalites_acces"]
    if len(access) > 1:
        access = tuple(mode for mode in access if mode != NO_PUBLIC)
    told = {
        **common,
        "frais_a_charge": costs,
        "modalites_acces": access,
        "services": listed("services", offers),
        "itinerance": listed("itinerance", own[0]),
        "dispositif_programmes_nationaux": listed("dispositif_programmes_nationaux", own[1]),
        "formations_labels": tuple(
            map(mednum.schema_spelling, listed("formations_labels", own[2]))
        ),
    }
    return {field: mednum.SEPARATOR.join(values) or None for field, values in told.items()}


def united(place: Place, name: str) -> tuple[str, ...]:
    """Return the values of a list over the services of a place, once each, in their order."""
    if len(place.services) == 1:
        only: tuple[str, ...] = getattr(place.services[0], name)
        return only
    return tuple(dict.fromkeys(v for service in place.services for v in getattr(service, name)))


def offers_of(place: Place) -> tuple[str, ...]:
    """Return the services of the standard that a place offers, by its blocks when it says none."""
    usual = parameters()["blocks"]
    found = [
        offer
        for service in place.services
        for offer in service.offers or filter(None, (usual.get(str(service.block)),))
    ]
    return tuple(sorted(dict.fromkeys(found), key=_rank))


@cache
def _rank(offer: str) -> int:
    """Return the rank of the block of an offer: the order that a reader gives back."""
    return list(Block).index(block_of(offer))


# -- from the standard ----------------------------------------------------------------------------


def of_mednum(cells: Mapping[str, str | None]) -> Place | None:
    """Return the place of a line, mended where the meaning is sure; ``None`` without id or name."""
    record = repair(tidy(cells))
    if not record["id"] or not record["nom"]:
        return None

    def many(name: str) -> tuple[str, ...]:
        return tuple((record[name] or "").split(mednum.SEPARATOR)) if record[name] else ()

    point = (record["latitude"], record["longitude"])
    return Place(
        id=record["id"],
        name=record["nom"],
        kind=record["typologie"],
        siret=record["pivot"],
        parent=record["structure_parente"],
        commune=record["code_insee"],
        city=record["commune"],
        postcode=record["code_postal"],
        address=record["adresse"],
        address_more=record["complement_adresse"],
        latitude=float(point[0]) if point[0] else None,
        longitude=float(point[1]) if point[1] else None,
        position="declared" if point[0] else None,
        phone=record["telephone"],
        emails=many("courriels"),
        websites=many("site_web"),
        appointment_url=record["prise_rdv"],
        accessibility_url=record["fiche_acces_libre"],
        summary=record["presentation_resume"],
        detail=record["presentation_detail"],
        hours=record["horaires"],
        hours_text=None if record["horaires"] == cells.get("horaires") else cells.get("horaires"),
        hours_confirmed=bool(record["horaires"]) and record["horaires"] == cells.get("horaires"),
        itinerant=many("itinerance"),
        programmes=many("dispositif_programmes_nationaux"),
        trainings=many("formations_labels"),
        other_labels=many("autres_formations_labels"),
        services=_services(record),
        updated=parse_iso(record["date_maj"] or ""),
        source=record["source"],
    )


def _services(record: mednum.Record) -> tuple[Service, ...]:
    """Return one service per block; what the place tells once is true of each."""
    common: dict[str, Any] = {
        name: tuple((record[field] or "").split(mednum.SEPARATOR)) if record[field] else ()
        for name, field in COMMON.items()
    }
    groups: dict[Block, list[str]] = {}
    for offer in (record["services"] or "").split(mednum.SEPARATOR):
        if offer:
            groups.setdefault(block_of(offer), []).append(offer)
    if not groups and any(common.values()):
        groups[_block_implied(record)] = []
    return tuple(
        Service(block=block, key=str(block), offers=tuple(groups[block]), **common)
        for block in Block
        if block in groups
    )


def _block_implied(record: mednum.Record) -> Block:
    """Return the block that the kind and the programmes tell, information otherwise."""
    programmes = tuple((record["dispositif_programmes_nationaux"] or "").split(mednum.SEPARATOR))
    found = situations_of(kind=record["typologie"], programmes=programmes)
    return Block(str(found[0])) if found else Block.INFORMATION


# -- the file -------------------------------------------------------------------------------------


def file_name(day: str, producer: str, territory: str, extension: str = "csv") -> str:
    """Return the name the standard wants: ``2026-11-22_<SIRET>_lieux-…_<territoire>.csv``."""
    slug = re.sub(r"[^a-z0-9]+", "-", mednum.bare(territory.replace(" ", "-"))).strip("-")
    return f"{day}_{producer}_lieux-de-mediation-numerique_{slug or 'france'}.{extension}"
