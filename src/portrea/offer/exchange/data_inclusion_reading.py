"""Structures and services of data·inclusion → places: version 1, and version 0 as import only.

The name of a contact person is never read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from portrea.offer.content import KEY, block_of
from portrea.offer.exchange import contacts
from portrea.offer.exchange.data_inclusion import (
    COST_LINE,
    PLACE_LINES,
    PRESCRIPTION,
    REMOTE,
    SERVICE_LINES,
    Sheet,
    plain_description,
)
from portrea.offer.exchange.text import GLUE, line, listed, paragraphs, take_lines
from portrea.offer.importing.spelling import slug
from portrea.offer.importing.values import parse_iso
from portrea.offer.record import Block, Capacity, Place, Presence, PresenceKind, Service
from portrea.vocab.standards import data_inclusion as di
from portrea.vocab.standards import mednum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

_TYPES = {
    "information": Block.INFORMATION,
    "accompagnement": Block.AIDE,
    "aide-materielle": Block.EQUIPEMENT,
    "atelier": Block.FORMATION,
    "formation": Block.FORMATION,
}
_SUPPORT = {
    "accompagnement": "Accompagnement individuel",
    "atelier": "Dans un atelier collectif",
}


def of_sheets(
    structures: Iterable[Mapping[str, Any]],
    services: Iterable[Mapping[str, Any]] = (),
    *,
    producer: str = "",
) -> Iterator[Place]:
    """Yield the place of each structure of version 1, with its services.

    Parameters
    ----------
    producer
        Source whose identifiers are ours: its ``producer--`` is taken away.
    """
    by_structure: dict[str, list[Mapping[str, Any]]] = {}
    for service in services:
        by_structure.setdefault(str(service.get("structure_id")), []).append(service)
    for structure in structures:
        if structure.get("id") and structure.get("nom"):
            yield _place(structure, by_structure.get(str(structure["id"]), ()), producer)


def _place(
    structure: Mapping[str, Any], services: Iterable[Mapping[str, Any]], producer: str
) -> Place:
    get = structure.get
    text, told = take_lines(paragraphs(get("description")), PLACE_LINES.values())
    lost = {name: told.get(label, ()) for name, label in PLACE_LINES.items()}
    networks = get("reseaux_porteurs") or ()
    hours = contacts.opening(get("horaires_accueil"))
    point = contacts.position(get("latitude"), get("longitude"))
    start = f"{producer}--" if producer else ""
    found = list(services)
    return Place(
        id=str(structure["id"]).removeprefix(start),
        name=str(structure["nom"]),
        kind=mednum.SEPARATOR.join(_kinds(networks)) or None,
        siret=get("siret"),
        commune=get("code_insee"),
        city=get("commune"),
        postcode=get("code_postal"),
        address=get("adresse"),
        address_more=get("complement_adresse"),
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        position="declared" if point else None,
        phone=get("telephone"),
        emails=tuple(filter(None, (contacts.email(get("courriel")), *lost["emails"]))),
        websites=tuple(filter(None, (contacts.link(get("site_web")), *lost["websites"]))),
        appointment_url=next(
            (s["lien_mobilisation"] for s in found if s.get("lien_mobilisation")), None
        ),
        accessibility_url=get("accessibilite_lieu"),
        detail=text,
        hours=hours,
        hours_text=None if hours else line(get("horaires_accueil")),
        hours_confirmed=hours is not None,
        itinerant=lost["itinerant"],
        programmes=(*_programmes(networks), *lost["programmes"]),
        trainings=lost["trainings"],
        other_labels=lost["other_labels"],
        services=_distinct(_service(service, structure, producer) for service in found),
        updated=parse_iso(str(get("date_maj") or "")),
        source=None if get("source") == producer else get("source"),
    )


def _programmes(networks: Iterable[str]) -> list[str]:
    table = di.back("dispositif_programmes_nationaux", "reseaux_porteurs")
    return [table[name] for name in networks if name in table]


def _kinds(networks: Iterable[str]) -> list[str]:
    """Return the typology codes of networks that are no programme and mean one code."""
    codes: dict[str, list[str]] = {}
    for code, name in di.networks().items():
        codes.setdefault(name, []).append(code)
    programmes = di.back("dispositif_programmes_nationaux", "reseaux_porteurs")
    return [codes[n][0] for n in networks if n in codes and n not in programmes]


def _distinct(services: Iterable[Service]) -> tuple[Service, ...]:
    return tuple({service.key: service for service in services}.values())


# -- a service ------------------------------------------------------------------------------------


def _service(sheet: Mapping[str, Any], structure: Mapping[str, Any], producer: str) -> Service:
    get = sheet.get
    text, told = take_lines(paragraphs(get("description")), SERVICE_LINES.values())
    lost = {name: told.get(label, ()) for name, label in SERVICE_LINES.items()}
    cost_text, costs = take_lines(paragraphs(get("frais_precisions")), (COST_LINE,))
    own = bool(producer) and get("source") == producer  # then every value is told in words
    meant = () if own else _offers(get("thematiques") or ())
    offers = listed("services", lost["offers"]) or meant
    block = _block_told(sheet, lost["block"]) or _block(sheet, offers)
    publics, care = _publics(sheet)
    hours = contacts.opening(get("horaires_accueil"))
    weekly = get("volume_horaire_hebdomadaire")
    support = lost["support_modes"] or (() if own else _support(sheet))
    name = str(get("nom") or block.label)
    return Service(
        block=block,
        key=_key(sheet, structure, block),
        name=None if name == block.label else name,
        description=None if text == plain_description(block, str(structure["nom"])) else text,
        offers=offers,
        procedures=lost["procedures"],
        support_modes=support,
        access_modes=listed("modalites_acces", lost["access_modes"]) or _access(sheet),
        publics=publics,
        special_care=care,
        languages=lost["languages"],
        cost=costs.get(COST_LINE) or _cost(get("frais")),
        cost_text=cost_text,
        phone=None if get("telephone") == structure.get("telephone") else get("telephone"),
        email=None if get("courriel") == structure.get("courriel") else get("courriel"),
        capacity=Capacity(hours_week=float(weekly)) if weekly is not None else None,
        presences=_presences(sheet, support, hours) if own else _opened(hours, PresenceKind.FIXE),
        confirmed=_confirmed(sheet, structure),
    )


def _key(sheet: Mapping[str, Any], structure: Mapping[str, Any], block: Block) -> str:
    local = str(sheet.get("id") or "")
    key = local.removeprefix(f"{structure['id']}.")
    if key != local and KEY.fullmatch(key):
        return key
    return slug(local.rpartition("--")[2]) or str(block)


def _presences(
    sheet: Mapping[str, Any], support: tuple[str, ...], hours: str | None
) -> tuple[Presence, ...]:
    """Return the presences that tell the same ways of welcome as the sheet."""
    modes = set(sheet.get("modes_accueil") or ())
    if "a-distance" not in modes or REMOTE in support:
        return _opened(hours, PresenceKind.FIXE)
    if modes == {"a-distance"}:
        return _opened(hours, PresenceKind.DISTANCE) or (Presence(kind=PresenceKind.DISTANCE),)
    return Presence(kind=PresenceKind.FIXE), Presence(kind=PresenceKind.DISTANCE)


def _opened(hours: str | None, kind: PresenceKind) -> tuple[Presence, ...]:
    return (Presence(kind=kind, hours=hours, hours_confirmed=True),) if hours else ()


def _confirmed(sheet: Mapping[str, Any], structure: Mapping[str, Any]) -> date | None:
    """Return the date of a service when it is not that of its structure."""
    told = sheet.get("date_maj")
    return parse_iso(str(told)) if told and told != structure.get("date_maj") else None


def _block_told(sheet: Mapping[str, Any], told: tuple[str, ...]) -> Block | None:
    """Return the block that the name or the last lines of the description say in words."""
    words = {line(block.label): block for block in Block}
    return words.get(line(told[0]) if told else line(sheet.get("nom")))


def _offers(themes: Iterable[str]) -> tuple[str, ...]:
    """Return the services of the standard whose every theme is told, else what each theme means."""
    found = set(themes)
    meanings = di.meaning("services", "thematiques")
    exact = [o for o, wanted in meanings.items() if len(wanted) > 1 and set(wanted) <= found]
    covered = {theme for offer in exact for theme in meanings[offer]}
    single = di.facts()["thematiques"]
    rest = [single[theme] for theme in sorted(found - covered) if theme in single]
    return tuple(dict.fromkeys((*exact, *rest)))


def _block(sheet: Mapping[str, Any], offers: tuple[str, ...]) -> Block:
    """Return the block whose usual sheet this is, else that of the type, else of the offers."""
    themes, kind = sorted(sheet.get("thematiques") or ()), sheet.get("type")
    for name, usual in di.facts()["blocks"].items():
        if name != "hypothese" and usual["thematiques"] == themes and usual["type"] == kind:
            return Block(name)
    blocks = dict.fromkeys(block_of(offer) for offer in offers)
    told = _TYPES.get(str(kind))
    if told in blocks or not blocks:
        return told or Block.INFORMATION
    return next(iter(blocks))


def _publics(sheet: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return our publics: from the words we wrote, else from the values."""
    pieces = tuple(str(sheet.get("publics_precisions") or "").split(GLUE))
    names = ("publics_specifiquement_adresses", "prise_en_charge_specifique")
    told = tuple(listed(name, pieces) for name in names)
    if pieces and sum(map(len, told)) == len(pieces):
        return told[0], told[1]
    values = sheet.get("publics") or ()
    found = [
        tuple(table[v] for v in values if v in table)
        for table in (di.back(name, "publics") for name in names)
    ]
    return found[0], found[1]


def _support(sheet: Mapping[str, Any]) -> tuple[str, ...]:
    known = _SUPPORT.get(str(sheet.get("type")))
    remote = "a-distance" in (sheet.get("modes_accueil") or ())
    return tuple(filter(None, (known, REMOTE if remote else None)))


def _access(sheet: Mapping[str, Any]) -> tuple[str, ...]:
    told = set(sheet.get("modes_mobilisation") or ())
    table = di.meaning("modalites_acces", "modes_mobilisation")
    return tuple(v for v, to in table.items() if v != PRESCRIPTION and set(to) & told)


def _cost(value: str | None) -> tuple[str, ...]:
    return {"gratuit": ("Gratuit",), "payant": ("Payant",)}.get(value or "", ())


# -- version 0 ------------------------------------------------------------------------------------

_LABELS, _PROFILES = "labels_nationaux", "profils"
_FIELDS = {
    "thematiques": "thematiques",
    "frais": "frais",
    "types": "types",
    "modes_accueil": "modes_accueil",
    "profils": _PROFILES,
    "modes_orientation_beneficiaire": "modes_orientation",
    "modes_orientation_accompagnateur": "modes_orientation",
}


def of_former_sheets(
    structures: Iterable[Mapping[str, Any]], services: Iterable[Mapping[str, Any]] = ()
) -> Iterator[Place]:
    """Yield the place of each structure of version 0, its services joined to it."""
    by_structure: dict[str, list[Mapping[str, Any]]] = {}
    for service in services:
        by_structure.setdefault(str(service.get("structure_id")), []).append(service)
    for structure in structures:
        if not structure.get("id") or not structure.get("nom"):
            continue
        identifier = str(structure["id"])
        source = str(structure.get("source") or "")
        found = by_structure.get(identifier, ())
        modern = _modern(structure, source) | {"accessibilite_lieu": structure.get("accessibilite")}
        place = next(of_sheets([modern]))
        yield _with_former(place, structure, found)


def _modern(sheet: Mapping[str, Any], source: str) -> Sheet:
    identifier = str(sheet["id"])
    known = identifier if "--" in identifier or not source else f"{source}--{identifier}"
    words = (sheet.get("presentation_resume"), sheet.get("presentation_detail"))
    return {
        **sheet,
        "id": known,
        "description": "\n\n".join(filter(None, words)) or None,
        "horaires_accueil": sheet.get("horaires_ouverture"),
        "reseaux_porteurs": (),
    }


def _with_former(
    place: Place, structure: Mapping[str, Any], services: Iterable[Mapping[str, Any]]
) -> Place:
    labels = _meant(_LABELS, structure.get("labels_nationaux"))
    told = tuple(_former_service(service) for service in services)
    booking = next((s["prise_rdv"] for s in services if s.get("prise_rdv")), None)
    return replace(
        place,
        kind=mednum.typology(str(structure.get("typologie") or "")),
        siret=structure.get("siret") or structure.get("rna"),
        programmes=labels.get("dispositif_programmes_nationaux", ()),
        trainings=labels.get("formations_labels", ()),
        other_labels=tuple(structure.get("labels_autres") or ()),
        appointment_url=contacts.link(booking),
        services=_distinct(told),
    )


def _meant(field: str, values: Any) -> dict[str, tuple[str, ...]]:
    """Return mednum field → values that the values of version 0 mean."""
    found: dict[str, dict[str, None]] = {}
    for value in values or ():
        target = di.former_values().get((field, value))
        if target:
            found.setdefault(target[0], {})[target[1]] = None
    return {name: tuple(told) for name, told in found.items()}


def _former_service(sheet: Mapping[str, Any]) -> Service:
    meant: dict[str, tuple[str, ...]] = {}
    for name, field in _FIELDS.items():
        for target, told in _meant(field, sheet.get(name)).items():
            meant[target] = tuple(dict.fromkeys((*meant.get(target, ()), *told)))
    offers = meant.get("services", ())
    block = block_of(offers[0]) if offers else _former_block(sheet.get("types") or ())
    words = (sheet.get("presentation_resume"), sheet.get("presentation_detail"))
    weekly = sheet.get("volume_horaire_hebdomadaire")
    return Service(
        block=block,
        key=slug(str(sheet["id"]).rpartition("--")[2]) or str(block),
        name=line(sheet.get("nom")),
        description=paragraphs("\n\n".join(filter(None, words))),
        offers=offers,
        support_modes=meant.get("modalites_accompagnement", ()),
        access_modes=meant.get("modalites_acces", ()),
        publics=meant.get("publics_specifiquement_adresses", ()),
        special_care=meant.get("prise_en_charge_specifique", ()),
        cost=meant.get("frais_a_charge", ()),
        cost_text=line(sheet.get("frais_autres")),
        phone=contacts.phone(sheet.get("telephone")),
        email=contacts.email(sheet.get("courriel")),
        capacity=Capacity(hours_week=float(weekly)) if weekly is not None else None,
    )


def _former_block(kinds: Iterable[str]) -> Block:
    return next((_TYPES[kind] for kind in kinds if kind in _TYPES), Block.INFORMATION)
